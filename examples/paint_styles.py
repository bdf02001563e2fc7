"""Paints the style pictures of examples/styles again: `python examples/paint_styles.py [NAME ...] [-o FOLDER] [--size N]`."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
import time
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))

STYLES = ("night", "lilies", "dots", "wave", "ink", "mosaic", "gold", "glass", "facets", "watercolour", "engraving")
LIMIT = 190_000  # bytes a picture may have


def paint(name: str, size: int = 768, seed: int = 0) -> Image.Image:
    """The style picture `name`, its longer side `size` pixels; the same seed always gives the same picture."""
    module = importlib.import_module(f"styles.{name}")
    picture: Image.Image = module.paint(size, np.random.default_rng([seed, zlib.crc32(name.encode())]))
    return picture


def jpeg(picture: Image.Image) -> bytes:
    """The picture as JPEG: quality 92, or as much less as brings it under LIMIT."""
    for quality in range(92, 60, -2):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= LIMIT:
            break
    return buffer.getvalue()


def main() -> None:
    """Paint the named styles, or all of them."""
    parser = argparse.ArgumentParser(description="Paint the style pictures.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(STYLES)}; all of them by default")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / "styles", metavar="FOLDER")
    parser.add_argument("--size", type=int, default=768, help="pixels of the longer side (default: 768)")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives another picture (default: 0)")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(STYLES))
    if unknown:
        parser.error(f"no style is called {', '.join(unknown)}; there are {', '.join(STYLES)}")
    for name in chosen.names or STYLES:
        started = time.perf_counter()
        data = jpeg(paint(name, chosen.size, chosen.seed))
        (chosen.output / f"{name}.jpg").write_bytes(data)
        print(f"{name}: {len(data) // 1000} kB, {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
