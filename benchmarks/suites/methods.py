"""Every method, texture model, preset and encoder on one free pair: whole processes, memory, and what plain judges say."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from measuring import Cost, impasto, in_turns
from plan import Configuration, Plan, configurations
from scoring import plain

from impasto import images

LONG = ("preset",)
"""Kinds that take minutes, and are painted once however often the others are."""


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: kind, name, seconds, times the default of the same run, peak in MiB, style and content score."""
    wanted, skipped = configurations(plan)
    photo, style = (images.read(path) for path in (plan.photo, plan.style))
    photo = photo.resized(*images.fit(photo.size, plan.effort.size))
    with tempfile.TemporaryDirectory() as folder:
        outputs = {one.key: Path(folder) / f"{one.key}.png" for one in wanted}
        costs = measured(plan, wanted, outputs)
        default = costs["method-default"].seconds
        rows = []
        for one in wanted:
            scores = plain(pixels(outputs[one.key]), np.asarray(style.as_bits(8).pixels), np.asarray(photo.as_bits(8).pixels))
            cost = costs[one.key]
            found = {"kind": one.kind, "name": one.name, "seconds": round(cost.seconds, 2)}
            rows.append({**found, "times": round(cost.seconds / default, 2), "peak": round(cost.peak), **scores})
    about = {"photo": plan.photo.name, "style": plan.style.name, "size": plan.effort.size, "repeat": plan.effort.repeat}
    return rows, about, skipped


def measured(plan: Plan, wanted: list[Configuration], outputs: dict[str, Path]) -> dict[str, Cost]:
    """What each painting took."""
    found: dict[str, Cost] = {}
    for long in (False, True):
        commands = {
            one.key: impasto("paint", plan.photo, plan.style, "-o", outputs[one.key], "--quiet", *one.words(plan))
            for one in wanted
            if (one.kind in LONG) == long
        }
        found |= in_turns(commands, 1 if long else plan.effort.repeat)
    return found


def pixels(path: Path) -> np.ndarray:
    """H x W x 3 uint8."""
    return np.asarray(images.read(path).as_bits(8).pixels)
