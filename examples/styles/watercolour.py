"""Poppies in a summer meadow: transparent washes with dark rims, blooms and granulation, white paper left open."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from .field import Array, fbm, grid, hex1, hexes, line_noise, mix, noise, polygon_mask, shape_of, smooth, spline, to_image

PAPER = hex1("fbf8ef")


class Sheet:
    """Wet paper: what light comes back from it (H x W x 3) after every wash, and the tooth that holds pigment."""

    def __init__(self, shape: tuple[int, int], rng: np.random.Generator) -> None:
        self.shape, self.scale, self.rng = shape, max(shape), rng
        self.light = np.broadcast_to(PAPER, (*shape, 3)).astype(np.float32).copy()
        self.tooth = 0.6 * noise(shape, 0.0022, rng) + 0.45 * noise(shape, 0.0045, rng)
        ragged = fbm(shape, 0.030, rng, 5, gain=0.6)
        self.ragged = np.clip(ragged / ragged.std(), -2.4, 2.4).astype(np.float32)
        self.pool = fbm(shape, 0.09, rng, 4, gain=0.55)

    def wash(
        self,
        mask: Array,
        colour: Array,
        strength: float = 1.0,
        soft: float = 0.0,
        rim: float = 0.55,
        wander: float = 0.5,
        origin: tuple[int, int] = (0, 0),
        grain: float = 0.20,
    ) -> None:
        """One wash. `mask` (h x w, 0 to 1) lies with its corner at `origin`; `soft` (lengths) is how wet the paper is there.

        `rim` is how much pigment is carried to the drying edge, `wander` how far the edge strays, `grain` granulation.
        """
        h, w = mask.shape
        window = (slice(origin[0], origin[0] + h), slice(origin[1], origin[1] + w))
        edge = ndimage.gaussian_filter(mask, max(0.8, (soft + 0.0022) * self.scale))
        spread = 0.04 + min(0.45, soft * 18)
        wet = smooth(0.5 - spread, 0.5 + spread, edge + 0.17 * min(wander, 1.0) * self.ragged[window])
        carried = wet - ndimage.gaussian_filter(wet, 0.0042 * self.scale)
        line = wet - ndimage.gaussian_filter(wet, 0.0013 * self.scale)
        body = wet * np.clip(0.68 + 0.26 * self.pool[window] * min(wander, 0.9) + 0.10 * self.ragged[window], 0.3, 1.15)
        density = body + wet * rim * (1.1 * np.clip(carried, 0, 1) + 1.5 * np.clip(line, 0, 1))
        density *= 1 + grain * self.tooth[window]
        absorbed = -np.log(np.clip(colour, 0.02, 0.99))
        self.light[window] *= np.exp(-np.clip(density, 0.3 * wet, 2.2)[..., None] * strength * absorbed)

    def shape_wash(self, outline: Array, colour: Array, strength: float = 1.0, **how: float) -> None:
        """A wash inside an outline (N x 2), worked out only where it lies."""
        margin = 0.02 + 3 * how.get("soft", 0.0)
        low = np.maximum(((outline.min(0) - margin) * self.scale).astype(int), 0)
        high = np.minimum(((outline.max(0) + margin) * self.scale).astype(int) + 1, (self.shape[1], self.shape[0]))
        w, h = (high - low).tolist()
        if w < 4 or h < 4:
            return
        local = (outline - low / self.scale) * (self.scale / max(h, w))
        mask = polygon_mask((h, w), [(float(a), float(b)) for a, b in local])
        self.wash(mask, colour, strength, origin=(int(low[1]), int(low[0])), **how)

    def bloom(self, x: float, y: float, r: float, depth: float) -> None:
        """A drop of water that pushed pigment outwards into a crinkled rim."""
        gx, gy = grid(self.shape)
        d = np.hypot(gx - x, gy - y) / r + 0.16 * self.ragged + 0.10 * self.pool
        lift = depth * smooth(1.0, 0.55, d) - 0.55 * depth * np.exp(-(((d - 1.02) / 0.05) ** 2))
        self.light += (PAPER - self.light) * np.clip(lift, 0, 1)[..., None]
        covered = 1 - self.light.mean(-1) / float(PAPER.mean())
        self.light *= (1 - np.clip(-lift, 0, 1) * 0.9 * covered)[..., None]


def tapered(points: list[tuple[float, float]], wide: float, tip: float = 0.1) -> Array:
    """Outline (N x 2) of a brush mark along points, pressed in the middle."""
    path = spline(points, 40)
    k = np.linspace(0, 1, 40)
    half = (wide * (tip + (1 - tip) * np.sin(np.pi * k) ** 0.7))[:, None]
    tangent = np.gradient(path, axis=0)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], -1) / np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-6)[:, None]
    return np.concatenate([path + normal * half, (path - normal * half)[::-1]]).astype(np.float32)


def distance(sheet: Sheet, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Sky let into wet paper, two ranges of blue hills, a line of trees."""
    cloud = fbm(sheet.shape, 0.20, rng, 4, (1.9, 0.8))
    sheet.wash(smooth(0.55, -0.8, cloud) * smooth(0.42, 0.16, y), hex1("6fa8d8"), 0.95, soft=0.010, rim=0.1)
    sheet.wash(smooth(0.3, 1.2, cloud) * smooth(0.40, 0.2, y), hex1("cfc4d8"), 0.55, soft=0.014, rim=0.1)
    sheet.wash(smooth(0.12, 0.04, np.abs(y - 0.29)), hex1("fddcae"), 0.6, soft=0.02, rim=0)
    for base, high, cell, tone, power in ((0.335, 0.030, 0.26, "8f9cec", 0.75), (0.375, 0.022, 0.20, "5a8ad0", 0.85)):
        crest = base - high * line_noise(x[:1], cell, rng, 3, 0.4)
        sheet.wash(
            smooth(-0.001, 0.001, y - crest) * smooth(base + 0.10, base + 0.03, y), hex1(tone), power, rim=0.5, wander=0.35
        )
    for tone, power, spread, count in (("7f9fb0", 0.5, 0.55, 26), ("5f9068", 0.7, 1.0, 24), ("3f6a5a", 0.5, 0.8, 12)):
        turn = np.linspace(0, 2 * np.pi, 20)
        hedge = []
        for _ in range(count):
            cx = float(rng.beta(0.55, 0.55)) * 1.06 - 0.03
            for _ in range(4):
                r = rng.uniform(0.006, 0.017) * spread * (0.5 + 1.3 * abs(cx - 0.5) * 2)
                px, py = cx + rng.normal(0, 0.9) * r, 0.408 - rng.uniform(0.3, 2.2) * r
                hedge.append([(px + r * float(np.cos(t)), py + r * float(np.sin(t))) for t in turn])
        ground = [(-0.1, 0.403), (1.1, 0.400), (1.1, 0.410), (-0.1, 0.410)]
        sheet.wash(polygon_mask(sheet.shape, ground, *hedge), hex1(tone), power, rim=0.5, wander=0.9, soft=0.0012)


