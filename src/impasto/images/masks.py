"""Masks: which part of a picture is meant, 0 to 1 at each pixel, soft edges included. What is done there is another matter."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from impasto.errors import InputError
from impasto.images.paths import shown
from impasto.images.picture import FloatPixels, Picture
from impasto.images.reading import read

TOLERANCE = 0.02
"""Relative difference between a mask's shape and its picture's that is taken for rounding."""

FAINTEST = 1 / 512
"""A mask that is nowhere brighter means nothing: it is black."""


@dataclass(frozen=True, eq=False)
class Mask:
    """A part of a picture: H x W float32, 1 where it is meant, 0 where it is not; and the file it came from, if any."""

    values: FloatPixels
    path: Path | None = None
    sha256: str | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return int(self.values.shape[1]), int(self.values.shape[0])

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"mask {shown(self.path)}" if self.path is not None else "the mask"

    def resized(self, width: int, height: int) -> FloatPixels:
        """The values at another size; a soft edge stays one."""
        if (width, height) == self.size:
            return self.values
        return np.array(Image.fromarray(self.values).resize((width, height), Image.Resampling.BILINEAR)).clip(0, 1)

    def check_against(self, picture: Picture, what: str) -> None:
        """Raises InputError unless the mask has the shape of the picture, which messages call `what`; sizes may differ."""
        (width, height), (of_width, of_height) = self.size, picture.size
        # Half a pixel of rounding at the mask's shorter side is no difference, however small the mask.
        slack = max(TOLERANCE, 0.5 / min(width, height))
        if abs(width * of_height / (height * of_width) - 1) > slack:
            raise InputError(
                f"{self.name} is {width} x {height} pixels and {what} {of_width} x {of_height}, which is another shape; "
                "draw the mask over the whole picture"
            )


def read_mask(source: str | Path | Picture | npt.NDArray[Any] | Mask) -> Mask:
    """A mask of a picture's file, a Picture, or an array, H x W: white is meant, black is not, and grey is in between.

    A picture with transparency is read by that: what is opaque is meant. Raises InputError for a mask that is black all over.
    """
    if isinstance(source, Mask):
        return source
    picture = Picture.from_array(_as_picture_array(source)) if isinstance(source, np.ndarray) else source
    if not isinstance(picture, Picture):
        picture = read(picture)
    top = np.float32(np.iinfo(picture.pixels.dtype).max)
    if picture.alpha is not None and picture.alpha.min() < top:
        values = picture.alpha / top
    else:
        values = picture.pixels @ np.array([0.299, 0.587, 0.114], np.float32) / top
    mask = Mask(np.asarray(values, np.float32), picture.path, picture.sha256)
    if mask.values.max() < FAINTEST:
        raise InputError(f"{mask.name} is black all over, so it means nothing; paint white what is meant")
    return mask


def _as_picture_array(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return array.astype(np.uint8) * np.uint8(255) if array.dtype == np.bool_ else array
