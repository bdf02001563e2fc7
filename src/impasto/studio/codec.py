"""Pictures of our own making to bytes and back, in memory: JPEG for the screen, PNG for keeping. Strangers' files: `decoding`.

JPEG takes 1.6 ms for 512 x 341 pixels where the quickest WebP takes 10, so what must be quick is JPEG, unless it has alpha.
"""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from impasto.images import Picture, fit
from impasto.images.engine import attach
from impasto.images.metadata import settings_packet
from impasto.images.writing import on_white, to_vips

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
SUFFIXES = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp"}
SCREEN_QUALITY, KEPT_QUALITY, THUMBNAIL_QUALITY = 85, 95, 78
THUMBNAIL = 384
"""Longer side of a thumbnail, in pixels."""


def decode(data: bytes, longest: int | None = None) -> Picture:
    """A picture that was encoded here, no larger than `longest`; of a JPEG, no more is decoded than that takes."""
    with Image.open(io.BytesIO(data)) as image:
        if longest is not None and max(image.size) > longest:
            size = fit(image.size, longest)
            image.draft("RGB", size)
            return _picture(image).resized(*size)
        return _picture(image)


def for_screen(pixels: np.ndarray, quality: int = SCREEN_QUALITY) -> bytes:
    """H x W x 3 uint8 as JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def shown(picture: Picture, longest: int, quality: int = SCREEN_QUALITY) -> tuple[bytes, str]:
    """The picture for the screen, and its media type: JPEG, or WebP where it has alpha. longest: its longer side at most."""
    if max(picture.size) > longest:
        picture = picture.resized(*fit(picture.size, longest))
    picture = picture.as_bits(8)
    if picture.alpha is None:
        return for_screen(np.asarray(picture.pixels, np.uint8), quality), JPEG
    return bytes(to_vips(picture).webpsave_buffer(Q=quality, effort=1, keep="none")), WEBP


def webp(picture: Picture, longest: int, quality: int = SCREEN_QUALITY) -> bytes:
    """The picture as WebP, its longer side at most `longest`."""
    if max(picture.size) > longest:
        picture = picture.resized(*fit(picture.size, longest))
    return bytes(to_vips(picture.as_bits(8)).webpsave_buffer(Q=quality, effort=0, keep="none"))


def kept(picture: Picture, lossy: bool) -> tuple[bytes, str]:
    """An uploaded picture as it is kept, and its media type: JPEG where it came lossy and without alpha, else PNG."""
    picture = picture.as_bits(8)
    if lossy and picture.alpha is None:
        image = to_vips(on_white(picture))
        return bytes(image.jpegsave_buffer(Q=KEPT_QUALITY, subsample_mode="off", keep="icc")), JPEG
    return bytes(to_vips(picture).pngsave_buffer(compression=3, filter="sub", keep="icc")), PNG


def with_settings(picture: Picture, settings: Mapping[str, Any]) -> bytes:
    """A finished painting: PNG with its settings inside."""
    image = attach(to_vips(picture), "xmp-data", settings_packet(settings))
    return bytes(image.pngsave_buffer(compression=3, filter="sub", keep="icc:xmp"))


def _picture(image: Image.Image) -> Picture:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        return Picture.from_array(np.asarray(image.convert("RGBA")))
    return Picture(np.array(image.convert("RGB")))
