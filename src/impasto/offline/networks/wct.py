"""`wct`: whitening and colouring, Li et al., "Universal Style Transfer via Feature Transforms" (arXiv 1705.08086), section 3.2.

At relu4_1 alone, where the paper cascades five levels with a decoder each. It learns nothing: it takes AdaIN's decoder.
"""

import torch
from torch import Tensor

from impasto.offline.networks.adain import FeatureTransfer

FLOOR = 1e-5
"""Share of the largest eigenvalue below which a direction is left out, as both transforms must be of the same rank."""


class WCT(FeatureTransfer):
    """Mean and covariance of the channels become the style's."""

    architecture = "wct"

    def transferred(self, photo: Tensor, style: Tensor) -> Tensor:
        rows, mean, values, vectors = _spectrum(photo)
        _, goal, goal_values, goal_vectors = _spectrum(style)
        whitening = _scaled(vectors, torch.where(values > FLOOR * values[:, -1:], values.clamp_min(1e-12).rsqrt(), 0))
        colouring = _scaled(goal_vectors, goal_values.clamp_min(0).sqrt())
        made = colouring @ (whitening @ (rows - mean)) + goal
        return made.reshape(photo.shape)


def _spectrum(feature: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Channels as rows, N x C x P; their means, N x C x 1; eigenvalues, N x C, and vectors of their covariance."""
    rows = feature.flatten(2)
    mean = rows.mean(2, keepdim=True)
    covariance = (rows - mean) @ (rows - mean).transpose(1, 2) / rows.shape[2]
    values, vectors = torch.linalg.eigh(covariance)
    return rows, mean, values, vectors


def _scaled(vectors: Tensor, values: Tensor) -> Tensor:
    return (vectors * values[:, None]) @ vectors.transpose(1, 2)
