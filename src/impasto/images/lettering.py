"""Words drawn on pictures, in Pillow's own scalable font: how large, shortened, wrapped, with letters it has. No layout."""

import unicodedata
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_ELLIPSIS = "…"
# A code point that is no character: fonts draw their "missing" box for it.
_NO_GLYPH = "\uffff"


def font(pixels: float) -> "Font":
    """Pillow's font at this size, never too small to be read."""
    return ImageFont.load_default(size=max(11, round(pixels)))


def line_height(letters: "Font") -> int:
    """Room for a line of text: ascenders, descenders and a little air above."""
    return round(1.5 * letters.getbbox("Ág")[3])


def shortened(text: str, letters: "Font", width: int) -> str:
    """The text on one line, cut so that it and an ellipsis fit into `width` pixels."""
    line = drawable(text, letters)
    if letters.getlength(line) <= width:
        return line
    while line and letters.getlength(line + _ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


def wrapped(text: str, letters: "Font", width: int, lines: int) -> list[str]:
    """The text on at most `lines` lines of `width` pixels; its own line breaks are kept, the last line is cut if need be."""
    found: list[str] = []
    for paragraph in text.splitlines():
        current = ""
        for word in drawable(paragraph, letters).split():
            longer = f"{current} {word}".strip()
            if current and letters.getlength(longer) > width:
                found.append(current)
                longer = word
            current = longer
        found.append(current)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [shortened(line, letters, width) for line in found]


def drawable(text: str, letters: "Font") -> str:
    """The text with single spaces; a letter that the font lacks without its accent, or as a question mark."""
    return "".join(_drawable(character, letters) for character in " ".join(text.split()))


def _drawable(character: str, letters: "Font") -> str:
    """The character, or its base letter, or `?`: whichever the font can draw first."""
    for candidate in (character, unicodedata.normalize("NFKD", character)[0]):
        if candidate.isspace() or bytes(letters.getmask(candidate)) != bytes(letters.getmask(_NO_GLYPH)):
            return candidate
    return "?"
