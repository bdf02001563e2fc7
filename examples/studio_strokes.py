"""Paints the brush strokes of the studio's page with the brush of `styles/`: `python examples/studio_strokes.py [-o FOLDER]`.

`strokes.webp` greets whoever comes without a photo; `stroke.webp` is the strength slider's shape. Both have an alpha channel.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from styles.brush import Canvas

PAGE = Path(__file__).parents[1] / "src" / "impasto" / "studio" / "page" / "assets" / "img"
Array = NDArray[np.float32]
# Each: colour, second load of the brush, half-width, and the path's points; the picture's longer side is 1.
GREETING = (
    ((0.10, 0.26, 0.46), (0.34, 0.55, 0.74), 0.052, ((0.04, 0.24), (0.22, 0.11), (0.50, 0.06), (0.95, 0.085))),
    ((0.74, 0.25, 0.12), (0.93, 0.52, 0.30), 0.046, ((0.13, 0.32), (0.32, 0.20), (0.56, 0.145), (0.90, 0.17))),
    ((0.90, 0.62, 0.16), (0.98, 0.82, 0.42), 0.038, ((0.44, 0.33), (0.58, 0.26), (0.72, 0.235), (0.93, 0.25))),
)
SLIDER = (((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), 0.036, ((0.012, 0.05), (0.3, 0.048), (0.65, 0.052), (0.996, 0.05))),)


def curve(points: tuple[tuple[float, float], ...], steps: int = 40) -> Array:
    """A Bezier curve through the first and the last of four points: steps x 2."""
    t = np.linspace(0, 1, steps)[:, None]
    a, b, c, d = (np.array(point) for point in points)
    return np.asarray((1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d, np.float32)


def paint(strokes: tuple, size: tuple[int, int], dry: float, seed: int) -> Image.Image:
    """The strokes on nothing, lit from the upper left: RGBA, twice as large at first for smooth edges."""
    width, height = 2 * size[0], 2 * size[1]
    canvas = Canvas(np.ones((height, width, 3), np.float32), np.random.default_rng(seed))
    for colour, second, half, points in strokes:
        loads = (np.array([load], np.float32) for load in (colour, second))
        canvas.strokes(curve(points)[None], half, *loads, streak=0.16, body=4.0, dry=dry, bristles=70.0, edge=0.3)
    alpha = np.where(canvas.relief > 0, 255, 0).astype(np.uint8)
    pixels = (canvas.lit(strength=0.42, shine=0.1).clip(0, 1) * 255).astype(np.uint8)
    return Image.fromarray(np.dstack([pixels, alpha])).resize(size, Image.Resampling.LANCZOS)


def main() -> None:
    """Paints both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=PAGE)
    folder = parser.parse_args().output
    paint(GREETING, (560, 224), 0.62, 3).save(folder / "strokes.webp", quality=62, alpha_quality=50, method=6)
    paint(SLIDER, (640, 64), 0.5, 11).save(folder / "stroke.webp", quality=20, alpha_quality=60, method=6)


if __name__ == "__main__":
    main()
