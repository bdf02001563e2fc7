"""The real-time network in the web process: photo and style are prepared once, then a slider's move is one forward pass.

How many run at once is the callers' business; OpenVINO itself uses all cores for one.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from impasto import images
from impasto.fast import paint_fast
from impasto.images import Picture
from impasto.images.colour import keep_colours, match_colours
from impasto.images.masks import Mask, read_mask
from impasto.painting import Painting
from impasto.runtime.embedding import StyleEmbedding, blend
from impasto.runtime.fast import STYLE_SIDE, shipped
from impasto.studio import codec
from impasto.studio.cache import Cache
from impasto.studio.orders import Order
from impasto.studio.pictures import Pictures

PHOTOS_BYTES = 256 * 2**20
EMBEDDINGS = 512


@dataclass(frozen=True)
class Preview:
    """A picture for the screen. seconds: that it took, by its parts."""

    data: bytes
    media: str
    seconds: dict[str, float]


class Realtime:
    """Paints with the shipped network, which is loaded once."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._photos: Cache[Picture] = Cache(PHOTOS_BYTES, lambda picture: picture.pixels.nbytes)
        self._embeddings: Cache[StyleEmbedding] = Cache(EMBEDDINGS)

    def warm(self) -> None:
        """Loads the network, and compiles it for the commonest shapes of photo, so that the first visitor need not wait."""
        painter = shipped()
        grey = np.full((STYLE_SIDE, STYLE_SIDE, 3), 128, np.uint8)
        style = painter.embed(grey)
        for height, width in ((384, 512), (512, 384), (341, 512)):
            painter.paint(grey[:height, :width], style)

    def preview(self, order: Order) -> Preview:
        """The painting as it would be, for the screen. Raises NotFound for a picture that is gone."""
        times, started = {}, time.perf_counter()
        settings = order.painting_settings()
        assert isinstance(settings.size, int) and order.content is not None
        photo = self.photo(order.content, settings.size)
        style = self._blended(order, photo)
        times["prepare"] = time.perf_counter() - started
        pixels = shipped().paint(np.asarray(photo.pixels, np.uint8), style, settings.strength)
        times["paint"] = time.perf_counter() - started - times["prepare"]
        if settings.color == "keep" and settings.strength > 0:
            kept = keep_colours(np.asarray(pixels, np.float32) / np.float32(255), images.as_float(photo))
            pixels = np.asarray(images.from_float(kept), np.uint8)
        data = codec.for_screen(pixels)
        times["encode"] = time.perf_counter() - started - times["prepare"] - times["paint"]
        return Preview(data, codec.JPEG, times)

    def paint(self, order: Order) -> Painting:
        """The painting in full. Raises InputError, NotFound."""
        settings = order.painting_settings()
        assert isinstance(settings.size, int) and order.content is not None
        photo = self.photo(order.content, settings.size)
        if settings.color == "match":  # which needs the pictures themselves
            styles: Sequence[Any] = [self.photo(style.picture, STYLE_SIDE) for style in order.styles]
        else:
            styles = [self.embedding(style.picture, style.name) for style in order.styles]
        return paint_fast(settings, photo, styles, [(self._mask(pair.content), self._mask(pair.style)) for pair in order.masks])

    def photo(self, identity: str, size: int) -> Picture:
        """A picture with a longer side of exactly `size`, 8 bits."""

        def make() -> Picture:
            picture = self._pictures.read(self._pictures.find(identity), size)
            return picture if max(picture.size) == size else picture.resized(*images.fit(picture.size, size))

        return self._photos.get((identity, size), make)

    def embedding(self, identity: str, name: str = "") -> StyleEmbedding:
        """What the network knows of a style picture."""
        return self._embeddings.get((identity, name), lambda: shipped().embed(self._style(identity), name))

    def _blended(self, order: Order, photo: Picture) -> StyleEmbedding:
        if order.settings.get("color") == "match":
            found = [self._matched(style.picture, order.content or "", photo) for style in order.styles]
        else:
            found = [self.embedding(style.picture) for style in order.styles]
        return blend(found, [style.weight for style in order.styles])

    def _matched(self, identity: str, content: str, photo: Picture) -> StyleEmbedding:
        """Of the style picture in the photo's colours."""

        def make() -> StyleEmbedding:
            matched = match_colours(images.as_float(self._style(identity)), images.as_float(photo), None, None)
            return shipped().embed(np.asarray(images.from_float(matched), np.uint8))

        return self._embeddings.get((identity, content, photo.size), make)

    def _style(self, identity: str) -> Picture:
        return self._pictures.read(self._pictures.find(identity), STYLE_SIDE)

    def _mask(self, identity: str | None) -> Mask | None:
        return None if identity is None else read_mask(self._pictures.read(self._pictures.find(identity)))
