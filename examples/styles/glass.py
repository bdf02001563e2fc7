"""Sunset over a lake between irises and birches: glowing panes in lead. Opalescent glass, after the windows of Art Nouveau."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PIL import Image
from scipy import ndimage
from scipy.spatial import cKDTree

from .brush import jitter
from .field import (
    Array,
    Points,
    blur,
    brush_outline,
    fbm,
    grid,
    hex1,
    hexes,
    line_noise,
    mix,
    noise,
    polygon_mask,
    ramp,
    shape_of,
    smooth,
    spline,
    to_image,
)

SUN = (0.43, 0.395, 0.062)
ASPECT = 0.80


class Window:
    """The cartoon: which pane every pixel belongs to and the colour planned there."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.pane = np.zeros(shape, np.int64)
        self.plan = np.zeros((*shape, 3), np.float32)
        self.count = 0

    def lay(self, where: Array, colour: Array, cells: Array | None = None) -> None:
        """Cut panes over what is there: inside `where` (above 0.5), one pane for every value of `cells`."""
        inside = where > 0.5
        numbers = np.zeros(self.pane.shape, np.int64) if cells is None else cells.astype(np.int64)
        _, flat = np.unique(numbers[inside], return_inverse=True)
        self.pane[inside] = flat + self.count + 1
        self.count += int(flat.max(initial=0)) + 1
        self.plan[inside] = np.broadcast_to(colour, self.plan.shape)[inside]

    def shape(self, outline: Points, colour: Array) -> None:
        """One pane with an outline."""
        self.lay(polygon_mask(self.pane.shape, outline, over=1), colour)


