"""Taking times: whole processes with their memory, repeated calls, and several things in turns, to share a noisy hour."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WATCH = Path(__file__).resolve().parent / "watch.py"


@dataclass(frozen=True)
class Cost:
    """seconds: wall time of a process; peak: its largest resident memory in MiB."""

    seconds: float
    peak: float


def impasto(*words: object) -> list[str]:
    """The command line of a new process."""
    return [sys.executable, "-m", "impasto", *map(str, words)]


def measure(command: Sequence[str]) -> Cost:
    """Runs a process to its end, its output thrown away. Exits with its message when it fails."""
    answer = subprocess.run([sys.executable, "-I", "-S", str(WATCH), *command], capture_output=True, text=True)
    if answer.returncode != 0:
        raise SystemExit(f"a process that was to be measured failed: {answer.stderr.strip()[-500:]}")
    seconds, peak = map(float, answer.stdout.split())
    return Cost(seconds, peak / 2**20)


def in_turns(commands: Mapping[str, Sequence[str]], repeat: int) -> dict[str, Cost]:
    """Each command once, then each again, and so on: {name: median seconds and largest peak}.

    What slows the machine down for a minute then slows down all of them, and their ratios hold.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            costs[name].append(measure(command))
            say(f"{name}: {costs[name][-1].seconds:.2f} s, {costs[name][-1].peak:.0f} MiB")
    return {
        name: Cost(statistics.median(c.seconds for c in found), max(c.peak for c in found)) for name, found in costs.items()
    }


ROUNDS = 4
"""Of calls in turns, so that what slows the machine down for a while slows all of them down."""


def latencies(works: Mapping[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Median seconds of a call of each, the first not counted; for so many seconds each, and ROUNDS calls at least."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            round_began = time.perf_counter()
            while True:
                started = time.perf_counter()
                work()
                taken[name].append(time.perf_counter() - started)
                if time.perf_counter() - round_began >= seconds / ROUNDS:
                    break
    return {name: statistics.median(times) for name, times in taken.items()}


def resident_peak(pid: int | None = None) -> float | None:
    """The largest resident memory of a process so far in MiB, where the system tells."""
    path = Path(f"/proc/{pid or os.getpid()}/status")
    if not path.exists():
        return None
    line = next(line for line in path.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def say(message: str) -> None:
    """Progress, on stderr."""
    print(message, file=sys.stderr, flush=True)
