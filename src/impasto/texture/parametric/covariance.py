"""`covariance`: the 2-Wasserstein distance between Gaussians fitted to the features.

Mean and covariance as the style representation: Li et al., "Universal Style Transfer via Feature Transforms" (arXiv
1705.08086) and Lu et al., "A Closed-form Solution to Universal Style Transfer" (arXiv 1906.00668), equation 9; the distance
itself: Olkin and Pukelsheim, "The distance between two random vectors with given dispersion matrices" (1982), equation 4.
"""

from typing import Any

import torch
from torch import Tensor

from impasto.texture.base import EPSILON, StatisticsModel, mean_and_second_moment

RIDGE = 1e-5


class TraceOfRoot(torch.autograd.Function):
    """tr((S C S)^(1/2)) for symmetric S and C, B x C x C, with the closed-form gradient 1/2 S (S C S)^(-1/2) S.

    One eigendecomposition serves both, where differentiating through an iteration would cost several times the forward.
    """

    @staticmethod
    def forward(ctx: Any, covariance: Tensor, root: Tensor) -> Tensor:
        values, vectors = torch.linalg.eigh(root @ covariance @ root)
        # Directions that one of the two pictures never uses have eigenvalues that are only rounding errors.
        floor = RIDGE**2 * values[..., -1:].clamp_min(EPSILON)
        roots = values.clamp_min(floor).sqrt()
        basis = root @ vectors
        ctx.save_for_backward(basis, roots)
        total: Tensor = roots.sum(-1)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        basis, roots = ctx.saved_tensors
        return 0.5 * grads[0][:, None, None] * (basis / roots[..., None, :]) @ basis.transpose(-1, -2), None


def symmetric_root(matrix: Tensor) -> Tensor:
    """The positive square root of symmetric matrices, B x C x C."""
    values, vectors = torch.linalg.eigh(matrix)
    root: Tensor = (vectors * values.clamp_min(0).sqrt()[..., None, :]) @ vectors.transpose(-1, -2)
    return root


class Covariance(StatisticsModel):
    """|m - m'|^2 + tr(C + C' - 2 (C'^(1/2) C C'^(1/2))^(1/2)), divided by the style's second moment |m'|^2 + tr C'."""

    gain = 16.0

    def summarise(self, feature: Tensor, weights: Tensor | None) -> tuple[Tensor, ...]:
        mean, moment = mean_and_second_moment(feature, weights)
        covariance = moment - mean[:, :, None] * mean[:, None, :]
        ridge = RIDGE * covariance.diagonal(dim1=1, dim2=2).mean(1).detach()
        return mean, covariance + ridge[:, None, None] * torch.eye(mean.shape[1], device=mean.device)

    def prepare(self, statistics: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (*statistics[:2], symmetric_root(statistics[1]))

    def plain(self, prepared: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return prepared[:2]

    def compare(self, statistics: tuple[Tensor, ...], target: tuple[Tensor, ...]) -> Tensor:
        (mean, covariance), (goal, goal_covariance, root) = statistics, target
        traces = trace(covariance) + trace(goal_covariance)
        cross: Tensor = TraceOfRoot.apply(covariance, root)  # type: ignore[no-untyped-call]
        distance = (mean - goal).square().sum(1) + traces - 2 * cross
        return distance / (goal.square().sum(1) + trace(goal_covariance) + EPSILON)


def trace(matrices: Tensor) -> Tensor:
    """B x C x C -> (B,)."""
    return matrices.diagonal(dim1=-2, dim2=-1).sum(-1)
