"""Scores of pastiches: how much of the style is there, and how much of the content. `impasto evaluate` in Python.

    from impasto.metrics import evaluate
    evaluate("pastiche.png", "photo.jpg", "waves.jpg")["patches"]

The names below load what they need at their first use. What each score means: `docs/evaluating.md`.
"""

from typing import TYPE_CHECKING

from impasto.lazy import lazily

if TYPE_CHECKING:
    from impasto.metrics.evaluation import Evaluator, Scores, evaluate
    from impasto.metrics.measures import MEASURES, Measure
    from impasto.metrics.published import Published
    from impasto.metrics.summary import Interval, mean_interval

__all__ = ["MEASURES", "Evaluator", "Interval", "Measure", "Published", "Scores", "evaluate", "mean_interval"]

_HOMES = {
    "MEASURES": "measures",
    "Evaluator": "evaluation",
    "Interval": "summary",
    "Measure": "measures",
    "Published": "published",
    "Scores": "evaluation",
    "evaluate": "evaluation",
    "mean_interval": "summary",
}

__getattr__, __dir__ = lazily(globals(), _HOMES)
