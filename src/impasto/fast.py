"""The fast method: one pass through the shipped networks, as a Painting. Imports no PyTorch; the networks are `runtime`'s."""

import time
from collections.abc import Sequence
from threading import Thread

import numpy as np

from impasto import images
from impasto.errors import InputError
from impasto.images.picture import FloatPixels
from impasto.online.regions import MaskPair, Region, recolour_styles, regions_of
from impasto.online.settings import Settings
from impasto.painting import Painting, Style, Varnish, describe, finish
from impasto.runtime.embedding import StyleEmbedding
from impasto.runtime.fast import shipped


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


def paint_regions(photo: images.Picture, regions: Sequence[Region], settings: Settings) -> FloatPixels:
    """H x W x 3 in [0, 1]: the photo with each region in its style; what lies in none of them is left to the varnish."""
    pixels = photo.as_bits(8).pixels
    compiling = Thread(target=shipped().prepare, args=pixels.shape[:2])
    compiling.start()
    looks = [shipped().embed(region.style, scale=settings.style_scale) for region in regions]
    compiling.join()
    planes = [region.where for region in regions if region.where is not None]
    if not planes:
        style = shipped().blend(looks, [region.share for region in regions])
        return _unit(shipped().paint(pixels, style, settings.strength))
    total = np.maximum(np.sum(planes, axis=0), 1e-6)
    result = np.zeros(pixels.shape, np.float32)
    for plane, style in zip(planes, looks, strict=True):
        share = plane / total
        result += share[..., None] * _unit(shipped().paint(pixels, style, settings.strength))
    return result


def _unit(pixels: np.ndarray) -> FloatPixels:
    return np.asarray(pixels, np.float32) / np.float32(255)
