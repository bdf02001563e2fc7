"""Every texture model over a corpus, each given the default's time: which to paint with?

With --pairs, --root and --judge. Steps are handed out by what a first painting of each takes on this machine, so run it on one
that does nothing else. Only the scores are kept; the paintings lie in --keep to be looked at.
"""

import json
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

TRIED = 60
"""Steps of the first painting of each."""
LEAST = 40
"""Steps that every configuration gets, however long they take."""


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: name, iterations, pairs, seconds of a painting, and a column for each score of the judge."""
    if not plan.pairs or plan.judge is None:
        return [], {}, ["models: needs --pairs and --judge"]
    chosen = {name: {"texture": name} for name in texture.MODELS}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home = plan.keep or Path(folder)
        paces = remembered(plan, chosen, home / "paces.json")
        for name, settings in chosen.items():
            iterations = plan.effort.steps or max(LEAST, round(paces["default"] / paces[name]))
            resolved = {"size": plan.effort.size, **settings, "iterations": iterations}
            _, scores = painted(plan, resolved, home / f"model-{name}")
            row = {"name": name, "iterations": iterations, "pairs": len(plan.pairs)}
            row["seconds"] = round(iterations * paces[name], 2)
            rows.append({**row, **{what: round(value, 4) for what, value in scores.items()}})
    return rows, {"size": plan.effort.size, "default": Settings().texture, "default seconds": round(paces["default"], 2)}, []


def remembered(plan: Plan, chosen: Mapping[str, Mapping[str, Any]], file: Path) -> dict[str, float]:
    """Seconds of a step of each, and of the whole default; from a file where an unfinished run left them."""
    if file.exists():
        found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
        return found
    paces = {name: pace(plan, settings) for name, settings in chosen.items()}
    paces["default"] = paces[Settings().texture] * Settings().steps
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(paces, indent=1) + "\n", encoding="utf-8")
    return paces


def pace(plan: Plan, settings: Mapping[str, Any]) -> float:
    """Seconds of a step of the pyramid, its set-up shared out: the quicker of two paintings."""
    content, style = (images.read(path) for path in plan.pairs[0])
    painter = impasto.Painter(size=plan.effort.size, **{**settings, "iterations": plan.effort.steps or TRIED})
    seconds = min(painter.paint(content, style).seconds for _ in range(2))
    say(f"{dict(settings) or 'default'}: {seconds:.1f} s for {plan.effort.steps or TRIED} steps")
    return seconds / (plan.effort.steps or TRIED)
