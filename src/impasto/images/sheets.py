"""Many pictures and their labels on one tidy grid, to be looked at. Nothing is read or written here.

`contact_sheet` lays out a list, `grid` rows that mean something: a table with headings, notes, and words where there is no
picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from impasto.errors import InputError
from impasto.images.geometry import fit
from impasto.images.lettering import font, line_height, shortened, wrapped
from impasto.images.picture import Picture

_Colour = tuple[int, int, int]
_BACKGROUND: _Colour = (238, 238, 236)
_TEXT: _Colour = (40, 40, 40)
_SMALL_PRINT: _Colour = (110, 110, 108)
_TEXT_SIDE = 0.6
"""Height of a cell that holds words, relative to its width, where no picture of the row asks for more."""


@dataclass(frozen=True)
class Cell:
    """A place in a grid: a picture, or words in its stead, or neither.

    label: below it. note: below that, in small print.
    """

    picture: Picture | None = None
    label: str = ""
    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class Row:
    """Cells side by side. title: above them, from the left edge."""

    cells: Sequence[Cell]
    title: str = ""


def contact_sheet(
    pictures: Sequence[Picture],
    labels: Sequence[str],
    columns: int | None = None,
    *,
    cell: int = 256,
    margin: int = 12,
) -> Picture:
    """A grid of `pictures`, row by row, each shrunk or enlarged to a longer side of `cell` pixels, its label underneath.

    `columns` is chosen so that the sheet comes out about square when it is None. Raises InputError when the numbers do not
    fit together. For the rest see `grid`.
    """
    if not pictures:
        raise InputError("a contact sheet needs at least one picture")
    if len(labels) != len(pictures):
        raise InputError(f"a contact sheet needs one label a picture: {len(pictures)} pictures, {len(labels)} labels")
    if columns is None:
        columns = math.ceil(math.sqrt(len(pictures)))
    if columns < 1 or cell < 8 or margin < 0:
        raise InputError(f"a contact sheet needs columns >= 1, cell >= 8, margin >= 0, not {columns}, {cell} and {margin}")
    cells = [Cell(picture, label) for picture, label in zip(pictures, labels, strict=True)]
    rows = [Row(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    return grid(rows, cell=cell, margin=margin)


def grid(rows: Sequence[Row], *, cell: int = 256, margin: int = 12) -> Picture:
    """One picture of all rows, each cell's picture shrunk or enlarged to a longer side of `cell` pixels and centred.

    A row is as high as its highest picture and has no line for labels, or for notes, where none of its cells has one. Words
    too long for their place end in an ellipsis. The font is Pillow's own: a letter it lacks is drawn without its accent, or
    as a question mark. Raises InputError when there is nothing to show, or no room to show it in.
    """
    columns = max((len(row.cells) for row in rows), default=0)
    if columns == 0 or cell < 8 or margin < 0:
        raise InputError(f"a sheet needs at least one cell, cell >= 8 and margin >= 0, not {columns}, {cell} and {margin}")
    strips = [_strip(row, columns, cell, margin) for row in rows]
    height = margin + sum(strip.height + margin for strip in strips)
    sheet = Image.new("RGB", (strips[0].width, height), _BACKGROUND)
    top = margin
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height + margin
    return Picture.from_array(np.array(sheet, dtype=np.uint8))


def _strip(row: Row, columns: int, cell: int, margin: int) -> Image.Image:
    """One row without outer top and bottom margins: title, pictures centred on one line, labels and notes centred below."""
    thumbnails = [None if one.picture is None else _thumbnail(one.picture, cell) for one in row.cells]
    least = round(_TEXT_SIDE * cell) if any(one.words for one in row.cells) else 0
    height = max([least, *(image.height for image in thumbnails if image is not None)])
    letters, heading, small = font(cell / 14), font(cell / 12), font(cell / 17)
    title = line_height(heading) if row.title else 0
    label = line_height(letters) if any(one.label for one in row.cells) else 0
    note = line_height(small) if any(one.note for one in row.cells) else 0
    strip = Image.new("RGB", (margin + columns * (cell + margin), title + height + label + note), _BACKGROUND)
    draw = ImageDraw.Draw(strip)
    draw.text((margin, 0), shortened(row.title, heading, strip.width - 2 * margin), _TEXT, heading)
    for index, (one, image) in enumerate(zip(row.cells, thumbnails, strict=True)):
        left = margin + index * (cell + margin)
        if image is not None:
            strip.paste(image, (left + (cell - image.width) // 2, title + (height - image.height) // 2))
        elif one.words:
            _write(draw, one.words, (left, title, cell, height))
        for text, kind, colour, top in (
            (one.label, letters, _TEXT, title + height + label // 5),
            (one.note, small, _SMALL_PRINT, title + height + label + note // 8),
        ):
            line = shortened(text, kind, cell)
            draw.text((left + (cell - kind.getlength(line)) / 2, top), line, colour, kind)
    return strip


def _write(draw: ImageDraw.ImageDraw, words: str, box: tuple[int, int, int, int]) -> None:
    """Words in the middle of a box: left, top, width, height."""
    left, top, width, height = box
    letters = font(width / 14)
    each = line_height(letters)
    lines = wrapped(words, letters, width - 2 * (width // 16), max(1, height // each))
    above = top + (height - each * len(lines)) / 2
    for number, line in enumerate(lines):
        draw.text((left + (width - letters.getlength(line)) / 2, above + number * each + each // 5), line, _TEXT, letters)


def _thumbnail(picture: Picture, cell: int) -> Image.Image:
    small = picture.resized(*fit(picture.size, cell)).as_bits(8)
    image = Image.fromarray(small.pixels)
    if small.alpha is None:
        return image
    return Image.composite(image, Image.new("RGB", image.size, _BACKGROUND), Image.fromarray(small.alpha))
