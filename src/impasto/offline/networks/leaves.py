"""A picture like no photo and like all of them, made by a rule: leaves of all sizes that hide each other.

The law of their sizes gives it the statistics of natural scenes (Lee, Mumford, Huang, "Occlusion Models for Natural Images:
A Statistical Study of the Scale-Invariant Dead Leaves Model", IJCV 2001).
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

SMALLEST, LARGEST = 3.0, 1 / 3
"""Radii: in pixels, and as a share of the picture's side. Between them their density falls with the cube."""
LEAVES = 20_000
"""At most; long before as many the picture is full."""


@lru_cache(maxsize=2)
def leaves(side: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    """side x side x 3, always the same."""
    random = np.random.default_rng(seed)
    picture, free = np.full((side, side, 3), 0.5), np.ones((side, side), bool)
    ends = SMALLEST**-2, (side * LARGEST) ** -2
    for _ in range(LEAVES):
        radius = (ends[0] - random.random() * (ends[0] - ends[1])) ** -0.5
        middle = random.uniform(-radius, side + radius, 2)
        turn, slimness, slope = random.uniform(0, np.pi), random.uniform(0.5, 1), random.normal(0, 0.12)
        colour = random.uniform(0.1, 0.9) + random.normal(0, 0.12, 3)
        box = tuple(slice(max(0, int(at - radius)), max(0, int(at + radius) + 2)) for at in middle)
        y, x = (np.arange(side)[part] - at for part, at in zip(box, middle, strict=True))
        along = x * np.cos(turn) + y[:, None] * np.sin(turn)
        across = y[:, None] * np.cos(turn) - x * np.sin(turn)
        # What lies on top is drawn first.
        seen = ((along**2 + (across / slimness) ** 2) < radius**2) & free[box]
        picture[box][seen] = colour + (slope * along[seen] / radius)[:, None]
        free[box] &= ~seen
        if not free.any():
            break
    return (255 * picture.clip(0, 1)).round().astype(np.uint8)
