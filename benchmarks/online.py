"""Time and memory of `impasto paint` as a user meets them: whole processes, PyTorch's start included.

python benchmarks/online.py [CONTENT STYLE] [--sizes 256,512,1024,2048] [-- OPTIONS OF impasto paint]
python benchmarks/online.py [CONTENT STYLE] --vs neural-style [--size 512] [--init content] [--scorer FILE]
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from reporting import machine, table

from impasto import images

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@dataclass(frozen=True)
class Cost:
    """seconds: wall time of the process; peak: its largest resident memory in MiB."""

    seconds: float
    peak: float


def measure(command: list[str]) -> Cost:
    """Runs a process to its end. Exits when it fails."""
    started = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit("impasto paint failed; its message is above")
    unit = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in
    return Cost(seconds, usage.ru_maxrss * unit / 2**20)


def against_size(content: Path, style: Path, sizes: list[int], repeat: int, options: list[str]) -> str:
    """A Markdown table of sizes; of several runs the median."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            output = Path(folder) / f"{size}.png"
            words = ["paint", str(content), str(style), "-o", str(output), "--size", str(size), "--quiet", *options]
            costs = [measure([sys.executable, "-m", "impasto", *words]) for _ in range(repeat)]
            width, height = images.read(output).size
            seconds = statistics.median(cost.seconds for cost in costs)
            peak = max(cost.peak for cost in costs)
            rows.append([size, f"{width} x {height}", f"{seconds:.1f}", f"{peak:.0f}"])
            print(f"{size}: {seconds:.1f} s, {peak:.0f} MiB", file=sys.stderr, flush=True)
    return table(["--size", "pixels", "seconds", "peak MiB"], rows)


def numbers(text: str) -> list[int]:
    """`256,512` -> [256, 512]."""
    return [int(part) for part in text.split(",")]


def parse() -> argparse.Namespace:
    """The command line; what follows `--` is for `impasto paint`."""
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("content", nargs="?", type=Path, default=EXAMPLES / "photos" / "pagoda.jpg")
    parser.add_argument("style", nargs="?", type=Path, default=EXAMPLES / "styles" / "night.jpg")
    parser.add_argument("--sizes", type=numbers, default=[256, 512, 1024, 2048], help="default: 256,512,1024,2048")
    parser.add_argument("--repeat", type=int, default=1, help="runs a size (default: 1)")
    parser.add_argument("--vs", choices=["neural-style"], help="compare with this recipe instead")
    parser.add_argument("--size", type=int, default=512, help="with --vs (default: 512)")
    parser.add_argument("--texture", default="covariance", help="with --vs: our texture model (default: covariance)")
    parser.add_argument("--encoder", default="slim", help="with --vs: the encoder of both (default: slim)")
    parser.add_argument("--our-iterations", type=int, help="with --vs (default: Impasto's)")
    parser.add_argument("--iterations", type=int, default=1000, help="with --vs: the recipe's (default: 1000)")
    parser.add_argument("--init", choices=["noise", "content"], default="content", help="with --vs: the recipe's")
    parser.add_argument("--every", type=int, default=10, help="with --vs: steps between two looks (default: 10)")
    parser.add_argument("--scorer", type=Path, help="with --vs: a further judge, see scoring.py")
    parser.add_argument("--scorer-weights", type=Path)
    args = parser.parse_args(words[:cut])
    args.options = words[cut + 1 :]
    return args


def main() -> None:
    """Measures and prints Markdown."""
    args = parse()
    print(f"{machine()}\n", flush=True)
    if args.vs is None:
        options = [Path(word).name if Path(word).exists() else word for word in args.options]
        print(f"`{' '.join(['impasto paint CONTENT STYLE -o OUT --size N', *options])}`\n", flush=True)
        print(against_size(args.content, args.style, args.sizes, args.repeat, args.options))
        return
    from recipes import compare
    from scoring import Scorer

    from impasto.online.settings import Settings

    ours = Settings(size=args.size, texture=args.texture, encoder=args.encoder)
    if args.our_iterations:
        ours = Settings(size=args.size, texture=args.texture, encoder=args.encoder, iterations=args.our_iterations)
    scorer = Scorer(args.scorer, args.scorer_weights) if args.scorer else None
    print(compare(args.vs, args.content, args.style, ours, args.iterations, args.init, args.every, scorer))


if __name__ == "__main__":
    main()
