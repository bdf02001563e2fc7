"""Paints the README's picture: a photo, and the photo in the styles of `examples/styles`, each with its style in the corner.

python examples/hero.py [-o docs/images/hero.jpg] [--size N]
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

import impasto
from impasto import images

HERE = Path(__file__).parent
PHOTO = HERE / "photos" / "pagoda.jpg"
STYLES = ("night", "wave", "mosaic", "lilies", "gold")
COLUMNS, GAP = 3, 6


def tile(picture: images.Picture, style: Path | None) -> Image.Image:
    """One painting, with its style small in the lower right corner."""
    painting = Image.fromarray(picture.pixels)
    if style is not None:
        small = Image.open(style).convert("RGB")
        small.thumbnail((painting.width // 4, painting.height // 4), Image.Resampling.LANCZOS)
        framed = Image.new("RGB", (small.width + 4, small.height + 4), "white")
        framed.paste(small, (2, 2))
        painting.paste(framed, (painting.width - framed.width - 6, painting.height - framed.height - 6))
    return painting


def main() -> None:
    """Paints all of them with the default settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=HERE.parent / "docs" / "images" / "hero.jpg")
    parser.add_argument("--size", type=int, default=512)
    args = parser.parse_args()
    photo = images.read(PHOTO)
    tiles = [tile(photo.resized(*images.fit(photo.size, args.size)), None)]
    painter = impasto.Painter(size=args.size)
    for name in STYLES:
        style = HERE / "styles" / f"{name}.jpg"
        painting = painter.paint(PHOTO, style)
        print(f"{name}: {painting.seconds:.1f} s")
        tiles.append(tile(painting.picture(), style))
    width, height = tiles[0].size
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (width + GAP) - GAP, rows * (height + GAP) - GAP), "white")
    for number, one in enumerate(tiles):
        sheet.paste(one, (number % COLUMNS * (width + GAP), number // COLUMNS * (height + GAP)))
    images.write(images.Picture.from_array(np.asarray(sheet)), args.output, quality=88)


if __name__ == "__main__":
    main()
