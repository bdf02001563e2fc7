"""Resizing of pixels and alpha by Lanczos' filter (three lobes), for shrinking and for enlarging alike. No files.

The filter works on sRGB values as they are. Overshoot beside hard edges is clipped to the range. Colours are weighted by
their alpha, so what is transparent does not bleed into what is not.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from impasto.errors import InputError
from impasto.images.picture import Pixels

_Plane = npt.NDArray[np.floating[Any]]


def resize(pixels: Pixels, alpha: Pixels | None, width: int, height: int) -> tuple[Pixels, Pixels | None]:
    """`pixels` (H x W x 3) and `alpha` (H x W or None) at `width` x `height`, in their own dtype."""
    if width < 1 or height < 1:
        raise InputError(f"a picture cannot be resized to {width} x {height}: both sides must be at least 1 pixel")
    if (width, height) == (pixels.shape[1], pixels.shape[0]):
        return pixels, alpha
    if alpha is None:
        return _resize_opaque(pixels, width, height), None
    return _resize_weighted(pixels, alpha, width, height)


def _resize_opaque(pixels: Pixels, width: int, height: int) -> Pixels:
    if pixels.dtype == np.uint8:
        image = Image.fromarray(np.ascontiguousarray(pixels))
        return np.array(image.resize((width, height), Image.Resampling.LANCZOS))
    planes = [_quantised(_resize_plane(pixels[..., channel], width, height), pixels.dtype) for channel in range(3)]
    return np.stack(planes, axis=-1)


def _resize_weighted(pixels: Pixels, alpha: Pixels, width: int, height: int) -> tuple[Pixels, Pixels]:
    """Resize colour x alpha, then divide by the resized alpha; colours that nobody sees keep their plain average."""
    new_alpha = _resize_plane(alpha, width, height)
    seen = new_alpha >= 0.5
    plain = _resize_opaque(pixels, width, height)
    weight = alpha.astype(np.float32)
    for channel in range(3):
        weighted = _resize_plane(pixels[..., channel] * weight, width, height)
        colour = np.divide(weighted, new_alpha, out=np.zeros_like(weighted), where=seen)
        plain[..., channel] = np.where(seen, _quantised(colour, pixels.dtype), plain[..., channel])
    return plain, _quantised(new_alpha, alpha.dtype)


def _resize_plane(plane: Pixels | _Plane, width: int, height: int) -> _Plane:
    image = Image.fromarray(plane.astype(np.float32))
    return np.array(image.resize((width, height), Image.Resampling.LANCZOS))


def _quantised(plane: _Plane, dtype: np.dtype[Any]) -> Pixels:
    return np.asarray(np.rint(np.clip(plane, 0, np.iinfo(dtype).max)), dtype=dtype)
