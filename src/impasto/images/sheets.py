"""`contact_sheet`: many pictures and their labels on one tidy grid, to be looked at. Nothing is read or written here."""

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from impasto.errors import InputError
from impasto.images.geometry import fit
from impasto.images.picture import Picture

if TYPE_CHECKING:
    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_Colour = tuple[int, int, int]
_BACKGROUND: _Colour = (238, 238, 236)
_TEXT: _Colour = (40, 40, 40)
_ELLIPSIS = "…"
# A code point that is no character: fonts draw their "missing" box for it.
_NO_GLYPH = "\uffff"


def contact_sheet(
    pictures: Sequence[Picture],
    labels: Sequence[str],
    columns: int | None = None,
    *,
    cell: int = 256,
    margin: int = 12,
) -> Picture:
    """A grid of `pictures`, row by row, each shrunk or enlarged to a longer side of `cell` pixels, its label underneath.

    `columns` is chosen so that the sheet comes out about square when it is None. Labels too long for their cell end in an
    ellipsis; an empty label leaves its line blank, and a row without any label has no line for it. The font is Pillow's own:
    a letter it lacks is drawn without its accent, or as a question mark. Raises InputError when the numbers do not
    fit together.
    """
    if not pictures:
        raise InputError("a contact sheet needs at least one picture")
    if len(labels) != len(pictures):
        raise InputError(f"a contact sheet needs one label a picture: {len(pictures)} pictures, {len(labels)} labels")
    if columns is None:
        columns = math.ceil(math.sqrt(len(pictures)))
    if columns < 1 or cell < 8 or margin < 0:
        raise InputError(f"a contact sheet needs columns >= 1, cell >= 8, margin >= 0, not {columns}, {cell} and {margin}")
    thumbnails = [_thumbnail(picture, cell) for picture in pictures]
    rows = [slice(start, start + columns) for start in range(0, len(pictures), columns)]
    font = ImageFont.load_default(size=max(11, cell // 18))
    strips = [_row(thumbnails[row], labels[row], min(columns, len(pictures)), cell, margin, font) for row in rows]
    return Picture.from_array(_stacked(strips, margin))


def _thumbnail(picture: Picture, cell: int) -> Image.Image:
    small = picture.resized(*fit(picture.size, cell)).as_bits(8)
    image = Image.fromarray(small.pixels)
    if small.alpha is None:
        return image
    return Image.composite(image, Image.new("RGB", image.size, _BACKGROUND), Image.fromarray(small.alpha))


def _row(
    thumbnails: Sequence[Image.Image], labels: Sequence[str], columns: int, cell: int, margin: int, font: "Font"
) -> Image.Image:
    """One row without outer top and bottom margins: pictures stand centred on one line, labels centred below it."""
    height = max(image.height for image in thumbnails)
    line = _line_height(font) if any(labels) else 0
    strip = Image.new("RGB", (margin + columns * (cell + margin), height + line), _BACKGROUND)
    draw = ImageDraw.Draw(strip)
    for index, (image, label) in enumerate(zip(thumbnails, labels, strict=True)):
        left = margin + index * (cell + margin)
        strip.paste(image, (left + (cell - image.width) // 2, (height - image.height) // 2))
        text = _shortened(label, font, cell)
        draw.text((left + (cell - font.getlength(text)) / 2, height + line // 5), text, _TEXT, font)
    return strip


def _stacked(strips: Sequence[Image.Image], margin: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    height = margin + sum(strip.height + margin for strip in strips)
    sheet = Image.new("RGB", (strips[0].width, height), _BACKGROUND)
    top = margin
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height + margin
    return np.array(sheet, dtype=np.uint8)


def _line_height(font: "Font") -> int:
    """Room for a line of text: ascenders, descenders and a little air above."""
    return round(1.5 * font.getbbox("Ág")[3])


def _shortened(label: str, font: "Font", width: int) -> str:
    """The label on one line, cut so that it and an ellipsis fit into `width` pixels."""
    text = "".join(_drawable(character, font) for character in " ".join(label.split()))
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + _ELLIPSIS) > width:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS


def _drawable(character: str, font: "Font") -> str:
    """The character, or its base letter, or `?`: whichever the font can draw first."""
    for candidate in (character, unicodedata.normalize("NFKD", character)[0]):
        if candidate.isspace() or bytes(font.getmask(candidate)) != bytes(font.getmask(_NO_GLYPH)):
            return candidate
    return "?"
