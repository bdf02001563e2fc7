"""Time to quality: how the scores of a painting in the making move with every second, for each online configuration."""

from typing import Any

import numpy as np
from engine import Bench
from measuring import say
from plan import Configuration, Plan, configurations
from scoring import plain
from torch import Tensor

from impasto import images
from impasto.online.settings import make_settings
from impasto.tensors import to_array


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: kind, name, step, seconds of painting alone, style and content score."""
    wanted, skipped = configurations(plan)
    rows: list[dict[str, Any]] = []
    for one in wanted:
        if one.settings.get("method") != "fast" and one.settings.get("color") != "only":
            rows += curve(plan, one)
    return rows, {"photo": plan.photo.name, "style": plan.style.name, "size": plan.effort.size}, skipped


def curve(plan: Plan, one: Configuration) -> list[dict[str, Any]]:
    """The looks at one painting."""
    settings = make_settings(one.resolved(plan))
    bench = Bench(plan.photo, plan.style, settings)
    photo = np.asarray(bench.photo.resized(*bench.size).as_bits(8).pixels)
    style = np.asarray(bench.style.as_bits(8).pixels)

    def judge(image: Tensor) -> dict[str, float]:
        return plain(np.asarray(images.from_float(to_array(image), bits=8)), style, photo)

    looks = bench.run(settings, judge, plan.effort.every)
    say(f"{one.kind} {one.name}: {looks[-1].seconds:.1f} s, {looks[-1].scores}")
    return [
        {"kind": one.kind, "name": one.name, "step": look.step, "seconds": round(look.seconds, 2), **look.scores}
        for look in looks
    ]
