"""How far the colours of pictures are from a style's: sliced Wasserstein distance between their pixels, a little blurred.

Feature statistics tell a colour's mean and spread and little of its shape: that a style has two blues and no green. Means of
4 x 4 pixels are projected on fixed directions of the colour space and compared by quantiles (Bonneel et al., "Sliced and Radon
Wasserstein Barycenters of Measures", 2015); along each direction that is the distance of two histograms. The texture
model `sliced` draws directions and positions anew at each step; here they are fixed, so that targets are tensors of one shape,
which batches can join and strengths blend.
"""

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

DIRECTIONS, QUANTILES, CELL = 16, 128, 4
ENERGY = 0.05
"""Added to the style's own mean square, so that a nearly black style does not count without bound."""


def represent(image: Tensor) -> Tensor:
    """Quantiles along each direction, N x D x Q, of pictures, N x 3 x H x W."""
    points = F.avg_pool2d(image.float(), CELL).flatten(2)
    ordered = (directions().to(points.device) @ points).sort(-1).values
    return F.adaptive_avg_pool1d(ordered, QUANTILES)


def distance(image: Tensor, target: Tensor) -> Tensor:
    """Squared distance of pictures, N x 3 x H x W, to quantiles, N x D x Q, relative to the target's mean square: (N,)."""
    error = (represent(image) - target).square().mean((1, 2))
    return error / (target.square().mean((1, 2)) + ENERGY)


@cache
def directions() -> Tensor:
    """D directions evenly over half the sphere (a Fibonacci lattice), D x 3."""
    number = torch.arange(DIRECTIONS, dtype=torch.double)
    height, turn = (number + 0.5) / DIRECTIONS, number * math.pi * (3 - math.sqrt(5))
    radius = (1 - height.square()).sqrt()
    return torch.stack([radius * turn.cos(), radius * turn.sin(), height], 1).float()
