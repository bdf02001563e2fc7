"""`impasto reconstruct`: the figure of the first papers, for a picture of the user's. Arguments, messages and files only."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from impasto import encoders
from impasto.cli import parsing
from impasto.errors import OutputError
from impasto.images.formats import WRITABLE_EXTENSIONS
from impasto.images.paths import shown
from impasto.online.settings import Settings
from impasto.texture import MODELS, check_name

if TYPE_CHECKING:
    from impasto.cli.tally import Tally
    from impasto.images import Picture
    from impasto.reconstruction import Reconstruction

FEATURES = 3
"""Channels of each layer that `--features` shows unless it is given a number."""

DESCRIPTION = """\
Paints IMAGE anew from what the encoder's layers hold of it, one panel for each layer: content
reconstructions from one layer's feature maps, style reconstructions from the statistics of all
layers up to one. The losses are plotted beside it, in OUT-losses.
"""

EXAMPLES = """\
examples:
  impasto reconstruct photo.jpg -o layers.png
  impasto reconstruct waves.jpg -o layers.png --texture gram --features
  impasto reconstruct photo.jpg -o layers.png --encoder vgg19 --layers conv1_1,conv2_1,conv3_1,conv4_1,conv5_1
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto reconstruct`."""
    parser = subparsers.add_parser(
        "reconstruct",
        help="show what an encoder's layers hold of a picture",
        usage="impasto reconstruct IMAGE -o OUT [options]",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    defaults = Settings()
    add("image", metavar="IMAGE", type=Path, help="the picture to look at")
    formats = ", ".join(WRITABLE_EXTENSIONS)
    add("-o", "--output", metavar="OUT", type=Path, required=True, help=f"where the figure goes: {formats}")
    add("--size", metavar="N", type=parsing.whole, default=256, help="longer side of a panel in pixels (default: 256)")
    known = ", ".join(encoders.names())
    add("--encoder", metavar="NAME|FILE", default=defaults.encoder, help=f"{known}, or a file (default: {defaults.encoder})")
    models = ", ".join(MODELS)
    add("--texture", metavar="NAME", default=defaults.texture, help=f"texture model: {models} (default: {defaults.texture})")
    add("--layers", metavar="A,B", type=parsing.names, help="the encoder's layers (default: its own choice for styles)")
    add("--pooling", metavar="NAME", default=defaults.pooling, help="max, average or l2 (default: max)")
    add(
        "--features",
        metavar="N",
        type=parsing.counted(1, 32),
        nargs="?",
        const=FEATURES,
        default=0,
        help=f"show each layer's N strongest feature maps as well ({FEATURES} if N is not given)",
    )
    help_ = "the most steps for a panel, which ends when it has settled (default: 200)"
    add("--iterations", metavar="N", type=parsing.whole, default=200, help=help_)
    add("--seed", metavar="N", type=parsing.whole, default=0, help="of the noise to start from (default: 0)")
    add("--no-losses", dest="losses", action="store_false", help="leave out the plot of the losses, which takes matplotlib")
    add("--device", metavar="NAME", default="auto", help="auto, cpu, cuda (cuda:1 for the second) or mps (default: auto)")
    add("-q", "--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Checks what can be checked without PyTorch, reconstructs, and writes both pictures at the end. Raises ImpastoError."""
    from impasto import figures, images
    from impasto.cli.interruption import Interrupted, Interruption
    from impasto.cli.tally import Tally

    check_name(args.texture)
    images.check_output(args.output)
    if args.losses:
        figures.check_plotting()
        images.check_output(losses_path(args.output))
    picture = images.read(args.image)
    for output in (args.output, losses_path(args.output))[: 1 + args.losses]:
        if output.exists() and output.samefile(args.image):
            raise OutputError(f"the output {shown(output)} would replace the picture itself; choose another name")
    began = time.monotonic()
    try:
        with Interruption(args.quiet) as stop, Tally(shown(args.image.name), quiet=args.quiet) as tally:
            for note in picture.notes:
                tally.note(f"{shown(args.image)}: {note}")
            found = _reconstruct(args, picture, tally)
            tally.say("drawing")
            figure = figures.figure(found)
            plot = figures.plot(found) if args.losses else None
            with stop.held():
                images.write(figure, args.output, settings=found.settings)
                if plot is not None:
                    images.write(plot, losses_path(args.output), settings=found.settings)
    except KeyboardInterrupt:
        raise Interrupted("interrupted, and nothing was written") from None
    if not args.quiet:
        _report(args, time.monotonic() - began)
    return 0


def losses_path(output: Path) -> Path:
    """Where the plot lies: `figure-losses.png` for `figure.png`."""
    return output.with_name(f"{output.stem}-losses{output.suffix}")


def _reconstruct(args: argparse.Namespace, picture: "Picture", tally: "Tally") -> "Reconstruction":
    tally.say("loading PyTorch")
    from impasto.reconstruction import Moment, reconstruct

    def show(moment: Moment) -> None:
        if not shown_before:
            tally.begin(moment.panels, "panels")
            shown_before.append(moment)
        tally.show(moment.panel - 1 + moment.share, f"{moment.title}, loss {moment.loss:.2g}")

    shown_before: list[Moment] = []
    tally.say("loading the encoder")
    return reconstruct(
        picture,
        size=args.size,
        encoder=args.encoder,
        texture=args.texture,
        layers=args.layers,
        iterations=args.iterations,
        pooling=args.pooling,
        features=args.features,
        device=args.device,
        seed=args.seed,
        callback=show,
    )


def _report(args: argparse.Namespace, seconds: float) -> None:
    from impasto.cli.progress import clock

    beside = f" and {shown(losses_path(args.output))}" if args.losses else ""
    print(f"reconstructed {shown(args.image)} as {shown(args.output)}{beside} in {clock(seconds)}", flush=True)
