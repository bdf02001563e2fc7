"""`read`: a file becomes a Picture, upright, in sRGB, or one clear line says why not. Formats are told apart in `decoding`."""

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impasto.errors import InputError
from impasto.images.decoding import OpenPicture, header, notes, opened
from impasto.images.engine import libvips, metadata
from impasto.images.paths import AnyPath, shown
from impasto.images.picture import Picture
from impasto.images.profiles import UnsupportedPixelsError, to_srgb

DEFAULT_MAX_PIXELS = 200_000_000
MAX_PIXELS_VARIABLE = "IMPASTO_MAX_PIXELS"


def read(path: AnyPath, max_pixels: int | None = None) -> Picture:
    """Read a picture file: JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF, and HEIC where pillow-heif is installed.

    The result is upright (EXIF orientation applied) and in sRGB (embedded ICC profile applied), with 8 or 16 bits as in
    the file; grey, 1-bit, palette and CMYK pictures come out as RGB, and alpha is carried. Of several frames or pages the
    first is read, and `notes` says so. The file's format is found in its content, not in its extension.

    Raises InputError, one line, for a file that is missing, empty, damaged, cut short, of another format, or larger than
    `max_pixels` (by its header, before it is decoded; by default the environment variable IMPASTO_MAX_PIXELS, or 200
    megapixels).
    """
    path = Path(path)
    limit = _pixel_limit(max_pixels)
    with opened(path) as picture:
        image = header(picture, limit)
        remarks = notes(picture, image)
        orientation = metadata(image, "orientation") or 1
        pixels, alpha = _decode(picture, image)
        picture.file.seek(0)
        digest = hashlib.file_digest(picture.file, "sha256").hexdigest()
    return Picture(
        pixels=_upright(pixels, orientation),
        alpha=None if alpha is None else _upright(alpha, orientation),
        path=path,
        sha256=digest,
        notes=remarks,
    )


def _decode(picture: OpenPicture, image: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
    try:
        return to_srgb(image)
    except UnsupportedPixelsError as error:
        raise InputError(
            f"{shown(picture.path)} is of a rare {picture.format.name} kind: {error}; save it as 8- or 16-bit RGB"
        ) from error
    except libvips().Error as error:
        raise picture.damaged() from error


def _pixel_limit(max_pixels: int | None) -> int:
    """The argument, else the environment variable, else the default; InputError unless a positive whole number."""
    if max_pixels is not None:
        if max_pixels < 1:
            raise InputError(f"max_pixels must be a positive number of pixels, not {max_pixels}")
        return int(max_pixels)
    text = os.environ.get(MAX_PIXELS_VARIABLE, "").strip()
    if not text:
        return DEFAULT_MAX_PIXELS
    if not (text.isdecimal() and int(text) > 0):
        raise InputError(f"{MAX_PIXELS_VARIABLE} must be a positive whole number of pixels, not {text!r}: 500000000, say")
    return int(text)


def _upright(values: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """Undo EXIF orientations 1 to 8 (CIPA DC-008, tag 0x0112) of an H x W or H x W x C array; others count as 1."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)
