"""Makes the pictures of the documentation, all of them or some: `python examples/docs_pictures.py [--only NAME] [-o FOLDER]`.

Every one is made of the photos and styles of this folder with Impasto's own commands in Python. It takes about twenty minutes
on two processor cores; --size 96 --iterations 5 tries the script in a few.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import impasto
from impasto import figures, images, presets, texture
from impasto.images import Cell, Picture, Row
from impasto.images.lettering import font
from impasto.online.settings import merge

sys.path.insert(0, str(Path(__file__).parent))
import gram
import judges
from variations import CAT, METHODS, PAGODA, SWIRLS, VARIATIONS

Pictures = dict[str, Picture]  # by file name
HERE = Path(__file__).parent
LIMIT = 500_000  # bytes a picture may have
SIZE = 400  # pixels of a painting's longer side
# The tower's outline in the photo, which is 640 x 427 pixels.
TOWER = (
    *((205, 28), (218, 52), (252, 84), (322, 122), (318, 133), (297, 138), (297, 160), (331, 173), (323, 190), (322, 232)),
    *((353, 255), (342, 270), (342, 308), (374, 332), (332, 368), (318, 400), (235, 400), (205, 372), (130, 345), (72, 345)),
    *(
        (80, 284),
        (62, 266),
        (97, 242),
        (98, 190),
        (84, 178),
        (122, 160),
        (122, 140),
        (94, 130),
        (97, 112),
        (165, 85),
        (192, 55),
    ),
)


@dataclass(frozen=True)
class Studio:
    """What all pictures are made with. size: of a painting's longer side; quick: settings that are not the defaults."""

    size: int
    quick: dict[str, Any]

    @cached_property
    def painter(self) -> impasto.Painter:
        """Loads the encoder once."""
        return impasto.Painter(size=self.size, **self.quick)

    def paint(self, photo: str, styles: Sequence[str], **settings: Any) -> impasto.Painting:
        """A painting of pictures of this folder."""
        return self.painter.paint(read(photo), [read(f"styles/{style}") for style in styles], **settings)


def models(studio: Studio) -> Pictures:
    """The same pair with every texture model, its time and what two judges say."""
    photo, style = read(PAGODA), read("styles/night")
    cells = [Cell(photo, "photo"), Cell(style, "style")]
    studio.paint(PAGODA, ["night"], iterations=1)  # so that no model pays for the loading
    for name in texture.MODELS:
        painting = studio.paint(PAGODA, ["night"], texture=name)
        pixels = painting.picture().pixels
        style_score = judges.style_score(pixels, style.pixels, photo.pixels)
        content_score = judges.content_score(pixels, photo.pixels)
        note = f"{painting.seconds:.0f} s, style {style_score:.2f}, content {content_score:.2f}"
        print(f"  {name}: {note}", flush=True)
        cells.append(Cell(painting.picture(), name, note))
    return {"models.jpg": table(cells, 4, 340)}


def reconstruction(studio: Studio) -> Pictures:
    """The figure of the first papers, with feature maps; the size is that of `impasto reconstruct`."""
    size = min(256, studio.size)
    found = impasto.reconstruct(HERE / "styles" / "night.jpg", size=size, features=2, **studio.quick)
    return {"reconstruction.jpg": figures.figure(found), "losses.png": figures.plot(found)}


def masks(studio: Studio) -> Pictures:
    """The tower in one style, everything around it in another."""
    photo = read(PAGODA)
    outline = Image.new("L", photo.size)
    ImageDraw.Draw(outline).polygon(TOWER, fill=255)
    tower = np.asarray(outline.filter(ImageFilter.GaussianBlur(2)))
    pairs = [(tower, None), (255 - tower, None)]
    painting = studio.paint(PAGODA, ["gold", "night"], masks=pairs, content_weight=2.0)
    cells = [Cell(photo, "photo"), Cell(Picture.from_array(tower), "mask 1"), Cell(Picture.from_array(255 - tower), "mask 2")]
    cells += [Cell(painting.picture(), "painting"), Cell(read("styles/gold"), "style 1"), Cell(read("styles/night"), "style 2")]
    return {"masks.jpg": table(cells, 3, 440)}


