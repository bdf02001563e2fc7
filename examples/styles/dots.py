"""A river park at noon in dots: pure colours side by side, each with its complement. Oil, after the divisionists."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .brush import Canvas, jitter
from .field import Array, fbm, grid, hex1, hexes, line_noise, mix, noise, ramp, shape_of, smooth, to_image

PIGMENTS = hexes(
    "fff4d8",
    "ffe27a",
    "f9b93a",
    "f0803a",
    "d8453a",
    "e58aa0",
    "a04a86",
    "5a3f8f",
    "2f4aa0",
    "2f7fc4",
    "7fc0de",
    "2f9a8a",
    "2f7a4a",
    "7fae3f",
    "c4d45a",
    "1f2a5a",
)


def foliage(x: Array, y: Array, cx: float, cy: float, rx: float, ry: float, rough: Array) -> Array:
    """A round crown's coverage, its edge broken up by noise."""
    d = np.hypot((x - cx) / rx, (y - cy) / ry) + 0.11 * rough
    return smooth(1.04, 0.92, d)


def crown(plan: Array, x: Array, y: Array, cx: float, cy: float, rx: float, ry: float, rough: Array, leaves: Array) -> Array:
    """A tree's crown, sunlit from the upper left, violet in its shade."""
    lump = 0.24 * rough
    light = 0.47 - 0.40 * ((x - cx) / rx * 0.55 + (y - cy) / ry * 0.85) + lump
    return mix(
        plan,
        ramp(np.clip(light, 0, 0.93), np.linspace(0, 1, len(leaves)).tolist(), leaves),
        foliage(x, y, cx, cy, rx, ry, rough),
    )


def park(x: Array, y: Array, rng: np.random.Generator) -> Array:
    """The scene as flat colour: sky, far bank, river, lawn, trees and their shadows."""
    shape = x.shape
    rough = fbm(shape, 0.06, rng, 4, gain=0.6)
    plan = ramp(y + 0.03 * rough, [0, 0.15, 0.28, 0.36], hexes("6fb2e0", "a5d3ea", "f4e6c0", "fbd9a4"))
    cloud = smooth(0.15, 1.1, fbm(shape, 0.17, rng, 4, (2.4, 0.9))) * smooth(0.36, 0.16, y)
    plan = mix(plan, hex1("fff1dc"), 0.75 * cloud)
    hills = 0.305 + 0.025 * line_noise(x, 0.25, rng, 3)
    plan = mix(plan, ramp(y - hills, [0, 0.03, 0.07], hexes("9a9fd0", "88b0b8", "9cc48c")), smooth(-0.002, 0.004, y - hills))
    bank = 0.352 + 0.006 * line_noise(x, 0.06, rng, 3)
    wave = 0.55 * noise(shape, 0.010, rng, (5, 0.8)) * smooth(0.33, 0.5, y)
    river = ramp(y + 0.035 * wave, [0.36, 0.41, 0.47, 0.56], hexes("7f9fb0", "8fc7dc", "5f9fd6", "3f74b8"))
    river = mix(river, hex1("fff0c0"), 0.75 * smooth(0.45, 1.5, wave + 1.0 * np.exp(-(((x - 0.52) / 0.10) ** 2))))
    plan = mix(plan, river, smooth(-0.002, 0.003, y - 0.372))
    for cx, width, height in (
        (0.08, 0.10, 0.07),
        (0.22, 0.06, 0.05),
        (0.34, 0.08, 0.035),
        (0.66, 0.10, 0.055),
        (0.86, 0.11, 0.075),
    ):
        leaves = hexes("2f4a7f", "2f7a6a", "6fa04f", "c9cf6a")
        plan = crown(plan, x, y, cx, 0.368 - height * 0.6, width * 0.75, height, rough, leaves)
        mirror = foliage(x + 0.010 * wave, y, cx, 0.375 + height * 0.75, width * 0.7, height, rough * 0.4)
        plan = mix(plan, hex1("3f7a7f"), 0.62 * mirror * smooth(0.372, 0.378, y))
    plan = mix(plan, hex1("d8d08a"), smooth(0.006, 0.002, np.abs(y - bank - 0.017)) * 0.7)
    edge = 0.485 + 0.14 * (x - 0.1) ** 2 + 0.010 * line_noise(x, 0.1, rng, 3)
    turf = y - edge + 0.02 * rough
    lawn = ramp(turf, [0, 0.03, 0.12, 0.28, 0.34], hexes("e9dc7a", "b9d05a", "9cc84f", "86b84a", "5f9a48"))
    plan = mix(plan, lawn, smooth(-0.002, 0.003, y - edge))
    pool = 0.5 * rough
    bright = smooth(0.25, 0.9, fbm(shape, 0.11, rng, 3, (2.5, 0.6))) * smooth(0.02, 0.06, turf)
    plan = mix(plan, hex1("f2e36a"), 0.65 * bright)
    blooms = (
        smooth(1.1, 1.5, noise(shape, 0.012, rng, (1.2, 0.8)))
        * smooth(0.0, 0.7, noise(shape, 0.12, rng))
        * smooth(0.05, 0.1, turf)
    )
    plan = mix(plan, ramp(noise(shape, 0.03, rng), [-0.5, 0.5], hexes("e0483a", "fbe9f0")), blooms)
    for cx, cy, rx, ry in ((0.20, 0.655, 0.30, 0.045), (0.76, 0.62, 0.21, 0.032), (0.55, 0.80, 0.55, 0.05)):
        d = np.hypot((x - cx) / rx, (y - cy) / ry) + 0.25 * pool
        plan = mix(plan, ramp(pool, [-0.7, 0.7], hexes("3a4a8f", "3f8068")), 0.86 * smooth(1.05, 0.85, d))
    path = np.abs(x - (0.52 + 0.25 * np.sin((y - 0.5) * 5.5))) / (0.012 + 0.33 * np.clip(y - 0.50, 0, 1))
    return mix(
        plan, ramp(pool, [-0.6, 0.5], hexes("d9a08f", "fbe2b4")), 0.92 * smooth(1.08, 0.92, path) * smooth(0.51, 0.53, y)
    )


