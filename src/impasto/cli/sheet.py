"""`impasto sheet`: one photo painted with every value of an option or two, as one labelled picture.

What is varied is worked out in `variation`; here is the command, its progress and the layout of the sheet.
"""

import argparse
import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.cli import options, parsing
from impasto.cli.paint import check_init, read_masks, read_style
from impasto.cli.variation import STYLE, Axis, Variant, axes, variants
from impasto.errors import ImpastoError, InputError, OutputError
from impasto.images.paths import shown
from impasto.online.settings import make_settings

if TYPE_CHECKING:
    from impasto.cli.tally import Tally
    from impasto.images import Cell, Picture
    from impasto.online.optimisation import Step
    from impasto.online.regions import MaskPair
    from impasto.painter import Callback, Canvas

LEFT_OUT = frozenset({"print_config", "bits", "preview", "save_every", "resume", "overwrite"})
"""Options of `paint` that mean nothing for a sheet."""

CELL = 320

EXAMPLES = """\
examples:
  impasto sheet photo.jpg waves.jpg -o sheet.png --vary strength=0.25,0.5,0.75,1
  impasto sheet photo.jpg waves.jpg -o sheet.png --vary texture=covariance,gram,sliced --vary style-scale=1,2
  impasto sheet photo.jpg waves.jpg ink.jpg -o sheet.png --vary style --vary color=style,keep
  impasto sheet photo.jpg waves.jpg -o sheet.png --vary "style-layers=relu1_1;relu1_1,relu2_1"
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto sheet`."""
    parser = subparsers.add_parser(
        "sheet",
        help="compare settings: one photo painted with each value of an option or two",
        usage="impasto sheet CONTENT STYLE [STYLE ...] -o OUT --vary OPTION=A,B,C [--vary OPTION=X,Y] [options]",
        description="Paints CONTENT once for each value of an option, or of two, and lays out the paintings with their labels.",
        epilog=EXAMPLES,
        add_help=False,
    )
    pictures = parser.add_argument_group("Pictures")
    pictures.add_argument("content", metavar="CONTENT", type=Path, help="the photo to paint")
    pictures.add_argument("styles", metavar="STYLE", type=Path, nargs="+", help="the style; several mix unless they are varied")
    sheet = parser.add_argument_group("Sheet")
    vary = "any setting below, with its values; separated by ; where they hold commas; `style` for the style pictures"
    sheet.add_argument("--vary", metavar="OPTION=A,B", action="append", default=[], help=vary)
    cell = f"longer side of a painting on the sheet in pixels (default: {CELL})"
    sheet.add_argument("--cell", metavar="N", type=parsing.counted(64, 4096), default=CELL, help=cell)
    options.add_groups(parser, LEFT_OUT)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Checks every cell's settings, then paints them one by one. Raises ImpastoError, Interrupted."""
    if args.output is None:
        raise InputError("no output given; add -o OUT, such as -o sheet.png")
    from impasto import images
    from impasto.cli.interruption import Interruption

    found = axes(args.vary, args)
    cells = variants(found, args)
    images.check_output(args.output, quality=args.quality)
    for source in (args.content, *args.styles):
        if args.output.exists() and source.exists() and args.output.samefile(source):
            raise OutputError(f"the output {shown(args.output)} would replace a picture that is read; choose another name")
    for init in {make_settings(cell.settings).init for cell in cells}:
        check_init(init)
    photo = images.read(args.content)
    styles = [read_style(path, args.quiet) for path in args.styles]
    with Interruption(args.quiet) as stop:
        sheet = Sheet(args, found, cells, photo, styles, read_masks(args.mask))
        try:
            sheet.paint()
        except KeyboardInterrupt:
            with stop.held():
                sheet.leave()
        with stop.held():
            return sheet.finish()


