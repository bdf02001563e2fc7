"""Another tool's recipe against Impasto's, both run by Impasto's engine through the same encoder: how long until equal?

What differs is the recipe alone: one scale or a pyramid, where it starts, the optimiser, the texture model. So this says
nothing about the other tool's code, and nothing about the encoder it uses. A recipe's own objective flatters it, so both
objectives judge, and beside them the plain judges, which neither was optimised against.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from engine import Bench
from plan import Plan
from scoring import plain
from torch import Tensor

from impasto import images, texture
from impasto.online.settings import Settings
from impasto.tensors import to_array

ITERATIONS = 1000


def neural_style(size: int, iterations: int, init: str = "content") -> Settings:
    """neural-style(-pt) as its defaults have it: one scale, L-BFGS, Gram matrices, content 5 and style 100.

    Losses here are relative to their targets' energy, so its 5 : 100 is kept as the ratio of content to style, 1 : 20.
    Total variation is ours: its own, a pixel sum, has no counterpart. Our spectrum term is left out.
    """
    return Settings(
        size=size,
        texture="gram",
        optimizer="lbfgs",
        iterations=iterations,
        init=init,
        coarsest=size,
        average=0,
        spectrum_weight=0,
        content_layers=("relu4_2",),
        style_layers=("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
        style_weight=20 / texture.create("gram").gain,
    )


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: judge, ours at our end, theirs at equal time and at their end, seconds until theirs drew level (None: never)."""
    steps = plan.effort.steps
    ours = Settings(size=plan.effort.size) if steps is None else Settings(size=plan.effort.size, iterations=steps, coarsest=64)
    theirs = replace(neural_style(plan.effort.size, steps or ITERATIONS), device=ours.device, seed=ours.seed)
    bench = Bench(plan.photo, plan.style, ours)
    values = {"our objective": bench.objective(ours), "neural-style's objective": bench.objective(theirs)}
    photo = np.asarray(bench.photo.resized(*bench.size).as_bits(8).pixels)
    style = np.asarray(bench.style.as_bits(8).pixels)

    def judge(image: Tensor) -> dict[str, float]:
        plainly = plain(np.asarray(images.from_float(to_array(image), bits=8)), style, photo)
        scores = {what: value(image) for what, value in values.items()}
        return {**scores, "style, plain judge": plainly["style"], "lost content, plain judge": 1 - plainly["content"]}

    goal = bench.run(ours, judge, every=ours.steps)[-1]
    looks = bench.run(theirs, judge, plan.effort.every, goal.scores)
    at_equal_time = ([look for look in looks if look.seconds <= goal.seconds] or looks[:1])[-1]
    rows = []
    for what, target in goal.scores.items():
        level = next((look.seconds for look in looks if look.scores[what] <= target), None)
        found = {"judge": what, "ours": target, "equal time": at_equal_time.scores[what], "end": looks[-1].scores[what]}
        rounded: dict[str, Any] = {
            name: value if isinstance(value, str) else float(f"{value:.4g}") for name, value in found.items()
        }
        rows.append({**rounded, "level": None if level is None else round(level, 2)})
    about = {
        "ours seconds": round(goal.seconds, 2),
        "their steps": looks[-1].step,
        "their seconds": round(looks[-1].seconds, 2),
    }
    return rows, {**about, "size": plan.effort.size, "photo": plan.photo.name, "style": plan.style.name}, []
