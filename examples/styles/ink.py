"""Mountains in mist, bamboo in front: washes that fade downwards, dry and wet brush, a red seal. Ink on paper."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from .brush import Canvas
from .field import Array, blur, fbm, grid, hex1, hexes, line_noise, mix, noise, shape_of, smooth, spline, to_image

PAPER, INK, SEAL = hexes("efe7d4", "12141a", "b3281e")


def peaks(x: Array, base: float, summits: list[tuple[float, float, float]], rough: Array) -> Array:
    """A ridge line: y of the crest for every x; summits as (x, height, width), steep-sided like limestone towers."""
    rise = np.zeros_like(x)
    for cx, height, width in summits:
        rise = np.maximum(rise, height * np.exp(-(np.abs((x - cx) / width) ** 2.6)))
    return base - rise - rough


def ridge_wash(x: Array, y: Array, crest: Array, strength: float, depth: float, rng: np.random.Generator) -> Array:
    """Ink density of one range: darkest under its crest, drained into mist below, streaked by the slope's creases."""
    below = y - crest
    wet = fbm(x.shape, 0.03, rng, 4, (0.8, 1.8), 0.6)
    crease = 1 - np.abs(fbm(x.shape, 0.035, rng, 3, (0.55, 2.2), 0.55))
    fade = np.exp(-np.clip(below, 0, 1) / depth * (1 + 0.35 * wet))
    line = np.exp(-(((below - 0.004) / 0.005) ** 2)) * (0.4 + 0.6 * smooth(-0.6, 0.8, wet))
    body = fade * (0.72 + 0.15 * wet + 0.55 * np.clip(crease - 0.45, 0, 1) * smooth(0, 0.05, below))
    edge = smooth(-0.0012, 0.0022, below + 0.0012 * noise(x.shape, 0.004, rng))
    return (strength * edge * np.clip(body + 0.30 * line, 0, 2)).astype(np.float32)


def leaf_paths(root: Array, heading: Array, length: Array, bend: Array) -> Array:
    """Leaves as short arcs: N x 9 x 2."""
    k = np.linspace(0, 1, 9)
    way = heading[:, None] + bend[:, None] * k
    step = length[:, None] / 8
    xs = root[:, :1] + np.cumsum(np.cos(way) * step, 1)
    ys = root[:, 1:] + np.cumsum(np.sin(way) * step, 1)
    return np.stack([xs, ys], -1).astype(np.float32)


def bamboo(canvas: Canvas, foot: float, lean: float, thick: float, tone: float, top: float, rng: np.random.Generator) -> None:
    """One cane drawn upwards, joint by joint, with its leaves in falling clusters. Canvas colour is ink density."""
    leaf = np.interp(np.linspace(0, 1, 9), [0, 0.12, 0.4, 1], [0.15, 0.7, 1, 0.02]).astype(np.float32)
    y, x = 1.03, foot
    while y > top:
        rise = rng.uniform(0.10, 0.14) * (0.75 + 0.35 * (1 - y))
        k = np.linspace(0, 1, 9)
        path = np.stack([x + lean * rise * k + 0.002 * np.sin(k * 3), y - rise * k], -1)[None].astype(np.float32)
        press = np.interp(k, [0, 0.06, 0.5, 0.94, 1], [1.15, 0.95, 0.88, 0.95, 1.2]).astype(np.float32)
        dark = np.full((1, 3), tone * rng.uniform(0.85, 1.15), np.float32)
        canvas.strokes(path, thick, dark, dark * 0.35, streak=0.35, dry=0.45, bristles=34, taper=press)
        x, y = x + lean * rise, y - rise - 0.006
        joint = np.array([[[x - thick * 1.2, y + 0.006], [x, y + 0.001], [x + thick * 1.2, y + 0.006]]], np.float32)
        canvas.strokes(joint, 0.0022, np.full((1, 3), min(1.5, tone * 2.2), np.float32), streak=0.2)
        if y > 0.70 and rng.random() < 0.8:
            continue
        for _ in range(int(rng.integers(1, 3))):
            side = rng.choice([-1, 1])
            reach = rng.uniform(0.05, 0.14)
            twig = np.array([[x, y + 0.004], [x + side * reach * 0.5, y - 0.034], [x + side * reach, y - 0.018]])
            along = spline([(float(a), float(b)) for a, b in twig], 9)
            canvas.strokes(along[None], 0.0014, np.full((1, 3), tone * 1.6, np.float32), dry=0.4)
            n = int(rng.integers(5, 10))
            at = along[np.clip(rng.integers(3, 9, n), 0, 8)]
            heading = np.pi / 2 - side * rng.uniform(-0.25, 1.15, n)
            paths = leaf_paths(at, heading, rng.uniform(0.05, 0.115, n), -0.35 * rng.standard_normal(n) + 0.15 * side)
            ink = (tone * rng.uniform(0.9, 2.6, n))[:, None].repeat(3, 1).astype(np.float32)
            canvas.strokes(paths, rng.uniform(0.0048, 0.0080, n), ink, ink * 0.6, streak=0.25, dry=0.30, taper=leaf)


