"""Two carp in a pool, laid in tesserae that follow their outlines. Glass and stone, after Roman and Byzantine floors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.spatial import cKDTree

from .brush import jitter, nearest
from .field import (
    Array,
    Points,
    blur,
    brush_outline,
    fbm,
    grid,
    hex1,
    hexes,
    mix,
    noise,
    polygon_mask,
    ramp,
    shape_of,
    smooth,
    spline,
    to_image,
)

SMALTI = np.concatenate(
    [
        hexes("0c2238", "12385c", "1b5a86", "2f86a8", "62b0bb", "a6d3cc", "e4ecdc", "0f4a4a", "1f7a6c", "7a1620", "b32a20"),
        hexes("d9541f", "ee8a2c", "f3b94a", "f8dc92", "fff3d6", "c79a3a", "8a6420", "2a1a1c", "5a3a5c"),
    ]
)
CARP: list[Points] = [
    [(0.31, 0.60), (0.21, 0.50), (0.19, 0.36), (0.29, 0.235), (0.41, 0.190), (0.515, 0.215)],
    [(0.69, 0.20), (0.80, 0.30), (0.81, 0.44), (0.71, 0.565), (0.59, 0.615), (0.485, 0.590)],
]
BORDER = 0.052
Indices = NDArray[np.int64]


def fish(plan: Array, x: Array, y: Array, points: Points, tones: Array) -> tuple[Array, Array]:
    """Lay one carp (tail first) on the plan. Returns the plan and the fish's mask."""
    shape = x.shape
    path = spline(points, 240)
    k = np.linspace(0, 1, 240)
    profile = [(0.0, 0.019), (0.12, 0.022), (0.38, 0.062), (0.62, 0.079), (0.82, 0.070), (0.94, 0.045), (1.0, 0.012)]
    half = spline(profile, 240)[:, 1]
    tangent = np.gradient(path, axis=0)
    tangent /= np.hypot(tangent[:, 0], tangent[:, 1])[:, None]
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], -1)
    body = polygon_mask(shape, brush_outline(path, half))
    fins: list[list[tuple[float, float]]] = []
    for at, turn, reach, back in ((172, 1, 0.085, 0.075), (172, -1, 0.085, 0.075), (80, -1, 0.05, 0.06)):
        root = path[at] + normal[at] * turn * half[at] * 0.8
        tip = root + normal[at] * turn * reach * 0.72 - tangent[at] * back
        end = path[at - 42] + normal[at - 42] * turn * half[at - 42] * 0.8
        fins.append([(float(a), float(b)) for a, b in (root, tip, end)])
    tail, flow = path[0], -tangent[0]
    side = np.array([-flow[1], flow[0]])
    lobes = [tail - flow * 0.02, tail + flow * 0.075 + side * 0.075, tail + flow * 0.125 + side * 0.105]
    lobes += [tail + flow * 0.075 + side * 0.02, tail + flow * 0.07, tail + flow * 0.13 - side * 0.08]
    lobes += [tail + flow * 0.06 - side * 0.06]
    fins.append([(float(a), float(b)) for a, b in spline([tuple(p) for p in lobes], 90, closed=True)])
    soft = polygon_mask(shape, *fins)
    ray = np.sin(np.hypot(x - tail[0], y - tail[1]) * 190)
    plan = mix(plan, mix(tones[3], tones[1], smooth(-0.5, 0.5, ray)), soft)

    _, index = cKDTree(path).query(np.stack([x.ravel(), y.ravel()], -1), workers=1)
    along = k[index].reshape(shape)
    across = ((np.stack([x.ravel(), y.ravel()], -1) - path[index]) * normal[index]).sum(1).reshape(shape)
    across = across / np.maximum(half[index].reshape(shape), 1e-4)
    row = np.round(along * 26)
    scale = np.abs((across * 3.4 + 0.5 * (row % 2)) % 1 - 0.5) * 2
    edge = smooth(0.55, 1.0, np.abs(along * 26 - row) * 2 + 0.35 * scale)
    skin = ramp(across, [-1, -0.45, 0.15, 0.65, 1], tones[[0, 1, 2, 3, 4]])
    skin = mix(skin, tones[0], 0.75 * edge * smooth(0.9, 0.4, np.abs(across)) * smooth(0.84, 0.80, along))
    skin = mix(
        skin, tones[4], 0.9 * smooth(0.35, 0.05, np.abs(across)) * smooth(0.1, 0.3, along) * smooth(0.8, 0.7, along) * 0.6
    )
    gill = np.abs(along - 0.83 + 0.03 * across**2)
    skin = mix(skin, hex1("2a1a1c"), smooth(0.014, 0.008, gill))
    plan = mix(plan, skin, body)
    return plan, np.maximum(body, soft)


