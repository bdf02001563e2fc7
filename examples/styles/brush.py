"""Paint with body: a canvas of colour and relief, bristle strokes that follow a flow, and the light that rakes over them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .field import Array, noise

STEP = 0.62  # pixels between samples of a stroke: small enough to leave no holes
CHUNK = 1_500_000  # samples rendered at once


def trace(angle: Array, start: Array, length: Array, steps: int = 9) -> Array:
    """Paths along a flow: start N x 2, length N -> N x steps x 2; `angle` (H x W) is the flow's direction in radians."""
    h, w = angle.shape
    scale = max(h, w)
    forward: list[Array] = [start]
    for _ in range(steps - 1):
        here = forward[-1]
        col = np.clip((here[:, 0] * scale).astype(int), 0, w - 1)
        row = np.clip((here[:, 1] * scale).astype(int), 0, h - 1)
        way = angle[row, col]
        pace = (length / (steps - 1))[:, None]
        forward.append(here + np.stack([np.cos(way), np.sin(way)], -1) * pace)
    return np.stack(forward, 1).astype(np.float32)


class Canvas:
    """Colour (H x W x 3) and relief (H x W) that strokes overwrite as opaque oil paint does."""

    def __init__(self, rgb: Array, rng: np.random.Generator) -> None:
        self.rgb = rgb.astype(np.float32).copy()
        self.relief = np.zeros(rgb.shape[:2], np.float32)
        self.rng = rng
        self.scale = max(rgb.shape[:2])
        # Bristle marks: long along the stroke (axis 0), fine across it (axis 1), wrapped in both.
        marks = rng.standard_normal((3, 256, 128)).astype(np.float32)
        marks = ndimage.gaussian_filter(marks, (0, 26, 0.55), mode="wrap")
        self.marks = marks / marks.std(axis=(1, 2), keepdims=True)

    def sample(self, field: Array, points: Array) -> Array:
        """A field's values (H x W [x C]) under points N x 2."""
        h, w = field.shape[:2]
        col = np.clip((points[:, 0] * self.scale).astype(int), 0, w - 1)
        row = np.clip((points[:, 1] * self.scale).astype(int), 0, h - 1)
        return field[row, col]

    def scatter(self, count: int, where: Array | None = None) -> Array:
        """About `count` random points (N x 2), some past the edges; `where` (H x W, 0 to 1) thins them out."""
        h, w = self.rgb.shape[:2]
        margin = 0.03
        span = (w / self.scale + 2 * margin, h / self.scale + 2 * margin)
        points = (self.rng.random((count, 2)) * span - margin).astype(np.float32)
        return points if where is None else points[self.rng.random(count) < self.sample(where, points)]

    def strokes(
        self,
        paths: Array,
        width: Array | float,
        colour: Array,
        second: Array | None = None,
        *,
        streak: float = 0.07,
        body: float = 1.0,
        dry: float = 0.15,
        bristles: float = 26.0,
        edge: float = 0.35,
        taper: Array | None = None,
    ) -> None:
        """Lay strokes in order. paths N x P x 2, half-width N, colours N x 3; `second` is the brush's other load.

        `streak` is how far bristles differ in tone, `body` the paint's thickness, `dry` how early it runs out,
        `edge` how high paint piles up along the sides, `taper` (P) the brush's share of its width along the path.
        """
        count = len(paths)
        if not count:
            return
        half = np.broadcast_to(np.asarray(width, np.float32), (count,)) * self.scale
        reach = np.hypot(*np.moveaxis(np.diff(paths, axis=1), -1, 0)).sum(1) * self.scale
        other = colour if second is None else second
        samples = max(4, math.ceil(reach.max() / STEP)) * max(3, math.ceil(2 * half.max() / STEP))
        chunk = max(1, CHUNK // samples)
        for first in range(0, count, chunk):
            part = slice(first, first + chunk)
            self._lay(paths[part], half[part], reach[part], colour[part], other[part], streak, body, dry, bristles, edge, taper)

    def _lay(
        self,
        paths: Array,
        half: Array,
        reach: Array,
        colour: Array,
        second: Array,
        streak: float,
        body: float,
        dry: float,
        bristles: float,
        edge: float,
        taper: Array | None,
    ) -> None:
        n, knots = paths.shape[:2]
        n_s = max(4, math.ceil(float(reach.max()) / STEP))
        n_t = max(3, math.ceil(2 * float(half.max()) / STEP))
        s = np.linspace(0, 1, n_s, dtype=np.float32)
        t = np.linspace(-1, 1, n_t, dtype=np.float32)
        at = s * (knots - 1)
        low = np.minimum(at.astype(int), knots - 2)
        part = (at - low)[None, :, None]
        tangent = np.gradient(paths, axis=1)
        tangent /= np.maximum(np.hypot(tangent[..., 0], tangent[..., 1]), 1e-9)[..., None]
        spine = (paths[:, low] * (1 - part) + paths[:, low + 1] * part) * self.scale
        along = tangent[:, low] * (1 - part) + tangent[:, low + 1] * part
        press = 1.0 if taper is None else np.interp(at, np.arange(knots), taper)[None, :, None]
        offset = t[None, None, :] * half[:, None, None] * press
        col = (spine[..., 0, None] - along[..., 1, None] * offset).astype(np.int32)
        row = (spine[..., 1, None] + along[..., 0, None] * offset).astype(np.int32)

        shift = self.rng.integers(0, 4096, (2, n))
        fine = np.clip(half / max(1e-6, float(half.max())), 0.3, 1)
        i = (s[None, :, None] * 90 + shift[0][:, None, None]).astype(int) % self.marks.shape[1]
        j = ((t[None, None, :] + 1) * 0.5 * bristles * fine[:, None, None] + shift[1][:, None, None]).astype(int)
        flat = i * self.marks.shape[2] + j % self.marks.shape[2]
        groove, load, gap = (mark.ravel()[flat] for mark in self.marks)

        end = np.minimum(1.0, half / np.maximum(reach, 1e-6))[:, None, None]  # the rounded ends, as a share of the length
        near = np.minimum(s[None, :, None], 1 - s[None, :, None] - 0.06 * np.abs(gap) * (dry > 0))
        cap = np.clip(near / np.maximum(end, 1e-6), 0, 1)
        inside = np.abs(t)[None, None, :] <= np.sqrt(np.clip(cap * (2 - cap), 0, 1)) * (1 - 0.08 * np.abs(gap)) + 1e-3
        inside &= near > -1e-6
        inside &= gap < 3.2 - 4.5 * dry * s[None, :, None]
        h, w = self.rgb.shape[:2]
        inside &= (col >= 0) & (col < w) & (row >= 0) & (row < h)

        profile = body * (0.55 + 0.16 * groove + edge * np.abs(t[None, None, :]) ** 4) * (0.75 + 0.5 * s[None, :, None])
        blend = np.clip(0.5 + 0.5 * load, 0, 1)[..., None]
        paint = colour[:, None, None] * (1 - blend) + second[:, None, None] * blend
        paint = paint * (1 + streak * groove[..., None])
        here = (row[inside], col[inside])
        self.rgb[here] = paint[inside]
        self.relief[here] = profile[inside] + 0.35 * self.relief[here]

    def lit(self, strength: float = 0.35, shine: float = 0.12, weave: float = 0.0, azimuth: float = -2.3) -> Array:
        """The painting under raking light from `azimuth` (radians): H x W x 3. `weave` lets the canvas's threads show."""
        relief = ndimage.gaussian_filter(self.relief, 0.9 * self.scale / 1536)
        if weave:
            relief = relief + weave * noise(self.rgb.shape[:2], 2.6 / 768, self.rng)
        slope_y, slope_x = np.gradient(relief)
        slope = (slope_x * math.cos(azimuth) + slope_y * math.sin(azimuth)) * -(self.scale / 1536)
        shade = np.tanh(2.2 * slope)[..., None]
        glint = np.clip(shade - 0.45, 0, 1) ** 2
        return (self.rgb * (1 + strength * shade) + shine * glint).astype(np.float32)


def jitter(colour: Array, rng: np.random.Generator, tone: float = 0.06, hue: float = 0.03) -> Array:
    """Colours N x 3 as a hand mixes them: each a little lighter or darker, warmer or cooler."""
    n = len(colour)
    moved = colour * (1 + tone * rng.standard_normal((n, 1))) + hue * rng.standard_normal((n, 3))
    return np.clip(moved, 0, 1).astype(np.float32)


def nearest(colour: Array, palette: Array, rng: np.random.Generator, spread: float = 0.12) -> Array:
    """For every colour (N x 3) one of the palette's (M x 3): near it, with some chance of a neighbour."""
    gap: NDArray[np.float32] = np.linalg.norm(colour[:, None] - palette[None], axis=-1)
    return palette[(gap + spread * rng.gumbel(size=gap.shape) * -0.5).argmin(1)]