def details(canvas: Canvas, rng: np.random.Generator) -> None:
    """A boat with its fisher, the shore's reeds, geese far off."""
    k = np.linspace(0, 1, 9)
    ink = np.full((1, 3), 1.7, np.float32)
    hull = np.stack([0.44 + 0.085 * k, 0.792 + 0.012 * np.sin(np.pi * k)], -1)[None].astype(np.float32)
    canvas.strokes(
        hull, 0.0042, ink, ink * 0.7, taper=np.sin(np.pi * np.clip(k, 0.04, 0.96)).astype(np.float32) ** 0.5, dry=0.2
    )
    for points, width in (
        ([(0.496, 0.797), (0.498, 0.772)], 0.0042),
        ([(0.489, 0.773), (0.507, 0.772)], 0.0028),
        ([(0.507, 0.785), (0.548, 0.760)], 0.0009),
    ):
        ends = np.array(points)
        line = (ends[0] * (1 - k[:, None]) + ends[1] * k[:, None])[None].astype(np.float32)
        canvas.strokes(line, width, ink, ink * 0.8, dry=0)
    for i in range(7):
        a, b, s = 0.50 + 0.026 * i + 0.006 * rng.normal(), 0.165 - 0.012 * i + 0.006 * rng.normal(), 0.0085
        for side in (-1, 1):
            wing = np.stack([a + side * s * k, b - 0.6 * s * np.sin(np.pi * k * 0.7)], -1)[None].astype(np.float32)
            canvas.strokes(wing, 0.0011, ink * 0.65, dry=0)