def design(x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """The cartoon, the direction of the rows (radians) and how fine the tiles should be (1 to 2)."""
    shape = x.shape
    top = float(y.max())
    warp = 0.020 * noise(shape, 0.12, rng)
    whirl = np.arctan2(y - top / 2, x - 0.5)
    ring = np.hypot(x - 0.5, y - top / 2)
    wave = np.sin((ring + warp) * 62 + 1 * whirl)
    tone = 0.40 + 0.24 * wave + 0.16 * fbm(shape, 0.16, rng, 3) - 0.55 * (ring - 0.22) + 0.18 * np.exp(-((ring / 0.09) ** 2))
    water = ramp(tone, [0, 0.2, 0.4, 0.6, 0.78, 0.95, 1.1], SMALTI[:7])
    water = mix(water, SMALTI[8], 0.5 * smooth(0.4, 1.4, noise(shape, 0.2, rng)))
    plan, one = fish(water, x, y, CARP[0], hexes("7a1620", "b32a20", "e0601f", "f3a03c", "f8dc92"))
    plan, two = fish(plan, x, y, CARP[1], hexes("8a6420", "d9541f", "f3b94a", "f8dc92", "fff3d6"))
    mask = np.maximum(one, two)
    outside = ndimage.distance_transform_edt(mask < 0.5) / max(shape)
    inside = ndimage.distance_transform_edt(mask > 0.5) / max(shape)
    plan = mix(plan, hex1("e4ecdc"), smooth(0.002, 0.004, outside) * smooth(0.016, 0.012, outside) * 0.85)
    plan = mix(plan, hex1("2a1a1c"), ((outside < 0.0035) & (inside < 0.0085)).astype(np.float32) * 0.9)
    hill = outside - inside
    hill = np.where(outside > 0.10, hill * 0.35 + 0.065 + 0.6 * np.abs(ring + warp - 0.3), hill)
    slope_y, slope_x = np.gradient(blur(hill.astype(np.float32), 0.007))
    angle = np.arctan2(slope_y, slope_x)
    rim = np.minimum(np.minimum(x, 1 - x), np.minimum(y, top - y))
    angle = angle.astype(np.float32)
    return plan, angle, (0.05 + (1 + 0.9 * mask) * (rim > BORDER)).astype(np.float32)


def border(aspect: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """The frame's tiles in straight rows: sites N x 2 and colours. Gold, wolf's teeth in blue and cream, red."""
    nx, ny = 116, round(116 / aspect)
    j, i = np.mgrid[0:ny, 0:nx]
    ring = np.minimum(np.minimum(i, nx - 1 - i), np.minimum(j, ny - 1 - j))
    upright = np.minimum(i, nx - 1 - i) < np.minimum(j, ny - 1 - j)
    run = np.where(upright, np.minimum(j, ny - 1 - j), np.minimum(i, nx - 1 - i))
    tooth = np.abs((run - 3) % 6 - 3)
    tone = np.where(ring == 0, 16, np.where(ring == 5, 10, np.where(ring - 1 < tooth + 0.5, 1, 15)))
    kept = ring < 6
    sites = np.stack([(i[kept] + 0.5) / nx, (j[kept] + 0.5) / ny / aspect], -1)
    return (sites + 0.00045 * rng.standard_normal(sites.shape)).astype(np.float32), jitter(SMALTI[tone[kept]], rng, 0.10, 0.018)


def eyes() -> tuple[Array, Array, Array]:
    """For each carp an eye of a black stone in a ring of white: sites N x 2, their turns, colours."""
    sites, turns, colours = [], [], []
    for points in CARP:
        path = spline(points, 240)
        along = path[215] - path[214]
        along /= np.hypot(*along)
        middle = path[214] + np.array([-along[1], along[0]]) * -0.030
        way = np.linspace(0, 2 * np.pi, 9)[:-1]
        sites += [middle[None], middle + 0.0128 * np.stack([np.cos(way), np.sin(way)], -1)]
        turns += [np.zeros(1), way]
        colours += [hexes("0c1420"), np.repeat(hexes("fff3d6"), 8, 0)]
    return tuple(np.concatenate(part).astype(np.float32) for part in (sites, turns, colours))  # type: ignore[return-value]


def nearest_tiles(x: Array, y: Array, sites: Array, turn: Array, ask: int) -> tuple[Indices, Array, Array]:
    """For every pixel its tile, the distance in that tile's own square metric, and the runner-up's."""
    pixels = np.stack([x.ravel(), y.ravel()], -1)
    _, index = cKDTree(sites).query(pixels, k=ask, workers=1)
    dx, dy = (pixels[:, None, axis] - sites[index, axis] for axis in (0, 1))
    c, s = np.cos(turn)[index], np.sin(turn)[index]
    metric = np.maximum(np.abs(dx * c + dy * s), np.abs(dy * c - dx * s)) * 0.85 + np.hypot(dx, dy) * 0.15
    order = np.argpartition(metric, 1, axis=1)[:, :2]
    pair = np.take_along_axis(metric, order, 1)
    swap = pair[:, 0] > pair[:, 1]
    best = np.where(swap, order[:, 1], order[:, 0])
    tile = np.take_along_axis(index, best[:, None], 1)[:, 0]
    return tile, pair.min(1).astype(np.float32), pair.max(1).astype(np.float32)


def settle(sites: Array, angle: Array, fine: Array, rounds: int = 22) -> Array:
    """Lloyd's rounds in the square metric (Hausner, Simulating Decorative Mosaics, 2001): sites N x 2 become evenly laid."""
    x, y = grid(angle.shape)
    scale = max(angle.shape)
    weight = (fine**2).ravel()
    for _ in range(rounds):
        turn = angle[
            np.minimum((sites[:, 1] * scale).astype(int), angle.shape[0] - 1),
            np.minimum((sites[:, 0] * scale).astype(int), angle.shape[1] - 1),
        ]
        tile, _, _ = nearest_tiles(x, y, sites, turn, 8)
        mass = np.bincount(tile, weight, len(sites))
        for axis, position in ((0, x), (1, y)):
            mean = np.bincount(tile, weight * position.ravel(), len(sites)) / np.maximum(mass, 1e-9)
            sites[:, axis] = np.where(mass > 0, mean, sites[:, axis])
    return sites


def paint(size: int, rng: np.random.Generator) -> Image.Image:
    """The picture, its longer side `size` pixels."""
    final = shape_of(size, 1.25)
    shape = (final[0] * 2, final[1] * 2)
    draft = shape_of(440, 1.25)
    plan, angle, fine = design(*grid(draft), rng)
    chance = (fine**2 / (fine**2).sum()).ravel()
    pick = rng.choice(chance.size, 5600, replace=False, p=chance)
    gx, gy = grid(draft)
    sites = settle(np.stack([gx.ravel()[pick], gy.ravel()[pick]], -1), angle, fine)
    col = np.minimum((sites[:, 0] * 440).astype(int), draft[1] - 1)
    row = np.minimum((sites[:, 1] * 440).astype(int), draft[0] - 1)
    turn = angle[row, col] + 0.05 * rng.standard_normal(len(sites)).astype(np.float32)
    colour = plan[row, col]
    colour = jitter(mix(colour, nearest(colour, SMALTI, rng, 0.08), np.full(len(col), 0.6, np.float32)), rng, 0.09, 0.018)
    ring, stone = border(1.25, rng)
    eye, eye_turn, eye_colour = eyes()
    rim = np.minimum(np.minimum(sites[:, 0], 1 - sites[:, 0]), np.minimum(sites[:, 1], 0.8 - sites[:, 1]))
    kept = (rim > BORDER + 0.004) & (cKDTree(eye).query(sites)[0] > 0.0085)
    sites = np.concatenate([sites[kept], ring, eye])
    turn = np.concatenate([turn[kept], 0.04 * rng.standard_normal(len(ring)), eye_turn]).astype(np.float32)
    colour = np.concatenate([colour[kept], stone, eye_colour])
    lean = rng.normal(0, 1, (len(sites), 2)).astype(np.float32)

    x, y = grid(shape)
    rgb, relief = np.empty((*shape, 3), np.float32), np.empty(shape, np.float32)
    for first in range(0, shape[0], 128):
        part = slice(first, first + 128)
        tile, one, two = nearest_tiles(x[part], y[part], sites, turn, 7)
        offset = np.stack([x[part].ravel(), y[part].ravel()], -1) - sites[tile]
        gap = (two - one).reshape(x[part].shape)
        glass = smooth(0.0012, 0.0026, gap)
        facet = 1 + 9 * (offset * lean[tile]).sum(1).reshape(gap.shape)
        face = colour[tile].reshape(*gap.shape, 3) * facet[..., None]
        rgb[part] = mix(hex1("3b3733"), face, glass)
        relief[part] = smooth(0.0008, 0.0052, gap) * 1.0 + 10 * (offset * lean[tile]).sum(1).reshape(gap.shape) * glass
    grain = 1 + 0.035 * noise(shape, 0.0025, rng) + 0.03 * noise(shape, 0.02, rng)
    relief = blur(relief, 0.0007)
    slope_y, slope_x = np.gradient(relief)
    shade = np.tanh(1.5 * (slope_x * 0.62 + slope_y * 0.78) * max(shape) / 1536 * 3.2)[..., None]
    lit = rgb * grain[..., None] * (1 + 0.34 * shade) + 0.22 * np.clip(shade - 0.4, 0, 1) ** 2
    return to_image(lit, final)
