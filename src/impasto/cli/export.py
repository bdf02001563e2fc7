"""`impasto export`: a trained network as ONNX, for other programs and for the fast method."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import InputError, OutputError
from impasto.images.paths import shown

if TYPE_CHECKING:
    from impasto.images import Picture

FORMATS = ("onnx",)
MOST, SIDE = 48, 320
"""Pictures, and pixels of their longer side, on which the ranges for 8-bit integers are measured."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto export`."""
    parser = subparsers.add_parser(
        "export",
        help="write a trained network as ONNX",
        description="Writes transfer.onnx, which paints, and predict.onnx, which describes a style, and checks both.",
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FOLDER", help="an existing folder to write into")
    parser.add_argument("--format", choices=FORMATS, default="onnx", help="what to write (default: onnx)")
    parser.add_argument("--model", type=Path, metavar="FILE", help="a network of `impasto train arbitrary` (default: ours)")
    parser.add_argument(
        "--int8",
        type=Path,
        metavar="PICTURES",
        help="also write transfer-int8.onnx, twice as quick, and predict.onnx in integers, ranges as in this folder's pictures",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Writes both graphs. Raises InputError, OutputError, WeightsError."""
    if not args.output.is_dir():
        raise OutputError(f"there is no folder {shown(args.output)} to write into: make it first")
    if args.model is not None and not args.model.is_file():
        raise InputError(f"there is no network {shown(args.model)}: give a file that `impasto train arbitrary` made")
    if args.int8 is not None and not args.int8.is_dir():
        raise InputError(f"there is no folder {shown(args.int8)}: give --int8 a folder of pictures")
    from impasto.offline import quantise
    from impasto.offline.export import export
    from impasto.offline.networks.loading import load_arbitrary

    pictures = [] if args.int8 is None else seen(args.int8)
    if args.int8 is not None:
        quantise.check(len(pictures))
    network, encoder = load_arbitrary(args.model)
    done = export(network, encoder, args.output)
    for path in (done.transfer, done.predict):
        print(f"saved {path} ({path.stat().st_size / 2**20:.1f} MiB)")
    print(f"checked against PyTorch: pixels within {done.levels:g} of 255 levels, embeddings within {done.embedding:.2g}")
    if args.int8 is not None:
        whole = quantise.quantise(network, encoder, args.output, pictures)
        path = whole.transfer
        print(f"saved {path} ({path.stat().st_size / 2**20:.1f} MiB), {whole.ratio:.1f} dB from {done.transfer.name}")
        if whole.distance is None:
            print(f"{done.predict.name} stays in floating point")
        else:
            print(f"{done.predict.name} is in integers too, embeddings within {whole.distance:.1%} of their length")
    return 0


def seen(folder: Path) -> "list[Picture]":
    """At most MOST pictures of a folder, evenly chosen, at SIDE pixels."""
    from impasto import images
    from impasto.images.folders import find_pictures

    files = find_pictures(folder)
    chosen = [files[number * len(files) // min(MOST, len(files))] for number in range(min(MOST, len(files)))]
    pictures = [images.read(path) for path in chosen]
    return [picture.resized(*images.fit(picture.size, SIDE)) if max(picture.size) > SIDE else picture for picture in pictures]
