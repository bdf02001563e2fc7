"""Whether a pastiche repeats what neither its styles nor its photo repeat: the mean log power spectrum of small windows.

Feature statistics forget where a feature was, so a lattice (a weave, a grid) whose statistics are the style's and whose
regularity is nobody's costs them nothing; in a spectrum it is a few sharp peaks (Liu, Gousseau and Xia, "Texture Synthesis
Through Convolutional Neural Networks and Spectrum Constraints", 2016, who ask for equality over the whole picture). Here only
what exceeds all that may be there is counted, in windows of 32 pixels, so that the photo's shapes stay free; the mean of
logarithms makes a flat window count as much as a busy one. The same windows on a picture of half the size see what repeats
every ten to twenty pixels: strokes in rank and file.
"""

from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

SIDE = 32
"""Pixels of a window; each starts half a window after the one before."""
HOP = SIDE // 2
SCALES = (1, 2)
"""By how much a picture is shrunk before its windows are looked at."""
LEAST = SIDE * max(SCALES)
"""Pixels of the shorter side from which on a picture has a spectrum."""
FLOOR = 1e-4
"""Added to a spectrum: the power of noise that hardly shows, a deviation of 2.5 of 255."""
LOWEST = 3
"""Frequencies from here on count, in periods a window; lower ones are the photo's shapes."""
MARGIN = 0.3
"""By how much a frequency may stick out of its ring more than in what is allowed."""
BAND = 4
"""Rows of windows that are looked at together: few enough to stay in the processor's cache."""


def represent(image: Tensor) -> Tensor:
    """The mean logarithm of the power in windows of pictures, N x 3 x H x W, from 64 x 64 up: N x S x 3 x F.

    For S scales and F frequencies.
    """
    sizes = [F.avg_pool2d(image.float(), scale) if scale > 1 else image.float() for scale in SCALES]
    found = torch.stack([LogPower.apply(one).flatten(2) for one in sizes], 1)  # type: ignore[no-untyped-call]
    return found[..., _rings()[0].to(found.device)]


def distance(image: Tensor, *allowed: Tensor) -> Tensor:
    """How far pictures, N x 3 x H x W, exceed each of the allowed spectra, N x S x 3 x F: (N,).

    The sum over scales of the mean square of two excesses: of power, and of how much a frequency sticks out of all of the
    same length.
    """
    found, most = represent(image), torch.stack(allowed)
    louder = (found - most.amax(0)).relu()
    sharper = (_sharp(found) - _sharp(most).amax(0) - MARGIN).relu()
    return (louder.square() + sharper.square()).mean((2, 3)).sum(1)


class LogPower(torch.autograd.Function):
    """The mean over all windows of log(|DFT|^2 / |window|^2 + FLOOR): N x C x H x W -> N x C x 32 x 17."""

    @staticmethod
    def forward(ctx: Any, image: Tensor) -> Tensor:
        total, bands = image.new_zeros(*image.shape[:2], SIDE, HOP + 1), _bands(image)
        for waves in bands:
            total += _power(waves).add_(FLOOR).log_().sum((2, 3))
        ctx.shape, ctx.count = image.shape, sum(waves.shape[2] * waves.shape[3] for waves in bands)
        ctx.save_for_backward(*bands)
        mean: Tensor = total / ctx.count
        return mean

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        bands = ctx.saved_tensors
        hann = _hann(bands[0].device)
        # The half-plane of a real picture's spectrum: all columns but the first and the last stand for two.
        halves = torch.full((HOP + 1,), 0.5, device=hann.device)
        halves[0] = halves[-1] = 1
        wanted = (grads[0] * halves * (2 / (ctx.count * hann.square().sum())))[:, :, None, None]
        result, top = grads[0].new_zeros(ctx.shape), 0
        for waves in bands:
            pulled = torch.view_as_real(waves) * (wanted / _power(waves).add_(FLOOR))[..., None]
            parts = torch.fft.irfft2(torch.view_as_complex(pulled), (SIDE, SIDE), norm="forward").mul_(hann)
            for y in (0, HOP):
                for x in (0, HOP):
                    part = parts[..., y : y + HOP, x : x + HOP].transpose(3, 4).flatten(4).flatten(2, 3)
                    result[:, :, top + y :, x:][:, :, : part.shape[2], : part.shape[3]] += part
            top += BAND * HOP
        return result


def _bands(image: Tensor) -> list[Tensor]:
    """Rows of windows, a band at a time: N x C x rows x columns x 32 x 17 complex numbers."""
    hann = _hann(image.device)
    windows = image.unfold(2, SIDE, HOP).unfold(3, SIDE, HOP)
    return [torch.fft.rfft2(band * hann) for band in torch.split(windows, BAND, 2)]


def _power(waves: Tensor) -> Tensor:
    """Squares by hand: three times as fast as a sum over pairs, six times as a modulus."""
    real, imaginary = torch.view_as_real(waves).unbind(-1)
    return real.square().addcmul_(imaginary, imaginary).div_(_hann(waves.device).square().sum())


def _sharp(spectrum: Tensor) -> Tensor:
    """The spectrum less the mean of each ring."""
    return spectrum - spectrum @ _rings()[1].to(spectrum.device)


@cache
def _hann(device: torch.device) -> Tensor:
    """The periodic window: a plain colour has no power beyond the first frequency."""
    line = torch.hann_window(SIDE, device=device)
    return torch.outer(line, line)


@cache
def _rings() -> tuple[Tensor, Tensor]:
    """Which frequencies of the half-plane count, as positions, and the F x F matrix that takes the mean of each one's ring."""
    down, across = torch.fft.fftfreq(SIDE, 1 / SIDE), torch.fft.rfftfreq(SIDE, 1 / SIDE)
    length = torch.hypot(down[:, None], across[None]).round().flatten()
    kept = ((length >= LOWEST) & (length <= SIDE // 2)).nonzero().flatten()
    together = (length[kept][:, None] == length[kept][None]).float()
    return kept, together / together.sum(0)
