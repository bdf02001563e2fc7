"""What every picture is planned with: coordinates, noise, colours, masks. Putting paint on the canvas is brush.py's.

Lengths are in units of the picture's longer side and noise grids depend on those units only, so that one seed gives one
composition at every size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.interpolate import CubicSpline

Array = NDArray[np.floating[Any]]
Points = Sequence[tuple[float, float]]


def hexes(*codes: str) -> Array:
    """Colours "1a2b3c" as an N x 3 array in [0, 1]."""
    return np.array([[int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)] for code in codes], np.float32)


def hex1(code: str) -> Array:
    """One colour "1a2b3c" as three numbers in [0, 1]."""
    return hexes(code)[0]


def shape_of(size: int, aspect: float) -> tuple[int, int]:
    """(height, width) with the longer side `size`; `aspect` is width over height."""
    return (round(size / aspect), size) if aspect >= 1 else (size, round(size * aspect))


def grid(shape: tuple[int, int]) -> tuple[Array, Array]:
    """x and y of every pixel, H x W each, in units of the longer side."""
    h, w = shape
    scale = 1 / max(h, w)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    return (x + 0.5) * scale, (y + 0.5) * scale


def noise(shape: tuple[int, int], cell: float, rng: np.random.Generator, stretch: tuple[float, float] = (1.0, 1.0)) -> Array:
    """Smooth noise of about unit variance; `cell` is its grain, `stretch` lengthens it along (x, y)."""
    h, w = shape
    long = max(h, w)
    rows = max(2, math.ceil(round(h / long, 2) / (cell * stretch[1]))) + 3
    cols = max(2, math.ceil(round(w / long, 2) / (cell * stretch[0]))) + 3
    coarse = Image.fromarray(rng.standard_normal((rows, cols)).astype(np.float32))
    span = (1 + w / long / (cell * stretch[0]), 1 + h / long / (cell * stretch[1]))
    box = (1.0, 1.0, min(cols, span[0]), min(rows, span[1]))
    return np.asarray(coarse.resize((w, h), Image.Resampling.BICUBIC, box=box)) * 1.4


def fbm(
    shape: tuple[int, int],
    cell: float,
    rng: np.random.Generator,
    octaves: int = 4,
    stretch: tuple[float, float] = (1.0, 1.0),
    gain: float = 0.5,
) -> Array:
    """Noise at several scales, each half as large and `gain` times as strong as the last."""
    total = np.zeros(shape, np.float32)
    for k in range(octaves):
        total += noise(shape, cell / 2**k, rng, stretch) * gain**k
    return total


def line_noise(x: Array, cell: float, rng: np.random.Generator, octaves: int = 4, gain: float = 0.5) -> Array:
    """One-dimensional noise at every x (any shape, in [0, 2]): ridges of hills, trembling outlines."""
    total = np.zeros_like(x)
    for k in range(octaves):
        knots = np.arange(-1, 2 / cell * 2**k + 4)
        values = ndimage.spline_filter1d(rng.standard_normal(len(knots)), 3)
        at = (x / cell * 2**k + 1).ravel()[None]
        total += ndimage.map_coordinates(values, at, order=3, prefilter=False).reshape(x.shape) * gain**k
    return total.astype(np.float32)


def smooth(low: Array | float, high: Array | float, value: Array | float) -> Array:
    """0 below `low`, 1 above `high`, an S between; `low` may be the larger."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def mix(a: Array, b: Array, t: Array | float) -> Array:
    """From colours `a` to `b` by `t`; a field `t` (H x W) gets its colour axis here."""
    t3 = np.asarray(t, np.float32)
    if t3.ndim:
        t3 = t3[..., None]
    return (a * (1 - t3) + b * t3).astype(np.float32)


def ramp(t: Array, stops: Sequence[float], colours: Array) -> Array:
    """Colours along `stops` for a field `t`: H x W -> H x W x 3."""
    return np.stack([np.interp(t, stops, colours[:, c]) for c in range(3)], -1).astype(np.float32)


def blur(field: Array, sigma: float) -> Array:
    """Gaussian blur, sigma in units of the longer side; colour axes stay apart."""
    pixels = sigma * max(field.shape[:2])
    return ndimage.gaussian_filter(field, (pixels, pixels, 0)[: field.ndim])


def polygon_mask(shape: tuple[int, int], *outlines: Points, over: int = 2) -> Array:
    """Coverage (H x W, 0 to 1) of filled outlines, antialiased by drawing `over` times as large."""
    h, w = shape
    scale = max(h, w) * over
    image = Image.new("L", (w * over, h * over))
    draw = ImageDraw.Draw(image)
    for outline in outlines:
        draw.polygon([(x * scale, y * scale) for x, y in outline], fill=255)
    return np.asarray(image.resize((w, h), Image.Resampling.BOX), np.float32) / 255


def spline(points: Points, count: int = 200, closed: bool = False) -> Array:
    """A smooth curve through points: count x 2, evenly spaced in the points' chord length."""
    knots = np.array([*points, points[0]] if closed else points, np.float64)
    chord = np.concatenate([[0], np.cumsum(np.sqrt(np.hypot(*np.diff(knots, axis=0).T)))])
    curve = CubicSpline(chord, knots, bc_type="periodic" if closed else "natural")
    return curve(np.linspace(0, chord[-1], count)).astype(np.float32)


def brush_outline(path: Array, widths: Array) -> list[tuple[float, float]]:
    """Outline polygon of a stroke along `path` (N x 2) whose half-widths are `widths` (N)."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], -1) * widths[:, None]
    return [(float(a), float(b)) for a, b in np.concatenate([path + normal, (path - normal)[::-1]])]


def to_image(rgb: Array, size: tuple[int, int] | None = None) -> Image.Image:
    """An H x W x 3 array in [0, 1] as a picture, scaled to (height, width) `size` if given."""
    image = Image.fromarray((np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8))
    return image.resize((size[1], size[0]), Image.Resampling.LANCZOS) if size else image
