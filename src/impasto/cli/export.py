"""`impasto export`: a trained network as ONNX, for other programs and for the fast method."""

import argparse
from pathlib import Path

from impasto.errors import InputError, OutputError
from impasto.images.paths import shown

FORMATS = ("onnx",)


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
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Writes both graphs. Raises InputError, OutputError, WeightsError."""
    if not args.output.is_dir():
        raise OutputError(f"there is no folder {shown(args.output)} to write into: make it first")
    if args.model is not None and not args.model.is_file():
        raise InputError(f"there is no network {shown(args.model)}: give a file that `impasto train arbitrary` made")
    from impasto.offline.export import export
    from impasto.offline.networks.loading import load_arbitrary

    done = export(*load_arbitrary(args.model), args.output)
    for path in (done.transfer, done.predict):
        print(f"saved {path} ({path.stat().st_size / 2**20:.1f} MiB)")
    print(f"checked against PyTorch: pixels within {done.levels:g} of 255 levels, embeddings within {done.embedding:.2g}")
    return 0
