"""The fast method: one pass through the shipped networks, as a Painting. Imports no PyTorch; the networks are `runtime`'s."""

import time
from collections.abc import Sequence

from impasto import images
from impasto.errors import InputError
from impasto.online.one_pass import paint_regions
from impasto.online.regions import MaskPair, recolour_styles, regions_of
from impasto.online.settings import Settings
from impasto.painting import Painting, Style, Varnish, describe, finish
from impasto.runtime.embedding import StyleEmbedding


def paint_fast(settings: Settings, photo: images.Picture, styles: Sequence[Style], masks: Sequence[MaskPair] = ()) -> Painting:
    """Paints the photo in the style of pictures, or of embeddings made before.

    masks: parts of the photo alone; a part of a style image is the online method's business. Raises InputError.
    """
    started, size = time.perf_counter(), images.fit(photo.size, settings.size)
    if settings.color == "match" and any(isinstance(style, StyleEmbedding) for style in styles):
        raise InputError("--color match recolours the style's picture, and a saved style has none; name the picture instead")
    if any(part is not None for _, part in masks):
        raise InputError("a mask of a style picture is of the online method; give - in its place, or paint without --fast")
    provenance = describe(settings, photo, styles, size, masks)
    ground = photo.resized(*size)
    regions = regions_of(settings, photo, styles, masks, size)  # type: ignore[arg-type]  # embeddings pass through unread
    if settings.color == "match":
        regions = recolour_styles(regions, images.as_float(ground))
    if settings.strength == 0:
        return finish(images.as_float(ground), photo, provenance, started)
    array = paint_regions(ground, regions, settings)
    varnish = Varnish(settings, photo, styles, masks, size)  # type: ignore[arg-type]  # here too
    return finish(varnish(array), photo, provenance, started)