def sky(window: Window, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Rays of glass around the sun, staggered rings across them."""
    dx, dy = x - SUN[0], y - SUN[1]
    d = np.hypot(dx, dy) + 0.012 * noise(x.shape, 0.14, rng)
    way = np.arctan2(dy, dx) + 0.10 * np.sin(d * 12)
    ray = np.floor((way + np.pi) / (2 * np.pi) * 26)
    ring = np.floor((d / 0.075) ** 0.86 + 0.5 * (ray % 2) + 0.22 * np.sin(ray * 2.4))
    tones = hexes("fff6c8", "ffe08a", "ffb455", "f58a5a", "d9648a", "8a5ab0", "4a5ac0", "2a4aa8", "1f3a8a")
    colour = ramp(d + 0.02 * np.sin(ray * 1.7), np.array([0.06, 0.10, 0.16, 0.22, 0.28, 0.36, 0.45, 0.56, 0.7]).tolist(), tones)
    window.lay(np.ones_like(x), colour, ray * 50 + ring)
    for base, reach, cx in ((0.235, 0.20, 0.62), (0.30, 0.13, 0.22), (0.16, 0.16, 0.30)):
        middle = base + 0.012 * np.sin(x * 22 + base * 40)
        half = 0.020 * np.clip(1 - ((x - cx) / reach) ** 2, 0, 1) ** 0.5 * (1 + 0.4 * np.sin(x * 37))
        cells = np.floor((x - cx) / 0.085 + 0.3 * (y > middle)) + 100 * (y > middle)
        tone = ramp((y - middle) / 0.02, [-1, 1], hexes("fff0dc", "f7b7a0"))
        window.lay((np.abs(y - middle) < half).astype(np.float32), tone, cells)
    window.lay((np.hypot(dx, dy) < SUN[2]).astype(np.float32), hex1("fffbe0"))


def land(window: Window, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Three mountain ranges and the lake that mirrors the sky."""
    row = x[:1]
    ranges = [
        (0.435, 0.050, 0.24, "7f6ab8", "b88ac8", 0.07),
        (0.475, 0.040, 0.20, "3f5aa8", "6f86d0", 0.055),
        (0.520, 0.026, 0.26, "1f5a6a", "4a9a8a", 0.06),
    ]
    for k, (base, height, cell, low, high, pace) in enumerate(ranges):
        dip = 0.055 * np.exp(-(((row - SUN[0]) / 0.15) ** 2)) if k < 2 else 0.0
        crest = base + dip - height * np.abs(line_noise(row, cell, rng, 2, 0.4)) * 1.3
        lean = np.floor((x + (0.6 if k % 2 else -0.5) * (y - crest) + 0.01 * np.sin(y * 60)) / pace)
        cells = lean * 10 + np.floor((y - crest) / 0.055 + 0.5 * (lean % 2))
        colour = mix(hex1(high), hex1(low), smooth(0, 0.10, y - crest) * 0.8 + 0.2 * (lean % 2))
        window.lay((y > crest).astype(np.float32), colour, cells)
    wave = 0.006 * np.sin(x * 26 + y * 60) + 0.004 * np.sin(x * 61)
    band = np.floor(np.clip((y + wave - 0.548) / 0.020, 0, 99) ** 0.80)
    span = 0.085 + 0.012 * band
    cells = band * 100 + np.floor(x / span + 0.5 * (band % 2) + 0.3 * np.sin(band * 3))
    glow = np.exp(-(((x - SUN[0]) / (0.05 + 0.22 * (y - 0.5))) ** 2))
    colour = ramp(y + 0.01 * np.sin(band * 5), [0.55, 0.66, 0.82, 1.0], hexes("8a86d8", "4a7ad0", "2a5ab0", "1a3a80"))
    colour = mix(colour, ramp(y, [0.55, 0.7, 0.9], hexes("fff0b0", "ffc070", "f0907a")), smooth(0.30, 0.60, glow))
    window.lay((y + wave > 0.548).astype(np.float32), colour, cells)


def blade(window: Window, points: Points, wide: float, colours: Array, cut: float) -> None:
    """A long leaf cut across into panes."""
    path = spline(points, 90)
    k = np.linspace(0, 1, 90)
    half = wide * np.sin(np.pi * (0.22 + 0.78 * k)) ** 0.9 + 0.0004
    steps = [*range(0, 90, round(90 * cut)), 90]
    for first, last in pairwise(steps):
        part = slice(first, min(last + 1, 90))
        if last - first > 3:
            tone = mix(colours[0], colours[1], float(first / 90))
            window.shape(brush_outline(path[part], half[part]), tone)


def iris(window: Window, x: float, y: float, size: float, tint: Array, rng: np.random.Generator) -> None:
    """Three falling petals, three standing ones, gold between."""
    k = np.linspace(0, 2 * np.pi, 40, endpoint=False)

    def petal(way: float, length: float, wide: float, tone: Array) -> None:
        r = np.sin(k / 2) ** 0.8
        a = length * (0.5 - 0.5 * np.cos(k)) * (1 + 0.06 * np.sin(k * 6))
        b = wide * np.sin(k) * r**0.4 * (0.45 + 0.55 * np.sin(k / 2) ** 4 * 1.3)
        c, s = np.cos(way), np.sin(way)
        window.shape(list(zip((x + a * c - b * s).tolist(), (y + a * s + b * c).tolist(), strict=True)), tone)

    for way, length, wide, light in ((-2.25, 0.95, 0.36, 0.35), (-0.9, 0.95, 0.36, 0.35), (-1.57, 1.15, 0.40, 0.6)):
        petal(way + rng.normal(0, 0.08), size * length, size * wide, mix(tint, hex1("f4e6ff"), light))
    for way, length, wide, light in ((2.75, 0.95, 0.40, 0.0), (0.4, 0.95, 0.40, 0.0), (1.6, 1.05, 0.46, 0.12)):
        petal(way + rng.normal(0, 0.08), size * length, size * wide, mix(tint, hex1("c8a8ff"), light))
    petal(1.6, size * 0.50, size * 0.13, hex1("ffc53a"))


def garden(window: Window, rng: np.random.Generator) -> None:
    """Leaves and irises along the lower edge."""
    greens = hexes("0f5a3a", "7fc05a", "1f7a4a", "b8d86a", "0f4a4a", "4fae7a")
    for _ in range(30):
        foot = rng.uniform(0.03, ASPECT - 0.03)
        high = rng.uniform(0.14, 0.30) * (0.65 + 1.0 * abs(foot - ASPECT / 2) / ASPECT)
        lean = rng.uniform(-0.09, 0.09)
        pair = 2 * int(rng.integers(3))
        points = [(foot, 1.0), (foot + lean * 0.25, 1.0 - high * 0.55), (foot + lean, 1.0 - high)]
        blade(window, points, rng.uniform(0.010, 0.016), greens[pair : pair + 2], 0.36)
    tints = hexes("4a2aa8", "6a3ac0", "3a4ad0", "8a3aa8")
    flowers = [(0.12, 0.735, 0.070), (0.68, 0.72, 0.074), (0.25, 0.84, 0.066), (0.56, 0.845, 0.070), (0.405, 0.905, 0.058)]
    for px, py, _ in flowers:
        blade(window, [(px + 0.01, 1.0), (px + 0.012, (py + 1) / 2), (px, py)], 0.0085, greens[:2], 0.4)
    for i, (px, py, size) in enumerate(flowers):
        iris(window, px, py, size, tints[i % 4], rng)


def birches(window: Window, x: Array, y: Array, rng: np.random.Generator) -> None:
    """A trunk at either side and their crowns of small panes along the top."""
    rough = 0.030 * fbm(x.shape, 0.07, rng, 3)
    sites = (rng.random((520, 2)) * (ASPECT, 0.75)).astype(np.float32)
    _, cell = cKDTree(sites).query(np.stack([x.ravel() * 1.0, y.ravel() * 1.25], -1), workers=1)
    side = np.minimum(x, ASPECT - x)
    crown = (y + rough < 0.30 - 1.05 * side) | (y + rough < 0.045)
    tone = hexes("1f6a3a", "5fa040", "a8c84a", "e8c84a", "d98a2a", "2f8a5a")[rng.integers(0, 6, len(sites))][cell]
    window.lay(crown.astype(np.float32), tone.reshape(*x.shape, 3), np.asarray(cell, np.float32).reshape(x.shape))
    for foot, top, wide in ((0.055, 0.085, 0.024), (0.745, 0.715, 0.026)):
        spine = foot + (top - foot) * (1 - y) + 0.008 * np.sin(y * 9 + foot * 30)
        trunk = np.abs(x - spine) < wide * (0.55 + 0.5 * y)
        cells = np.floor((y + 0.35 * (x - spine) * (1 if foot < 0.4 else -1)) / 0.075 + 0.2 * np.sin(y * 30))
        colour = mix(hex1("f6ead8"), hex1("8f7fa8"), smooth(-0.4, 1.0, (x - spine) / wide * (1 if foot < 0.4 else -1)))
        mark = (np.sin(cells * 12.9) > 0.45)[..., None]
        window.lay(trunk.astype(np.float32), np.where(mark, colour * hex1("dcc0ac"), colour), cells)


def frame(window: Window, x: Array, y: Array) -> None:
    """A narrow border of long panes with square corners."""
    rim = np.minimum(np.minimum(x, ASPECT - x), np.minimum(y, 1 - y))
    upright = np.minimum(x, ASPECT - x) < np.minimum(y, 1 - y)
    run = np.floor(np.where(upright, y, x) / 0.0999)
    cells = run + 100 * upright + 1000 * (x > ASPECT / 2) + 2000 * (y > 0.5)
    colour = hexes("1a5a6a", "c8862a")[(run % 2).astype(int)]
    window.lay((rim < 0.026).astype(np.float32), colour, cells)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, ASPECT)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    window = Window(shape)
    for part in (sky, land):
        part(window, x, y, rng)
    garden(window, rng)
    birches(window, x, y, rng)
    frame(window, x, y)
    pane = window.pane
    many = window.count + 1
    area = np.maximum(np.bincount(pane.ravel(), minlength=many), 1)
    mean = np.stack([np.bincount(pane.ravel(), window.plan[..., c].ravel(), many) / area for c in range(3)], -1)
    grey = mean.mean(1, keepdims=True)
    mean = np.clip((grey + (mean - grey) * 1.20) * 1.06, 0, 1).astype(np.float32)
    tint = jitter(mean, rng, 0.10, 0.025)
    second = jitter(mean**1.7, rng, 0.10, 0.06)
    edge = np.zeros(shape, bool)
    edge[:, 1:] |= pane[:, 1:] != pane[:, :-1]
    edge[1:] |= pane[1:] != pane[:-1]
    away = (ndimage.distance_transform_edt(~edge) / max(shape)).astype(np.float32)
    streaks = np.stack([fbm(shape, 0.026, rng, 4, s, 0.6) for s in ((4, 0.6), (0.6, 4), (2, 1.2), (1, 1))])
    streak = np.take_along_axis(streaks, (pane % 4)[None], 0)[0]
    glass = mix(tint[pane], second[pane], smooth(-0.8, 0.9, streak))
    dense = 1 + 0.13 * np.clip(streak, -2, 2) + 0.035 * noise(shape, 0.006, rng)
    glow = 0.66 + 0.50 * smooth(0.0, 0.022, away) + 0.10 * fbm(shape, 0.3, rng, 2)
    # Thick glass is deeper in colour, not greyer: white stays white.
    thick = np.clip(dense * glow, 0.35, 1.6)[..., None]
    rgb = np.clip(glass, 0.01, 1) ** (1 / thick) * (0.62 + 0.38 * thick)
    half = 0.0027 + 0.0007 * noise(shape, 0.05, rng)
    lead = smooth(half + 0.0006, half - 0.0006, away)
    dome = np.sqrt(np.clip(1 - (away / np.maximum(half, 1e-4)) ** 2, 0, 1)) + 0.15 * noise(shape, 0.003, rng)
    slope_y, slope_x = np.gradient(blur(dome, 0.0008))
    metal = hex1("1c1b20") + 0.16 * np.clip(np.stack([slope_x * 0.6 + slope_y * 0.8], -1) * max(shape) / 384, 0, 1)
    rgb = mix(rgb, metal.astype(np.float32), lead)
    bloom = blur(np.clip(rgb - 0.45, 0, 1), 0.006) * 0.5 + blur(np.clip(rgb - 0.4, 0, 1), 0.025) * 0.35
    return to_image(1 - (1 - np.clip(rgb, 0, 1)) * (1 - 0.8 * np.clip(bloom, 0, 1)), final)