def colours(studio: Studio) -> Pictures:
    """What `--color` does."""
    cells = [Cell(read(CAT), "photo"), Cell(read("styles/wave"), "style")]
    for color in ("style", "keep", "match", "only"):
        cells.append(Cell(studio.paint(CAT, ["wave"], color=color).picture(), f"--color {color}"))
    return {"colours.jpg": table(cells, 3, 400)}


def spectrum(studio: Studio) -> Pictures:
    """A part of a painting without `--spectrum-weight` and with it, each pixel four."""
    cells = []
    for weight in (0, 1):
        pixels = studio.paint(CAT, ["ink"], spectrum_weight=weight).picture().pixels
        part = pixels[: pixels.shape[0] * 3 // 8, : pixels.shape[1] * 3 // 8]
        cells.append(Cell(Picture(part.repeat(4, 0).repeat(4, 1)), f"--spectrum-weight {weight}"))
    return {"spectrum.jpg": table(cells, 2, 560)}


def mix(studio: Studio) -> Pictures:
    """From one style to another in five steps."""
    cells = [Cell(read(CAT), "photo"), Cell(read("styles/wave"), "style 1")]
    for share in (1, 0.75, 0.5, 0.25, 0):
        painting = studio.paint(CAT, ["wave", "gold"], style_weights=(share, 1 - share))
        cells.append(Cell(painting.picture(), f"--style-weights {share:g},{1 - share:g}"))
    cells.append(Cell(read("styles/gold"), "style 2"))
    return {"mix.jpg": table(cells, 4, 360)}


def textures(studio: Studio) -> Pictures:
    """Texture synthesis: free, and as a tile laid two by two."""
    rows = []
    side = min(256, studio.size)
    for name in ("lilies", "mosaic"):
        style = read(f"styles/{name}")
        free = studio.painter.synthesize(style, (2 * side, 2 * side)).picture()
        tile = studio.painter.synthesize(style, (side, side), tileable=True).picture()
        laid = Picture(np.tile(tile.pixels, (2, 2, 1)))
        rows.append(Row([Cell(style, name), Cell(free, "texture"), Cell(laid, "a tile, laid 2 x 2")]))
    return {"textures.jpg": images.grid(rows, cell=440)}


def variation(name: str, studio: Studio) -> Pictures:
    """Photo, style, and a painting for each value of a setting."""
    chosen = VARIATIONS[name]
    cells = [Cell(read(chosen.photo), "photo"), Cell(read(f"styles/{chosen.style}"), "style")]
    for words, value in chosen.values.items():
        # The sizes are those at the size that all pictures have without --size.
        sized = max(64, round(value * studio.size / SIZE)) if chosen.setting == "size" else value
        settings = {**chosen.others, chosen.setting: sized}
        cells.append(Cell(studio.paint(chosen.photo, [chosen.style], **settings).picture(), words))
    return {f"{name}.jpg": table(cells, chosen.columns, 280 if chosen.columns > 3 else 400)}


def methods(studio: Studio) -> Pictures:
    """One painting for each row of the table on choosing a method that is no preset."""
    paintings = {}
    for name, settings in METHODS.items():
        paintings[f"method-{name}.jpg"] = one_pass(studio) if name == "fast" else studio.paint(PAGODA, [SWIRLS], **settings)
    return {file: painting.picture() for file, painting in paintings.items()}


def preset_painting(name: str, studio: Studio) -> Pictures:
    """By a preset's recipe, which takes the longest of all."""
    painter = impasto.Painter(**merge({**presets.load(name), "size": studio.size}, studio.quick))
    return {f"method-{name}.jpg": painter.paint(read(PAGODA), read(f"styles/{SWIRLS}")).picture()}


def one_pass(studio: Studio) -> impasto.Painting:
    """By the fast method, which has no steps to be quick with."""
    return impasto.Painter("fast", size=studio.size).paint(read(PAGODA), read(f"styles/{SWIRLS}"))


def brushwork(studio: Studio) -> Pictures:
    """The strokes of examples/gram.py, and what is left of each picture in its Gram matrix."""
    hands = {
        "a picture": gram.strokes(seed=1, blue=45, ochre=-45),
        "the same hand again": gram.strokes(seed=2, blue=45, ochre=-45),
        "another hand": gram.strokes(seed=1, blue=-45, ochre=45),
    }
    largest = max(gram.gram(gram.features(picture)).max() for picture in hands.values())
    above = [Cell(Picture.from_array(picture), words) for words, picture in hands.items()]
    below = [Cell(squares(gram.gram(gram.features(picture)) / largest)) for picture in hands.values()]
    return {
        "brushwork.jpg": images.grid(
            [Row(above), Row(below, "Their Gram matrices: how much each two channels answer together")], cell=300
        )
    }


def squares(matrix: np.ndarray) -> Picture:
    """A matrix of what four channels have to do with each other, values in [0, 1], as blocks of grey, the larger the darker."""
    names, side, margin = ("blue", "ochre", "rising", "falling"), 60, 64
    sheet = Image.new("L", (margin + side * len(names), 24 + side * len(names)), 255)
    pen = ImageDraw.Draw(sheet)
    for row, name in enumerate(names):
        pen.text((margin - 6, 24 + side * row + side // 2), name, 0, font(14), anchor="rm")
        pen.text((margin + side * row + side // 2, 12), name, 0, font(14), anchor="mm")
        for column, value in enumerate(matrix[row].clip(0, 1)):
            corner = (margin + side * column, 24 + side * row)
            pen.rectangle((*corner, corner[0] + side - 2, corner[1] + side - 2), fill=round(255 - 225 * float(value) ** 0.5))
    return Picture.from_array(np.repeat(np.asarray(sheet)[..., None], 3, 2))


PICTURES: dict[str, Callable[[Studio], Pictures]] = {
    "models": models,
    "reconstruction": reconstruction,
    "masks": masks,
    "colours": colours,
    "spectrum": spectrum,
    "mix": mix,
    "textures": textures,
    "brushwork": brushwork,
    "methods": methods,
    **{f"preset-{name}": partial(preset_painting, name) for name in presets.names()},
    **{name: partial(variation, name) for name in VARIATIONS},
}


def read(name: str) -> Picture:
    """A picture of this folder."""
    return images.read(HERE / f"{name}.jpg")


def table(cells: Sequence[Cell], columns: int, side: int) -> Picture:
    """The cells row by row."""
    return images.grid([Row(cells[start : start + columns]) for start in range(0, len(cells), columns)], cell=side)


def save(picture: Picture, path: Path) -> None:
    """A JPEG in quality 88, or as much less as brings it under LIMIT."""
    for quality in range(88, 60, -4):
        images.write(picture, path, quality=quality)
        if path.stat().st_size <= LIMIT:
            break


def main() -> None:
    """Makes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", action="append", choices=PICTURES, help=f"one of {', '.join(PICTURES)}")
    parser.add_argument("-o", "--output", type=Path, default=HERE.parent / "docs" / "images", metavar="FOLDER")
    parser.add_argument("--size", type=int, default=SIZE, help=f"longer side of a painting in pixels (default: {SIZE})")
    parser.add_argument("--iterations", type=int, help="steps of a painting; the defaults otherwise")
    args = parser.parse_args()
    studio = Studio(args.size, {} if args.iterations is None else {"iterations": args.iterations})
    for name in args.only or PICTURES:
        started = time.perf_counter()
        for file, picture in PICTURES[name](studio).items():
            save(picture, args.output / file)
            size = (args.output / file).stat().st_size // 1000
            print(f"{file}: {size} kB, {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
