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
FREE = 4e-3
"""A variance, a deviation of 0.06, that no eye takes for a patch, and that strokes need."""
MINDED, STEEPER = 2.0, 5.0
"""Times what is free, a deviation of 0.085: above it the eye minds a patch, and what lies above it counts so much more."""
SPREAD, LEAST_SPREAD = 0.25, 0.1
"""The deviation to which a photo is brought, so that a pale one guides like another; and the least that it is taken to have."""


def distance(image: Tensor, photo: Tensor, free: float = 0.0) -> Tensor:
    """What the photos, N x 3 x H x W, leave unexplained of pictures of the same shape, as a variance of their colours: (N,).

    The mean over windows and scales of the least cost of the ridge regression, as far as it exceeds what is free. Where
    something is free, what the eye minds counts more: few windows of few pictures have it, and the mean would not see them.
    Scales of which no window fits in do not count.
    """
    spread = photo.std((1, 2, 3), keepdim=True).clamp_min(LEAST_SPREAD)
    guide = photo * (SPREAD / spread)
    fitting = [cell for cell in CELLS if min(image.shape[-2:]) >= cell * WINDOW]
    windows = [_unexplained(F.avg_pool2d(image, cell), F.avg_pool2d(guide, cell)) for cell in fitting]
    counted = [_excess(one, free).mean((1, 2)) for one in windows]
    return torch.stack(counted).mean(0) if counted else image.new_zeros(image.shape[0])


def _excess(variance: Tensor, free: float) -> Tensor:
    """What of variances exceeds a free one, with a steeper slope above what the eye minds; all of them where none is free."""
    excess = (variance - free).relu()
    return excess + STEEPER * (variance - MINDED * free).relu() if free else excess


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
