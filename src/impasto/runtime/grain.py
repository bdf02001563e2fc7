"""Noise for a network to make irregular strokes and canvas of, the same at a place whoever asks. Numbers only.

On a flat area a convolutional network has nothing to tell one place from another, and paints a lattice; texture networks are
fed noise for that reason (Ulyanov et al., "Texture Networks", arXiv 1603.03417). It is a hash of the position and not drawn
from a generator, so that tiles of a picture agree, pictures can be of any size, and a painting can be repeated.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Grains = dict[str, npt.NDArray[Any]]

UNIT = 12**0.5 / 256
MIDDLE = 255 / 2
"""Of noise in bytes: a byte b stands for UNIT * (b - MIDDLE)."""
NEAREST = 9
"""Positions whose mean the coarse noise leaves out."""


def grain(height: int, width: int, top: int = 0, left: int = 0) -> npt.NDArray[np.float32]:
    """H x W of mean 0 and deviation 1, evenly distributed: those of the positions from (top, left) of an endless plane."""
    return _numbers(_bytes(_places(top, height), _places(left, width)))


def coarse_grain(height: int, width: int, top: int = 0, left: int = 0) -> npt.NDArray[np.float32]:
    """H/4 x W/4 of mean 0 and deviation 1: every fourth row and column of the plane, less the mean of the nine around each.

    White noise changes slowly as well as fast, and a network with a wide view makes patches of what changes slowly.
    """
    rows, columns = _places(top - 4, height // 4 + 2, 4), _places(left - 4, width // 4 + 2, 4)
    plane = _numbers(_bytes(rows, columns))
    three = plane[:-2] + plane[1:-1] + plane[2:]
    around = three[:, :-2] + three[:, 1:-1] + three[:, 2:]
    coarse: npt.NDArray[np.float32] = (plane[1:-1, 1:-1] - around / NEAREST) / np.float32((1 - 1 / NEAREST) ** 0.5)
    return coarse


def grains(height: int, width: int, half: int, full: int, top: int = 0, left: int = 0) -> Grains:
    """The same as the served graph takes it, for sides that are multiples of 4. half, full: channels at those resolutions.

    grain: the coarse one. half_grain: of every second, as even and odd rows of pairs of positions, each as
    often as there are channels. fine_grain: of all, in blocks of 2 x 2 positions, one up and left of whole ones.
    """
    plane = _bytes(_places(top, height), _places(left, width))
    rows = plane[::2, ::2].reshape(height // 4, 2, width // 4, 2).swapaxes(0, 1)
    blocks = np.pad(plane, 1).reshape(height // 2 + 1, 2, width // 2 + 1, 2).swapaxes(1, 2)
    blocks = blocks.reshape(1, *blocks.shape[:2], 4)
    coarse = coarse_grain(height, width, top, left)[None]
    return {"grain": coarse, "half_grain": rows.repeat(half, 3), "fine_grain": blocks.repeat(full, 3)}


def _numbers(plane: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    return (plane.astype(np.float32) - np.float32(MIDDLE)) * np.float32(UNIT)


def _places(first: int, count: int, step: int = 1) -> npt.NDArray[np.uint32]:
    """So many positions; those before 0 are the last ones of the plane, which is without an end."""
    return np.arange(first, first + count * step, step).astype(np.uint32)


def _bytes(rows: npt.NDArray[np.uint32], columns: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """A byte for each of the positions."""
    mixed = _scrambled(rows[:, None] * np.uint32(0x9E3779B1)) ^ (columns[None] * np.uint32(0x85EBCA77))
    return (_scrambled(mixed) >> np.uint32(24)).astype(np.uint8)


def _scrambled(value: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """A permutation of the 32-bit numbers in which every bit of the result hangs on every bit given."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        value = (value ^ (value >> np.uint32(shift))) * np.uint32(factor)
    return value ^ (value >> np.uint32(16))
