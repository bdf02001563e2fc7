"""Two plain judges of a painting, without any network, so that neither was optimised against.

    style: how far the painting's small patches are from the style picture's and the style's from the painting's, both ways,
        relative to how far the photo's are: 1 for the unchanged photo, 0 for the style picture itself. Lower is better.
    content: how far the photo's edges are still there: the correlation of gradient magnitudes. 1 for the photo itself.
Both are coarse. They say more about ten paintings of one pair than about one painting.
"""

import numpy as np
from PIL import Image

PATCH, SIDES, COUNT = 6, (192, 96), 1500
"""Pixels of a patch's side, longer sides at which pictures are looked at, and patches drawn from each."""


def style_score(painting: np.ndarray, style: np.ndarray, photo: np.ndarray) -> float:
    """How far the painting is from the style, relative to the photo. Pictures: H x W x 3 uint8."""
    distances = [[chamfer(patches(one, side), patches(style, side)) for one in (painting, photo)] for side in SIDES]
    return float(np.mean([near / far for near, far in distances]))


def content_score(painting: np.ndarray, photo: np.ndarray) -> float:
    """Correlation of the edges of painting and photo. Pictures: H x W x 3 uint8."""
    return float(np.corrcoef(edges(painting).ravel(), edges(photo, painting).ravel())[0, 1])


def patches(picture: np.ndarray, side: int) -> np.ndarray:
    """COUNT patches of the picture at a longer side of `side`, one a row, always the same ones."""
    small = resized(picture, side)
    random = np.random.default_rng(0)
    tops = random.integers(small.shape[0] - PATCH, size=COUNT)
    lefts = random.integers(small.shape[1] - PATCH, size=COUNT)
    return np.stack([small[top : top + PATCH, left : left + PATCH].ravel() for top, left in zip(tops, lefts, strict=True)])


def chamfer(one: np.ndarray, other: np.ndarray) -> float:
    """Mean distance of each row to the nearest row of the other, both ways: a blur fails on the way back."""
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2 * one @ other.T
    distances = np.sqrt(np.maximum(squares, 0))
    return float(distances.min(0).mean() + distances.min(1).mean())


def edges(picture: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """Gradient magnitudes of the lightness, at the size of `like` and no finer than 128 pixels show."""
    width, height = (like if like is not None else picture).shape[1::-1]
    scale = 128 / max(width, height)
    image = Image.fromarray(picture).convert("L").resize((round(width * scale), round(height * scale)), Image.Resampling.BOX)
    down, across = np.gradient(np.asarray(image, np.float32))
    return np.hypot(down, across)


def resized(picture: np.ndarray, side: int) -> np.ndarray:
    """H x W x 3 float32 in [0, 1] with a longer side of `side`."""
    scale = side / max(picture.shape[:2])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS), np.float32) / 255
