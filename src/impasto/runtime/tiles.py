"""Which windows of a large picture are painted by themselves, and which part of each is kept. Numbers only.

Positions count from the corner of the padded picture, whose sides are multiples of the network's stride.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Span:
    """One axis of a tile: the window [start, stop) is painted, [first, last) of it is kept."""

    start: int
    stop: int
    first: int
    last: int


def spans(length: int, window: int, reach: int, stride: int) -> list[Span]:
    """Windows of one size over a padded side, evenly spread; neighbours share at least twice the reach.

    length, window: multiples of stride. reach: how far a pixel's value can depend on others. What is kept lies that far inside
    its window, or the window ends where the picture does.
    """
    if length <= window:
        return [Span(0, length, 0, length)]
    count = -(-(length - window) // (window - 2 * reach - stride)) + 1
    starts = [round(number * (length - window) / (count - 1) / stride) * stride for number in range(count)]
    seams = [(after + before + window) // 2 for before, after in pairwise(starts)]
    edges = [0, *seams, length]
    return [Span(start, start + window, edges[number], edges[number + 1]) for number, start in enumerate(starts)]


def reflected(length: int, margin: int, stride: int) -> npt.NDArray[np.intp]:
    """Which pixel of a side stands at each position of the padded side: reflected around the outermost pixels."""
    padded = length + 2 * margin
    padded += -padded % stride
    positions = np.arange(-margin, padded - margin)
    if length == 1:
        return np.zeros(padded, np.intp)
    period = 2 * (length - 1)
    positions = positions % period
    return np.where(positions < length, positions, period - positions)
