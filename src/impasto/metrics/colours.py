"""`colours`: the Hellinger distance between two pictures' colour histograms, as Afifi et al. measure colours in "HistoGAN"
(CVPR 2021, arXiv 2011.11731), equation 5; their histogram is of chromaticity alone, this one of the whole colour.
"""

import itertools

import torch
from torch import Tensor

BINS = 8
"""Of each channel, so 512 in all."""


def colour_distance(pastiche: Tensor, style: Tensor) -> float:
    """sqrt(1 - sum_k sqrt(p_k q_k)): 0 for the same colours, 1 for no bin in common. Pictures: 1 x 3 x H x W in [0, 1]."""
    overlap = (histogram(pastiche) * histogram(style)).sqrt().sum()
    return float((1 - overlap).clamp_min(0).sqrt())


def histogram(picture: Tensor) -> Tensor:
    """Shares of the pixels by colour, BINS^3 float64 numbers that sum to 1.

    A pixel counts for the eight bins around its colour by how near it is to each (trilinear), so that a colour that moves a
    little moves the histogram a little.
    """
    place = picture[0].flatten(1).cpu().double().clamp(0, 1) * (BINS - 1)
    low = place.floor().clamp_max(BINS - 2)
    part = place - low
    counts = place.new_zeros(BINS**3)
    for corner in itertools.product((0, 1), repeat=3):
        step = place.new_tensor(corner)[:, None]
        weight = (part * step + (1 - part) * (1 - step)).prod(0)
        red, green, blue = (low + step).long()
        counts += torch.bincount((red * BINS + green) * BINS + blue, weight, BINS**3)
    return counts / counts.sum()
