"""How fast training is: a long run's time less a short one's, so that starting and reading pictures do not count."""

import statistics
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from measuring import impasto, measure, say
from plan import EXAMPLES, Plan

SIZE, BATCH = 304, 2


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: what, seconds a step, crops a second, peak in MiB, seconds of the short run."""
    if find_spec("lightning_fabric") is None:
        return [], {}, ["training: needs pip install 'impasto[train]'"]
    styles = EXAMPLES / "styles"
    commands: dict[str, list[Any]] = {
        "arbitrary": ["--content", EXAMPLES / "photos", "--style", styles],
        "style": [styles / "wave.jpg", "--content", EXAMPLES / "photos"],
    }
    rows = [measured(plan, name, words) for name, words in commands.items()]
    return rows, {"size": SIZE, "batch": BATCH, "steps": list(plan.effort.learn), "repeat": plan.effort.repeat}, []


def measured(plan: Plan, name: str, words: list[Any]) -> dict[str, Any]:
    """One kind of training."""
    short, long = plan.effort.learn
    steps, least, peak = [], [], 0.0
    for _ in range(plan.effort.repeat):
        with tempfile.TemporaryDirectory() as folder:
            costs = [measure(command(name, words, Path(folder) / str(count), count)) for count in (short, long)]
        steps.append((costs[1].seconds - costs[0].seconds) / (long - short))
        least.append(costs[0].seconds)
        peak = max(peak, *(cost.peak for cost in costs))
    seconds = max(statistics.median(steps), 1e-6)
    say(f"training {name}: {seconds:.3f} s a step")
    row = {"what": name, "step seconds": round(seconds, 4), "crops": round(BATCH / seconds, 2)}
    return {**row, "peak": round(peak), "short seconds": round(statistics.median(least), 2)}


def command(name: str, words: list[Any], run: Path, steps: int) -> list[str]:
    """`impasto train`, with one checkpoint at the end."""
    settings = ["--steps", steps, "--batch", BATCH, "--size", SIZE, "--save-every", steps, "--output", run]
    return impasto("train", name, *words, *settings)
