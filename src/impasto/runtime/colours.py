"""The affine map that gives a photo a style's colours, from both pictures' means and covariances. NumPy only.

Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer" (2007), equation 4.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from impasto.images.colour import RIDGE

Doubles = npt.NDArray[np.float64]
Colours = tuple[Doubles, Doubles]
"""Mean, (3,), and covariance, 3 x 3, of colours in [0, 1]."""

SAMPLES = 2**14
"""Pixels that are enough to know a picture's colours by."""


def sampled(pixels: npt.NDArray[np.uint8]) -> Colours:
    """The colours of H x W x 3 bytes, seen on an even grid."""
    step = max(1, int(np.sqrt(pixels.shape[0] * pixels.shape[1] / SAMPLES)))
    points = pixels[::step, ::step].reshape(-1, 3).astype(np.float64)
    mean = np.full(len(points), 1 / len(points)) @ points  # NumPy's mean takes ten times as long on such a shape
    covariance = points.T @ points / len(points) - np.outer(mean, mean)
    return mean / 255, covariance / 255**2 + RIDGE * np.eye(3)


def between(photo: Colours, style: Colours, strength: float) -> Colours:
    """The colours to give at a strength, 0 the photo's and 1 the style's."""
    (mean, covariance), (goal, wanted) = photo, style
    return (1 - strength) * mean + strength * goal, (1 - strength) * covariance + strength * wanted


def affine(photo: Colours, goal: Colours) -> npt.NDArray[np.float32]:
    """1 x 3 x 4, matrix and offset: the map that moves colours least."""
    (mean, covariance), (goal_mean, goal_covariance) = photo, goal
    root, inverse = _power(covariance, 0.5), _power(covariance, -0.5)
    matrix = inverse @ _power(root @ goal_covariance @ root, 0.5) @ inverse
    offset = goal_mean - matrix @ mean
    return np.concatenate([matrix, offset[:, None]], 1)[None].astype(np.float32)


def _power(matrix: npt.NDArray[np.floating[Any]], exponent: float) -> Doubles:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T)
