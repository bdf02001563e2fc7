"""Time and memory of `impasto paint` against size, as a user meets them: whole processes, PyTorch's start included."""

import tempfile
from pathlib import Path
from typing import Any

from measuring import impasto, in_turns
from plan import Plan

from impasto import images


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: method, size, width, height, seconds, peak in MiB."""
    steps = [] if plan.effort.steps is None else ["--iterations", plan.effort.steps]
    methods: dict[str, list[Any]] = {"online": steps, "fast": ["--fast"]}
    with tempfile.TemporaryDirectory() as folder:
        outputs = {(method, size): Path(folder) / f"{method}-{size}.png" for size in plan.effort.sizes for method in methods}
        commands = {
            f"{method} {size}": impasto(
                "paint", plan.photo, plan.style, "-o", output, "--size", size, "--quiet", *methods[method]
            )
            for (method, size), output in outputs.items()
        }
        costs = in_turns(commands, plan.effort.repeat)
        rows = []
        for (method, size), output in outputs.items():
            width, height = images.read(output).size
            cost = costs[f"{method} {size}"]
            found = {"method": method, "size": size, "width": width, "height": height}
            rows.append({**found, "seconds": round(cost.seconds, 2), "peak": round(cost.peak)})
    return rows, {"photo": plan.photo.name, "style": plan.style.name, "repeat": plan.effort.repeat}, []
