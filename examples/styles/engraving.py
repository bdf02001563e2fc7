"""A ship runs for a lighthouse under a clearing sky: nothing but swelling lines. Copperplate, after old sea prints."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from .field import (
    Array,
    Points,
    blur,
    fbm,
    grid,
    hex1,
    line_noise,
    mix,
    noise,
    polygon_mask,
    shape_of,
    smooth,
    spline,
    to_image,
)
from .shapes import Inlay

PAPER, INK = hex1("efe4cb"), hex1("231a14")
LIGHT = (0.735, 0.205)


class Plate:
    """Per pixel: how light it should look (0 to 1), the phase of its lines (in lines), and that of its cross lines."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.tone, self.phase, self.cross = (np.ones(shape, np.float32) for _ in range(3))

    def cut(self, mask: Array, tone: Array | float, phase: Array, cross: Array) -> None:
        """Replace what is under `mask` (taken above 0.5: lines end at outlines)."""
        inside = mask > 0.5
        for field, value in ((self.tone, tone), (self.phase, phase), (self.cross, cross)):
            field[inside] = np.broadcast_to(np.asarray(value, np.float32), field.shape)[inside]


def sky(plate: Plate, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Long ruled lines bent by the clouds they draw; the lamp's beams leave the paper bare."""
    warp = fbm(x.shape, 0.24, rng, 3, (1.7, 0.8), 0.5)
    cloud = smooth(-0.5, 1.0, fbm(x.shape, 0.22, rng, 5, (1.8, 0.8), 0.55) + 1.6 * (y - 0.22))
    billow = fbm(x.shape, 0.10, rng, 4, (1.3, 0.9), 0.6)
    tone = 0.50 + 0.36 * cloud + 0.20 * billow * (0.3 + cloud) - 0.30 * smooth(0.30, 0.0, y) + 0.10 * smooth(0.30, 0.47, y)
    dx, dy = x - LIGHT[0], y - LIGHT[1]
    way = np.abs(np.arctan2(dy, np.abs(dx)) + 0.09)
    tone = tone + 0.55 * smooth(0.13, 0.05, way) * smooth(0.9, 0.1, np.abs(dx)) + 0.7 * np.exp(-np.hypot(dx, dy) / 0.055)
    plate.cut(np.ones_like(x), tone, (y + 0.022 * warp) * 165, ((x + y) * 0.7 + 0.02 * warp) * 165)


def sea(plate: Plate, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Rows of waves, larger towards the viewer, each with a dark face and a bare crest."""
    top = float(y.max())
    for row in range(15):
        near = (row / 14) ** 1.35
        base = 0.475 + (top - 0.475) * near
        long, high = 0.05 + 0.22 * near, 0.002 + 0.026 * near
        shift = rng.uniform(0, 1)
        swell = line_noise(x[:1] * 0.7 + shift * 0.3, long, rng, 2, 0.35)
        sharp = np.sqrt(np.sin((x[:1] + shift + 0.05 * swell) * np.pi / long) ** 2 + 0.012)
        crest = base - high * (1.35 * (1 - sharp) + 0.6 * swell)
        below = y - crest
        depth = np.clip(below / (0.010 + 0.085 * near), 0, 1.5)
        face = 0.16 + 0.62 * smooth(0.25, 1.1, depth) + 0.16 * np.gradient(crest[0], x[0])[None] * 2.0
        foam = smooth(0.10, 0.03, depth + 0.05 * noise(x.shape, 0.012, rng)) * (0.5 + near)
        tone = face + foam + 0.12 * fbm(x.shape, 0.03, rng, 3, (2.2, 0.7)) + 0.10 * (1 - near)
        flow = below * (1 - 0.35 * np.clip(depth, 0, 1)) + 0.10 * (crest - base) + 0.004 * noise(x.shape, 0.05, rng)
        plate.cut((below > 0).astype(np.float32), tone, flow * (230 - 95 * near), (below * 0.75 + 0.6 * x) * 125)


def cliff(plate: Plate, x: Array, y: Array, rng: np.random.Generator) -> None:
    """The headland: strata that fall to the sea, lit from the left."""
    row = x[:1]
    rise = smooth(0.56, 0.735, row) * 0.175 + smooth(0.80, 1.0, row) * 0.03
    crest = 0.545 - rise - 0.010 * line_noise(row, 0.05, rng, 4, 0.6)
    mask = (
        (y > crest)
        & (x > 0.565 + 0.012 * line_noise(y * 1.0, 0.05, rng, 3))
        & (y < 0.535 + 0.012 * line_noise(x, 0.06, rng, 3))
    )
    rock = fbm(x.shape, 0.07, rng, 5, (0.7, 1.4), 0.6)
    warp = 0.0065 * fbm(x.shape, 0.08, rng, 2, (0.8, 1.3), 0.4)
    slope_x = np.gradient(blur(rock, 0.004), axis=1) * max(x.shape) * 0.02
    tone = (
        0.42
        + 0.30 * np.tanh(1.5 * slope_x)
        - 0.16 * smooth(0.0, 0.12, y - crest)
        + 0.35 * smooth(0.012, 0.0, y - crest)
        - 0.2 * smooth(0.7, 0.95, x)
    )
    plate.cut(mask.astype(np.float32), tone, (x * 0.95 + 0.35 * y + warp) * 160, (y - 0.45 * x - warp) * 160)
    foam = np.exp(-(((y - 0.532 - 0.008 * line_noise(x, 0.04, rng, 4)) / 0.014) ** 2)) * smooth(0.54, 0.58, x)
    plate.tone += 0.8 * foam * smooth(-0.5, 0.7, noise(x.shape, 0.02, rng))


def tower(plate: Plate, block: Inlay, x: Array, y: Array) -> None:
    """The lighthouse: round shading by curved lines; lantern and gallery by the burin's outline."""
    cx, foot, head = LIGHT[0], 0.392, LIGHT[1] + 0.022
    half = 0.013 + 0.011 * (y - head) / (foot - head)
    across = np.clip((x - cx) / half, -1.2, 1.2)
    mask = (np.abs(across) < 1) & (y > head) & (y < foot)
    round_tone = 0.95 - 0.75 * smooth(-0.35, 1.0, across) - 0.25 * smooth(-0.8, -1, across)
    stripe = np.floor((y - head) / 0.0285 + 0.05 * across**2) % 2
    plate.cut(mask.astype(np.float32), round_tone - 0.42 * stripe, (y + 0.004 * across**2) * 330, (x * 300).astype(np.float32))
    for points in (
        [(cx - 0.019, head), (cx + 0.019, head), (cx + 0.019, head - 0.005), (cx - 0.019, head - 0.005)],
        [(cx - 0.012, head - 0.034), (cx + 0.012, head - 0.034), (cx, head - 0.053)],
    ):
        block.fill(points, INK)
    for shift in (-0.0095, -0.0035, 0.0035, 0.0095):
        block.fill(
            [
                (cx + shift - 0.0008, head),
                (cx + shift + 0.0008, head),
                (cx + shift + 0.0008, head - 0.035),
                (cx + shift - 0.0008, head - 0.035),
            ],
            INK,
        )
    for side in (-1, 1):
        k = np.linspace(head, foot, 20)
        edge = np.stack([cx + side * (0.013 + 0.011 * (k - head) / (foot - head)), k], -1).astype(np.float32)
        block.line(edge, 0.0009, INK)


def sail(plate: Plate, block: Inlay, x: Array, y: Array, outline: Points) -> None:
    """A filled sail, lit from the left: shading lines that follow its belly."""
    curve = np.array(outline, np.float32)
    mask = polygon_mask(x.shape, outline, over=1)
    low, high = curve.min(0), curve.max(0)
    u, v = (x - low[0]) / (high[0] - low[0]), (y - low[1]) / (high[1] - low[1])
    tone = 0.97 - 0.62 * smooth(0.45, 1.0, u + 0.18 * v) - 0.18 * smooth(0.75, 1.0, v)
    plate.cut(mask, tone, (y - 0.012 * np.sin(np.pi * np.clip(u, 0, 1))) * 270, (x * 270).astype(np.float32))
    block.line(np.concatenate([curve, curve[:2]]), 0.0011, INK)


def ship(plate: Plate, block: Inlay, x: Array, y: Array) -> None:
    """A three-master heeling to the wind, left of the middle."""
    ox, oy, s, heel = 0.285, 0.600, 0.43, 0.07

    def at(points: Points) -> list[tuple[float, float]]:
        return [(ox + s * (a - heel * b), oy + s * (b + heel * a)) for a, b in points]

    masts = ((-0.215, -0.60), (0.02, -0.72), (0.235, -0.57))
    for start, end in (
        ((-0.215, -0.6), (-0.37, -0.09)),
        ((0.02, -0.72), (-0.215, -0.35)),
        ((0.235, -0.57), (0.56, -0.115)),
        ((0.235, -0.57), (0.02, -0.30)),
        ((0.02, -0.72), (0.235, -0.30)),
        ((0.235, -0.40), (0.50, -0.100)),
    ):
        block.line(np.array(at([start, end]), np.float32), 0.0006, INK)
    for foot, high in masts:
        block.line(
            np.array(at([(foot, 0.0), (foot, high / 2), (foot, high)]), np.float32), np.array([0.0032, 0.0022, 0.0008]), INK
        )
        pennant = at([(foot, high), (foot + 0.07, high + 0.012), (foot, high + 0.022)])
        block.fill(pennant, INK)
        for low, top in ((0.60, 0.84), (0.32, 0.585), (0.07, 0.305)):
            a, b = 0.130 * (1.25 - 0.75 * low), 0.130 * (1.25 - 0.75 * top)
            k = np.linspace(0, 1, 14)
            over = [(foot - b + 2 * b * t, high * top) for t in k]
            lee = [(foot + b + (a - b) * t + 0.040 * np.sin(np.pi * t), high * (top + (low - top) * t)) for t in k]
            under = [(foot + a - 2 * a * t, high * low - 0.030 * np.sin(np.pi * t)) for t in k]
            luff = [(foot - a + (a - b) * t + 0.018 * np.sin(np.pi * t), high * (low + (top - low) * t)) for t in k]
            sail(plate, block, x, y, at([*over, *lee, *under, *luff]))
            block.line(
                np.array(
                    at([(foot - b * 1.12, high * top), (foot, high * top - 0.003), (foot + b * 1.12, high * top)]), np.float32
                ),
                0.0017,
                INK,
            )
    k = np.linspace(0, 1, 14)
    for head, tack, clew in (
        ((0.262, -0.47), (0.545, -0.115), (0.33, -0.135)),
        ((0.262, -0.31), (0.435, -0.085), (0.30, -0.085)),
    ):
        foot_edge = [
            (tack[0] + (clew[0] - tack[0]) * t, tack[1] + (clew[1] - tack[1]) * t + 0.02 * np.sin(np.pi * t)) for t in k
        ]
        leech = [(clew[0] + (head[0] - clew[0]) * t + 0.02 * np.sin(np.pi * t), clew[1] + (head[1] - clew[1]) * t) for t in k]
        sail(plate, block, x, y, at([head, *foot_edge, *leech]))
    block.line(
        np.array(at([(0.33, -0.045), (0.45, -0.080), (0.58, -0.120)]), np.float32), np.array([0.0026, 0.0018, 0.0008]), INK
    )
    sheer = [(-0.40 + 0.78 * t, -0.085 + 0.075 * np.sin(np.pi * t) + 0.03 * t) for t in k]
    keel = [(0.38, -0.055), (0.335, 0.01), (0.27, 0.075), (0.0, 0.105), (-0.26, 0.090), (-0.36, 0.02), (-0.40, -0.085)]
    hull = at([*sheer, *spline(keel, 60).tolist()])
    mask = polygon_mask(x.shape, hull, over=1)
    deck = np.interp(x[0], [p[0] for p in at(sheer)], [p[1] for p in at(sheer)])[None]
    band = smooth(0.008, 0.010, y - deck) * smooth(0.021, 0.019, y - deck)
    plate.cut(mask, 0.20 + 0.68 * band, (y - 0.55 * deck) * 310, (x + 0.4 * y) * 260)
    for px in -0.30 + 0.075 * np.arange(9):  # gun ports
        t = (px + 0.40) / 0.78
        py = -0.085 + 0.075 * np.sin(np.pi * t) + 0.03 * t + 0.034
        block.fill(
            at([(px - 0.009, py - 0.008), (px + 0.009, py - 0.008), (px + 0.009, py + 0.008), (px - 0.009, py + 0.008)]), INK
        )
    block.line(np.array([*hull, hull[0]], np.float32), 0.0014, INK)


def strike(phase: Array, share: Array) -> Array:
    """Ink coverage of lines: each takes its `share` of the pitch, antialiased by the phase's own slope."""
    slope_y, slope_x = np.gradient(phase)
    pace = np.hypot(slope_x, slope_y)
    ridge = np.abs((phase % 1) - 0.5) * 2  # 0 in the middle of a line
    return smooth(1.2 * pace, -1.2 * pace, ridge - share) * smooth(0.9, 0.5, pace)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 1.30)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    plate, block = Plate(shape), Inlay(shape)
    for part in (sky, sea, cliff):
        part(plate, x, y, rng)
    tower(plate, block, x, y)
    ship(plate, block, x, y)
    burr = 1 + 0.10 * noise(shape, 0.006, rng) + 0.10 * noise(shape, 0.03, rng)
    dark = np.clip(1 - plate.tone, 0, 1) * burr
    lines = strike(plate.phase, np.clip(dark * 0.98 - 0.09, 0, 0.76)) * (dark > 0.11)
    crossed = strike(plate.cross, np.clip((dark - 0.58) * 1.4, 0, 0.6)) * (dark > 0.60)
    _, cover, _ = block.arrays()
    ink = np.maximum(np.maximum(lines, crossed), cover)
    bite = ndimage.gaussian_filter(ink, 0.7 * max(shape) / 1536) * (
        0.94 + 0.05 * noise(shape, 0.02, rng) + 0.06 * noise(shape, 0.0016, rng)
    )
    rim = np.minimum(np.minimum(x, 1 - x), np.minimum(y, float(y.max()) - y))
    bite = bite * (rim > 0.020)
    bite = np.maximum(bite, 0.9 * smooth(0.0012, 0.0007, np.abs(rim - 0.020)))
    age = 1 + 0.03 * fbm(shape, 0.25, rng, 4) + 0.022 * noise(shape, 0.002, rng)
    sheet = PAPER * age[..., None]
    return to_image(mix(sheet, INK, np.clip(bite, 0, 1) * 0.93), final)
