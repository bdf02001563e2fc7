"""Noise for a network to make irregular strokes and canvas of, the same at a place whoever asks. Numbers only.

On a flat area a convolutional network has nothing to tell one place from another, and paints a lattice; texture networks are
fed noise for that reason (Ulyanov et al., "Texture Networks", arXiv 1603.03417). It is a hash of the position and not drawn
from a generator, so that tiles of a picture agree, pictures can be of any size, and a painting can be repeated.
"""

import numpy as np
import numpy.typing as npt

BITS = 1 << 16


def grain(height: int, width: int, top: int = 0, left: int = 0) -> npt.NDArray[np.float32]:
    """H x W of mean 0 and deviation 1, evenly distributed: those of the positions from (top, left) of an endless plane."""
    rows = np.arange(top, top + height, dtype=np.uint32)[:, None] * np.uint32(0x9E3779B1)
    columns = np.arange(left, left + width, dtype=np.uint32)[None] * np.uint32(0x85EBCA77)
    mixed = _scrambled(_scrambled(rows) ^ columns)
    return ((mixed >> np.uint32(16)).astype(np.float32) - np.float32((BITS - 1) / 2)) * np.float32(12**0.5 / BITS)


def _scrambled(value: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """A permutation of the 32-bit numbers in which every bit of the result hangs on every bit given."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        value = (value ^ (value >> np.uint32(shift))) * np.uint32(factor)
    return value ^ (value >> np.uint32(16))
