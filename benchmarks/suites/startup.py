"""How long a command takes to begin: whole processes, from nothing to their end."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from measuring import impasto, in_turns
from plan import Plan


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: what, command, seconds, peak in MiB, and times the bare Python of the same run."""
    with tempfile.TemporaryDirectory() as folder:
        out, pair = Path(folder) / "out.png", (plan.photo, plan.style)
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "import": [sys.executable, "-c", "import impasto"],
            "version": impasto("--version"),
            "help": impasto("--help"),
            "paint-help": impasto("paint", "--help"),
            "fast": impasto("paint", "--fast", *pair, "-o", out, "--size", plan.effort.size, "--quiet"),
            "step": impasto("paint", *pair, "-o", out, "--size", 128, "--iterations", 1, "--quiet"),
        }
        costs = in_turns(commands, max(3, 2 * plan.effort.repeat + 1))
    words = {
        "python": "`python -c pass`",
        "import": "`import impasto`",
        "version": "`impasto --version`",
        "help": "`impasto --help`",
        "paint-help": "`impasto paint --help`",
        "fast": f"`impasto paint --fast`, {plan.effort.size} pixels",
        "step": "`impasto paint`, one step at 128 pixels",
    }
    bare = costs["python"].seconds
    rows = [
        {
            "name": name,
            "what": words[name],
            "seconds": round(cost.seconds, 3),
            "peak": round(cost.peak),
            "times": cost.seconds / bare,
        }
        for name, cost in costs.items()
    ]
    return [{**row, "times": round(row["times"], 1)} for row in rows], {}, []
