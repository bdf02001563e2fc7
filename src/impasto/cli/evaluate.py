"""`impasto evaluate`: scores of pastiches as a table, JSON, CSV or a plot. Arguments, messages and files only."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from impasto import encoders
from impasto.cli import parsing
from impasto.errors import ImpastoError, InputError
from impasto.images.formats import WRITABLE_EXTENSIONS
from impasto.images.paths import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.cli.tally import Tally
    from impasto.metrics.evaluation import Evaluator
    from impasto.metrics.pairs import Collection, Pair
    from impasto.metrics.survey import Survey

SIZE = 512

DESCRIPTION = """\
Scores pastiches: how near each is to its style image, and how much of its photo is left. Each
PASTICHE is a picture, a folder (a method, compared with the other folders) or an index .csv with
the columns content, style, pastiche and, if wanted, method. What each score means and how far it
can be trusted: docs/evaluating.md.
"""

EXAMPLES = """\
examples:
  impasto evaluate out.png --content photo.jpg --style waves.jpg
  impasto evaluate online fast --content photos --style styles --pattern "{content}_{style}" --plot scores.png
  impasto evaluate index.csv --judge vgg16 --json scores.json --csv scores.csv
  impasto evaluate painted-frames --content frames --style waves.jpg --frames
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto evaluate`."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score pastiches: style, content, flicker",
        usage="impasto evaluate PASTICHE [PASTICHE ...] --content C --style S [options]",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("pastiches", metavar="PASTICHE", type=Path, nargs="+", help="a picture, a folder of them, or an index .csv")
    add("--content", metavar="FILE|FOLDER", type=Path, help="the photo, or the folder of photos")
    add("--style", metavar="FILE|FOLDER", type=Path, help="the style image, or the folder of style images")
    pattern = "how pastiches in a folder are called, of {content} and {style} (default: of what is a folder, joined by _)"
    add("--pattern", metavar="TEXT", help=pattern)
    add("--frames", action="store_true", help="the folders are sequences of frames: score their flicker as well")
    known = ", ".join(("random", *encoders.names()))
    judge = f"whose features judge: {known}, or a file of weights (default: vgg19 if it is here and did not paint, or random)"
    add("--judge", metavar="NAME|FILE", help=judge)
    size = f"longer side in pixels to which larger pastiches are shrunk, or full (default: {SIZE})"
    add("--size", metavar="N|full", type=parsing.pixels, default=SIZE, help=size)
    scale = "the style's longer side relative to the pastiche's (default: 1, as paint's)"
    add("--style-scale", metavar="X", type=parsing.number, default=1.0, help=scale)
    weights = "a network for published measures: alexnet, vgg16, vgg19, inception_v3, art_inception, lpips_alex, lpips_vgg"
    add("--weights", metavar="NAME=FILE", type=weight, action="append", default=[], help=weights)
    add("--ends", action="store_true", help="score the photo and the style image themselves as well: the ends of the scales")
    add("--layers", action="store_true", help="print the score of each layer and scale too")
    add("--json", metavar="FILE", type=Path, help="write everything, for machines")
    add("--csv", metavar="FILE", type=Path, help="write a line for each pastiche")
    formats = ", ".join(WRITABLE_EXTENSIONS)
    add("--plot", metavar="FILE", type=Path, help=f"draw means and confidence intervals, which takes matplotlib: {formats}")
    add("--device", metavar="NAME", default="auto", help="auto, cpu, cuda (cuda:1 for the second) or mps (default: auto)")
    add("-q", "--quiet", action="store_true", help="print nothing but the table and errors")
    parser.set_defaults(run=run)


def weight(text: str) -> tuple[str, Path]:
    """`name=file`."""
    name, equals, file = text.partition("=")
    if not (name and equals and file):
        raise argparse.ArgumentTypeError(f"'{text}' must be NAME=FILE, such as art_inception=art_inception.pth")
    return name, Path(file)


def run(args: argparse.Namespace) -> int:
    """Scores, prints the table and writes what was asked for. Returns 2 if a pastiche was passed over. Raises ImpastoError."""
    from impasto.cli.interruption import Interrupted
    from impasto.cli.tally import Tally

    check_outputs(args)
    found = collected(args)
    try:
        with Tally("evaluate", quiet=args.quiet) as tally:
            survey = surveyed(args, found, tally)
        if args.plot:
            _plot(survey, args.plot)
    except KeyboardInterrupt:
        raise Interrupted("interrupted, and nothing was written") from None
    write(args, survey)
    for name, why in survey.failed:
        print("impasto:", f"{shown(name)}:", " ".join(why.split()), file=sys.stderr)
    return 2 if survey.failed else 0


def check_outputs(args: argparse.Namespace) -> None:
    """Raises InputError and OutputError for what could not be written after all the work."""
    from impasto import figures, images
    from impasto.images.outputs import check_place

    if args.plot:
        figures.check_plotting()
        images.check_output(args.plot)
    for path in (args.json, args.csv):
        if path:
            check_place(path)
    outputs = [path.resolve() for path in (args.json, args.csv, args.plot) if path]
    for path in outputs:
        if outputs.count(path) > 1:
            raise InputError(f"two outputs have the name {shown(path.name)}; give each its own")
        if path in [one.resolve() for one in (*args.pastiches, args.content, args.style) if one]:
            raise InputError(f"the output {shown(path.name)} would replace what is read; choose another name")


def collected(args: argparse.Namespace) -> "Collection":
    """The pairs to be scored, frames in their order."""
    from impasto.metrics.pairs import Collection, collect, sequences

    if not args.frames:
        return collect(args.pastiches, args.content, args.style, args.pattern)
    if args.pattern:
        raise InputError("frames are matched by their order; leave out --pattern")
    methods = sequences(args.pastiches, args.content, args.style)
    return Collection(tuple(pair for pairs in methods.values() for pair in pairs))


def surveyed(args: argparse.Namespace, found: "Collection", tally: "Tally") -> "Survey":
    """All the scores. Raises the reason when there are none."""
    from impasto.metrics import survey as surveys

    scored = list(found.pairs) if args.style or not args.frames else []
    recorded = tuple(recorded_encoder(pair.pastiche) for pair in found.pairs)
    tally.say("loading PyTorch and the judge")
    evaluator = prepared(args, recorded)
    if args.ends and scored:
        scored = surveys.with_ends(scored)
    tally.begin(max(1, len(scored)), "pastiche" if len(scored) == 1 else "pastiches")
    done = 0

    def told(pair: "Pair") -> None:
        nonlocal done
        tally.show(done, shown(pair.pastiche.name))
        done += 1

    result = surveys.survey(evaluator, scored, told)
    if result.failed and not result.rows:
        raise InputError(result.failed[0][1])
    if args.frames:
        tally.say("comparing the frames")
        add_frames(result, found.pairs)
    for note in found.notes:
        result.note(note)
    return result


def recorded_encoder(pastiche: Path) -> str | None:
    """What the pastiche's metadata say; a file that is no picture says nothing here, and why is said when it is its turn."""
    from impasto import images
    from impasto.metrics.judges import recorded_encoder as recorded

    try:
        return recorded(images.read_settings(pastiche))
    except ImpastoError:
        return None


def prepared(args: argparse.Namespace, recorded: "Sequence[str | None]") -> "Evaluator":
    """The evaluator that was asked for."""
    from impasto.metrics.evaluation import Evaluator
    from impasto.metrics.published import Published

    return Evaluator(
        args.judge,
        size=args.size,
        style_scale=args.style_scale,
        device=args.device,
        published=Published(dict(args.weights)),
        recorded=tuple(recorded),
    )


def add_frames(survey: "Survey", pairs: "Sequence[Pair]") -> None:
    """The flicker of each method."""
    from impasto.metrics.survey import add_restlessness

    for method in dict.fromkeys(pair.method for pair in pairs):
        add_restlessness(survey, method, [pair for pair in pairs if pair.method == method])


def write(args: argparse.Namespace, survey: "Survey") -> None:
    """The table on stdout, and the files."""
    from impasto.images import write_bytes
    from impasto.metrics import report

    print(report.table(survey, args.layers), flush=True)
    for path, text in ((args.json, report.as_json), (args.csv, report.as_csv)):
        if path:
            write_bytes(path, text(survey).encode("utf-8"))


def _plot(survey: "Survey", path: Path) -> None:
    from impasto import images
    from impasto.metrics.plot import plot

    images.write(plot(survey), path)
