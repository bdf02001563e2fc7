"""`laplacian`: the Laplacian loss of Li et al., "Laplacian-Steered Neural Style Transfer" (arXiv 1707.01253), equations 4 to 6.

It keeps the photo's edges. It reads pixels, and the paper adds it to the content loss of the features; it does not replace it.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.texture.base import EPSILON, PIXELS, Features

READS = "pixels"
GAIN = 1.0

POOLS = (4, 16)
"""Sides in pixels of the squares that are averaged before the Laplacian is taken; the paper recommends the two together."""


def represent(features: Features) -> dict[int, tuple[Tensor, Tensor]]:
    """The content representation, by pool: the Laplacian, N x h x w, and its energy, (N,). features: {"pixels": N x 3 x H x W}.

    A pool in which the picture would have fewer than 3 x 3 squares is left out, unless it is the only one.
    """
    image = features[PIXELS]
    fitting = [pool for pool in POOLS if min(image.shape[-2:]) >= 3 * pool] or [1]
    return {pool: (edges := laplacian(image, pool), edges.square().sum((1, 2)) + EPSILON) for pool in fitting}


def laplacian(image: Tensor, pool: int) -> Tensor:
    """The discrete Laplacian of the averaged picture, summed over the colours: N x 3 x H x W -> N x h x w."""
    small = F.avg_pool2d(image.float(), pool, ceil_mode=True).sum(1)
    padded = F.pad(small[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
    around = padded[:, :-2, 1:-1] + padded[:, 2:, 1:-1] + padded[:, 1:-1, :-2] + padded[:, 1:-1, 2:]
    return around - 4 * small


def distance(
    features: Features, representation: Mapping[int, tuple[Tensor, Tensor]], shares: Mapping[int, float] | None = None
) -> Tensor:
    """Squared error of the Laplacians relative to the photo's own energy, averaged over the pools: (N,).

    shares: the weight of each pool, 1 where a pool is missing.
    """
    terms, total = [], 0.0
    for pool, (target, energy) in representation.items():
        share = (shares or {}).get(pool, 1.0)
        terms.append(share * (laplacian(features[PIXELS], pool) - target).square().sum((1, 2)) / energy)
        total += share
    return torch.stack(terms).sum(0) / total
