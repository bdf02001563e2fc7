"""Whether the evaluator's judges agree with a trained network: rank correlations over paintings of one photo and style.

Pairs of `examples/`, painted online and fast at several strengths. Within a pair every score orders the paintings, and so do a
VGG-19's Gram error and feature distance (--teacher, not part of Impasto); Spearman's correlation says how alike the orders are.
"""

from itertools import product
from typing import Any

from measuring import say
from plan import EXAMPLES, Plan
from scipy.stats import spearmanr

import impasto
from impasto import images
from impasto.metrics.evaluation import Evaluator

PHOTOS, STYLES = ("cat", "pagoda"), ("gold", "lilies", "night", "wave")
METHODS, STRENGTHS = ("online", "fast"), (0.25, 0.5, 0.75, 1.0)
SIZE = 128
REFERENCE = {"patches": "gram", "colours": "gram", "gram": "gram", "moments": "gram", "features": "features"}
"""Which of the trained network's scores each score is compared with."""


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: score, the trained network's score, mean and lowest rank correlation, and in how many pairs online beats fast."""
    if plan.teacher is None:
        return [], {}, ["judges: needs --teacher"]
    chosen = {"random": Evaluator("random"), "trained": Evaluator(plan.teacher)}
    steps = {} if plan.effort.steps is None else {"iterations": plan.effort.steps}
    painters = {"online": impasto.Painter(size=SIZE, **steps), "fast": impasto.Painter("fast", size=SIZE)}
    pairs = [scored(chosen, painters, *pair) for pair in product(PHOTOS, STYLES)]
    rows = []
    for name, against in REFERENCE.items():
        ranks = [spearmanr(pair["random"][name], pair["trained"][against]).statistic for pair in pairs]
        # At full strength: the last of the first method's paintings, and the last of all.
        better = sum(pair["random"][name][len(STRENGTHS) - 1] < pair["random"][name][-1] for pair in pairs)
        row = {"score": name, "against": against, "mean": round(sum(ranks) / len(ranks), 2), "lowest": round(min(ranks), 2)}
        rows.append({**row, "online first": better})
    return rows, {"size": SIZE, "pairs": len(pairs), "strengths": list(STRENGTHS)}, []


def scored(chosen: dict[str, Evaluator], painters: dict[str, Any], photo: str, style: str) -> dict[str, dict[str, list[float]]]:
    """By judge and score: the paintings of one pair, method after method, strengths rising."""
    content, look = images.read(EXAMPLES / "photos" / f"{photo}.jpg"), images.read(EXAMPLES / "styles" / f"{style}.jpg")
    found: dict[str, dict[str, list[float]]] = {judge: {name: [] for name in REFERENCE} for judge in chosen}
    for method, strength in product(METHODS, STRENGTHS):
        painted = painters[method].paint(content, look, strength=strength).picture()
        for judge, evaluator in chosen.items():
            scores = evaluator(painted, content, look)
            for name in REFERENCE:
                found[judge][name].append(scores[name])
    say(f"judges, {photo} in {style}: {found['random']['patches']}")
    return found
