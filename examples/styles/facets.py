"""A guitar, a bottle and a fruit bowl broken into planes: ochre, grey and a little blue. Oil, after analytic cubism."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from .brush import Canvas, jitter, nearest, trace
from .field import Array, Points, blur, fbm, grid, hex1, hexes, mix, polygon_mask, shape_of, smooth, spline, to_image

Labels = NDArray[np.int64]
EARTHS = hexes(
    "17140f",
    "2e261c",
    "4a3a26",
    "6d5430",
    "94733f",
    "bb9858",
    "d8bd82",
    "eadcb4",
    "5a5a4e",
    "86877a",
    "b4b4a4",
    "3a4a58",
    "5f7a8c",
    "9a5a34",
)
GUITAR: Points = [
    (0.40, 0.565),
    (0.33, 0.62),
    (0.245, 0.615),
    (0.20, 0.70),
    (0.245, 0.80),
    (0.36, 0.83),
    (0.47, 0.79),
    (0.515, 0.70),
    (0.53, 0.635),
    (0.575, 0.565),
    (0.555, 0.495),
    (0.48, 0.485),
    (0.435, 0.515),
]
BOTTLE: Points = [
    (0.56, 0.15),
    (0.625, 0.15),
    (0.63, 0.27),
    (0.68, 0.35),
    (0.685, 0.62),
    (0.51, 0.62),
    (0.515, 0.35),
    (0.558, 0.27),
]


def still_life(x: Array, y: Array) -> tuple[Array, Array]:
    """The table as one sees it before it is broken: colour and outlines (1 on a line)."""
    shape = x.shape
    plan = mix(hex1("86877a"), hex1("4a3a26"), smooth(0.0, 0.55, np.abs(x - 0.42) + 0.25 * y))
    lines = np.zeros(shape, np.float32)

    def add(mask: Array, colour: Array) -> None:
        nonlocal plan
        plan = mix(plan, colour, mask)
        rim = (mask > 0.5) & (ndimage.distance_transform_edt(mask > 0.5) < 0.0032 * max(shape))
        np.maximum(lines * (1 - (mask > 0.5)), rim, out=lines)

    add(
        polygon_mask(shape, [(0.02, 0.66), (0.30, 0.55), (0.80, 0.58), (0.80, 0.90), (0.44, 0.97), (0.05, 0.88)]),
        hex1("94733f"),
    )
    add(polygon_mask(shape, [(0.08, 0.73), (0.42, 0.60), (0.60, 0.84), (0.24, 0.95)]), hex1("eadcb4"))
    text = (np.sin((y + 0.38 * x) * 330) > 0.35) & (np.sin((x - 0.4 * y) * 60) > -0.55)
    sheet = polygon_mask(shape, [(0.12, 0.74), (0.30, 0.67), (0.42, 0.85), (0.26, 0.92)])
    plan = mix(plan, hex1("4a4438"), 0.65 * text * sheet)
    add(polygon_mask(shape, spline(BOTTLE, 200, closed=True).tolist()), hex1("2f4238"))
    add(polygon_mask(shape, [(0.515, 0.42), (0.685, 0.42), (0.685, 0.545), (0.515, 0.545)]), hex1("d8bd82"))
    add(polygon_mask(shape, [(0.555, 0.135), (0.63, 0.135), (0.632, 0.175), (0.553, 0.175)]), hex1("9a5a34"))
    body = polygon_mask(shape, spline(GUITAR, 240, closed=True).tolist())
    add(body, mix(hex1("bb9858"), hex1("8a5a2c"), smooth(0.3, 0.6, x + 0.4 * y - 0.2)))
    add(polygon_mask(shape, [(0.418, 0.60), (0.452, 0.615), (0.315, 0.215), (0.270, 0.235)]), hex1("3a2a1c"))
    add(polygon_mask(shape, [(0.262, 0.245), (0.325, 0.222), (0.300, 0.120), (0.225, 0.150)]), hex1("6d4a2a"))
    hole = np.hypot(x - 0.425, y - 0.625)
    add(smooth(0.044, 0.042, hole), hex1("17140f"))
    plan = mix(plan, hex1("d8bd82"), smooth(0.004, 0.002, np.abs(hole - 0.053)))
    add(polygon_mask(shape, [(0.30, 0.735), (0.40, 0.765), (0.405, 0.745), (0.305, 0.715)]), hex1("17140f"))
    bowl = np.hypot((x - 0.655) / 0.115, (y - 0.70) / 0.055)
    add(smooth(1.02, 0.98, bowl) * (y > 0.685), hex1("b4b4a4"))
    for cx, cy, r, tone in ((0.60, 0.655, 0.042, "9a5a34"), (0.665, 0.64, 0.046, "bb9858"), (0.725, 0.66, 0.038, "6d7a4a")):
        d = np.hypot(x - cx, y - cy) / r
        add(smooth(1.03, 0.97, d), mix(hex1(tone), hex1("2e261c"), smooth(0.0, 1.0, d + 8 * (x - cx))))
    add(polygon_mask(shape, [(0.63, 0.74), (0.68, 0.74), (0.705, 0.83), (0.605, 0.83)]), hex1("86877a"))
    for shift in (-0.009, -0.003, 0.003, 0.009):  # strings
        along = np.abs((x - 0.29) * np.cos(0.325) - (y - 0.2) * np.sin(0.325) + shift)
        plan = mix(plan, hex1("eadcb4"), 0.8 * smooth(0.0022, 0.0010, along) * (y > 0.2) * (y < 0.74))
    return plan, lines


def shatter(shape: tuple[int, int], x: Array, y: Array, rng: np.random.Generator) -> tuple[Labels, list[tuple[Array, float]]]:
    """Cut the plane again and again by lines of a few directions; smaller pieces in the middle. Labels, and every cut."""
    label = np.zeros(shape, np.int64)
    ways = np.array([0.32, 1.15, 1.57, 2.35, 2.75, 0.75])
    cuts: list[tuple[Array, float]] = []
    sizes = {0: 1.0}
    for _ in range(120):
        target = max(sizes, key=lambda key: sizes[key])
        inside = label == target
        px, py = x[inside], y[inside]
        way = float(rng.choice(ways) + rng.normal(0, 0.09))
        at = rng.integers(len(px))
        cx, cy = 0.5 * (px.mean() + px[at]), 0.5 * (py.mean() + py[at])
        bow = rng.normal(0, 0.35) if rng.random() < 0.3 else 0.0
        across = (x - cx) * np.cos(way) + (y - cy) * np.sin(way)
        along = (y - cy) * np.cos(way) - (x - cx) * np.sin(way)
        beyond = inside & (across + bow * along**2 > 0)
        fresh = len(sizes)
        label[beyond] = fresh
        for key, mask in ((target, inside & ~beyond), (fresh, beyond)):
            middle = np.exp(-(((x[mask] - 0.41) / 0.30) ** 2) - ((y[mask] - 0.52) / 0.36) ** 2)
            sizes[key] = float((0.25 + middle).sum() / mask.size) if mask.any() else 0.0
        k = np.linspace(-0.5, 0.5, 300)
        line = np.stack([cx - k * np.sin(way) - bow * k**2 * np.cos(way), cy + k * np.cos(way) - bow * k**2 * np.sin(way)], -1)
        col = np.clip((line[:, 0] * max(shape)).astype(int), 0, shape[1] - 1)
        row = np.clip((line[:, 1] * max(shape)).astype(int), 0, shape[0] - 1)
        run = np.flatnonzero(inside[row, col])
        if len(run) > 8:
            cuts.append((line[run[0] : run[-1] + 1].astype(np.float32), way))
    return label, cuts


def refract(
    plan: Array, lines: Array, label: Labels, x: Array, y: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Show every piece a view from elsewhere, shaded from one edge to the other. Plan, lines and stroke direction."""
    many = int(label.max()) + 1
    shift = 0.013 * rng.standard_normal((many, 2))
    turn, zoom = 0.06 * rng.standard_normal(many), 1 + 0.05 * rng.standard_normal(many)
    way = rng.choice([0.3, 1.1, 1.57, 2.3, 2.8, 4.2, 5.0], many)
    area = np.bincount(label.ravel(), minlength=many).clip(1)
    cx, cy = (np.bincount(label.ravel(), field.ravel(), many) / area for field in (x, y))
    dx, dy = x - cx[label], y - cy[label]
    c, s, z = np.cos(turn)[label], np.sin(turn)[label], zoom[label]
    col = np.clip((cx[label] + shift[label, 0] + (dx * c - dy * s) * z) * max(x.shape), 0, x.shape[1] - 1).astype(int)
    row = np.clip((cy[label] + shift[label, 1] + (dx * s + dy * c) * z) * max(x.shape), 0, x.shape[0] - 1).astype(int)
    seen, drawn = plan[row, col], lines[row, col]
    reach = np.sqrt(area / max(x.shape) ** 2)[label]
    slope = (dx * np.cos(way)[label] + dy * np.sin(way)[label]) / reach
    tone = rng.normal(0, 0.16, many)[label] + 0.62 * np.clip(slope, -0.9, 0.9)
    other = EARTHS[rng.choice([4, 5, 6, 7, 8, 9, 10, 2, 12], many)][label]
    seen = mix(seen, other, np.clip(rng.beta(1.1, 3.0, many)[label] + 0.15 * slope, 0, 0.6))
    seen = mix(seen, hex1("f0e4c4"), np.clip(tone, 0, 1) * 0.9)
    seen = mix(seen, hex1("1c1812"), np.clip(-tone, 0, 1) * 1.15)
    flow = np.where(rng.random(many) < 0.5, way + np.pi / 2, rng.normal(0.1, 0.25, many))[label]
    return seen, drawn, flow.astype(np.float32)


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 0.82)
    shape = (final[0] * 2, final[1] * 2)
    draft = shape_of(800, 0.82)
    x, y = grid(draft)
    plan, lines = still_life(x, y)
    label, cuts = shatter(draft, x, y, rng)
    plan, lines, flow = refract(plan, lines, label, x, y, rng)
    vignette = smooth(0.30, 0.60, np.hypot((x - 0.41) * 1.1, (y - 0.52) * 0.85))
    plan = mix(plan, mix(hex1("7a7462"), hex1("57503f"), smooth(-1, 1, fbm(draft, 0.2, rng, 3))), 0.75 * vignette)
    ground = np.stack([ndimage.zoom(plan[..., c], (shape[0] / draft[0], shape[1] / draft[1]), order=1) for c in range(3)], -1)
    canvas = Canvas(ground * 0.85, rng)
    same = np.ones(draft, bool)
    same[:, 1:] &= label[:, 1:] == label[:, :-1]
    same[1:] &= label[1:] == label[:-1]
    room = (ndimage.distance_transform_edt(same) / max(draft)).astype(np.float32)  # to the piece's nearest edge
    for count, length, width in ((4500, 0.040, 0.0085), (11000, 0.024, 0.0052), (13000, 0.016, 0.0034)):
        start = canvas.scatter(count)
        n = len(start)
        here = np.clip((start * max(draft)).astype(int), 0, (draft[1] - 1, draft[0] - 1))
        colour = plan[here[:, 1], here[:, 0]]
        brush = mix(colour, nearest(colour, EARTHS, rng, 0.08), np.full(n, 0.4, np.float32))
        pick = jitter(brush, rng, 0.07, 0.012)
        free = room[here[:, 1], here[:, 0]]
        reach = np.clip(length * rng.uniform(0.6, 1.2, n), 0.003, 0.003 + free * 1.3).astype(np.float32)
        paths = trace(flow, start, reach, 4)
        wide = np.clip(width * rng.uniform(0.7, 1.2, n), 0.0012, 0.0012 + free * 0.8).astype(np.float32)
        canvas.strokes(paths, wide, pick, jitter(pick, rng, 0.12, 0.02), dry=0.25)
    for line, _ in cuts:
        first = int(rng.uniform(0, 0.3) * len(line))
        part = line[first : max(first + 8, int(rng.uniform(0.7, 1) * len(line)))]
        path = part[np.linspace(0, len(part) - 1, 12).astype(int)][None]
        tone = hexes("1c1812") if rng.random() < 0.93 else hexes("d8bd82")
        canvas.strokes(path, rng.uniform(0.0008, 0.0021), tone, tone * 1.6, dry=0.6, streak=0.2)
    drawn = ndimage.zoom(blur(lines, 0.0008), (shape[0] / draft[0], shape[1] / draft[1]), order=1)
    canvas.rgb = mix(
        canvas.rgb, hex1("17130e"), np.clip(drawn * 1.3, 0, 1) * smooth(-1.4, 0.2, fbm(shape, 0.02, rng, 3)) * 0.85
    )
    canvas.rgb = np.clip((canvas.rgb - 0.42) * 1.28 + 0.50, 0.03, 1) * hex1("fffaf0")
    return to_image(canvas.lit(0.26, 0.07, weave=0.05), final)
