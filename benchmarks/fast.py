"""Time and memory of the fast method: painting at several sizes, embedding a style, and a whole process from its start.

python benchmarks/fast.py [--model FOLDER] [--threads N] [--sizes 512x512,1024x1024,...]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from reporting import machine, table

from impasto.images import Picture, write
from impasto.runtime.fast import FastPainter

SIZES = "512x512,1024x1024,1920x1080,4096x2160,8192x8192"
SECONDS = 4.0
"""How long each figure is measured, at least twice."""

PROCESS = """
import sys, threading
from pathlib import Path
from impasto.images import Picture, read, write
from impasto.runtime.fast import FastPainter
photo, style, out, model = sys.argv[1:]
picture = read(photo)
painter = FastPainter(Path(model) if model else None)
threading.Thread(target=painter.prepare, args=picture.pixels.shape[:2]).start()
write(Picture(painter.paint(picture.pixels, painter.embed(read(style)))), out)
"""


def times(work: Callable[[], object]) -> list[str]:
    """Best and median of several runs, the first of which does not count."""
    work()
    taken: list[float] = []
    while len(taken) < 2 or sum(taken) < SECONDS:
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return [f"{1000 * value:,.1f} ms" for value in (min(taken), float(np.median(taken)))]


def scene(width: int, height: int, seed: int) -> np.ndarray:
    """Waves of colour and a little noise, H x W x 3 uint8."""
    random = np.random.default_rng(seed)
    small = random.random((9, 12, 3))
    picture = Picture.from_array(small).resized(width, height).as_bits(8).pixels
    noise = random.integers(0, 16, (min(height, 512), min(width, 512), 3), dtype=np.uint8)
    tiled = np.tile(noise, (-(-height // len(noise)), -(-width // noise.shape[1]), 1))[:height, :width]
    return np.minimum(np.asarray(picture, np.uint8), 239) + tiled


def process(model: Path | None) -> list[str]:
    """A new Python that reads two files, paints at 512 x 512 and writes one."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("photo.png", "style.png", "out.png")]
        for seed, path in enumerate(paths[:2]):
            write(Picture(scene(512, 512, seed)), path)
        command = [sys.executable, "-c", PROCESS, *map(str, paths), str(model or "")]
        return times(lambda: subprocess.run(command, check=True))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a folder of `impasto export` (default: the package's network)")
    parser.add_argument("--threads", type=int, help="processor cores (default: all)")
    parser.add_argument("--sizes", default=SIZES, help=f"width x height (default: {SIZES})")
    args = parser.parse_args()
    painter = FastPainter(args.model, args.threads)
    picture = scene(512, 400, 1)
    style = painter.embed(picture)
    rows = [["embedding a style of 512 x 400", *times(lambda: painter.embed(picture)), ""]]
    for size in args.sizes.split(","):
        photo = scene(*map(int, size.split("x")), seed=2)
        best = times(lambda photo=photo: painter.paint(photo, style))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        rows.append([f"painting {size}", *best, f"{peak:,.0f} MiB"])
    rows.append(["a whole process at 512 x 512", *process(args.model), ""])
    print(machine())
    print(table(["what", "best", "median", "peak so far"], rows))


if __name__ == "__main__":
    main()
