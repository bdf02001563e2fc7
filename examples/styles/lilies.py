"""A pond with water lilies: broken colour, vertical reflections under floating pads. Oil, after the impressionists."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .brush import Canvas, jitter, nearest, trace
from .field import Array, fbm, grid, hex1, hexes, line_noise, mix, noise, ramp, shape_of, smooth, to_image

WATER = hexes("16303f", "1f4a58", "2f6a70", "4f8f8f", "86b3b0", "b9cfcf", "e3dcd6", "f0c9c0")
WILLOW = hexes("10262b", "1b4038", "2f6142", "5b874a", "9db35e", "d6d48c")
PADS = hexes("1f4a3a", "2f6b48", "4f8f58", "7fb06a", "a9c98a", "7fa9a8")
PETALS = hexes("fff6ee", "f8d3d6", "ef9fb0", "d9668a", "fbe7b0")


def pond(x: Array, y: Array, rng: np.random.Generator) -> Array:
    """The water: a light sky mirrored between dark mirrored trees, broken by ripples."""
    ripple = 0.012 * noise(x.shape, 0.02, rng, (3.5, 0.5))
    at = x + ripple
    column = line_noise(at, 0.22, rng, 3, 0.5)
    light = 0.47 + 0.21 * column + 0.12 * fbm(x.shape, 0.12, rng, 3, (2.5, 0.8))
    light += 0.34 * np.exp(-(((at - 0.60) / 0.15) ** 2)) * smooth(0.02, 0.4, y) - 0.22 * smooth(0.30, 0.0, y)
    water = ramp(light, np.linspace(0, 1, len(WATER)).tolist(), WATER)
    warm = np.exp(-(((at - 0.60) / 0.13) ** 2) - ((y - 0.52) / 0.2) ** 2)
    water = mix(water, hex1("f3b9a0"), 0.55 * warm)
    violet = smooth(0.2, 1.4, fbm(x.shape, 0.2, rng, 2, (2, 1)))
    return mix(water, hex1("6d6aa8"), 0.38 * violet)


def islands(rng: np.random.Generator) -> list[tuple[float, float, float, float]]:
    """Pads as (x, y, half-width, half-height), in drifting groups, larger towards the viewer, far ones first."""
    pads = []
    groups = [(0.20, 0.205, 0.15), (0.80, 0.25, 0.14), (0.48, 0.315, 0.14), (0.15, 0.44, 0.17), (0.88, 0.50, 0.14)]
    groups += [(0.42, 0.63, 0.20), (0.86, 0.74, 0.16), (0.06, 0.75, 0.11)]
    for cx, cy, reach in groups:
        for _ in range(18):
            px, py = cx + reach * rng.normal(0, 0.50), cy + reach * rng.normal(0, 0.15)
            wide = (0.010 + 0.043 * max(py, 0.05)) * rng.uniform(0.6, 1.15)
            pads.append((px, py, wide, wide * (0.22 + 0.25 * py)))
    return sorted(pads, key=lambda pad: pad[1])


def paint_pads(canvas: Canvas, pads: list[tuple[float, float, float, float]], rng: np.random.Generator) -> None:
    """Every pad as a heap of flat curved strokes: a dark rim below, light above."""
    for px, py, wide, tall in pads:
        n = int(14 + 500 * wide)
        turn, out = rng.uniform(0, 2 * np.pi, n), np.sqrt(rng.random(n))
        cx, cy = px + wide * 0.8 * out * np.cos(turn), py + tall * out * np.sin(turn)
        k = np.linspace(-1, 1, 5)
        length = wide * rng.uniform(0.25, 0.5, n)
        bend = tall * 0.35 * np.sin(turn)
        paths = np.stack([cx[:, None] + length[:, None] * k, cy[:, None] + bend[:, None] * (1 - k**2)], -1)
        tone = 0.45 - 0.42 * out * np.sin(turn) + 0.12 * rng.standard_normal(n) + 0.1 * rng.standard_normal()
        colour = ramp(np.asarray(tone), np.linspace(0, 1, len(PADS)).tolist(), PADS)
        order = np.argsort(tone)
        pick = jitter(colour, rng, 0.08, 0.025)[order]
        thick = (tall * rng.uniform(0.16, 0.28, n) + 0.0008).astype(np.float32)
        canvas.strokes(paths[order].astype(np.float32), thick, pick, jitter(pick, rng, 0.15, 0.05), body=1.1)


def flower(canvas: Canvas, px: float, py: float, size: float, tint: int, rng: np.random.Generator) -> None:
    """A cup of petals, dabbed from the back ones to the front ones, then the yellow heart."""
    for ring, count, lift in ((1.0, 15, 0.9), (0.75, 12, 0.7), (0.5, 9, 0.5)):
        way = np.linspace(-0.15, np.pi + 0.15, count) + rng.normal(0, 0.08, count)
        k = np.linspace(0, 1, 6)
        reach = size * ring * rng.uniform(0.85, 1.15, count)
        xs = px + np.cos(way)[:, None] * reach[:, None] * k
        ys = py - lift * np.sin(way)[:, None] * reach[:, None] * k**0.8 + 0.10 * size * (k * 4 * (1 - k))
        colour = mix(PETALS[tint], PETALS[0], rng.uniform(0, 0.9, count) * (1.1 - 0.5 * ring))
        pick = jitter(colour, rng, 0.05, 0.02)
        paths = np.stack([xs, ys], -1).astype(np.float32)
        canvas.strokes(paths, size * 0.14, pick, jitter(pick, rng, 0.12, 0.04), body=1.9)
    dots = np.stack([px + size * 0.16 * rng.standard_normal(7), py - size * (0.25 + 0.1 * rng.random(7))], -1)
    paths = (dots[:, None] + np.linspace(0, size * 0.2, 3)[None, :, None] * np.array([0.3, -1])).astype(np.float32)
    canvas.strokes(paths, size * 0.06, jitter(np.repeat(hexes("f2b632"), 7, 0), rng), body=1.8)


def willow(canvas: Canvas, rng: np.random.Generator) -> None:
    """Hanging strands with narrow leaves on both sides, the shaded ones first, thick at the corners."""
    strands = 270
    light = np.sort(rng.random(strands))
    root = np.where(rng.random(strands) < 0.58, rng.beta(0.9, 3.0, strands) * 0.48, 1 - rng.beta(0.9, 3.2, strands) * 0.40)
    reach = (0.05 + 0.42 * np.abs(root * 2 - 1) ** 2.2) * rng.uniform(0.45, 1.1, strands)
    k = np.linspace(0, 1, 5)
    leaf = np.array([0.25, 0.9, 1.0, 0.7, 0.1], np.float32)
    for x0, fall, tone in zip(root, reach, light, strict=True):
        n = int(fall * 260) + 6
        down = np.sort(rng.random(n))
        sway = 0.035 * (0.5 - x0) * down**1.5 + 0.006 * np.sin(down * 5 + x0 * 50)
        start = np.stack([x0 + sway, -0.03 + fall * down], -1)
        side = np.where(rng.random(n) < 0.5, 1.0, -1.0) * rng.uniform(0.1, 0.55, n)
        length = rng.uniform(0.014, 0.026, n)
        xs = start[:, :1] + (length * np.sin(side))[:, None] * k**0.8
        paths = np.stack([xs, start[:, 1:] + (length * np.cos(side))[:, None] * k**1.15], -1).astype(np.float32)
        value = np.clip(0.06 + 0.62 * tone**1.7 + 0.22 * down * tone + 0.09 * rng.standard_normal(n), 0, 1)
        colour = jitter(ramp(value, np.linspace(0, 1, len(WILLOW)).tolist(), WILLOW), rng, 0.07, 0.02)
        wide = rng.uniform(0.0015, 0.0025, n).astype(np.float32)
        canvas.strokes(paths, wide, colour, jitter(colour, rng, 0.12, 0.04), taper=leaf, dry=0)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 1.22)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    plan = pond(x, y, rng)
    canvas = Canvas(plan * 0.75, rng)
    down = (np.pi / 2 + 0.12 * noise(shape, 0.06, rng)).astype(np.float32)
    flat = (0.10 * noise(shape, 0.08, rng, (2, 1)) + np.pi * (noise(shape, 0.004, rng) > 0)).astype(np.float32)
    for count, length, width, flow in (
        (3000, 0.07, 0.0085, flat),
        (5000, 0.055, 0.0052, down),
        (6500, 0.042, 0.0040, flat),
        (3500, 0.035, 0.0026, down),
        (5500, 0.034, 0.0024, flat),
    ):
        start = canvas.scatter(count)
        n = len(start)
        colour = canvas.sample(plan, start)
        brush = mix(colour, nearest(colour, WATER, rng, 0.1), np.full(n, 0.35, np.float32))
        pick = jitter(brush, rng, 0.07, 0.025)
        paths = trace(flow, start, (length * rng.uniform(0.5, 1.2, n)).astype(np.float32))
        canvas.strokes(paths, (width * rng.uniform(0.7, 1.3, n)).astype(np.float32), pick, jitter(pick, rng, 0.12, 0.05))
    willow(canvas, rng)
    pads = islands(rng)
    for a, b, c, d in ((a, b + 1.1 * d, c * 1.05, d) for a, b, c, d in pads):
        k = np.linspace(-1, 1, 5)
        dark = np.stack([a + c * 0.9 * k, b + d * 0.35 * (1 - k**2) - d * 0.5], -1)[None].astype(np.float32)
        canvas.strokes(dark, d * 0.5, hexes("17343a"), hexes("2b4f63"), body=0.7)
    blooms = [pads[i] for i in rng.choice(len(pads), 30, replace=False)]
    paint_pads(canvas, pads, rng)
    for a, b, _, d in sorted(blooms, key=lambda pad: pad[1]):
        flower(canvas, a, b - 0.3 * d, 0.010 + 0.036 * b, int(rng.choice([1, 2, 2, 3, 4])), rng)
    return to_image(canvas.lit(0.34, 0.14), final)
