"""Colour control: a picture with another's colours, and a painting with its photo's. NumPy only; no files, no sizes.

Pictures are H x W x 3 floats in [0, 1], sRGB. What is perceived is reckoned in Oklab (Ottosson, "A perceptual color space for
image processing", 2020): lightness there is what the eye takes for it, whatever the hue.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from impasto.images.picture import FloatPixels

Floats = npt.NDArray[np.floating[Any]]
Doubles = npt.NDArray[np.float64]

RIDGE = 1e-4
"""Added to a covariance's diagonal, so that a grey picture has one that can be inverted."""

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_CONES, _FROM_LAB = np.linalg.inv(_TO_CONES), np.linalg.inv(_TO_LAB)
_HALVINGS = 10


def to_oklab(rgb: Floats) -> FloatPixels:
    """sRGB in [0, 1], ... x 3, to Oklab: lightness in [0, 1], and the two axes green to red and blue to yellow."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T, np.float32)


def from_oklab(lab: Floats) -> FloatPixels:
    """Oklab to sRGB, ... x 3; colours that sRGB does not hold lie outside [0, 1]."""
    linear = (lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T
    high = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, linear * 12.92, high), np.float32)


def keep_colours(painting: Floats, photo: Floats) -> FloatPixels:
    """The painting's lightness with the photo's hue and chroma, both pictures of one size.

    Where sRGB has no such colour, chroma gives way and hue stays (Gatys et al., "Controlling Perceptual Factors in Neural Style
    Transfer", arXiv 1611.07865, section 5.1, in a perceptual space).
    """
    wanted = to_oklab(photo)
    wanted[..., 0] = to_oklab(painting)[..., 0]
    result = from_oklab(wanted)
    outside = _outside(result)
    if outside.any():
        result[outside] = _towards_grey(wanted[outside])
    return np.clip(result, 0, 1)


def _outside(rgb: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(((rgb < -1e-4) | (rgb > 1 + 1e-4)).any(-1))


def _towards_grey(lab: FloatPixels) -> FloatPixels:
    """N x 3 colours with as much of their chroma as sRGB holds, found by halving the interval."""
    least, most = np.zeros(len(lab), np.float32), np.ones(len(lab), np.float32)
    for _ in range(_HALVINGS):
        share = (least + most) / 2
        too_much = _outside(from_oklab(_with_chroma(lab, share)))
        least, most = np.where(too_much, least, share), np.where(too_much, share, most)
    return from_oklab(_with_chroma(lab, least))


def _with_chroma(lab: FloatPixels, share: Floats) -> FloatPixels:
    return np.concatenate([lab[:, :1], lab[:, 1:] * share[:, None]], 1)


def match_colours(image: Floats, like: Floats, part: Floats | None = None, like_part: Floats | None = None) -> FloatPixels:
    """The picture with the other's mean and covariance of RGB, by the linear map that moves colours least.

    The Monge-Kantorovich map: Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour
    transfer" (2007), equation 4. part, like_part: H x W in [0, 1], how much each pixel of the two counts; all alike when None.
    """
    mean, covariance = colour_moments(image, part)
    goal_mean, goal = colour_moments(like, like_part)
    root, inverse = _power(covariance, 0.5), _power(covariance, -0.5)
    transfer = inverse @ _power(root @ goal @ root, 0.5) @ inverse
    moved = (np.asarray(image, np.float64) - mean) @ transfer.T + goal_mean
    return np.clip(moved, 0, 1).astype(np.float32)


def colour_moments(image: Floats, part: Floats | None = None) -> tuple[Doubles, Doubles]:
    """Mean, (3,), and covariance, 3 x 3, of a picture's colours; part: H x W, how much each pixel counts."""
    pixels = np.asarray(image, np.float64).reshape(-1, 3)
    shares = np.full(len(pixels), 1 / len(pixels)) if part is None else np.asarray(part, np.float64).reshape(-1) / part.sum()
    mean = shares @ pixels
    centred = pixels - mean
    return mean, centred.T @ (centred * shares[:, None]) + RIDGE * np.eye(3)


def _power(matrix: Doubles, exponent: float) -> Doubles:
    """A power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T)
