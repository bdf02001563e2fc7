"""`patches`: the sliced Wasserstein distance between the small patches of two pictures, with no network at all.

Rabin, Peyre, Delon and Bernot, "Wasserstein Barycenter and its Application to Texture Mixing" (SSVM 2011); on patches of the
levels of a pyramid as in Karras et al., "Progressive Growing of GANs" (arXiv 1710.10196), section 5.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.metrics.draws import directions, uniform

SIDE = 7
SCALES = {"scale1": 1, "scale2": 2, "scale4": 4}
"""By how much the picture is shrunk, averaging, before its patches are taken."""

DIRECTIONS = 128
SAMPLES = 16384
"""Patches that are looked at, all where there are fewer."""

LEAST = SIDE * max(SCALES.values())
"""Pixels of the shorter side that the coarsest scale needs."""

SEED = 2011


def patch_distances(pastiche: Tensor, style: Tensor) -> dict[str, float]:
    """{scale: distance}, in units of the pixel range: 0 for the same patches.

    pastiche, style: 1 x 3 x H x W in [0, 1], not necessarily of one size. Each is the mean, over fixed random directions v
    on the unit sphere, of the 1-Wasserstein distance between the projections v . p of the patches p.
    """
    along, found = directions(SEED, DIRECTIONS, 3 * SIDE * SIDE), {}
    for name, factor in SCALES.items():
        first, second = (sampled(F.avg_pool2d(picture, factor)) @ along.T.to(picture) for picture in (pastiche, style))
        found[name] = float(wasserstein(first.T, second.T).mean())
    return found


def sampled(picture: Tensor) -> Tensor:
    """Patches, one a row, P x 147: all of them, or SAMPLES at random places, one in each of as many equal parts."""
    height, width = (size - SIDE + 1 for size in picture.shape[-2:])
    count = height * width
    number = min(SAMPLES, count)
    jitter = uniform(SEED, number) if number < count else 0.0
    at = ((torch.arange(number, dtype=torch.float64) + jitter) * (count / number)).long().clamp_max(count - 1)
    inside = torch.arange(SIDE)
    rows = (at // width)[:, None, None] + inside[:, None]
    columns = (at % width)[:, None, None] + inside
    return picture[0][:, rows.to(picture.device), columns.to(picture.device)].permute(1, 0, 2, 3).flatten(1)


def wasserstein(first: Tensor, second: Tensor) -> Tensor:
    """The 1-Wasserstein distance of each row of samples, D x P, to the same row of others, D x Q: (D,). Exact.

    It is the area between the two quantile functions, which are steps; both are constant between the places where either jumps.
    """
    first, second = first.sort(1).values, second.sort(1).values
    if first.shape == second.shape:
        return (first - second).abs().mean(1)
    counts = first.shape[1], second.shape[1]
    jumps = torch.cat([torch.arange(1, count + 1, dtype=torch.float64) / count for count in counts]).sort().values
    widths = torch.diff(jumps, prepend=torch.zeros(1, dtype=torch.float64))
    middles = jumps - widths / 2
    at = [(middles * count).long().clamp_max(count - 1).to(first.device) for count in counts]
    return ((first[:, at[0]] - second[:, at[1]]).abs() * widths.to(first)).sum(1)
