"""`steerable`: Portilla and Simoncelli, "A Parametric Texture Model Based on Joint Statistics of Complex Wavelet Coefficients"
(International Journal of Computer Vision 40, 2000): summary statistics over a complex steerable pyramid, no CNN.

Here are the statistics (section 2.2 of the paper) and their distance; the pyramid itself is in `steerable_pyramid`.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.texture.base import EPSILON, PIXELS, Features, Representation, TextureModel, sum_of
from impasto.texture.parametric.steerable_pyramid import continued, pyramid

REACH = 3
"""Auto-correlations are compared up to this lag in both directions: the central 7 x 7."""

OVERLAP = 0.01
"""Below it, a lag that takes nearly every position out of the mask says nothing: 1 for no mask."""

RIDGE = 1e-7
"""Added to variances, for pixels in [0, 1]: a band with less than that is empty, and correlates with nothing."""

OPPONENT = ((3**-0.5, 3**-0.5, 3**-0.5), (2**-0.5, 0.0, -(2**-0.5)), (-(6**-0.5), 2 * 6**-0.5, -(6**-0.5)))
"""Ohta's I1 I2 I3, orthonormal: the colours of most pictures are nearly uncorrelated in them."""

SHARES = {"spread": 4.0, "energy": 2.0, "moments": 0.5, "auto": 1.0, "colour": 1.0, "within": 1.0, "across": 0.5, "phase": 0.5}
"""How much each kind of statistic counts in the distance, whatever its number of levels and bands."""


class Centred(NamedTuple):
    """Channels, N x B x h x w, less their means; those also weighted; means and deviations, N x B; covariance, N x B x B."""

    values: Tensor
    weighted: Tensor
    mean: Tensor
    deviation: Tensor
    covariance: Tensor

    @property
    def spread(self) -> Tensor:
        """N x 2 x B."""
        return torch.stack([self.mean, self.deviation], 1)


def centre(x: Tensor, share: Tensor) -> Centred:
    """share: weights of the positions, with mean 1."""
    mean = (x * share).mean((2, 3))
    values = x - mean[..., None, None]
    weighted = values * share
    covariance = mean_products(weighted, values)
    return Centred(values, weighted, mean, (covariance.diagonal(dim1=1, dim2=2) + RIDGE).sqrt(), covariance)


def mean_products(a: Tensor, b: Tensor) -> Tensor:
    """Of channels with channels: N x A x h x w, N x B x h x w -> N x A x B."""
    return a.flatten(2) @ b.flatten(2).transpose(1, 2) / a[0, 0].numel()


def correlations(a: Centred, b: Centred) -> Tensor:
    """Of channels with channels: N x A x B."""
    covariance = a.covariance if a is b else mean_products(a.weighted, b.values)
    return covariance / (a.deviation[:, :, None] * b.deviation[:, None])


def autocorrelation(x: Centred, share: Tensor) -> Tensor:
    """Of each channel with itself at the central lags: N x B x 49."""

    def products(field: Tensor) -> Tensor:
        spectrum = torch.fft.rfft2(field, norm="forward")
        power = spectrum.real.square() + spectrum.imag.square()
        full: Tensor = torch.fft.irfft2(power, s=field.shape[-2:], norm="forward")
        lags = torch.arange(-REACH, REACH + 1, device=share.device)
        return full[..., (lags % full.shape[-2])[:, None], lags % full.shape[-1]].flatten(2)

    return products(x.weighted) / (products(share).clamp_min(OVERLAP) * x.deviation.square()[..., None])


def magnitude(band: Tensor) -> Tensor:
    """|band|; written out, because the gradient of `abs` of complex numbers is slow."""
    return (torch.view_as_real(band).square().sum(-1) + EPSILON**2).sqrt()


def doubled_phase(band: Tensor, size: Tensor) -> Tensor:
    """The band of that magnitude at twice its frequency, as real and imaginary channels: N x 2B x h x w, real."""
    doubled: Tensor = band.square() / size
    return torch.cat([doubled.real, doubled.imag], 1)


def phase_correlations(here: Tensor, phases: Tensor, share: Tensor) -> Tensor:
    """Mean products of channels, N x A x h x w and N x B x h x w, divided by the roots of their mean squares."""
    powers = [((x.square() * share).mean((2, 3)) + RIDGE).sqrt() for x in (here, phases)]
    return mean_products(here * share, phases) / (powers[0][:, :, None] * powers[1][:, None])