def trees(plan: Array, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """Two large trees that frame the river, and a pair of sails."""
    rough = fbm(x.shape, 0.038, rng, 4, gain=0.6)
    for cx, wide, height in ((0.415, 0.022, 0.085), (0.475, 0.015, 0.058), (0.60, 0.010, 0.035)):
        hull = 0.432 - 0.35 * (0.085 - height)
        sail = (y < hull - 0.006) & (y > hull - height) & (x > cx) & (x - cx < wide * (1 - (hull - y) / height) * 1.2)
        plan = mix(plan, hex1("fff6e6"), sail.astype(np.float32))
        boat = (np.abs(y - hull) < 0.005) & (np.abs(x - cx - wide * 0.3) < wide)
        plan = mix(plan, hex1("b84a3a"), boat.astype(np.float32))
        glow = np.exp(-(((x - cx - wide * 0.3) / wide) ** 2)) * smooth(hull, hull + 0.01, y) * smooth(hull + height, hull, y)
        plan = mix(plan, hex1("fff0d8"), 0.6 * glow)
    for cx, root, wide, top in ((0.135, 0.67, 0.016, 0.1), (0.235, 0.635, 0.009, 0.2), (0.815, 0.625, 0.012, 0.15)):
        sway = cx + 0.010 * np.sin(y * 16 + cx * 30)
        trunk = smooth(1.1, 0.9, np.abs(x - sway) / (wide * (0.55 + 0.9 * smooth(root - 0.14, root, y) ** 3)))
        bark = ramp((x - sway) / wide, [-1, -0.2, 1], hexes("e89a5a", "8a4a5a", "3a2f6a"))
        plan = mix(plan, bark, trunk * smooth(top, top + 0.02, y) * smooth(root, root - 0.006, y))
    dark = hexes("22306a", "1f5a6a", "2f8048", "7fb03f", "d8d24f", "fbe98a")
    for cx, cy, rx, ry in (
        (0.05, 0.30, 0.15, 0.13),
        (0.20, 0.22, 0.17, 0.13),
        (0.09, 0.13, 0.17, 0.13),
        (0.22, 0.09, 0.13, 0.08),
    ):
        plan = crown(plan, x, y, cx, cy, rx, ry, rough, dark)
    warm = hexes("3a2f7a", "7a3f6a", "c85a3a", "f0943a", "fbc95a", "fff0a0")
    for cx, cy, rx, ry in ((0.90, 0.30, 0.12, 0.09), (0.78, 0.22, 0.12, 0.09), (0.90, 0.17, 0.14, 0.11)):
        plan = crown(plan, x, y, cx, cy, rx, ry, rough, warm)
    return plan


def pigment(colour: Array, rng: np.random.Generator) -> Array:
    """For every colour a pure pigment such that many together look like it: draws by nearness, sometimes a complement."""
    opposite = (1 - colour) * (colour.mean(1) / np.maximum((1 - colour).mean(1), 0.05))[:, None] ** 0.8
    loose = np.where(rng.random((len(colour), 1)) < 0.10, np.clip(opposite, 0, 1), colour)
    loose = loose + 0.13 * rng.standard_normal(colour.shape) * (0.6 + 0.6 * (1 - colour.mean(1, keepdims=True)))
    pick = np.linalg.norm(loose[:, None] - PIGMENTS[None], axis=-1).argmin(1)
    return mix(PIGMENTS[pick], colour, np.full(len(colour), 0.42, np.float32))


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 1.3)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    plan = trees(park(x, y, rng), x, y, rng)
    canvas = Canvas(mix(plan, hex1("f0e2c4"), 0.35), rng)
    for count, dot in ((16000, 0.0056), (26000, 0.0043), (26000, 0.0034), (16000, 0.0026)):
        start = canvas.scatter(count)
        n = len(start)
        colour = jitter(pigment(canvas.sample(plan, start), rng), rng, 0.05, 0.015)
        wide = (dot * rng.uniform(0.75, 1.15, n)).astype(np.float32)
        way = 0.4 * rng.standard_normal(n) + 0.3
        step = (
            np.stack([np.cos(way), np.sin(way)], -1)[:, None] * wide[:, None, None] * np.linspace(-1.25, 1.25, 3)[None, :, None]
        )
        canvas.strokes((start[:, None] + step).astype(np.float32), wide, colour, streak=0.05, dry=0, bristles=9, edge=0.1)
    return to_image(canvas.lit(0.24, 0.10), final)
