"""Night over the hills: thick strokes swirling around moon, stars and wind. Oil, after the painters of Arles."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .brush import Canvas, jitter, nearest, trace
from .field import Array, fbm, grid, hex1, hexes, line_noise, mix, ramp, shape_of, smooth, to_image

SKY = hexes("0f1a45", "17306e", "21499a", "3a72b8", "6aa3cc", "a5cbd6", "dfe3c0")
HILLS = hexes("0f2038", "1a3a55", "2a5a6e", "3f7a78", "6a9c7c")
WHEAT = hexes("3a3f2a", "7a5f26", "c28c2a", "e6b545", "fae29a")
MOON = (0.845, 0.135, 0.052)
STARS = [(0.10, 0.09, 0.016), (0.255, 0.20, 0.019), (0.36, 0.06, 0.014), (0.50, 0.115, 0.013), (0.635, 0.055, 0.017)]
STARS += [(0.69, 0.205, 0.013), (0.955, 0.33, 0.014), (0.40, 0.335, 0.011), (0.055, 0.31, 0.012)]
SWIRLS = [(0.475, 0.255, 0.135, 1.0), (0.665, 0.335, 0.085, -1.0), (0.20, 0.40, 0.07, 0.8)]


def sky_flow(x: Array, y: Array) -> Array:
    """The wind: a drift to the right, wound up by swirls and by every light's halo. H x W angles."""
    vx = np.full_like(x, 1.0)
    vy = 0.45 * np.sin(x * 7.5 + 1.2) * np.cos(y * 4)
    for cx, cy, radius, turn in SWIRLS + [(a, b, 2.4 * r, 0.9) for a, b, r in [*STARS, MOON]]:
        dx, dy = x - cx, y - cy
        d = np.hypot(dx, dy) + 1e-6
        pull = 3.2 * np.exp(-((d / radius) ** 2)) * turn
        vx += pull * (-dy / d) - 0.22 * abs(turn) * np.exp(-((d / radius) ** 2)) * dx / d
        vy += pull * (dx / d) - 0.22 * abs(turn) * np.exp(-((d / radius) ** 2)) * dy / d
    return np.arctan2(vy, vx).astype(np.float32)


def sky_tone(x: Array, y: Array, rng: np.random.Generator) -> Array:
    """How light the sky is (0 to 1): pale bands riding in the swirls, dark between."""
    tone = 0.30 + 0.35 * smooth(0.25, 0.52, y) * 0.6 + 0.10 * fbm(x.shape, 0.16, rng, 3, (2.4, 0.7))
    stream = np.exp(-(((y - 0.27 - 0.055 * np.sin(x * 7.5 + 2.8)) / 0.035) ** 2))
    tone += 0.30 * stream * smooth(0.05, 0.3, x)
    for cx, cy, radius, turn in SWIRLS:
        dx, dy = x - cx, y - cy
        d = np.hypot(dx, dy) + 1e-6
        arms = np.sin(2 * np.arctan2(dy, dx) * turn - 15 * np.sqrt(d / radius))
        tone += (0.02 + 0.30 * arms) * np.exp(-((d / radius / 1.15) ** 4))
    return tone.astype(np.float32)


def lights(x: Array, y: Array, plan: Array) -> Array:
    """The moon's and the stars' halos laid over the plan."""
    for cx, cy, radius in [*STARS, MOON]:
        d = np.hypot(x - cx, y - cy) / radius
        halo = ramp(d, [0, 0.8, 1.25, 1.9, 2.6, 3.6], hexes("fff3b8", "f8d764", "eeb43c", "c9cf8c", "8fbfc0", "4f8ac0"))
        ripple = 1 - 0.25 * np.clip(np.sin(d * 7), 0, 1)
        plan = mix(plan, halo * ripple[..., None] ** 0.5, smooth(3.9, 1.4, d) * np.clip(0.55 + 0.45 * ripple, 0, 1))
    cx, cy, radius = MOON
    crescent = (np.hypot(x - cx, y - cy) < radius) & (np.hypot(x - cx + 0.024, y - cy + 0.012) > radius * 0.86)
    disc = np.hypot(x - cx, y - cy) < radius
    plan = mix(plan, hex1("d98a2c"), (disc * 0.95).astype(np.float32))
    return mix(plan, hex1("fff6b4"), crescent.astype(np.float32))


