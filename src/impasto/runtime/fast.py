"""FastPainter: a photo in any style in one forward pass, without torch. Files, folders and options are other floors' work."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impasto.errors import InputError, WeightsError
from impasto.images import Picture, fit
from impasto.runtime import colours
from impasto.runtime.embedding import StyleEmbedding, blend
from impasto.runtime.grain import Grains, grains
from impasto.runtime.session import Session, whole_numbers_pay
from impasto.runtime.tiles import Span, reflected, spans
from impasto.weights.store import fetch

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Image = Picture | npt.NDArray[Any]
Style = Image | StyleEmbedding

STYLE_SIDE, LARGEST_STYLE = 512, 2048
"""Longer side at which a style image is looked at, whatever its own, and with larger strokes at most."""
SMALLEST_STYLE = 32
"""Side that the encoder needs; smaller style images are mirrored until they have it."""
THUMBNAIL = 1024
"""Longer side of the copy from which tiles get their statistics (Chen et al., URST, AAAI 2022)."""
TILE = 1024
"""Side of what is kept of a tile, before the overlap is added."""
PATIENCE_PIXELS, PATIENCE = 1024 * 1024, 8
"""So many pixels in pictures of one size, and so many pictures at most, are painted before compiling for their size pays."""
DIRECT_PIXELS = 4096 * 2304
"""Largest picture that is painted in one piece."""

_NAMES = ("arbitrary-transfer", "arbitrary-predict")
_FILES = ("transfer.onnx", "predict.onnx")
_WHOLE_NUMBERS = ("arbitrary-transfer-int8", "transfer-int8.onnx")


class FastPainter:
    """Both networks, loaded once.

    model: a folder that `impasto export` wrote; None for the network that comes with the package. threads: processor cores,
    None for all. direct_pixels: the largest picture to paint in one piece; larger ones are painted in tiles. exact: in float32,
    also where the processor is quicker in bfloat16 or in 8-bit integers.
    """

    def __init__(
        self,
        model: Path | None = None,
        threads: int | None = None,
        direct_pixels: int = DIRECT_PIXELS,
        tile: int = TILE,
        exact: bool = False,
    ) -> None:
        paths = [fetch(name) for name in _NAMES] if model is None else [Path(model) / name for name in _FILES]
        if not exact and whole_numbers_pay():
            quick = fetch(_WHOLE_NUMBERS[0]) if model is None else Path(model) / _WHOLE_NUMBERS[1]
            paths[0] = quick if quick.is_file() else paths[0]
        # What is said of a style is statistics and their logarithms, which bfloat16 blurs and does not hasten.
        self._transfer, self._predict = Session(paths[0], threads, exact), Session(paths[1], threads, exact=True)
        told, others = self._transfer.metadata, self._predict.metadata
        try:
            self.model = told["model"]
            self._margin, self._stride, self._reach = (int(told[key]) for key in ("margin", "stride", "reach"))
            self._corrections = int(others["corrections"])
        except (KeyError, ValueError) as error:
            names = " and ".join(f"'{path.name}'" for path in paths)
            raise WeightsError(f"{names} are no networks that `impasto export` wrote; export them again") from error
        if others.get("model") != self.model:
            raise WeightsError(f"'{paths[0].name}' and '{paths[1].name}' belong to different networks; export both again")
        self._window = tile + 2 * self._reach
        self._window += -self._window % self._stride
        self._direct = direct_pixels

    @cached_property
    def _grained(self) -> tuple[int, int]:
        """Channels of the decoder, which get grain."""
        return self._transfer.width("half_grain") // 2, self._transfer.width("fine_grain") // 4

    @cached_property
    def _statistics(self) -> Floats:
        """What stands in their place where the picture's own are to be taken."""
        return np.zeros((1, self._transfer.width("statistics")), np.float32)

    def prepare(self, height: int, width: int, often: bool = True) -> None:
        """Makes ready for photos of that size, which else the first one waits for; may run beside `embed`, in a thread.

        often: whether many are to come, so that a graph of their own pays: a third of a second or more to compile, then little
        more than half the time a photo. Without being asked, a small size gets one after some photos.
        """
        if not often and _patience(height, width):
            self._transfer.prepare()
        elif height * width <= self._direct:
            padded = tuple(len(reflected(side, self._margin, self._stride)) for side in (height, width))
            shapes = {name: value.shape for name, value in _grains(*padded, *self._grained).items()}
            self._transfer.prepare({"image": (1, *padded, 3), **shapes})

    def embed(self, style: Style, source: str = "", scale: float = 1.0) -> StyleEmbedding:
        """What is needed of a style image; compute it once a style. source: a name to remember it by. scale: of its strokes.

        Raises InputError for an array that is no picture, or an embedding of another network.
        """
        if isinstance(style, StyleEmbedding):
            return self._checked(style)
        picture = style if isinstance(style, Picture) else Picture.from_array(style)
        side = min(max(SMALLEST_STYLE, round(STYLE_SIDE * scale)), LARGEST_STYLE)
        if max(picture.size) != side:
            picture = picture.resized(*fit(picture.size, side))
        pixels = np.asarray(picture.as_bits(8).pixels, np.uint8)
        vector, known, _ = self._described(pixels)
        return StyleEmbedding(vector, *known, self.model, source or (picture.path.name if picture.path else ""))

    def prediction_inputs(self, pixels: Bytes) -> list[dict[str, npt.NDArray[Any]]]:
        """All that the prediction graph is given, run after run, to embed a style image, H x W x 3 bytes."""
        return self._described(pixels)[2]

    def _described(self, pixels: Bytes) -> tuple[Floats, colours.Colours, list[dict[str, npt.NDArray[Any]]]]:
        """A style image's embedding and colours, and what its prediction graph was given."""
        known = colours.sampled(pixels)
        # Which also tells the widths.
        self._predict.prepare()
        asked = [self._asked(_at_least(pixels, SMALLEST_STYLE))]
        # By the graphs for all sizes, though all canvases have one size: rounded otherwise, an embedding would depend on how
        # many came before, and one that was saved would not be the one that its picture has.
        vector, wanted, canvas = self._predict.run(asked[0], inf)
        for _ in range(self._corrections):
            style = StyleEmbedding(vector[0], *known, self.model, "")
            painted, _ = self._paint_whole(canvas[0], _wanted(canvas[0], style, 1.0), inf)
            asked.append(self._asked(painted, wanted, vector))
            vector, *_ = self._predict.run(asked[-1], inf)
        return vector[0], known, asked

    def _asked(
        self, pixels: Bytes, wanted: Floats | None = None, embedding: Floats | None = None
    ) -> dict[str, npt.NDArray[Any]]:
        """What the prediction graph is given: a style image, or what was painted with an embedding in place of `wanted`."""
        painted = np.full((1, 1), embedding is not None, np.float32)
        if wanted is None or embedding is None:
            wanted, embedding = (np.zeros((1, self._predict.width(name)), np.float32) for name in ("wanted", "embedding"))
        return {"image": pixels[None], "wanted": wanted, "embedding": embedding, "given": painted}

    def blend(self, styles: Sequence[Style], weights: Sequence[float] | None = None) -> StyleEmbedding:
        """The style between several. weights: how much of each; all alike when None. Raises InputError."""
        return blend([self.embed(style) for style in styles], weights)

    def paint(self, image: npt.NDArray[Any], style: Style, strength: float = 1.0) -> npt.NDArray[Any]:
        """The pastiche, of the image's size and dtype.

        image: H x W x 3, uint8, uint16 or float in [0, 1], sRGB; N x H x W x 3 for a batch. The network sees 8 bits a channel.
        strength: 0 gives the image back, 1 paints the style in full. Raises InputError. A size that comes again gets a graph of
        its own after some pictures (see `prepare`), which rounds otherwise: by a level of 255 or less in the mean.
        """
        if not 0 <= strength <= 1:
            raise InputError(f"the strength must lie in 0..1, not {strength:g}")
        embedding = self.embed(style)
        if image.ndim == 4 and len(image):
            return np.stack([self.paint(one, embedding, strength) for one in image])
        pixels = _as_bytes(image)
        if strength == 0:
            return image.copy()
        inputs = _wanted(pixels, embedding, strength)
        paint = self._paint_tiles if pixels.shape[0] * pixels.shape[1] > self._direct else self._paint_whole
        return _like(paint(pixels, inputs)[0], image)

    def graph_inputs(self, image: npt.NDArray[Any], style: Style, strength: float = 1.0) -> dict[str, npt.NDArray[Any]]:
        """All that the transfer graph is given, by name, to paint a picture in one piece."""
        pixels = _as_bytes(image)
        wanted = _wanted(pixels, self.embed(style), strength)
        return self._inputs(self._padded(pixels), wanted, self._statistics, given=False)

    def _padded(self, pixels: Bytes) -> Bytes:
        below, right = (self._margin + -(side + 2 * self._margin) % self._stride for side in pixels.shape[:2])
        return np.pad(pixels, ((self._margin, below), (self._margin, right), (0, 0)), "reflect")

    def _paint_whole(
        self, pixels: Bytes, wanted: dict[str, npt.NDArray[Any]], patience: float | None = None
    ) -> tuple[Bytes, npt.NDArray[Any]]:
        """The pastiche and the statistics of its normalisations. patience: as of `Session.run`, that of the size when None."""
        (height, width), margin = pixels.shape[:2], self._margin
        inputs = self._inputs(self._padded(pixels), wanted, self._statistics, given=False)
        pastiche, used = self._transfer.run(inputs, _patience(height, width) if patience is None else patience)
        return np.ascontiguousarray(pastiche[0, margin : margin + height, margin : margin + width]), used

    def _paint_tiles(self, pixels: Bytes, wanted: dict[str, npt.NDArray[Any]]) -> tuple[Bytes, npt.NDArray[Any]]:
        """The same in bounded memory, with the statistics of a small copy."""
        height, width = pixels.shape[:2]
        small = Picture(pixels).resized(*fit((width, height), THUMBNAIL)).pixels
        _, used = self._paint_whole(np.asarray(small, np.uint8), wanted)
        pastiche = np.empty_like(pixels)
        rows, columns = (reflected(side, self._margin, self._stride) for side in (height, width))
        for down in spans(len(rows), self._window, self._reach, self._stride):
            band = pixels[rows[down.start : down.stop]]
            for across in spans(len(columns), self._window, self._reach, self._stride):
                window = band[:, columns[across.start : across.stop]]
                given = self._inputs(window, wanted, used, given=True, at=(down.start, across.start))
                painted = self._transfer.run(given)[0][0]
                into, out_of = self._kept(down, height), self._kept(across, width)
                pastiche[into[0], out_of[0]] = painted[into[1], out_of[1]]
        return pastiche, used

    def _kept(self, span: Span, side: int) -> tuple[slice, slice]:
        """Where a tile's part goes in the picture, and where it lies in the tile."""
        first, last = (min(max(position - self._margin, 0), side) for position in (span.first, span.last))
        offset = self._margin - span.start
        return slice(first, last), slice(first + offset, last + offset)

    def _inputs(
        self,
        padded: Bytes,
        wanted: dict[str, npt.NDArray[Any]],
        statistics: npt.NDArray[Any],
        given: bool,
        at: tuple[int, int] = (0, 0),
    ) -> dict[str, npt.NDArray[Any]]:
        """What the graph is given. at: row and column of a window in the padded picture."""
        noise = _grains(*padded.shape[:2], *self._grained, *at)
        choice = {"statistics": statistics, "given": np.full((1, 1), given, np.float32)}
        return {"image": padded[None], **noise, **wanted, **choice}

    def _checked(self, style: StyleEmbedding) -> StyleEmbedding:
        if style.model != self.model:
            name = f" '{style.source}'" if style.source else ""
            raise InputError(f"the style{name} was made for another network; make it again from its picture")
        return style


