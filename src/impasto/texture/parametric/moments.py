"""`moments`: channel means and deviations, Huang and Belongie, "Arbitrary Style Transfer in Real-time with Adaptive Instance
Normalization" (arXiv 1703.06868), equation 13; proposed as batch-normalisation statistics by Li et al. (arXiv 1701.01036).
"""

from torch import Tensor

from impasto.texture.base import EPSILON, StatisticsModel


class Moments(StatisticsModel):
    """(mean, deviation) of every channel, N x C each, compared by squared distance relative to the style's own energy."""

    def summarise(self, feature: Tensor, weights: Tensor | None) -> tuple[Tensor, ...]:
        feature = feature.float()
        if weights is None:
            mean = feature.mean((2, 3))
            variance = feature.var((2, 3), correction=0)
        else:
            share = weights / (weights.sum((2, 3), keepdim=True) + EPSILON)
            mean = (feature * share).sum((2, 3))
            variance = ((feature - mean[..., None, None]).square() * share).sum((2, 3))
        return mean, (variance + EPSILON).sqrt()

    def compare(self, statistics: tuple[Tensor, ...], target: tuple[Tensor, ...]) -> Tensor:
        (mean, deviation), (goal_mean, goal_deviation) = statistics, target
        error = (mean - goal_mean).square().sum(1) + (deviation - goal_deviation).square().sum(1)
        return error / (goal_mean.square().sum(1) + goal_deviation.square().sum(1) + EPSILON)
