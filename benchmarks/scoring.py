"""Scores of pastiches by judges that no painting was optimised against: plain ones for one free pair, a program for a corpus.

The plain ones are `examples/judges.py`'s two. The program is a Python file with `score(content, style, pastiche, weights) ->
{name: number}`, which takes three paths, and `load_file(path)` for the weights it judges with; lower is better.
"""

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

import judges


def plain(pastiche: np.ndarray, style: np.ndarray, photo: np.ndarray) -> dict[str, float]:
    """`style`, lower is better, 1 for the unchanged photo; `content`, higher is better, 1 for it. H x W x 3 uint8 each."""
    style_score, content_score = judges.style_score(pastiche, style, photo), judges.content_score(pastiche, photo)
    return {"style": round(style_score, 3), "content": round(content_score, 3)}


class Scorer:
    """`Scorer(file)(content, style, pastiche)` -> {name: number}. weights: None for the only .safetensors below its folder."""

    def __init__(self, file: Path, weights: Path | None = None) -> None:
        spec = importlib.util.spec_from_file_location("external_scorer", file)
        if spec is None or spec.loader is None:
            raise SystemExit(f"{file.name} is no Python file")
        self.module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)
        found = [weights] if weights else sorted(file.resolve().parent.rglob("*.safetensors"))
        if len(found) != 1:
            raise SystemExit(f"{len(found)} files of weights lie below {file.name}; name one with --judge-weights")
        self.weights = self.module.load_file(str(found[0]))

    def __call__(self, content: Path, style: Path, pastiche: Path) -> dict[str, float]:
        scores: dict[str, float] = self.module.score(str(content), str(style), str(pastiche), self.weights)
        return scores


def mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each score."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
