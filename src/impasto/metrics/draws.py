"""Random numbers that are the same everywhere and always, so that a score is too.

Python promises the sequence of `random.Random(seed).random()`; PyTorch and NumPy promise theirs for one version at most.
"""

import random

import torch
from torch import Tensor


def uniform(seed: int, *shape: int) -> Tensor:
    """Numbers between 0 and 1, float64, of that shape."""
    source, count = random.Random(seed), torch.Size(shape).numel()
    return torch.tensor([source.random() for _ in range(count)], dtype=torch.float64).reshape(shape)


def normal(seed: int, *shape: int) -> Tensor:
    """Standard normal numbers, float64, of that shape: the uniform ones through the inverse of the normal distribution."""
    numbers: Tensor = torch.special.ndtri(uniform(seed, *shape).clamp(1e-12, 1 - 1e-12))
    return numbers


def directions(seed: int, count: int, dimensions: int) -> Tensor:
    """Points on the sphere, count x dimensions float32; where there are no more of them than dimensions, orthogonal ones."""
    points = normal(seed, count, dimensions)
    if count <= dimensions:
        points = torch.linalg.qr(points.T).Q.T  # the sign of a direction does not matter
    unit: Tensor = points / points.norm(dim=1, keepdim=True)
    return unit.float()
