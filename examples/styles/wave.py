"""A breaking wave before a snow-capped mountain: key lines, flat blues, gradated sky. Woodblock, after the prints of Edo."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .field import Array, Points, blur, fbm, grid, hex1, hexes, line_noise, mix, noise, ramp, shape_of, smooth, spline, to_image
from .shapes import Inlay

INK, PRUSSIAN, MIDDLE, PALE, FOAM, PAPER = hexes("14253f", "1d4270", "4d84a8", "a5c3c4", "f6f0df", "efe3c6")
SUN = (0.895, 0.165)
Stroke = tuple[Array, Array]
# Two sides of the great wave, both from its foot to the tip of its lip.
BACK: Points = [(-0.16, 0.74), (-0.03, 0.44), (0.12, 0.20), (0.28, 0.075), (0.43, 0.075), (0.535, 0.165), (0.565, 0.265)]
FACE: Points = [(0.66, 0.70), (0.50, 0.665), (0.375, 0.575), (0.315, 0.44), (0.345, 0.30), (0.43, 0.225), (0.545, 0.262)]


def claws(at: Array, heading: float, size: float, turn: float, rng: np.random.Generator, depth: int = 2) -> list[Stroke]:
    """A finger of foam that bends by `turn` and splits into smaller ones."""
    k = np.linspace(0, 1, 18)
    way = heading + turn * k * rng.uniform(0.9, 1.5)
    step = size / len(k)
    path = np.stack([at[0] + np.cumsum(np.cos(way)) * step, at[1] + np.cumsum(np.sin(way)) * step], -1).astype(np.float32)
    half = size * 0.105 * (1 - 0.60 * k) * (1 + 0.15 * np.sin(k * 9)) + 0.0006
    strokes: list[Stroke] = [(path, half.astype(np.float32))]
    if depth and size > 0.012:
        for share, side in ((0.30, -1), (0.52, 1), (0.66, -1), (0.85, 1), (0.95, -1)):
            spot = int(share * 17)
            off = way[spot] + side * rng.uniform(0.5, 1.1)
            bend = turn * 0.8 + 0.9 * np.sign(turn)
            strokes += claws(path[spot], off, size * rng.uniform(0.30, 0.46), bend, rng, depth - 1)
    return strokes


def print_strokes(block: Inlay, strokes: list[Stroke], fill: Array, key: float = 0.0021) -> None:
    """Strokes that flow together: first all the key lines, then all the fills."""
    for path, half in strokes:
        block.line(path, half + key, INK)
    for path, half in strokes:
        block.line(path, half, fill)


def great_wave(block: Inlay, rng: np.random.Generator) -> None:
    """The body with its bands, then the foam."""
    back, face = spline(BACK, 240), spline(FACE, 240)
    body = [*map(tuple, back.tolist()), *map(tuple, face[::-1].tolist()), (0.66, 0.9), (-0.2, 0.9)]
    block.fill(body, PRUSSIAN)
    k = np.linspace(0, 1, 240)
    for u in np.linspace(0.06, 0.95, 13):
        path = face * (1 - u) + back * u + 0.004 * np.sin(k * 9 + u * 20)[:, None]
        swell = np.clip(np.sin(np.pi * np.clip(k * 1.02, 0, 1)), 0, 1) ** 0.6 * (1 - 0.35 * u)
        first, last = int(rng.uniform(0, 26)), int(rng.uniform(190, 232) - 26 * u)
        width = (0.0115 if round(u * 13) % 2 else 0.0065) * swell
        tone = PALE if round(u * 13) % 3 else MIDDLE
        ease = np.sin(np.pi * np.linspace(0, 1, last - first)) ** 0.45
        block.line(path[first:last], width[first:last] * ease, tone)
    block.line(face, 0.0022, INK)
    block.line(back, 0.0026, INK)
    foam(block, back, face, rng)


def foam(block: Inlay, back: Array, face: Array, rng: np.random.Generator) -> None:
    """Fingers over the crest and inside the curl, each cut with its own key line; the white mass covers their roots."""
    fingers: list[list[Stroke]] = []
    for at in np.linspace(176, 236, 9).astype(int):  # hanging inside the curl
        heading = 1.45 + rng.normal(0, 0.12)
        fingers.append(claws(face[at] - (0, 0.010), heading, 0.052 * rng.uniform(0.75, 1.15), -0.9, rng))
    for at in np.linspace(100, 239, 24).astype(int):  # over the crest and down the lip
        outward = back[at] - face[at]
        grown = 0.35 + 0.65 * (at - 100) / 139
        root = back[at] - outward / max(float(np.hypot(*outward)), 1e-6) * 0.012 * grown
        heading = float(np.arctan2(outward[1], outward[0])) + 0.15
        fingers.append(claws(root, heading, 0.088 * grown * rng.uniform(0.75, 1.25), 1.8, rng))
    for finger in fingers:
        print_strokes(block, finger, FOAM, 0.0019)
        path, half = finger[0]
        block.line(path[6:15], half[6:15] * 0.30 * np.sin(np.linspace(0, np.pi, 9)), PALE)
    turn = np.linspace(0, 2 * np.pi, 20)
    ring = np.stack([np.cos(turn), np.sin(turn)], -1)
    for at in range(96, 238, 2):
        share = (at - 96) / 142
        r = (0.003 + 0.017 * share**0.8) * rng.uniform(0.85, 1.15)
        inward = (face[at] - back[at]) / max(float(np.hypot(*(face[at] - back[at]))), 1e-6)
        block.fill((back[at] + inward * r * 0.75 + r * ring).tolist(), FOAM)
    for at in range(120, 232, 7):  # hollows in the foam
        share = (at - 120) / 112
        inward = (face[at] - back[at]) / max(float(np.hypot(*(face[at] - back[at]))), 1e-6)
        middle = back[at] + inward * (0.006 + 0.014 * share) * rng.uniform(0.6, 1.3)
        way = float(np.arctan2(*(back[at + 2] - back[at - 2])[::-1])) + rng.normal(0, 0.25)
        block.oval(middle[0], middle[1], (0.004 + 0.006 * share) * rng.uniform(0.6, 1.1), 0.0012 + 0.0010 * share, way, PALE)


def swell(block: Inlay, crest: Points, depth: float, tone: Array, rng: np.random.Generator, fringe_size: float) -> None:
    """A lesser wave from edge to edge: a body, bands under its crest, a fringe of foam."""
    line = spline(crest, 300)
    block.fill([*map(tuple, line.tolist()), (1.1, 1.0), (-0.1, 1.0)], tone)
    slope = np.gradient(line, axis=0)
    for row in range(1, 7):
        drop = depth * row / 6
        for first in range(-20, 300, 75):
            a = max(0, first + int(rng.integers(0, 40)))
            b = min(300, a + int(rng.integers(40, 80)))
            if b - a < 12:
                continue
            k = np.sin(np.pi * np.linspace(0, 1, b - a))
            path = line[a:b] + np.stack([np.zeros(b - a), drop * (0.75 + 0.25 * k) + 0.005 * rng.standard_normal()], -1)
            block.line(
                path.astype(np.float32), (0.0058 * k**0.7 * (1 - 0.4 * row / 6)).astype(np.float32), PALE if row % 3 else MIDDLE
            )
    block.line(line, 0.0022, INK)
    fringe: list[Stroke] = []
    for at in range(4, 296, 5):
        rise = float(np.arctan2(slope[at, 1], slope[at, 0]))
        high = float(smooth(0.0, 0.35, float(np.sin(at / 300 * np.pi * 3) ** 2)))
        size = fringe_size * (0.35 + 0.9 * high) * rng.uniform(0.7, 1.2)
        fringe += claws(line[at] + (0, 0.004), rise - 1.25 + rng.normal(0, 0.25), size, 1.6, rng, 1 if size < 0.02 else 2)
    print_strokes(block, fringe, FOAM, 0.0017)


def mountain(rgb: Array, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """The distant cone: grey-blue, darker at its foot, snow running down in tongues."""
    left, right = np.clip(0.755 - x, 0, 1), np.clip(x - 0.765, 0, 1)
    flank = 0.375 + 0.70 * left**0.93 * (1 - 0.30 * left) + 0.68 * right**0.93 * (1 - 0.35 * right)
    flank = flank + 0.0018 * line_noise(x, 0.03, rng, 3)
    inside = smooth(-0.0012, 0.0012, y - flank)
    stone = ramp(y, [0.40, 0.50, 0.60], hexes("6f8794", "4b6b85", "9db4b6"))
    snowline = 0.437 + 0.022 * line_noise(x, 0.028, rng, 3, 0.7)
    peak = mix(stone, FOAM, smooth(0.0015, -0.0015, y - snowline))
    peak = mix(peak, INK, smooth(0.0030, 0.0016, np.abs(y - flank)) * 0.85)
    return mix(rgb, peak, inside)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 1.42)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    rgb = ramp(
        y + 0.012 * fbm(shape, 0.2, rng, 3, (3, 1)),
        [0, 0.10, 0.26, 0.42, 0.6],
        hexes("2f4f70", "7f99a0", "d9cfb0", "f0d9b0", "f0c79a"),
    )
    sun = np.hypot(x - SUN[0], y - SUN[1])
    rgb = mix(rgb, hex1("d9573a"), smooth(0.0535, 0.0515, sun) * 0.9)
    bands = smooth(
        0.55, 0.75, np.sin(y * 150 + 2 * line_noise(x, 0.3, rng, 2)) * smooth(0.1, 0.9, noise(shape, 0.09, rng, (4, 0.4)))
    )
    rgb = mix(rgb, FOAM, 0.75 * bands * smooth(0.10, 0.16, y) * smooth(0.40, 0.33, y))
    rgb = mountain(rgb, x, y, rng)
    block = Inlay(shape)
    far = [(-0.1, 0.60), (0.3, 0.575), (0.50, 0.60), (0.66, 0.560), (0.80, 0.585), (0.93, 0.535), (1.1, 0.57)]
    swell(block, far, 0.06, MIDDLE * 0.9, rng, 0.013)
    great_wave(block, rng)
    middle = [(-0.1, 0.64), (0.10, 0.575), (0.28, 0.625), (0.48, 0.655), (0.70, 0.60), (0.86, 0.545), (1.1, 0.60)]
    swell(block, middle, 0.08, PRUSSIAN * 0.95, rng, 0.024)
    near = [(-0.1, 0.60), (0.06, 0.60), (0.24, 0.685), (0.45, 0.665), (0.66, 0.685), (0.87, 0.63), (1.1, 0.69)]
    swell(block, near, 0.08, PRUSSIAN * 0.8, rng, 0.032)
    for _ in range(420):  # spray thrown from the lip
        way, flight = rng.normal(0.15, 0.75), rng.gamma(1.6, 0.055)
        a, b = 0.565 + flight * np.cos(way), 0.20 + flight * np.sin(way) + 0.6 * flight**2
        r = (0.0042 * np.exp(-flight * 6) + 0.0010) * rng.uniform(0.5, 1.25)
        if np.hypot(a - SUN[0], b - SUN[1]) > 0.06 + r:
            block.oval(a, b, r + 0.0007, r + 0.0007, 0, INK)
            block.oval(a, b, r, r, 0, FOAM)
    colour, cover, _ = block.arrays()
    rgb = mix(rgb, colour, cover)
    return to_image(printed(rgb, x, y, rng), final)


def printed(rgb: Array, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """Flat colour as ink from a plank on soft paper: grain of the wood, mottled pressure, fibres, a margin worn by age."""
    shape = x.shape
    grain = np.sin((y + 0.018 * fbm(shape, 0.35, rng, 2, (3.5, 0.7))) * 640 + 3 * noise(shape, 0.05, rng, (5, 0.6)))
    press = 0.5 * fbm(shape, 0.02, rng, 3) + 0.6 * noise(shape, 0.0026, rng)
    dark = 1 - rgb.mean(-1)
    wear = np.clip(0.035 * grain + 0.05 * press, -0.05, 0.2) * (0.35 + dark)
    pooled = blur(dark, 0.004) - dark
    rgb = mix(rgb, PAPER, np.clip(wear + 0.02, 0, 0.4))
    fibre = (
        1 + 0.022 * noise(shape, 0.0018, rng) + 0.02 * noise(shape, 0.006, rng, (4, 0.4)) - 0.05 * np.clip(pooled, -0.3, 0.3)
    )
    return rgb * fibre[..., None] * hex1("fffaf0")
