"""A tree of spirals on gold leaf, over a meadow of ornaments. Gold and enamel, after the Secession."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from .field import Array, blur, brush_outline, fbm, grid, hex1, hexes, mix, noise, ramp, shape_of, smooth, to_image
from .shapes import Inlay

LEAF = hexes("5a3a12", "8a5e1c", "b8862c", "d9ac48", "efcf74", "fbe9a8")
ENAMEL = hexes("f6efd8", "1c1a20", "2a4f8f", "7a2a3a", "2f7a5c", "d9772f", "6f4a8f", "8fb8c8", "c8443a")
Curve = tuple[Array, Array]


def tendril(x: float, y: float, heading: float, size: float, turn: float) -> Curve:
    """A branch that curls ever tighter into a spiral: path (N x 2) and half-widths (N)."""
    k = np.linspace(0, 1, 260)
    bend = turn * (0.8 + 10.5 * k**1.35 + 16 * k**6)
    way = heading + np.concatenate([[0], np.cumsum(bend[:-1])]) / len(k) * 2.05
    step = size * 3.0 / len(k) * (1 - 0.45 * k)
    path = np.stack([x + np.cumsum(np.cos(way) * step), y + np.cumsum(np.sin(way) * step)], -1)
    return path.astype(np.float32), (0.072 * size * (1 - k) ** 0.65 + 0.0012).astype(np.float32)


def grow(aspect: float, rng: np.random.Generator) -> list[Curve]:
    """Branch upon branch, large ones first, wherever there is still gold to fill."""
    res = 500
    height, width = round(res * min(1, 1 / aspect)), round(res * min(1, aspect))
    taken = Image.new("L", (width, height))
    draw = ImageDraw.Draw(taken)
    k = np.linspace(0, 1, 80)
    root = np.stack([0.5 * width / res + 0.012 * np.sin(k * 5), 0.90 - 0.44 * k], -1).astype(np.float32)
    tree: list[Curve] = [
        (root, ((0.034 - 0.012 * k + 0.03 * (1 - k) ** 6) * np.clip((1 - k) / 0.15, 0, 1) ** 0.7).astype(np.float32))
    ]
    draw.line([tuple(p) for p in (root * res).tolist()], fill=255, width=14)
    for size in np.geomspace(0.25, 0.024, 60):
        grid_taken = np.asarray(taken)
        for _ in range(160 if size > 0.09 else 420):
            parent, widths = tree[0 if size > 0.12 and rng.random() < 0.2 else int(rng.integers(len(tree)))]
            trunk = parent is root
            if trunk and size < 0.12:
                continue
            first, last = (36, 78) if trunk else (15, 160)
            at = int(rng.integers(first, last))
            along = parent[min(at + 1, len(parent) - 1)] - parent[at - 1]
            turn = 1.0 if rng.random() < 0.5 else -1.0
            heading = float(np.arctan2(along[1], along[0])) - turn * rng.uniform(0.15, 0.7)
            if widths[at] < 0.035 * size:
                continue
            path, half = tendril(float(parent[at, 0]), float(parent[at, 1]), heading, float(size), turn)
            px = (path * res).astype(int)
            inside = (px[:, 0] > 7) & (px[:, 0] < width - 7) & (px[:, 1] > 7) & (px[:, 1] < int(0.80 * res))
            if not inside.all():
                continue
            free = px[int(26 + 90 * widths[at] / size) :]
            if grid_taken[free[:, 1], free[:, 0]].any():
                continue
            tree.append((path, half))
            draw.line([tuple(p) for p in px.tolist()], fill=255, width=max(3, round((float(half.max()) * 2 + 0.010) * res)))
            grid_taken = np.asarray(taken)
    return tree


def eye(inlay: Inlay, x: float, y: float, size: float, turn: float, rng: np.random.Generator) -> None:
    """A watching eye on a triangle of enamel, the tree's fruit."""
    c, s = np.cos(turn), np.sin(turn)

    def place(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x + size * (a * c - b * s), y + size * (a * s + b * c)) for a, b in points]

    k = np.linspace(0, np.pi, 16)
    lens = [(float(-np.cos(a)), float(-0.55 * np.sin(a))) for a in k] + [(float(np.cos(a)), float(0.55 * np.sin(a))) for a in k]
    inlay.fill(place([(p * 1.25, q * 1.3) for p, q in lens]), ENAMEL[1], 200)
    inlay.fill(place(lens), ENAMEL[0], 215)
    for ring, tone in ((0.5, int(rng.choice([2, 4, 7]))), (0.27, 1), (0.1, 0)):
        inlay.oval(x, y, size * ring, size * ring, 0, ENAMEL[tone], 230)


def flower(inlay: Inlay, x: float, y: float, size: float, tone: Array, heart: Array, rng: np.random.Generator) -> None:
    """A daisy of enamel with a dark rim."""
    petals, turn = int(rng.integers(6, 10)), rng.uniform(0, 1)
    for grow, shade, height in ((1.22, ENAMEL[1], 120), (1.0, tone, 170)):
        for k in range(petals):
            way = 2 * np.pi * k / petals + turn
            reach = size * 0.58
            px, py = x + reach * np.cos(way), y + reach * np.sin(way)
            inlay.oval(px, py, size * 0.42 * grow, size * 0.22 * grow, way, shade, height)
    inlay.oval(x, y, size * 0.34, size * 0.34, 0, ENAMEL[1], 190)
    inlay.oval(x, y, size * 0.26, size * 0.26, 0, heart, 220)


