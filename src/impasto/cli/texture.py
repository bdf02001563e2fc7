"""`impasto texture`: a picture of nothing but the style, which may tile. From the words on the command line to the file.

The options are `paint`'s, those about content left out; how a texture is synthesised is `impasto.painter`'s business.
"""

import argparse
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.cli import options
from impasto.cli.paint import check_init, read_style
from impasto.cli.parsing import whole
from impasto.errors import InputError, OutputError
from impasto.images.paths import shown
from impasto.online.checks import LARGEST
from impasto.online.settings import make_settings

if TYPE_CHECKING:
    from impasto.cli.interruption import Interruption
    from impasto.images import Picture
    from impasto.online.optimisation import Step
    from impasto.painter import Canvas

LEFT_OUT = frozenset(
    {"strength", "size", "color", "mask", "content_weight", "content_models", "content_layers"}
    | {"print_config", "resume", "overwrite"}
)
"""Options of `paint` that mean nothing without a photo, or that are for long work."""

HELP = {
    "output": "where the texture goes: the formats of impasto paint",
    "style_weight": "how much the style counts against smoothness; 1 is the balance we recommend",
    "tv_weight": "how much smoothness (total variation) counts, likewise",
    "spectrum_weight": "how much is done against a weave that the style has not, likewise",
    "style_layers": "layers to take the style from, with weights (default: the encoder's own choice)",
    "init": "begin with: match (noise in the style's colours), noise, grey, or a picture",
    "preview": "how the texture appeared: .webp for an animation, else a contact sheet",
}
"""What an option says here, where it says something else than for `paint`."""

