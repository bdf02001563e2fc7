"""What the style prediction network knows of a style: means, deviations and correlations of an encoder's channels."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from impasto.offline.networks.precision import full_precision

SMALL = 1e-2
"""Added to means and deviations before their logarithm, and to deviations that something is divided by."""

SPARE = 4
"""Of so many rows of a picture one is enough to know a style by."""


def moments_of(feature: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    """Mean, N x C, and covariance, N x C x C, of the channels of a feature map, N x C x h x w, of that stride."""
    return mean_and_covariance(feature[:, :, :: max(1, SPARE // stride)])


def mean_and_covariance(feature: Tensor) -> tuple[Tensor, Tensor]:
    """The same of any map, all of its rows, in full precision."""
    points = feature.float().flatten(2)
    mean = points.mean(2)
    centred = points - mean[..., None]
    with full_precision(centred):
        return mean, centred @ centred.transpose(1, 2) / points.shape[2]


class Summary(nn.Module):
    """Means and deviations of every channel, as logarithms, and of each layer's correlations some projections.

    All correlations would be tens of thousands of numbers. Of a layer's matrix R the network sees, for directions p and q
    that it learns, log p'Rp and p'Rq / sqrt(p'Rp q'Rq), P of each. centre, spread: of the logarithms over a training set.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, channels: Sequence[int], projections: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(2 * sum(channels)))
        self.register_buffer("spread", torch.ones(2 * sum(channels)))
        self.length = 2 * sum(channels) + 2 * projections * len(channels)
        sides = [nn.Parameter(torch.randn(2, projections, count) / count**0.5) for count in channels]
        self.directions = nn.ParameterList(sides)

    def forward(self, means: Sequence[Tensor], covariances: Sequence[Tensor]) -> Tensor:
        """N x C and N x C x C for each layer -> N x length, in full precision."""
        with full_precision(means[0]):
            return self._told(means, covariances)

    def _told(self, means: Sequence[Tensor], covariances: Sequence[Tensor]) -> Tensor:
        parts = [(logarithms(means, covariances) - self.centre) / self.spread]
        for covariance, (first, second) in zip(covariances, self.directions, strict=True):
            deviation = _deviations(covariance) + SMALL
            correlation = covariance / (deviation[:, :, None] * deviation[:, None, :])
            along, across = first @ correlation, second @ correlation
            own, other = (along * first).sum(2) + SMALL, (across * second).sum(2) + SMALL
            parts += [own.log(), (along * second).sum(2) * (own * other).rsqrt()]
        return torch.cat(parts, 1)


def logarithms(means: Sequence[Tensor], covariances: Sequence[Tensor]) -> Tensor:
    """Of each layer's means and deviations: N x (twice the sum of C)."""
    return (statistics(means, covariances) + SMALL).log()


def statistics(means: Sequence[Tensor], covariances: Sequence[Tensor]) -> Tensor:
    """Each layer's means and deviations: N x (twice the sum of C)."""
    pairs = zip(means, covariances, strict=True)
    return torch.cat([value for mean, covariance in pairs for value in (mean, _deviations(covariance))], 1)


def _deviations(covariance: Tensor) -> Tensor:
    return covariance.diagonal(dim1=1, dim2=2).clamp_min(0).sqrt()