def meadow(sheet: Sheet, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Bands of field, from warm light far off to deep green below, then grasses."""
    edge = 0.41 + 0.006 * line_noise(x[:1], 0.2, rng, 3)
    field = smooth(-0.001, 0.002, y - edge)
    sheet.wash(field * smooth(0.85, 0.40, y), hex1("f2d978"), 0.9, rim=0.3, soft=0.003)
    patches = fbm(sheet.shape, 0.13, rng, 3, (2.6, 0.7))
    sheet.wash(field * smooth(-0.3, 0.5, patches) * smooth(0.43, 0.50, y), hex1("a9c464"), 0.8, soft=0.006, rim=0.35)
    sheet.wash(smooth(0.50, 0.72, y + 0.04 * patches), hex1("7fa650"), 0.85, soft=0.012, rim=0.2)
    sheet.wash(smooth(0.62, 0.84, y - 0.04 * patches), hex1("3f7a58"), 0.8, soft=0.012, rim=0.2)
    sheet.wash(smooth(0.1, 0.9, patches) * smooth(0.52, 0.62, y), hex1("4f78a0"), 0.45, soft=0.006, rim=0.4)
    for _ in range(150):
        far = rng.random() ** 0.7
        a, b = rng.uniform(0, 1), 0.425 + 0.12 * far
        r = 0.0025 + 0.006 * far
        turn = np.linspace(0, 2 * np.pi, 12)
        dab = np.stack([a + r * 1.4 * np.cos(turn), b + r * 0.8 * np.sin(turn)], -1).astype(np.float32)
        sheet.shape_wash(dab, hexes("e0442f", "f07a5a", "d9305a")[rng.integers(3)], 0.85, rim=0.6, wander=1.0)
    for _ in range(330):
        foot = rng.uniform(-0.03, 1.03)
        high = rng.uniform(0.05, 0.22)
        base = 0.79 + rng.uniform(-0.17, 0.03)
        lean = rng.normal(0, 0.035)
        tone = hexes("4f8048", "2f5f48", "86a448", "b0b45a", "3a6a7a")[rng.integers(5)]
        grass = tapered(
            [(foot, base), (foot + lean * 0.3, base - high * 0.55), (foot + lean, base - high)],
            rng.uniform(0.0012, 0.0032),
            0.02,
        )
        sheet.shape_wash(grass, tone, rng.uniform(0.45, 0.9), rim=0.5, wander=0.3)


def poppy(sheet: Sheet, x: float, y: float, size: float, lean: float, rng: np.random.Generator) -> None:
    """Stem, paper lifted under the flower, four crumpled petals wet into one another, a dark heart."""
    stem = tapered([(x, y), (x + lean * 0.3, y + 0.16), (x + lean, min(0.82, y + 0.45))], 0.0030, 0.55)
    sheet.shape_wash(stem, hex1("4a7040"), 1.0, rim=0.5, wander=0.2)
    k = np.linspace(0, 2 * np.pi, 46, endpoint=False)
    tones = hexes("e23a26", "f0603a", "d8243f", "f58a4a")

    def petal(way: float, reach: float, wide: float) -> Array:
        crumple = 1 + 0.07 * np.sin(k * 5 + rng.uniform(0, 6)) + 0.05 * np.sin(k * 11 + rng.uniform(0, 6))
        a = reach * (0.5 - 0.5 * np.cos(k)) ** 0.8 * crumple
        b = wide * np.sin(k) * np.sin(k / 2) ** 0.35 * crumple
        c, s = np.cos(way), np.sin(way)
        return np.stack([x + a * c - b * s, y + (a * s + b * c) * 0.82], -1).astype(np.float32)

    petals = [
        petal(way + rng.normal(0, 0.12), size * reach, size * wide)
        for way, reach, wide in ((-1.57, 1.0, 0.82), (3.05, 0.95, 0.62), (0.1, 0.95, 0.62), (1.5, 0.78, 0.78))
    ]
    row = slice(max(0, int((y - 1.2 * size) * sheet.scale)), max(1, int((y + 1.2 * size) * sheet.scale)))
    col = slice(max(0, int((x - 1.3 * size) * sheet.scale)), max(1, int((x + 1.3 * size) * sheet.scale)))
    patch = sheet.light[row, col]
    local = [[(float(a) - col.start / sheet.scale, float(b) - row.start / sheet.scale) for a, b in leaf] for leaf in petals]
    unit = sheet.scale / max(patch.shape[:2])
    cover = polygon_mask((patch.shape[0], patch.shape[1]), *[[(a * unit, b * unit) for a, b in leaf] for leaf in local])
    sheet.light[row, col] = mix(patch, PAPER, 0.93 * ndimage.gaussian_filter(cover, 0.0016 * sheet.scale))
    for index, leaf in enumerate(petals):
        sheet.shape_wash(leaf, tones[int(rng.integers(4))], rng.uniform(0.65, 0.95), rim=0.75, wander=0.9)
        inner = (leaf - (x, y)) * rng.uniform(0.55, 0.75) + (x, y)
        sheet.shape_wash(
            inner.astype(np.float32), hex1("c81e3a"), rng.uniform(0.35, 0.75), soft=size * 0.10, rim=0.1, wander=0.6
        )
        for _ in range(4 if size > 0.04 else 0):
            spoke = leaf[int(rng.integers(10, 36))]
            crease = [(x, y), (float(x + 0.5 * (spoke[0] - x)), float(y + 0.5 * (spoke[1] - y)))]
            crease += [(float(x + 0.86 * (spoke[0] - x)), float(y + 0.86 * (spoke[1] - y)))]
            sheet.shape_wash(tapered(crease, size * 0.016, 0.05), hex1("b0182e"), 0.45, rim=0.2, wander=0.2)
        if index == 2:
            ring = np.stack([x + size * 0.24 * np.cos(k), y + size * 0.19 * np.sin(k)], -1).astype(np.float32)
            sheet.shape_wash(ring, hex1("2a1a3a"), 0.95, soft=size * 0.035, rim=0.2, wander=0.45)
    for _ in range(int(10 + size * 260)):
        way, r = rng.uniform(0, 2 * np.pi), size * rng.uniform(0.10, 0.30)
        dot = np.stack([x + r * np.cos(way) + 0.0018 * np.cos(k), y + 0.8 * r * np.sin(way) + 0.0018 * np.sin(k)], -1)
        sheet.shape_wash(dot.astype(np.float32), hex1("1a1626"), 1.1, rim=0.3)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 1.28)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    sheet = Sheet(shape, rng)
    distance(sheet, x, y, rng)
    meadow(sheet, x, y, rng)
    for a, b, r in ((0.30, 0.13, 0.07), (0.83, 0.60, 0.055), (0.10, 0.58, 0.045), (0.60, 0.69, 0.05)):
        sheet.bloom(a, b, r, 0.45)
    flowers = [
        (0.47, 0.475, 0.024),
        (0.60, 0.50, 0.028),
        (0.34, 0.49, 0.026),
        (0.93, 0.49, 0.030),
        (0.08, 0.47, 0.026),
        (0.73, 0.465, 0.045),
        (0.52, 0.575, 0.055),
        (0.20, 0.46, 0.060),
        (0.87, 0.585, 0.064),
        (0.355, 0.605, 0.078),
        (0.685, 0.615, 0.074),
        (0.115, 0.645, 0.066),
    ]
    for a, b, r in flowers:
        poppy(sheet, a, b, r, rng.normal(0, 0.03), rng)
    for _ in range(120):
        a, b, r = rng.normal(0.5, 0.3), rng.normal(0.55, 0.16), rng.gamma(1.4, 0.0011) + 0.0006
        k = np.linspace(0, 2 * np.pi, 14)
        drop = np.stack([a + r * np.cos(k), b + r * np.sin(k)], -1).astype(np.float32)
        if 0 < a < 1 and b > 0.5:
            sheet.shape_wash(drop, hexes("e0442f", "7fa650", "5f86b0", "f2d978")[rng.integers(4)], 0.7, rim=0.8, wander=0.2)
    margin = np.minimum(np.minimum(x, 1 - x), np.minimum(y, float(y.max()) - y)) + 0.005 * sheet.ragged
    light = mix(np.broadcast_to(PAPER, sheet.light.shape), sheet.light, smooth(0.016, 0.020, margin))
    slope_y, slope_x = np.gradient(sheet.tooth)
    relief = 1 + 0.018 * np.tanh((slope_x + slope_y) * max(shape) / 1536 * 1.6)
    return to_image(light * relief[..., None], final)
