"""Scores of pastiches: how much of the style is there, and how much of the content. `impasto evaluate` in Python.

    from impasto.metrics import evaluate
    evaluate("pastiche.png", "photo.jpg", "waves.jpg")["patches"]

The names below load what they need at their first use. What each score means: `docs/evaluating.md`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    """Loads a public name from the file it lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