def _patience(height: int, width: int) -> int:
    """How many pictures of that size are painted before they get a graph of their own; 0 for one too large to wait for it."""
    return min(PATIENCE, PATIENCE_PIXELS // (height * width))


def _wanted(pixels: Bytes, style: StyleEmbedding, strength: float) -> dict[str, npt.NDArray[Any]]:
    """What the graph is told of the style and of how much of it is wanted."""
    photo = colours.sampled(pixels)
    return {
        "embedding": style.vector[None],
        "colour": colours.affine(photo, colours.between(photo, style.colours, strength)),
        "strength": np.full((1, 1), strength, np.float32),
    }


@lru_cache(maxsize=1)
def shipped() -> FastPainter:
    """The networks that come with the package, loaded once. Raises WeightsError."""
    return FastPainter()


@lru_cache(maxsize=2)
def _grains(height: int, width: int, half: int, full: int, top: int = 0, left: int = 0) -> Grains:
    """Kept for the next picture of that size."""
    return grains(height, width, half, full, top, left)


def _as_bytes(image: npt.NDArray[Any]) -> Bytes:
    if image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and image.size:
        return image
    return np.asarray(Picture.from_array(image).as_bits(8).pixels, np.uint8)


def _at_least(pixels: Bytes, side: int) -> Bytes:
    if min(pixels.shape[:2]) >= side:
        return pixels
    rows, columns = (reflected(length, max(0, side - length), 1) for length in pixels.shape[:2])
    return np.ascontiguousarray(pixels[rows][:, columns])


def _like(pastiche: Bytes, image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Bytes as the dtype of the image."""
    if image.dtype == np.uint8:
        return pastiche
    if image.dtype == np.uint16:
        return pastiche.astype(np.uint16) * np.uint16(257)
    return (pastiche / np.float32(255)).astype(image.dtype)
