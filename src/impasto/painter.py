"""The one front door: `Painter`, `paint() -> Painting` and `synthesize() -> Painting`. Loads and runs.

The optimisation is prepared and looped in `online/`; what a finished painting is, is in `painting`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from impasto import encoders, images
from impasto.device import choose_device, has_fast_bfloat16
from impasto.encoders.base import Encoder
from impasto.errors import InputError
from impasto.fast import paint_fast
from impasto.images.masks import Mask, read_mask
from impasto.images.picture import FloatPixels
from impasto.online.memory import out_of_memory
from impasto.online.optimisation import Optimisation, Step
from impasto.online.preparation import prepare
from impasto.online.regions import MaskPair
from impasto.online.settings import Settings, make_settings, merge
from impasto.painting import Painting, Style, Varnish, describe, finish, pictures, recolour
from impasto.runtime.embedding import StyleEmbedding
from impasto.runtime.fast import shipped
from impasto.tensors import to_array

__all__ = ["Canvas", "Painter", "Painting", "load_encoder", "paint", "prepare", "synthesize"]

Source = str | Path | np.ndarray | images.Picture
StyleSource = Source | StyleEmbedding
MaskSource = Source | Mask | None
Callback = Callable[[Step, "Canvas"], None]


class Canvas:
    """The work in progress, as a callback sees it: look at it, or stop it."""

    def __init__(self, work: Optimisation, size: tuple[int, int], varnish: Varnish | None = None) -> None:
        self.work, self.size, self.varnish = work, size, varnish

    def array(self) -> FloatPixels:
        """The painting so far as it would be finished, H x W x 3 in [0, 1], at the size of the current level."""
        array = to_array(self.work.result)
        return array if self.varnish is None else self.varnish(array)

    def picture(self) -> images.Picture:
        """The painting so far, at the size of the current level."""
        return images.Picture(images.from_float(self.array(), bits=8))

    def state(self) -> dict[str, Any]:
        """What `Painter.paint(resume=...)` needs to go on from here: live tensors, to be saved before the next step."""
        return self.work.state()


@lru_cache(maxsize=2)
def load_encoder(name: str, pooling: str, device: str) -> Encoder:
    """The encoder, ready to paint with on the device, in the number format that suits the machine."""
    place = torch.device(device)
    encoder: Encoder = encoders.load(name, pooling=pooling)
    dtype = torch.bfloat16 if has_fast_bfloat16(place) else torch.float32
    encoder.to(place, dtype=dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    encoder.eval().requires_grad_(False)
    return encoder


class Painter:
    """Paints photos. The networks are loaded once, at the first painting.

    method: `online`, image optimisation; `fast`, one pass through the shipped networks. defaults: settings (see
    `online.settings.Settings`) for every painting of this one, a preset's for example: `Painter(**presets.load("gatys"))`.
    """

    def __init__(self, method: str = "online", **defaults: Any) -> None:
        self.defaults = {"method": method, **defaults}
        self.method = make_settings(self.defaults).method

    def embed(self, style: StyleSource) -> Style:
        """A style read once, to be used for many paintings: by the fast method as an embedding, of which several blend."""
        found = as_style(style)
        return shipped().embed(found) if self.method == "fast" else found

    def paint(
        self,
        content: Source,
        style: StyleSource | Sequence[StyleSource],
        *,
        masks: Sequence[tuple[MaskSource, MaskSource]] = (),
        callback: Callback | None = None,
        resume: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> Painting:
        """Paints `content` in the style of one picture or several.

        content, style: paths, arrays (H x W x 3, uint8 or float in [0, 1]) or Pictures. masks: (part of the photo, part of the
        style image) for each style, or several for one style; None is the whole picture. What no mask covers stays the photo.
        callback(step, canvas) is called after each step. resume: `Canvas.state()` of the same painting. Raises ImpastoError for
        what the caller can mend.
        """
        chosen = make_settings(merge(self.defaults, settings))
        photo, looks, pairs = as_picture(content), [as_style(one) for one in listed(style)], read_masks(masks)
        if chosen.method == "fast" and chosen.color != "only":
            return paint_fast(chosen, photo, looks, pairs)
        styles = pictures(looks)
        if chosen.color == "only":
            return recolour(chosen, photo, styles, pairs)
        size = images.fit(photo.size, chosen.size)
        provenance = describe(chosen, photo, styles, size, pairs)
        varnish, started = Varnish(chosen, photo, styles, pairs, size), time.perf_counter()
        if chosen.strength == 0:
            return finish(images.as_float(photo.resized(*size)), photo, provenance, started)
        encoder = encoder_of(chosen)
        with out_of_memory(size):
            canvas = Canvas(prepare(chosen, photo, styles, size, encoder, masks=pairs), size, varnish)
            steps = run(canvas, resume, callback)
            return finish(canvas.array(), photo, provenance, started, steps)

    def synthesize(
        self,
        style: Source | Sequence[Source],
        size: tuple[int, int] = (512, 512),
        *,
        tileable: bool = False,
        callback: Callback | None = None,
        resume: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> Painting:
        """A picture of nothing but the style: texture synthesis (Gatys et al., arXiv 1505.07376), with any texture model.

        size: (width, height); the settings' `size` and all about content is left aside. tileable: opposite borders continue
        each other. `init="match"` begins with noise in the style's colours. The rest is as for `paint`.
        """
        chosen = make_settings(merge(self.defaults, settings))
        if chosen.method == "fast":
            raise InputError("a texture is synthesised by the online method alone; leave out method='fast'")
        styles = [as_picture(one) for one in listed(style)]
        provenance = {**describe(chosen, None, styles, size), "tileable": tileable}
        encoder, started = encoder_of(chosen), time.perf_counter()
        with out_of_memory(size):
            canvas = Canvas(prepare(chosen, None, styles, size, encoder, wrap=tileable), size)
            steps = run(canvas, resume, callback)
            return finish(canvas.array(), None, provenance, started, steps)


def paint(
    content: Source,
    style: StyleSource | Sequence[StyleSource],
    *,
    masks: Sequence[tuple[MaskSource, MaskSource]] = (),
    callback: Callback | None = None,
    **settings: Any,
) -> Painting:
    """Paints one picture: `impasto.paint("photo.jpg", "waves.jpg", size=768).save("out.png")`. See `Painter.paint`."""
    return Painter(settings.pop("method", "online")).paint(content, style, masks=masks, callback=callback, **settings)


def synthesize(
    style: Source | Sequence[Source],
    size: tuple[int, int] = (512, 512),
    *,
    tileable: bool = False,
    callback: Callback | None = None,
    **settings: Any,
) -> Painting:
    """A texture: `impasto.synthesize("waves.jpg", (512, 512), tileable=True).save("tile.png")`. See `Painter.synthesize`."""
    return Painter().synthesize(style, size, tileable=tileable, callback=callback, **settings)


def run(canvas: Canvas, resume: Mapping[str, Any] | None, callback: Callback | None) -> list[Step]:
    """Takes the remaining steps, and returns them."""
    if resume is not None:
        canvas.work.restore(dict(resume))
    steps = []
    for step in remaining(canvas.work):
        steps.append(step)
        if callback is not None:
            callback(step, canvas)
    return steps


def remaining(work: Optimisation) -> Iterator[Step]:
    """The remaining steps, one by one."""
    while not work.finished:
        yield work.step()


def encoder_of(settings: Settings) -> Encoder:
    """The encoder of the settings on their device, the random numbers set to their seed."""
    torch.manual_seed(settings.seed)
    return load_encoder(settings.encoder, settings.pooling, str(choose_device(settings.device)))


def listed(styles: Any) -> Sequence[Any]:
    """One style or several, as a list."""
    one = isinstance(styles, str | Path | np.ndarray | images.Picture | StyleEmbedding)
    return [styles] if one else list(styles)


def as_style(source: StyleSource) -> Style:
    """A style picture, or an embedding as it is."""
    return source if isinstance(source, StyleEmbedding) else as_picture(source)


def read_masks(masks: Sequence[tuple[MaskSource, MaskSource]]) -> list[MaskPair]:
    """Pairs of masks, each a Mask or None. Raises InputError for what is no pair, and no mask."""
    if any(isinstance(pair, str | Path | np.ndarray) or len(pair) != 2 for pair in masks):
        raise InputError("masks are pairs, (part of the photo, part of the style image); None is the whole picture")
    return [(None if where is None else read_mask(where), None if part is None else read_mask(part)) for where, part in masks]


def as_picture(source: Source) -> images.Picture:
    """A Picture of a path, an array or a Picture."""
    if isinstance(source, images.Picture):
        return source
    return images.Picture.from_array(source) if isinstance(source, np.ndarray) else images.read(source)