@dataclass
class Sheet:
    """The sheet in the making. done: a picture and its time, or why there is none, by the cell's place in `cells`."""

    args: argparse.Namespace
    axes: Sequence[Axis]
    cells: Sequence[Variant]
    photo: "Picture"
    styles: "Sequence[Picture]"
    masks: "Sequence[MaskPair]"
    done: "dict[int, tuple[Picture, float] | str]" = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def paint(self) -> None:
        """All cells, under one progress bar. One that cannot be painted keeps the reason in its place."""
        from impasto.cli.tally import Tally

        with Tally(shown(self.args.content.name), quiet=self.args.quiet) as tally:
            for note in self.photo.notes:
                tally.note(f"{shown(self.args.content)}: {note}")
            tally.say("loading PyTorch")
            from impasto import painter

            tally.begin(len(self.cells), "paintings")
            for number, cell in enumerate(self.cells):
                tally.show(number, cell.label)
                styles = [self.styles[place] for place in cell.styles]
                try:
                    paint = painter.Painter(**cell.settings).paint
                    painting = paint(self.photo, styles, masks=self.masks, callback=follow(tally, number, cell.label))
                except ImpastoError as error:
                    self.done[number] = str(error)
                else:
                    self.done[number] = painting.picture(), painting.seconds

    def finish(self) -> int:
        """Writes the sheet, and says what could not be painted. Returns the exit code."""
        from impasto.cli.progress import clock

        failed = {self.cells[number].label: found for number, found in self.done.items() if isinstance(found, str)}
        if len(failed) == len(self.cells):
            raise InputError(f"none of the {len(self.cells)} paintings could be made: {next(iter(failed.values()))}")
        picture = self._write(self.args.output)
        if not self.args.quiet:
            taken, count = clock(time.monotonic() - self.began), f"{len(self.cells) - len(failed)} of {len(self.cells)}"
            size = f"{picture.width} x {picture.height} pixels"
            print(f"painted {count} for {shown(self.args.output)}, {size}, in {taken}", flush=True)
        for label, message in failed.items():
            print(f"impasto: {label}:", " ".join(message.split()), file=sys.stderr)
        return 2 if failed else 0

    def leave(self) -> None:
        """Keeps the sheet so far, and says so by raising Interrupted."""
        from impasto.cli.interruption import Interrupted
        from impasto.cli.sitting import partial_path

        if not self.done:
            raise Interrupted("interrupted, and nothing was kept") from None
        partial = partial_path(self.args.output)
        where = f"interrupted after {len(self.done)} of {len(self.cells)} paintings"
        try:
            self._write(partial)
        except OutputError as error:
            raise Interrupted(f"{where}, and the sheet could not be kept: {error}") from None
        raise Interrupted(f"{where}; the sheet so far is {shown(partial)}") from None

    def _write(self, path: Path) -> "Picture":
        from impasto import images

        picture = layout(self.photo, self.styles, self.axes, self._cells(), self.args.cell)
        images.write(picture, path, settings=self._provenance(), quality=self.args.quality)
        return picture

    def _cells(self) -> "dict[tuple[int, int], Cell]":
        """The cells by place, (column, row), labelled by column."""
        from impasto.cli.progress import clock
        from impasto.images import Cell

        placed = {}
        for number, cell in enumerate(self.cells):
            label, found = f"{self.axes[0].option} {self.axes[0].labels[cell.place[0]]}", self.done.get(number, "")
            if isinstance(found, str):
                placed[cell.place] = Cell(label=label, words=found)
            else:
                placed[cell.place] = Cell(found[0], label, clock(found[1]))
        return placed

    def _provenance(self) -> dict[str, Any]:
        from impasto import images
        from impasto.painting import describe

        settings = make_settings(options.chosen_settings(self.args))
        size = images.fit(self.photo.size, settings.size)
        vary: Mapping[str, list[str]] = {axis.option: list(axis.labels) for axis in self.axes}
        return {**describe(settings, self.photo, self.styles, size, self.masks), "vary": vary}


def follow(tally: "Tally", number: int, label: str) -> "Callback":
    """A callback that shows the progress of painting `number`, from 0."""
    from impasto.online.pyramid import done_share

    def after(step: "Step", canvas: "Canvas") -> None:
        tally.show(number + done_share(step, canvas.work.levels), label)

    return after


def layout(
    photo: "Picture",
    styles: "Sequence[Picture]",
    found: Sequence[Axis],
    cells: "Mapping[tuple[int, int], Cell]",
    side: int,
) -> "Picture":
    """The sheet. A list follows photo and styles; a table has them in its first row and the second option at the left."""
    from impasto import images
    from impasto.images import Cell, Row

    inputs = [Cell(photo, "photo")]
    inputs += [Cell(style, f"style {style.path.stem}" if style.path else "style") for style in styles]
    columns = found[0]
    if columns.name == STYLE:
        inputs = [inputs[0], *(inputs[1 + place] for place in columns.values)]
    elif len(found) == 1:
        listed = [*inputs, *(cells[column, 0] for column in range(len(columns.values)))]
        across = math.ceil(math.sqrt(len(listed)))
        return images.grid([Row(listed[start : start + across]) for start in range(0, len(listed), across)], cell=side)
    rows = [Row(inputs)]
    labels = [f"{found[1].option} {label}" for label in found[1].labels] if len(found) == 2 else [""]
    for row, label in enumerate(labels):
        rows.append(Row([Cell(words=label), *(cells[column, row] for column in range(len(columns.values)))]))
    return images.grid(rows, cell=side)
