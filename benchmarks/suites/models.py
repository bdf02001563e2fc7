"""Every texture model, and the default with one choice changed, over a corpus, at the default's time: which to paint with?

With --pairs, --root and --judge. Steps are handed out by what a first painting of each takes on this machine, so run it on one
that does nothing else. Only the scores are kept; the paintings lie in --keep to be looked at.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from measuring import say
from plan import Plan

import impasto
from impasto import images, texture
from impasto.online.settings import Settings
from suites.pairs import painted

LEAST = 40
"""Steps that every configuration gets, however long they take."""

VARIANTS: dict[str, dict[str, Any]] = {
    "content: plain features": {"content_models": ("features",)},
    "optimizer: adam": {"optimizer": "adam"},
    "one scale": {"coarsest": 4096},
    "begins from noise": {"init": "noise"},
}
"""The default texture model with one other choice."""


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: name, iterations, pairs, mean seconds, and a column for each score of the judge."""
    if not plan.pairs or plan.judge is None:
        return [], {}, ["models: needs --pairs and --judge"]
    chosen = {name: {"texture": name} for name in texture.MODELS} | VARIANTS
    goal, rows = pace(plan, {}), []
    with tempfile.TemporaryDirectory() as folder:
        for name, settings in chosen.items():
            iterations = plan.effort.steps or max(LEAST, round(goal / pace(plan, settings) * Settings().iterations))
            resolved = {"size": plan.effort.size, **settings, "iterations": iterations}
            words = name.replace(": ", "-").replace(" ", "-")
            seconds, scores = painted(plan, resolved, (plan.keep or Path(folder)) / f"model-{words}")
            row = {"name": name, "iterations": iterations, "pairs": len(plan.pairs), "seconds": round(seconds, 2)}
            rows.append({**row, **{what: round(value, 4) for what, value in scores.items()}})
    return rows, {"size": plan.effort.size, "default": Settings().texture, "default seconds": round(goal, 2)}, []


def pace(plan: Plan, settings: Mapping[str, Any]) -> float:
    """Seconds of a painting of the default's number of steps."""
    content, style = (images.read(path) for path in plan.pairs[0])
    steps = {} if plan.effort.steps is None else {"iterations": plan.effort.steps}
    painter = impasto.Painter(size=plan.effort.size, **settings, **steps)
    seconds = min(painter.paint(content, style).seconds for _ in range(2))
    say(f"{settings or 'default'}: {seconds:.1f} s at the default's steps")
    return seconds
