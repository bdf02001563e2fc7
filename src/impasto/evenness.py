"""How uneven pictures are where their photo is even: soft patches, clouds and smears that nothing in the photo calls for.

The statistics of a style ask for its darks and lights wherever there is room, and content features hardly see a slow change
of tone. So in windows of a coarse copy the pastiche's colours should be an affine function of the photo's, and what that
leaves over is counted: the local model of the guided filter (He, Sun and Tang, "Guided Image Filtering", PAMI 2013, section
3.1) and of the matting Laplacian, which Luan et al. ("Deep Photo Style Transfer", CVPR 2017) put on single pixels and so forbid
strokes as well. Strokes are finer than the cells here and stay free; so does every change of tone that follows the photo's own.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

CELLS = (8, 16)
"""Pixels of the cells whose means are compared, one scale each."""
WINDOW = 7
"""Cells of a window's side."""
LEAST = min(CELLS) * WINDOW
"""Pixels of the shorter side from which on a picture can be uneven."""
RIDGE = 1e-3
"""Weight of the affine map's size: shades of the photo with less variance than this may not be blown up for nothing."""
FREE, MINDED = 4e-3, 8e-3
"""Variances, deviations of 0.06 and 0.09: below the first no eye takes a window for a patch, and strokes need it; above the
second the eye minds it."""
STEEPER = 5.0
"""Weight of what is minded, beside what is not free: few windows of few pictures have it, and a mean would not see them."""
SPREAD, LEAST_SPREAD = 0.25, 0.1
"""The deviation to which a photo is brought, so that a pale one guides like another; and the least that it is taken to have."""


def distance(image: Tensor, photo: Tensor) -> Tensor:
    """What the photos, N x 3 x H x W, leave unexplained of pictures of the same shape, as a variance of their colours: (N,).

    The mean over windows and scales of the least cost of the ridge regression. Scales of which no window fits in do not count.
    """
    return _mean_of(_windows(image, photo), image)


def penalty(image: Tensor, photo: Tensor) -> Tensor:
    """The term of training, as `distance`: of each window's variance only what is not free, and what is minded more steeply."""
    windows = _windows(image, photo)
    return _mean_of([(one - FREE).relu() + STEEPER * (one - MINDED).relu() for one in windows], image)


def _windows(image: Tensor, photo: Tensor) -> list[Tensor]:
    """What is left unexplained of each window, N x h x w, for each scale that fits."""
    spread = photo.std((1, 2, 3), keepdim=True).clamp_min(LEAST_SPREAD)
    guide = photo * (SPREAD / spread)
    fitting = [cell for cell in CELLS if min(image.shape[-2:]) >= cell * WINDOW]
    return [_unexplained(F.avg_pool2d(image, cell), F.avg_pool2d(guide, cell)) for cell in fitting]


def _mean_of(windows: list[Tensor], image: Tensor) -> Tensor:
    """Over windows, then scales, (N,): 0 where there are none."""
    means = [one.mean((1, 2)) for one in windows]
    return torch.stack(means).mean(0) if means else image.new_zeros(image.shape[0])


def _unexplained(image: Tensor, guide: Tensor) -> Tensor:
    """Each window's mean variance of an image's channels less what an affine function of the guide explains: N x h x w."""
    with torch.no_grad():
        spread = _covariance(guide, guide) + RIDGE * torch.eye(guide.shape[1], device=guide.device)
        inverse = torch.linalg.inv(spread)
    shared = _covariance(guide, image)
    explained: Tensor = (shared * (inverse @ shared)).sum(-2)
    variance = _mean(image.square()) - _mean(image).square()
    return (variance.permute(0, 2, 3, 1) - explained).mean(3)


def _covariance(one: Tensor, other: Tensor) -> Tensor:
    """Of the channels of two pictures in each window, N x h x w x C x C."""
    product = _mean((one[:, :, None] * other[:, None]).flatten(1, 2))
    means = _mean(one)[:, :, None] * _mean(other)[:, None]
    return (product.reshape(means.shape) - means).permute(0, 3, 4, 1, 2)


def _mean(x: Tensor) -> Tensor:
    """Over each window, N x C x h x w."""
    return F.avg_pool2d(x, WINDOW, 1)
