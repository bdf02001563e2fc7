"""Scores over a corpus of pairs, which is not part of the repository: only the scores are kept, no picture.

With --pairs, --root and --judge. With --teacher, the online configurations are painted through the encoder and through its
teacher, so that the ratio says what the smaller one loses. Paintings that lie in --keep already are not painted again.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from measuring import say
from plan import Plan
from scoring import mean

import impasto
from impasto import images

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "the photo itself": {"color": "style", "strength": 0.0},
    "fast": {"method": "fast"},
    "default": {},
    "gram": {"texture": "gram"},
}


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: name, encoder, pairs, mean seconds, and a column for each score of the judge."""
    if not plan.pairs or plan.judge is None:
        return [], {}, ["pairs: needs --pairs and --judge"]
    encoders = [plan.encoder] if plan.teacher is None else [plan.encoder, plan.teacher]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home = plan.keep or Path(folder)
        for name, settings in CONFIGURATIONS.items():
            online = settings.get("method") != "fast" and "strength" not in settings
            for number, encoder in enumerate(encoders if online else encoders[:1]):
                chosen = {"size": plan.effort.size, **settings, **({"encoder": encoder} if online else {})}
                if online and plan.effort.steps is not None:
                    chosen["iterations"] = plan.effort.steps
                seconds, scores = painted(plan, chosen, home / f"{name.replace(' ', '-')}-{number}")
                role = "" if not online else ("encoder", "teacher")[number]
                row = {"name": name, "encoder": role, "pairs": len(plan.pairs), "seconds": round(seconds, 2)}
                rows.append({**row, **{what: round(value, 4) for what, value in scores.items()}})
    return rows, {"size": plan.effort.size}, []


def painted(plan: Plan, settings: Mapping[str, Any], folder: Path) -> tuple[float, dict[str, float]]:
    """Mean seconds of the paintings that were not there yet, and the mean scores of all."""
    assert plan.judge is not None
    folder.mkdir(parents=True, exist_ok=True)
    painter, seconds, scores = impasto.Painter(**settings), [], []
    for number, (content, style) in enumerate(plan.pairs):
        output = folder / f"{number:02}.png"
        if not output.exists():
            painting = painter.paint(images.read(content), images.read(style))
            painting.save(output)
            seconds.append(painting.seconds)
        scores.append(plan.judge(content, style, output))
    found = mean(scores)
    say(f"{folder.name}: {found}")
    return sum(seconds) / max(1, len(seconds)), found