def statistics(image: Tensor, weights: Tensor) -> Iterator[tuple[tuple[str, str], Tensor]]:
    """((kind, where), N x A x B) of a circular picture, N x 3 x H x W, with both sides multiples of 2^SCALES.

    weights: of its positions, 1 x 1 x H x W, in any unit.
    """
    matrix = torch.tensor(OPPONENT, device=image.device)
    parts = pyramid(torch.einsum("dc,nchw->ndhw", matrix, image.float()))
    shares = [normalised(F.interpolate(weights, low.shape[-2:], mode="area")) for low in parts.lows]
    yield ("energy", "residual"), centre(parts.high, shares[0]).spread
    for scale, (low, share) in enumerate(zip(parts.lows, shares, strict=True)):
        colours = centre(low, share)
        unit = colours.values / colours.deviation[..., None, None]
        yield ("spread", f"{scale}"), colours.spread
        yield ("moments", f"{scale}"), torch.stack([(unit**power * share).mean((2, 3)) for power in (3, 4)], 2)
        yield ("auto", f"colours {scale}"), autocorrelation(colours, share)
        yield ("colour", f"{scale}"), correlations(colours, colours)
    sizes = [magnitude(band) for band in parts.bands]
    centred = [centre(size, share) for size, share in zip(sizes, shares, strict=False)]
    for scale, (here, share) in enumerate(zip(centred, shares, strict=False)):
        yield ("energy", f"{scale}"), here.spread
        yield ("auto", f"magnitudes {scale}"), autocorrelation(here, share)
        yield ("within", f"{scale}"), correlations(here, here)
    for scale, (band, size) in enumerate(zip(parts.bands[:-1], sizes, strict=False)):
        above, share = scale + 1, shares[scale + 1]
        thinned = centre(size[..., ::2, ::2], share)  # where the scale above has its samples
        yield ("across", f"{scale}"), correlations(thinned, centred[above])
        phases = doubled_phase(parts.bands[above], sizes[above])
        yield ("phase", f"{scale}"), phase_correlations(band.real[..., ::2, ::2], phases, share)


class Steerable(TextureModel):
    """Statistics of the picture's own pyramid: 4 scales, 4 orientations, 3 opponent colours, so 12 bands a scale.

    By kind: means and deviations of the colours (`spread`) and of the bands' magnitudes (`energy`); skewness and kurtosis
    (`moments`) and 7 x 7 auto-correlation (`auto`) of the picture's lowpass at each scale; auto-correlation of the magnitudes;
    correlations of colours at each scale (`colour`), of magnitudes within a scale (`within`) and with the scale above
    (`across`), of the real parts with the phase-doubled scale above (`phase`). Minimum and maximum are left out, and
    deviations and correlations stand for the paper's covariances. All are means over positions, whatever the picture's size.
    The paper imposes them by projections, one after the other; here their squared errors are minimised together.

    A mask weights the positions of each level; the filters themselves see past its edge by about their own width. The pyramid
    is circular, so the picture is first continued past its borders (see `continued`), and the continuation is masked out.
    """

    gain = 200.0
    reads = "pixels"
    # Speckle of a small painting becomes squares in a large one, and the pyramid knows large shapes by itself.
    levels = 2
    copies = 90.0

    def represent(self, features: Features, weights: Tensor | None = None) -> Representation:
        return dict(statistics(*continued(features[PIXELS], weights)))

    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        terms: dict[str, list[Tensor]] = {kind: [] for kind in SHARES}
        for name, statistic in statistics(*continued(features[PIXELS], weights)):
            terms[name[0]].append(relative_error(name[0], statistic, representation[name]))
        means = [SHARES[kind] * torch.stack(errors).mean(0) for kind, errors in terms.items()]
        return torch.stack(means).sum(0) / sum(SHARES.values())

    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        return {name: sum_of([r[name] for r in representations], weights) for name in representations[0]}


def relative_error(kind: str, statistic: Tensor, target: Tensor) -> Tensor:
    """Squared error relative to the target: (N,).

    Means and deviations are measured in the target's deviations. Of correlations, which may all be near 0, each row counts
    1 more than its squares, which is what its correlation with itself would add.
    """
    error = (statistic - target).square().sum((1, 2))
    if kind in ("spread", "energy"):
        return error / (target[:, 1].square().sum(1) + EPSILON)
    return error / (target.square().sum((1, 2)) + target.shape[1])


def normalised(weights: Tensor) -> Tensor:
    """Weights with mean 1."""
    return weights / (weights.mean((2, 3), keepdim=True) + EPSILON)
