"""Many scores as few: the mean of a method with its confidence interval. No PyTorch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
RESAMPLES = 10_000
SEED = 0


@dataclass(frozen=True)
class Interval:
    """A mean, the bounds of its 95 % confidence interval, and of how many values. One value has no interval: all three are
    it.
    """

    mean: float
    low: float
    high: float
    count: int

    @property
    def known(self) -> bool:
        """Whether the bounds say anything."""
        return self.count > 1


def mean_interval(values: Sequence[float]) -> Interval:
    """The mean and its percentile bootstrap interval (Efron, Annals of Statistics 7, 1979): the pairs are drawn with
    replacement, 10 000 times, and the middle 95 % of the means are kept. The same values always have the same interval.
    """
    if not values:
        raise ValueError("there is no mean of nothing")
    found, generator = np.asarray(values, np.float64), np.random.default_rng(SEED)
    if len(found) == 1:
        return Interval(float(found[0]), float(found[0]), float(found[0]), 1)
    drawn = generator.integers(len(found), size=(RESAMPLES, len(found)))
    low, high = np.quantile(found[drawn].mean(1), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(found.mean()), float(low), float(high), len(found))