def seal(shape: tuple[int, int], x: Array, y: Array, rng: np.random.Generator) -> Array:
    """Coverage of a small red stamp with four signs of straight cuts."""
    u, v = (x - 0.655) / 0.024, (y - 0.905) / 0.030
    inside = smooth(1.03, 0.97, np.maximum(np.abs(u), np.abs(v)))
    cut = np.zeros(shape, np.float32)
    for a in (-0.45, 0.45):
        for b in (-0.48, 0.48):
            for _ in range(5):
                c, d, length = a + rng.uniform(-0.28, 0.28), b + rng.uniform(-0.3, 0.3), rng.uniform(0.15, 0.32)
                p, q = (u - c, v - d) if rng.random() < 0.6 else (v - d, u - c)
                cut = np.maximum(cut, smooth(0.075, 0.04, np.abs(q)) * smooth(length + 0.04, length, np.abs(p)))
    return inside * (1 - cut) * smooth(-1.5, -0.6, noise(shape, 0.004, rng))


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 0.74)
    shape = (final[0] * 2, final[1] * 2)
    x, y = grid(shape)
    row = x[:1]
    ranges = [
        (0.52, [(0.60, 0.24, 0.07), (0.47, 0.20, 0.06), (0.30, 0.16, 0.08), (0.70, 0.17, 0.05)], 0.26, 0.10),
        (0.60, [(0.38, 0.36, 0.085), (0.28, 0.25, 0.07), (0.49, 0.22, 0.06), (0.72, 0.15, 0.07)], 0.55, 0.13),
        (0.68, [(0.67, 0.30, 0.075), (0.58, 0.17, 0.05), (0.79, 0.24, 0.08), (0.12, 0.10, 0.16)], 1.05, 0.12),
    ]
    density = np.zeros(shape, np.float32)
    for base, summits, strength, depth in ranges:
        rough = 0.012 * line_noise(row, 0.06, rng, 5, 0.6)
        crest = peaks(row, base, summits, rough)
        wash = ridge_wash(x, y, crest, strength, depth, rng)
        hidden = smooth(-0.002, 0.01, y - crest) * np.exp(-np.clip(y - crest, 0, 1) / depth * 0.6)
        density = density * (1 - 0.85 * hidden) + wash
    mist = 0.05 * fbm(shape, 0.22, rng, 3, (2.6, 0.7))
    density *= smooth(0.775, 0.60, y + mist)
    trees = Canvas(np.zeros((*shape, 3), np.float32), rng)
    crest = peaks(row, *ranges[2][:2], np.zeros_like(row))[0]
    for _ in range(420):
        a = rng.uniform(0.50, 0.74)
        b = float(np.interp(a, row[0], crest)) + 0.006 + rng.gamma(1.2, 0.03)
        if b > 0.56:
            continue
        n = 7
        spot = np.stack([a + 0.006 * rng.standard_normal(n), b + 0.005 * rng.standard_normal(n)], -1)
        dabs = leaf_paths(spot, rng.uniform(-0.5, 0.5, n), np.full(n, 0.006), np.zeros(n))
        tone = (rng.uniform(0.3, 1.3) * np.exp(-max(0.0, b - 0.42) * 6) * np.ones((n, 3))).astype(np.float32)
        trees.strokes(dabs, 0.0017, tone, dry=0.5)
    shore = 0.765 + 0.010 * line_noise(row, 0.2, rng, 3)
    ripple = smooth(0.7, 1.5, noise(shape, 0.012, rng, (9, 0.35))) * smooth(0.70, 0.78, y) * smooth(1.0, 0.85, y)
    density += 0.10 * ripple + 0.10 * smooth(0.02, 0, np.abs(y - shore)) * smooth(-0.3, 1, noise(shape, 0.1, rng, (3, 1)))
    density += blur(trees.rgb[..., 0], 0.0009)
    pale, dark = Canvas(np.zeros((*shape, 3), np.float32), rng), Canvas(np.zeros((*shape, 3), np.float32), rng)
    bamboo(pale, 0.235, -0.02, 0.0100, 0.22, 0.22, rng)
    bamboo(dark, 0.075, 0.05, 0.0165, 0.62, 0.02, rng)
    bamboo(dark, 0.155, 0.02, 0.0105, 0.85, 0.14, rng)
    details(dark, rng)
    wet = blur(pale.rgb[..., 0], 0.0018)
    sharp = dark.rgb[..., 0]
    density += wet * (0.8 + 0.25 * fbm(shape, 0.02, rng, 3)) + 0.93 * blur(sharp, 0.0006) + 0.10 * blur(sharp, 0.004)
    grain = 0.5 * noise(shape, 0.0016, rng) + 0.5 * noise(shape, 0.004, rng)
    density *= 1 + 0.22 * grain * np.exp(-density)
    fibre = ndimage.gaussian_filter(rng.standard_normal(shape), (0.8, 7)) + ndimage.gaussian_filter(
        rng.standard_normal(shape), (7, 0.8)
    )
    age = 1 + 0.02 * fbm(shape, 0.3, rng, 3) + 0.045 * fibre + 0.008 * grain
    sheet = PAPER * age[..., None] * (1 - 0.10 * smooth(0.35, 0.75, np.hypot(x - 0.37, y - 0.5)))[..., None]
    sheet = mix(sheet, SEAL, 0.88 * seal(shape, x, y, rng))
    tint = hex1("12141a") + np.array([0.02, 0.03, 0.06], np.float32)
    return to_image(mix(sheet, tint, 1 - np.exp(-1.35 * np.clip(density, 0, 4))), final)
