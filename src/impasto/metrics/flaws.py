"""`unevenness` and `weave`: what a painting has and neither its photo nor its style gave it. No network judges them.

The mathematics are those of the terms of the same purpose in training, `impasto.evenness` and `impasto.spectrum`; here is only
what makes scores of them.
"""

from torch import Tensor

from impasto import evenness, spectrum

LEAST = {"unevenness": evenness.LEAST, "weave": spectrum.LEAST}
"""Pixels of the shorter side of every picture that is compared."""


def unevenness(pastiche: Tensor, content: Tensor) -> float:
    """The deviation of colours that the photo leaves unexplained, in units of the pixel range.

    Pictures of one size, 1 x 3 x H x W in [0, 1].
    """
    return float(evenness.distance(pastiche, content).clamp_min(0).sqrt())


def weave(pastiche: Tensor, content: Tensor, style: Tensor) -> float:
    """By how much the spectrum of small windows exceeds both the photo's and the style's: 0 where nothing repeats on its own.

    Pictures: 1 x 3 x H x W in [0, 1], of any sizes.
    """
    allowed = [spectrum.represent(picture) for picture in (content, style)]
    return float(spectrum.distance(pastiche, *allowed))
