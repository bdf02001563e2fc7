"""Styles that nobody painted: strokes, dots, facets and waves over random palettes, to widen a set of style images.

Each is a function of a random generator alone. They are drawn with Pillow at once, at the size that is asked for.
"""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Canvas = np.ndarray
"""H x W x 3 uint8."""

Palette = list[tuple[int, int, int]]


def paint(size: int, rng: np.random.Generator) -> Canvas:
    """A square picture of `size` pixels, of a kind, scale and palette that the generator chooses."""
    kinds: tuple[Callable[[int, Palette, np.random.Generator], Canvas], ...] = (strokes, dots, facets, waves)
    kind = kinds[rng.integers(len(kinds))]
    canvas = kind(size, palette(rng), rng)
    grain = rng.normal(0, rng.uniform(0, 10), (size, size, 1))
    return np.asarray((canvas + grain).clip(0, 255), dtype=np.uint8)


def palette(rng: np.random.Generator) -> Palette:
    """Three to seven colours around a common middle, from muted to bright."""
    middle, spread = rng.uniform(60, 200, 3), rng.uniform(20, 110)
    colours = (middle + rng.normal(0, spread, (rng.integers(3, 8), 3))).clip(0, 255)
    return [(int(r), int(g), int(b)) for r, g, b in colours]


def strokes(size: int, colours: Palette, rng: np.random.Generator) -> Canvas:
    """Short brush strokes along a slowly turning field of directions."""
    image = Image.new("RGB", (size, size), colours[0])
    draw = ImageDraw.Draw(image)
    length, width = size * rng.uniform(0.03, 0.15), max(1, round(size * rng.uniform(0.005, 0.03)))
    turn, phase = rng.uniform(0, 6, 2), rng.uniform(0, 2 * math.pi)
    for x, y in rng.uniform(0, size, (min(4000, int(3 * size * size / (length * width))), 2)):
        angle = phase + turn[0] * x / size + turn[1] * math.sin(2 * y / size) + rng.normal(0, 0.2)
        dx, dy = length * math.cos(angle) / 2, length * math.sin(angle) / 2
        draw.line((x - dx, y - dy, x + dx, y + dy), fill=_pick(colours, rng), width=width)
    return np.asarray(image.filter(ImageFilter.SMOOTH) if rng.random() < 0.5 else image)


def dots(size: int, colours: Palette, rng: np.random.Generator) -> Canvas:
    """Round dots, in rows or thrown, on a ground of one colour."""
    image = Image.new("RGB", (size, size), colours[0])
    draw = ImageDraw.Draw(image)
    step = size * rng.uniform(0.015, 0.06)
    count = int(size / step) + 1
    grid = np.stack(np.meshgrid(np.arange(count), np.arange(count)), -1).reshape(-1, 2) * step
    for x, y in grid + rng.normal(0, step * rng.uniform(0, 0.6), grid.shape):
        radius = step * rng.uniform(0.25, 0.6)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_pick(colours, rng))
    return np.asarray(image)


def facets(size: int, colours: Palette, rng: np.random.Generator) -> Canvas:
    """Flat cells around random points, each shaded a little, with or without dark seams."""
    points = rng.uniform(0, size, (rng.integers(12, 80), 2))
    y, x = np.mgrid[0:size, 0:size]
    distances = np.stack([(x - px) ** 2 + (y - py) ** 2 for px, py in points])
    nearest = distances.argmin(0)
    shades = np.array(colours)[rng.integers(len(colours), size=len(points))] + rng.normal(0, 15, (len(points), 1))
    canvas = shades[nearest]
    if rng.random() < 0.5:
        first, second = np.sqrt(np.partition(distances, 1, axis=0)[:2])
        canvas = canvas * np.clip((second - first) / max(1.0, size * 0.012), 0.15, 1)[..., None]
    return np.asarray(canvas.clip(0, 255))


def waves(size: int, colours: Palette, rng: np.random.Generator) -> Canvas:
    """Bands of colour along the level lines of a sum of sines."""
    y, x = np.mgrid[0:size, 0:size] / size
    field = x * rng.uniform(-2, 2) + y * rng.uniform(-2, 2)
    for _ in range(3):
        fx, fy = rng.uniform(-12, 12, 2)
        field = field + rng.uniform(0.1, 0.5) * np.sin(fx * x + fy * y + rng.uniform(0, 6))
    place = field * rng.uniform(2, 8) % len(colours)
    lower, share = place.astype(int) % len(colours), (place % 1)[..., None]
    share = share if rng.random() < 0.5 else (share > 0.5).astype(float)
    table = np.array(colours, dtype=float)
    return np.asarray(table[lower] * (1 - share) + table[(lower + 1) % len(colours)] * share)


def _pick(colours: Palette, rng: np.random.Generator) -> tuple[int, int, int]:
    return colours[rng.integers(len(colours))]