def land(x: Array, y: Array, plan: Array, angle: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Far mountains to near fields. Returns plan, flow and the land's mask."""
    mask = np.zeros_like(x)
    line_x = x[:1]
    for k, (base, height, cell, light) in enumerate(
        [(0.545, 0.055, 0.30, 0.55), (0.60, 0.035, 0.35, 0.25), (0.665, 0.028, 0.30, 0.6), (0.725, 0.02, 0.4, 0.15)]
    ):
        ridge = base + height * line_noise(line_x, cell, rng, 2, 0.35) - (0.05 * line_x if k < 2 else -0.02 * line_x)
        below = np.broadcast_to(smooth(-0.002, 0.002, y - ridge), x.shape)
        slope = np.arctan2(np.gradient(ridge[0]), np.gradient(line_x[0]))[None] * np.exp(-np.clip(y - ridge, 0, 1) * 6)
        roll = fbm(x.shape, 0.09, rng, 3, (2.2, 0.8))
        tone = np.clip(light + 0.35 * np.exp(-(((y - ridge) / 0.012) ** 2)) + 0.16 * roll - (y - ridge) * 2.0, 0, 1)
        cold = ramp(tone, [0, 0.25, 0.5, 0.75, 1], HILLS if k < 2 else WHEAT)
        cold = mix(cold, hex1("2b4b92"), 0.45 if k == 0 else 0.12)
        plan = mix(plan, cold, below)
        angle = np.where(below > 0.5, slope + 0.35 * roll, angle).astype(np.float32)
        mask = np.maximum(mask, below)
    return plan, angle, mask


def cypress(canvas: Canvas, root: float, top: float, spread: float, rng: np.random.Generator) -> None:
    """A flame of dark green strokes."""
    n = 1500
    up = rng.random(n) ** 0.8
    span = spread * np.sin(np.pi * np.clip(up * 0.86 + 0.1, 0, 1)) ** 0.8 * (1 - up) ** 0.25
    side = rng.uniform(-1, 1, n)
    start = np.stack([root + side * span + 0.014 * np.sin(up * 14), 0.82 - up * (0.82 - top)], -1)
    k = np.linspace(0, 1, 9)
    rise = rng.uniform(0.05, 0.10, n)
    sway = (0.010 * np.sin(k[None] * 5 + up[:, None] * 18) - 0.35 * (side * span)[:, None] * k[None]).astype(np.float32)
    paths = np.stack([start[:, :1] + sway, start[:, 1:] - rise[:, None] * k[None]], -1).astype(np.float32)
    order = np.argsort(-up + 0.25 * rng.random(n))[::-1]
    colours = hexes("0b1512", "12241b", "1b3524", "2c4a2a", "4d5f2e", "5c4a2a")
    pick = colours[np.clip((np.abs(rng.normal(0, 1.5, n)) + (side < -0.4)).astype(int), 0, 5)]
    canvas.strokes(paths[order], rng.uniform(0.0028, 0.005, n), jitter(pick, rng, 0.1, 0.012)[order], body=1.2)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 1.27)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    angle = sky_flow(x, y)
    tone = sky_tone(x, y, rng)
    plan = lights(x, y, ramp(tone, np.linspace(0, 1, len(SKY)).tolist(), SKY))
    plan, angle, ground = land(x, y, plan, angle, rng)
    canvas = Canvas(plan * 0.55, rng)
    passes = [(3500, 0.075, 0.0085, 0.9), (9000, 0.052, 0.0050, 1.0), (7000, 0.040, 0.0034, 1.15)]
    for index, (count, length, width, body) in enumerate(passes):
        start = canvas.scatter(count)
        n = len(start)
        colour = canvas.sample(plan, start)
        brush = mix(colour, nearest(colour, SKY, rng), 0.45 * (canvas.sample(ground, start) < 0.5))
        pick = jitter(brush, rng, 0.10 if index else 0.05, 0.022)
        near = np.min([np.hypot(start[:, 0] - a, start[:, 1] - b) / r for a, b, r in [*STARS, MOON]], axis=0)
        short = np.clip(0.18 + near * 0.16, 0.25, 1)
        paths = trace(angle, start, (length * short * rng.uniform(0.6, 1.2, n)).astype(np.float32))
        wide = (width * rng.uniform(0.7, 1.25, n)).astype(np.float32)
        canvas.strokes(paths, wide, pick, jitter(pick, rng, 0.16, 0.04), body=body, streak=0.09)
    cypress(canvas, 0.125, 0.17, 0.052, rng)
    cypress(canvas, 0.205, 0.36, 0.030, rng)
    return to_image(canvas.lit(0.42, 0.25), final)
