"""The picture that an optimisation starts from."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from impasto import images
from impasto.errors import InputError
from impasto.online.optimisation import Style
from impasto.online.settings import INITS, Settings
from impasto.tensors import to_tensor

RIDGE = 1e-4


def starting_picture(settings: Settings, content: Tensor, styles: Sequence[Style]) -> Tensor:
    """1 x 3 x H x W, as `settings.init` says: `match` (the photo in the styles' colours), `content`, `grey`, `noise` or a file.

    content: the photo at the result's size. Raises InputError for a name that is neither known nor a file.
    """
    if settings.init == "match":
        matched = sum((style.share * match_colours(content, style.image) for style in styles), torch.zeros_like(content))
        return torch.lerp(content, matched, settings.strength)
    if settings.init == "content":
        return content
    if settings.init == "grey":
        return torch.full_like(content, 0.5)
    if settings.init == "noise":
        # Drawn on the CPU, so that a seed means the same picture on every device.
        noise = torch.randn(content.shape, generator=torch.Generator().manual_seed(settings.seed))
        return (0.5 + 0.15 * noise).clamp(0, 1).to(content.device)
    if not Path(settings.init).exists():
        raise InputError(f"--init is '{settings.init}', which is no file; choose one of {', '.join(INITS)}, or name a picture")
    height, width = content.shape[-2:]
    return to_tensor(images.read(settings.init).resized(width, height), content.device)


def match_colours(image: Tensor, like: Tensor) -> Tensor:
    """The picture with the other's mean and covariance of RGB, both 1 x 3 x H x W, by the linear map that moves colours least.

    The Monge-Kantorovich map: Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour
    transfer" (2007), equation 4.
    """
    (mean, covariance), (goal_mean, goal) = colour_moments(image), colour_moments(like)
    root, inverse = power(covariance, 0.5), power(covariance, -0.5)
    transfer = inverse @ power(root @ goal @ root, 0.5) @ inverse
    pixels = image[0].flatten(1).double()
    return (transfer @ (pixels - mean) + goal_mean).to(image.dtype).view_as(image).clamp(0, 1)


def colour_moments(image: Tensor) -> tuple[Tensor, Tensor]:
    """Mean, 3 x 1, and covariance, 3 x 3, of a picture's colours, in double precision."""
    pixels = image[0].flatten(1).double()
    mean = pixels.mean(1, keepdim=True)
    centred = pixels - mean
    return mean, centred @ centred.T / pixels.shape[1] + RIDGE * torch.eye(3, dtype=torch.double, device=image.device)


def power(matrix: Tensor, exponent: float) -> Tensor:
    """A power of a symmetric positive matrix."""
    values, vectors = torch.linalg.eigh(matrix)
    result: Tensor = (vectors * values.clamp_min(1e-12) ** exponent) @ vectors.T
    return result
