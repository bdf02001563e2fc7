"""Every figure, table and plot that the documentation quotes, in one command.

    python benchmarks/all.py --quick        a look at this machine: minutes; prints tables, writes JSON to build/benchmarks
    python benchmarks/all.py --full         what is published: an hour; writes benchmarks/results, plots, documents
    python benchmarks/all.py --publish      measures nothing: plots and documents from the results that are there
    python benchmarks/all.py --full --only pairs --pairs PAIRS.csv --root FOLDER --judge JUDGE.py      scores over a corpus

Run it on a machine that does nothing else.
"""

import argparse
import csv
import importlib
import time
from dataclasses import replace
from pathlib import Path

from effort import EFFORTS
from measuring import say
from plan import EXAMPLES, Plan
from publish import publish
from record import RESULTS, new, read_all, write
from scoring import Scorer
from suites import SUITES
from tables import TABLES

BUILD = RESULTS.parents[1] / "build" / "benchmarks"
NEED_MORE = ("judges", "pairs", "models")
"""Suites that want pictures, a judge or a network that are not part of Impasto."""


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    how = parser.add_mutually_exclusive_group(required=True)
    for name in EFFORTS:
        how.add_argument(f"--{name}", dest="effort", action="store_const", const=name)
    how.add_argument("--publish", action="store_true", help="only bring the results into plots and documents")
    parser.add_argument(
        "--only", action="append", choices=SUITES, metavar="SUITE", help=f"one of {', '.join(SUITES)}; repeatable"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="where the JSON goes; nothing is published then")
    parser.add_argument("--size", type=int, metavar="N", help="longer side of the paintings whose size is not what varies")
    parser.add_argument("--repeat", type=int, metavar="N", help="runs of which the median counts")
    parser.add_argument("--photo", type=Path, default=EXAMPLES / "photos" / "pagoda.jpg", help="default: one of examples/")
    parser.add_argument("--style", type=Path, default=EXAMPLES / "styles" / "night.jpg")
    corpus = parser.add_argument_group("pictures and networks of yours, for the suites `judges`, `pairs` and `models`")
    corpus.add_argument("--pairs", type=Path, metavar="CSV", help="columns content and style")
    corpus.add_argument("--root", type=Path, metavar="FOLDER", help="where its pictures lie (default: beside it)")
    corpus.add_argument("--first", type=int, metavar="N", help="the first N pairs only")
    corpus.add_argument("--judge", type=Path, metavar="FILE", help="a Python file with score() and load_file(), see scoring.py")
    corpus.add_argument("--judge-weights", type=Path, metavar="FILE")
    corpus.add_argument("--encoder", default="slim", metavar="NAME|FILE", help="to paint through (default: slim)")
    corpus.add_argument("--teacher", metavar="NAME|FILE", help="painted through as well; in `judges`, the trained one")
    corpus.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the paintings here, and paint none again")
    return parser.parse_args()


def read_pairs(file: Path, root: Path, first: int | None) -> tuple[tuple[Path, Path], ...]:
    """The columns `content` and `style`, relative to `root`."""
    with file.open(newline="", encoding="utf-8") as lines:
        return tuple((root / row["content"], root / row["style"]) for row in csv.DictReader(lines))[:first]


def make_plan(args: argparse.Namespace) -> Plan:
    """What the suites are given."""
    given = {name: value for name in ("size", "repeat") if (value := getattr(args, name))}
    return Plan(
        effort=replace(EFFORTS[args.effort], **given),
        photo=args.photo,
        style=args.style,
        pairs=read_pairs(args.pairs, args.root or args.pairs.parent, args.first) if args.pairs else (),
        judge=Scorer(args.judge, args.judge_weights) if args.judge else None,
        encoder=args.encoder,
        teacher=args.teacher,
        keep=args.keep,
    )


def main() -> None:
    """Measures, writes, publishes."""
    args = parse()
    if not args.publish:
        folder = args.output or (RESULTS if args.effort == "full" else BUILD)
        plan = make_plan(args)
        chosen = args.only or [suite for suite in SUITES if suite not in NEED_MORE or plan.pairs]
        for suite in SUITES:
            if suite not in chosen:
                continue
            started = time.perf_counter()
            rows, about, skipped = importlib.import_module(f"suites.{suite}").run(plan)
            if rows:
                write(new(suite, plan.effort.name, rows, about, skipped), folder)
            say(f"{suite}: {time.perf_counter() - started:.0f} s" + "".join(f"\n  left out: {words}" for words in skipped))
        show(folder, chosen)
        if folder != RESULTS:
            return
    from plots import draw

    for path in [*draw(read_all()), *publish()]:
        say(f"wrote {path.name}")


def show(folder: Path, suites: list[str]) -> None:
    """Prints the tables of what was measured."""
    results = read_all(folder)
    for name, render in TABLES.items():
        if name not in {*suites, *(("textures", "encoders") if "methods" in suites else ())}:
            continue
        try:
            print(f"## {name}\n\n{render(results, '')}\n", flush=True)
        except (KeyError, IndexError):
            continue


if __name__ == "__main__":
    main()
