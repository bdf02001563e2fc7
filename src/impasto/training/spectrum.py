"""Whether a pastiche repeats what neither its style nor its photo repeats: the mean log power spectrum of small windows.

A network without memory of where it is fills flat areas with a lattice: a weave or a grid whose statistics are the style's and
whose regularity is nobody's. Feature statistics cannot see it, since they forget where a feature was; a spectrum can, since a
lattice is a few sharp peaks (Liu, Gousseau and Xia, "Texture Synthesis Through Convolutional Neural Networks and Spectrum
Constraints", 2016, who ask for equality over the whole picture). Here only what exceeds both is counted, in windows of
32 pixels, so that the photo's shapes stay free; the mean of logarithms makes a flat window count as much as a busy one.
"""

from functools import cache

import torch
from torch import Tensor

SIDE, HOP = 32, 16
"""Pixels of a window and from one to the next."""
FLOOR = 1e-4
"""Added to a spectrum: the power of noise that hardly shows, a deviation of 2.5 of 255."""
LOWEST = 3
"""Frequencies from here on count, in periods a window; lower ones are the photo's shapes."""
MARGIN = 0.3
"""By how much a frequency may stick out of its ring more than the style's and the photo's do."""


def represent(image: Tensor) -> Tensor:
    """The mean logarithm of the power in windows of pictures, N x 3 x H x W, from 32 x 32 up: N x 3 x F for F frequencies."""
    windows = image.float().unfold(2, SIDE, HOP).unfold(3, SIDE, HOP)
    windows = windows - windows.mean((-2, -1), keepdim=True)
    hann = _hann().to(windows.device)
    power = torch.fft.rfft2(windows * hann).abs().square() / hann.square().sum()
    logarithms = (power + FLOOR).log().mean((2, 3)).flatten(2)
    found: Tensor = logarithms[..., _rings()[0].to(logarithms.device)]
    return found


def distance(image: Tensor, style: Tensor, photo: Tensor) -> Tensor:
    """How far pictures, N x 3 x H x W, exceed both spectra, N x 3 x F: (N,).

    The mean square of two excesses: of power, and of how much a frequency sticks out of all of the same length.
    """
    found = represent(image)
    louder = (found - torch.maximum(style, photo)).relu()
    sharper = (_sharp(found) - torch.maximum(_sharp(style), _sharp(photo)) - MARGIN).relu()
    return (louder.square() + sharper.square()).mean((1, 2))


def _sharp(spectrum: Tensor) -> Tensor:
    """The spectrum less the mean of each ring."""
    mean = _rings()[1].to(spectrum.device)
    return spectrum - spectrum @ mean


@cache
def _hann() -> Tensor:
    """The window, zero just outside itself."""
    line = torch.hann_window(SIDE + 2, periodic=False)[1:-1]
    return torch.outer(line, line)


@cache
def _rings() -> tuple[Tensor, Tensor]:
    """Which frequencies of the half-plane count, as positions, and the F x F matrix that takes the mean of each one's ring."""
    down, across = torch.fft.fftfreq(SIDE, 1 / SIDE), torch.fft.rfftfreq(SIDE, 1 / SIDE)
    length = torch.hypot(down[:, None], across[None]).round().flatten()
    kept = ((length >= LOWEST) & (length <= SIDE // 2)).nonzero().flatten()
    together = (length[kept][:, None] == length[kept][None]).float()
    return kept, together / together.sum(0)