EXAMPLES = """\
examples:
  impasto texture waves.jpg -o waves-texture.png --size 768x512
  impasto texture pebbles.jpg -o tile.png --size 512 --tileable --texture gram
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto texture`."""
    parser = subparsers.add_parser(
        "texture",
        help="make a texture, which may tile, of a picture",
        usage="impasto texture STYLE [STYLE ...] -o OUT [--size WxH] [--tileable] [options]",
        description="Paints a picture of nothing but the style of STYLE: its colours and strokes, but none of its things.",
        epilog=EXAMPLES,
        add_help=False,
    )
    pictures = parser.add_argument_group("Pictures")
    pictures.add_argument("styles", metavar="STYLE", type=Path, nargs="+", help="the picture whose style to take; several mix")
    size = parser.add_argument_group("Size")
    # Not `size`, which is a setting with another meaning.
    size_help = "width and height in pixels, or one number for a square (default: 512x512)"
    size.add_argument("--size", dest="canvas", metavar="WxH", type=width_and_height, default=(512, 512), help=size_help)
    size.add_argument("--tileable", action="store_true", help="let opposite borders continue each other, to lay it as a tile")
    options.add_groups(parser, LEFT_OUT, HELP)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Checks what can be checked without PyTorch, then synthesises. Raises ImpastoError, Interrupted."""
    given = options.chosen_settings(args)
    if args.output is None:
        raise InputError("no output given; add -o OUT, such as -o texture.png")
    from impasto.cli.interruption import Interruption

    check_files(args)
    check_init(make_settings(given).init)
    with Interruption(args.quiet) as stop:
        styles = [read_style(path, args.quiet) for path in args.styles]
        Synthesis(args, given, styles, stop).run()
    return 0


def width_and_height(text: str) -> tuple[int, int]:
    """`640x480`, or `512` for a square."""
    parts = [whole(part) for part in text.lower().split("x")]
    if len(parts) not in (1, 2) or not all(32 <= part <= LARGEST for part in parts):
        raise argparse.ArgumentTypeError(f"'{text}' must be WIDTHxHEIGHT in pixels (32 to {LARGEST}), such as 640x480")
    return parts[0], parts[-1]


def check_files(args: argparse.Namespace) -> None:
    """Raises OutputError unless everything asked for can be written, and would replace nothing that is read."""
    from impasto import images

    images.check_output(args.output, size=args.canvas, bits=args.bits, quality=args.quality)
    if args.preview is not None:
        images.check_output(args.preview)
        if args.preview.resolve() == args.output.resolve():
            raise OutputError(f"--preview {shown(args.preview)} is the texture itself; choose another name")
    for output in (args.output, args.preview):
        for style in args.styles:
            if output is not None and output.exists() and style.exists() and output.samefile(style):
                raise OutputError(f"the output {shown(output)} would replace a picture that is read; choose another name")


class Synthesis:
    """One texture from start to end. args: checked; given: the settings that are not defaults; stop: listens for Ctrl-C."""

    def __init__(
        self, args: argparse.Namespace, given: Mapping[str, Any], styles: "list[Picture]", stop: "Interruption"
    ) -> None:
        from impasto.cli.preview import Preview
        from impasto.cli.progress import Progress

        self.args, self.given, self.styles, self.stop = args, given, styles, stop
        self.progress = Progress(" + ".join(shown(path.name) for path in args.styles), quiet=args.quiet)
        self.preview = Preview(args.preview, styles[0], "style") if args.preview else None

    def run(self) -> None:
        """Synthesises and writes everything asked for. Raises ImpastoError, and Interrupted with what was kept."""
        from impasto.cli.interruption import Interrupted
        from impasto.cli.progress import clock

        began = time.monotonic()
        try:
            with self.progress:
                self.progress.say("loading PyTorch")
                from impasto.painter import Painter

                self.progress.say("looking at the pictures")
                synthesize = Painter(**self.given).synthesize
                texture = synthesize(self.styles, self.args.canvas, tileable=self.args.tileable, callback=self._after)
                with self.stop.held():
                    self._write(texture.picture(self.args.bits), self.args.output, dict(texture.settings))
        except Interrupted:
            raise
        except KeyboardInterrupt:
            raise Interrupted("interrupted, and nothing was kept") from None
        if not self.args.quiet:
            width, height = texture.size
            taken = clock(time.monotonic() - began)
            print(f"made {shown(self.args.output)}, {width} x {height} pixels, in {taken}", flush=True)

    def _after(self, step: "Step", canvas: "Canvas") -> None:
        """What happens after each step."""
        from impasto.cli.sitting import numbered_path

        self.stop.working = True
        self.progress.show(step, canvas.work.levels)
        if self.preview is not None:
            self.preview.see(step, canvas)
        if self.args.save_every and step.step % self.args.save_every == 0:
            with self.stop.held():
                self._write_small(canvas, numbered_path(self.args.output, step.step))
        if self.stop.requested and not canvas.work.finished:
            self._leave(step, canvas)

    def _leave(self, step: "Step", canvas: "Canvas") -> None:
        """Keeps the texture so far, and says so by raising Interrupted."""
        from impasto.cli.interruption import Interrupted
        from impasto.cli.sitting import partial_path

        partial, where = partial_path(self.args.output), f"interrupted after step {step.step} of {step.total}"
        try:
            with self.stop.held():
                self._write_small(canvas, partial)
        except OutputError as error:
            raise Interrupted(f"{where}, and the texture could not be kept: {error}") from error
        raise Interrupted(f"{where}; the texture so far is {shown(partial)}")

    def _write_small(self, canvas: "Canvas", path: Path) -> None:
        """The texture so far as the finished one will be: at its size."""
        from impasto import images

        images.write(canvas.picture().resized(*self.args.canvas), path, quality=self.args.quality)

    def _write(self, picture: "Picture", path: Path, settings: dict[str, Any]) -> None:
        from impasto import images
        from impasto.cli.sitting import partial_path

        images.write(picture, path, settings=settings, bits=self.args.bits, quality=self.args.quality)
        with contextlib.suppress(OSError):
            partial_path(path).unlink()
        if self.preview is not None:
            self.preview.write(picture)
