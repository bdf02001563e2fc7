"""The complex steerable pyramid of Portilla and Simoncelli (International Journal of Computer Vision 40, 2000), section 2.1.

It is circular and wants sides that are multiples of 2^SCALES; `continued` makes any picture so. No statistics live here.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

SCALES = 4
ORIENTATIONS = 4

MARGIN = 16
"""Pixels by which a picture is continued at least, so that opposite borders are no neighbours."""


class Level(NamedTuple):
    """Filters of one scale, in the frequency plane: oriented 4 x h x w, and the lowpass for the scale below, h x w."""

    oriented: Tensor
    low: Tensor


class Pyramid(NamedTuple):
    """A picture taken apart, each level half the size of the one before.

    high: the residual, N x 3 x H x W. lows: the picture and its lowpass at each coarser level. bands: complex, 3 x 4 channels.
    """

    high: Tensor
    lows: list[Tensor]
    bands: list[Tensor]


def lowpass(radius: Tensor, cutoff: float) -> Tensor:
    """1 up to half the cutoff frequency, 0 from the cutoff on, between them a cosine of octaves. radius: cycles a pixel."""
    octaves = torch.log2((2 * radius / cutoff).clamp(1, 2))
    return torch.cos(math.pi / 2 * octaves) * (radius < cutoff)


@lru_cache(maxsize=8)
def filters(height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor, tuple[Level, ...]]:
    """(highpass residual, first lowpass, levels) for pictures whose sides are multiples of 2^SCALES.

    The squared filters, the oriented ones with their mirror images, sum to 1 at every frequency.
    """
    y = torch.fft.fftfreq(height, device=device)[:, None]
    x = torch.fft.fftfreq(width, device=device)
    radius, angle = torch.hypot(x, y), torch.atan2(y, x)
    order = ORIENTATIONS - 1
    norm = 2**order * math.factorial(order) / math.sqrt(ORIENTATIONS * math.factorial(2 * order))
    directions = torch.arange(ORIENTATIONS, device=device)[:, None, None] * math.pi / ORIENTATIONS
    oriented = norm * torch.cos(angle - directions).clamp_min(0) ** order  # one half-plane: the bands are analytic
    first, levels = lowpass(radius, 0.5), []
    for scale in range(SCALES):
        low = lowpass(radius, 0.25 / 2**scale)
        levels.append(Level(oriented * (1 - low.square()).sqrt(), low))
        radius, oriented = crop(radius), crop(oriented)
    return (1 - first.square()).sqrt(), first, tuple(levels)


def crop(spectrum: Tensor) -> Tensor:
    """The lower half of the frequencies in both directions: ... x H x W -> ... x H/2 x W/2."""
    for axis in (-2, -1):
        size = spectrum.shape[axis] // 2
        ends = spectrum.narrow(axis, 0, (size + 1) // 2), spectrum.narrow(axis, 2 * size - size // 2, size // 2)
        spectrum = torch.cat(ends, axis)
    return spectrum


def pyramid(image: Tensor) -> Pyramid:
    """The complex steerable pyramid of N x 3 x H x W; H and W are multiples of 2^SCALES. It is circular, as in the paper."""
    high, low, levels = filters(*image.shape[-2:], image.device)
    spectrum = torch.fft.fft2(image, norm="forward")
    parts = Pyramid(torch.fft.ifft2(spectrum * high, norm="forward").real, [image], [])
    spectrum = spectrum * low
    for level in levels:
        bands = (spectrum[:, :, None] * level.oriented).flatten(1, 2)
        parts.bands.append(torch.fft.ifft2(bands, norm="forward"))
        spectrum = crop(spectrum * level.low)
        parts.lows.append(torch.fft.ifft2(spectrum, norm="forward").real)
    return parts


def continued(image: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """The picture made circular, with sides that are multiples of 2^SCALES, and its positions' weights, 0 in what was added.

    What is added below and on the right turns from the mirror image of that border into that of the opposite one.
    """
    mask = torch.ones_like(image[:1, :1]) if weights is None else weights
    for axis in (-2, -1):
        size = image.shape[axis]
        added = MARGIN + -(size + MARGIN) % 2**SCALES
        near = torch.arange(added, device=image.device).clamp_max(size - 1)
        turn = ((torch.arange(added, device=image.device) + 0.5) / added).view((-1, 1) if axis == -2 else (-1,))
        after, before = image.index_select(axis, size - 1 - near), image.index_select(axis, near.flip(0))
        image = torch.cat([image, torch.lerp(after, before, turn.to(image.dtype))], axis)
        mask = torch.cat([mask, torch.zeros_like(mask.narrow(axis, 0, 1)).repeat_interleave(added, axis)], axis)
    return image, mask