def ground(inlay: Inlay, top: Array, width: float, rng: np.random.Generator) -> None:
    """The meadow: leaves, then drifts of flowers and discs, each drift in two or three colours, small ones behind."""
    spots = np.stack([rng.uniform(-0.01, width + 0.01, 1500), rng.random(1500) ** 0.85], -1)
    for x, depth in spots[np.argsort(spots[:, 1])].tolist():
        edge = float(np.interp(x, np.linspace(0, width, len(top)), top))
        y = edge + (1.03 - edge) * depth
        size = (0.0065 + 0.0125 * depth) * rng.uniform(0.65, 1.1)
        drift = int(3 * (np.sin(x * 14 + 3 * depth) + np.sin(x * 6.3 - 5 * depth + 1) + 2)) % 4
        tones = ((0, 7, 2), (5, 8, 0), (6, 2, 7), (3, 8, 5))[drift]
        tone = ENAMEL[tones[int(rng.integers(3))]] * rng.uniform(0.85, 1.08)
        kind = rng.random()
        if kind < 0.45:
            way = -np.pi / 2 + rng.normal(0, 0.7)
            leaf = hexes("24503a", "3f7a4a", "6a9a4a", "1c3a34")[rng.integers(4)]
            inlay.oval(x, y, size * 1.35, size * 0.42, way, ENAMEL[1], 90)
            inlay.oval(x, y, size * 1.15, size * 0.28, way, leaf, 120)
        elif kind < 0.80:
            flower(inlay, x, y, size, tone, LEAF[4], rng)
        else:
            for ring, shade in ((0.72, ENAMEL[1]), (0.60, tone), (0.40, LEAF[4]), (0.22, ENAMEL[tones[0]])):
                inlay.oval(x, y, size * ring, size * ring, 0, shade, 160)


def roundel(inlay: Inlay, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """A target of gold and enamel."""
    tone = ENAMEL[rng.choice([2, 4, 8, 6])]
    for ring, shade in ((1.0, ENAMEL[1]), (0.86, LEAF[5]), (0.62, tone), (0.36, ENAMEL[0]), (0.18, ENAMEL[1])):
        inlay.oval(x, y, size * ring, size * ring, 0, shade, 215)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    aspect = 0.84
    final = shape_of(size, aspect)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    inlay = Inlay(shape)
    for _ in range(5200):  # beaten flecks and rings in the leaf itself
        a, b, r = rng.uniform(0, aspect), rng.uniform(0, 1), rng.uniform(0.0012, 0.0042)
        tone = LEAF[rng.integers(1, 6)] * rng.uniform(0.9, 1.1)
        inlay.oval(a, b, r, r * rng.uniform(0.5, 1), rng.uniform(0, 3), tone, 40)
        if r > 0.0026:
            inlay.oval(a, b, r * 0.55, r * 0.5, 0, LEAF[rng.integers(1, 6)], 20)
    tree = grow(aspect, rng)
    for path, half in tree:
        inlay.fill(brush_outline(path, half + 0.0028), LEAF[0] * 0.55, 120)
    for path, half in tree:
        inlay.fill(brush_outline(path, half), hex1("7a4a1e") * rng.uniform(0.85, 1.15), 170)
        inlay.fill(brush_outline(path, half * 0.42), LEAF[3] * rng.uniform(0.8, 1.05), 210)
    for path, half in tree[1:]:
        scale = float(half.max()) / 0.073
        heart = path[-60:].mean(0).tolist()
        if rng.random() < 0.16:
            eye(inlay, heart[0], heart[1], 0.085 * scale + 0.004, rng.uniform(-0.5, 0.5), rng)
        elif rng.random() < 0.4:
            roundel(inlay, heart[0], heart[1], 0.062 * scale + 0.003, rng)
        for at in rng.integers(20, 190, 9):
            side = rng.choice([-1, 1]) * (half[at] + 0.006 + 0.02 * scale)
            along = path[at + 1] - path[at]
            along = along / np.hypot(*along)
            px, py = path[at] + np.array([-along[1], along[0]]) * side
            r = (0.003 + 0.012 * scale) * rng.uniform(0.6, 1.1)
            inlay.oval(px, py, r, r * 0.5, float(np.arctan2(along[1], along[0])), ENAMEL[rng.integers(len(ENAMEL))], 190)
    k = np.linspace(0, aspect, 60)
    top = 0.865 + 0.012 * np.sin(k * 9) + 0.35 * (k - aspect / 2) ** 2 * 0.3
    ground(inlay, top, aspect, rng)

    colour, cover, height = inlay.arrays()
    beaten = 0.56 + 0.11 * fbm(shape, 0.12, rng, 5, gain=0.65) - 0.25 * smooth(0.35, 0.75, np.hypot(x - aspect / 2, y - 0.42))
    gold = ramp(beaten, np.linspace(0, 1, len(LEAF)).tolist(), LEAF)
    meadow = smooth(-0.002, 0.002, y - np.interp(x[0], k, top)[None])
    gold = mix(gold, ramp(noise(shape, 0.01, rng), [-1, 1], hexes("23402f", "4a6a38")), meadow)
    rgb = mix(gold, colour * (0.94 + 0.08 * noise(shape, 0.004, rng)[..., None]), cover * 0.93)
    relief = blur(height * 9, 0.0011) + 0.5 * fbm(shape, 0.008, rng, 3) + 0.35 * noise(shape, 0.0022, rng)
    slope_y, slope_x = np.gradient(relief)
    shade = np.tanh(1.1 * (slope_x * 0.6 + slope_y * 0.8) * max(shape) / 1536)[..., None]
    metal = np.clip(rgb @ np.array([0.5, 0.5, -0.6], np.float32), 0, 1)[..., None]
    lit = rgb * (1 + 0.34 * shade) + (0.10 + 0.5 * metal) * np.clip(shade - 0.3, 0, 1) ** 1.5 * hex1("fff2b8")
    return to_image(ndimage.gaussian_filter(lit, (0.5, 0.5, 0)), final)
