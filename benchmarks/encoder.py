"""Does painting through one encoder (the slim one, say) come out as well as through another (its teacher)?

    python benchmarks/encoder.py --pairs PAIRS.csv --encoder FILE --teacher FILE -o FOLDER --scorer FILE [--first N]

Every pair of the table is painted through both, with each texture model, and every painting is scored by a program that is
not part of Impasto (see scoring.py). Paintings that are in FOLDER already are not painted again.
"""

import argparse
import csv
import sys
from pathlib import Path

from reporting import machine, table
from scoring import Scorer, mean

import impasto

Pair = tuple[Path, Path]


def read_pairs(file: Path, root: Path, first: int | None) -> list[Pair]:
    """The columns `content` and `style`, relative to `root`."""
    with file.open(newline="") as lines:
        return [(root / row["content"], root / row["style"]) for row in csv.DictReader(lines)][:first]


def paint_all(pairs: list[Pair], painter: impasto.Painter, folder: Path) -> list[Path]:
    """FOLDER/00.png, 01.png and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    outputs = [folder / f"{number:02}.png" for number in range(len(pairs))]
    for output, (content, style) in zip(outputs, pairs, strict=True):
        if not output.exists():
            painting = painter.paint(content, style)
            painting.save(output)
            print(f"{folder.name}/{output.name}: {painting.seconds:.1f} s", file=sys.stderr, flush=True)
    return outputs


def main() -> None:
    """Paints, scores and prints Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="CSV with the columns content and style")
    parser.add_argument("--root", type=Path, help="where its pictures lie (default: beside it)")
    parser.add_argument("--encoder", required=True, metavar="NAME|FILE")
    parser.add_argument("--teacher", required=True, metavar="NAME|FILE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--scorer", type=Path, required=True, metavar="FILE")
    parser.add_argument("--scorer-weights", type=Path, metavar="FILE")
    parser.add_argument("--textures", default="gram,covariance", help="default: gram,covariance")
    parser.add_argument("--first", type=int, metavar="N", help="the first N pairs only")
    parser.add_argument("--size", type=int, default=512, help="default: 512")
    parser.add_argument("--iterations", type=int, help="default: Impasto's")
    args = parser.parse_args()

    pairs = read_pairs(args.pairs, args.root or args.pairs.parent, args.first)
    scorer = Scorer(args.scorer, args.scorer_weights)
    settings = {"size": args.size, **({"iterations": args.iterations} if args.iterations else {})}
    rows = []
    for texture in args.textures.split(","):
        scores = {}
        for role, encoder in (("encoder", args.encoder), ("teacher", args.teacher)):
            painter = impasto.Painter(encoder=encoder, texture=texture, **settings)
            outputs = paint_all(pairs, painter, args.output / f"{texture}-{role}")
            scores[role] = mean([scorer(*pair, output) for pair, output in zip(pairs, outputs, strict=True)])
        for name, value in scores["encoder"].items():
            reference = scores["teacher"][name]
            rows.append([texture, name, value, reference, f"{value / reference:.3f}" if reference else "-"])
    print(f"{machine()}\n\n{len(pairs)} pairs at {args.size} pixels; lower is better.\n")
    print(table(["texture", "score", "encoder", "teacher", "ratio"], rows))


if __name__ == "__main__":
    main()
