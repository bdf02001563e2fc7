"""Picture: what a picture is outside torch, and its conversions from and to float. No files, no libvips."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from impasto.errors import InputError

Pixels = npt.NDArray[np.unsignedinteger[Any]]
FloatPixels = npt.NDArray[np.float32]

# Floats computed elsewhere overshoot [0, 1] by rounding; more than this is not rounding.
_ROUNDING = 1e-3


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in sRGB and where it came from.

    `pixels` is H x W x 3, uint8 or uint16; `alpha` is H x W of the same dtype (not premultiplied) or None. `path` and
    `sha256` (of the file's bytes) are None for a picture that was not read from a file. `notes` holds what a reader of the
    file should know, a sentence each: that it was animated and only its first frame was read, for example.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    path: Path | None = None
    sha256: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise InputError unless shapes and dtypes are as promised above."""
        pixels, alpha = self.pixels, self.alpha
        if pixels.dtype not in (np.uint8, np.uint16) or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
            raise InputError(
                f"a Picture needs uint8 or uint16 pixels of height x width x 3, not {pixels.dtype} of {_shape(pixels)};"
                " make it with Picture.from_array"
            )
        if alpha is not None and (alpha.dtype != pixels.dtype or alpha.shape != pixels.shape[:2]):
            raise InputError(
                f"a Picture's alpha must match its pixels, {pixels.dtype} of {_shape(pixels[..., 0])}:"
                f" it is {alpha.dtype} of {_shape(alpha)}"
            )

    @classmethod
    def from_array(cls, array: npt.ArrayLike) -> "Picture":
        """A picture of an array in sRGB: H x W, H x W x 1 (grey), H x W x 3 (RGB) or H x W x 4 (RGB and alpha).

        The dtype may be uint8, uint16 or a float in [0, 1]; floats become uint16, so nothing visible is lost. The array is
        copied. Raises InputError for any other shape, dtype or range, and for NaN.
        """
        values = np.asarray(array)
        _check_shape(values)
        if np.issubdtype(values.dtype, np.floating):
            _check_range(values)
            values = from_float(values, bits=16)
        elif values.dtype not in (np.uint8, np.uint16):
            raise InputError(
                f"a picture's array must be uint8, uint16 or float in 0..1, not {values.dtype}; convert it with .astype(...)"
            )
        if values.ndim == 2 or values.shape[2] == 1:
            return cls(np.repeat(values.reshape(*values.shape[:2], 1), 3, axis=2))
        alpha = values[..., 3].copy() if values.shape[2] == 4 else None
        return cls(np.array(values[..., :3], order="C"), alpha)

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[1])

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.width, self.height

    def resized(self, width: int, height: int) -> "Picture":
        """This picture at another size, by Lanczos' filter; alpha and provenance come along. See `resizing`."""
        from impasto.images.resizing import resize

        pixels, alpha = resize(self.pixels, self.alpha, width, height)
        return replace(self, pixels=pixels, alpha=alpha)

    def as_bits(self, bits: Literal[8, 16]) -> "Picture":
        """This picture with 8 or 16 bits a channel, every value rounded to the nearest."""
        pixels = _as_bits(self.pixels, bits)
        return replace(self, pixels=pixels, alpha=None if self.alpha is None else _as_bits(self.alpha, bits))


def as_float(picture: Picture) -> FloatPixels:
    """The picture's colours as float32 H x W x 3 in [0, 1]; alpha is left out."""
    return picture.pixels.astype(np.float32) / np.float32(np.iinfo(picture.pixels.dtype).max)


def from_float(array: npt.NDArray[np.floating[Any]], bits: Literal[8, 16] = 8) -> Pixels:
    """Quantise floats in [0, 1], of any shape, to uint8 or uint16: each to the nearest, those outside clipped.

    Raises InputError for NaN, which has no nearest value.
    """
    dtype = _dtype(bits)
    top = np.iinfo(dtype).max
    scaled = np.multiply(array, top, dtype=np.result_type(array.dtype, np.float32))
    if np.isnan(scaled).any():
        raise InputError("the array holds NaN, so it is no picture: find where the NaN came from")
    quantised: Pixels = np.rint(np.clip(scaled, 0, top, out=scaled), out=scaled).astype(dtype)
    return quantised


def _dtype(bits: int) -> type[np.uint8] | type[np.uint16]:
    if bits not in (8, 16):
        raise InputError(f"a picture has 8 or 16 bits a channel, not {bits!r}")
    return np.uint8 if bits == 8 else np.uint16


def _as_bits(values: Pixels, bits: int) -> Pixels:
    """257 = 65535 / 255, so widening is exact, and narrowing rounds to the nearest with no float in between."""
    dtype = _dtype(bits)
    if values.dtype == dtype:
        return values
    if bits == 16:
        return values.astype(np.uint16) * np.uint16(257)
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _check_shape(values: npt.NDArray[Any]) -> None:
    shape = _shape(values)
    if values.ndim in (2, 3) and values.size == 0:
        raise InputError(f"an array of {shape} has no pixels")
    if values.ndim == 2 or (values.ndim == 3 and values.shape[2] in (1, 3, 4)):
        return
    hint = "give height x width, or height x width x 1, 3 or 4"
    if values.ndim == 3 and values.shape[0] in (1, 3, 4):
        hint = "its channels come first, they must come last: array.transpose(1, 2, 0)"
    elif values.ndim == 4:
        hint = "it looks like a batch: give one picture at a time, array[0]"
    raise InputError(f"an array of {shape or 'no dimensions'} is no picture; {hint}")


def _check_range(values: npt.NDArray[np.floating[Any]]) -> None:
    lowest, highest = float(values.min()), float(values.max())
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        raise InputError("the array holds NaN or infinity, so it is no picture: find where that came from")
    if lowest < -_ROUNDING or highest > 1 + _ROUNDING:
        hint = "divide it by 255" if lowest >= 0 and 1.5 < highest <= 255 else "scale or clip it first"
        raise InputError(f"a float picture must lie in 0..1, this array spans {lowest:.4g}..{highest:.4g}; {hint}")


def _shape(values: npt.NDArray[Any]) -> str:
    return " x ".join(str(side) for side in values.shape)
