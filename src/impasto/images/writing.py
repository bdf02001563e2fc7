"""`write`: a Picture becomes a file, whole or not at all, with an sRGB profile and the settings that made it.

Nothing of the input files' metadata (place, camera, owner) is ever carried: a file holds what is named here and no more.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from impasto.errors import OutputError
from impasto.images.atomic import write_bytes
from impasto.images.engine import VipsImage, attach, libvips, srgb_profile, vips_image
from impasto.images.formats import JPEG, PNG, TIFF, WEBP, Format, output_format
from impasto.images.metadata import settings_packet
from impasto.images.outputs import check_output
from impasto.images.paths import AnyPath, shown
from impasto.images.picture import Picture, Pixels

# A classic TIFF ends at 4 GiB; noise does not compress, so leave room.
_CLASSIC_TIFF_BYTES = 2**31
# 72 pixels an inch, which programs take as "nobody said"; libvips would say 25.4.
_PIXELS_PER_MM = 72 / 25.4


def write(
    picture: Picture,
    path: AnyPath,
    *,
    settings: Mapping[str, Any] | None = None,
    bits: Literal[8, 16] = 8,
    quality: int = 95,
) -> None:
    """Write a picture in the format of `path`'s extension: .png, .jpg, .jpeg, .webp, .tif or .tiff.

    `settings`, anything JSON can hold, go into the file, and `read_settings` gets them back. `bits` 16 is for PNG and
    TIFF. `quality`, 1 to 100, is for JPEG (always 4:4:4) and WebP, where 100 means lossless. JPEG has no alpha: there the
    picture is laid on white. An existing file is replaced only by the finished one. Raises OutputError as `check_output`
    does, and when the disc refuses.
    """
    path = Path(path)
    check_output(path, size=picture.size, bits=bits, quality=quality, settings=settings)
    form = output_format(path)
    assert form is not None, "check_output lets only known extensions pass"
    if form is JPEG:
        picture = on_white(picture)
    image = to_vips(picture.as_bits(bits))
    if settings is not None:
        image = attach(image, "xmp-data", settings_packet(settings))
    write_bytes(path, encode(image, form, path, **_options(form, quality, image)))


def to_vips(picture: Picture) -> VipsImage:
    """The picture with its alpha as a libvips image that carries the sRGB profile."""
    pixels = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
    image = vips_image(pixels, "srgb" if pixels.dtype == np.uint8 else "rgb16")
    return attach(image.copy(xres=_PIXELS_PER_MM, yres=_PIXELS_PER_MM), "icc-profile-data", srgb_profile())


def encode(image: VipsImage, form: Format, path: Path, **options: Any) -> bytes:
    """The file's bytes; OutputError when libvips cannot make them."""
    try:
        return bytes(getattr(image, form.encoder)(keep="icc:xmp", **options))
    except libvips().Error as error:
        raise OutputError(f"{shown(path)} could not be encoded as {form.name}: try another format or a smaller size") from error


def on_white(picture: Picture) -> Picture:
    """The picture without alpha, laid on white; itself when it has none."""
    if picture.alpha is None:
        return picture
    top = np.uint64(np.iinfo(picture.pixels.dtype).max)
    alpha = picture.alpha[..., None].astype(np.uint64)
    mixed = (picture.pixels * alpha + top * (top - alpha) + top // 2) // top
    pixels: Pixels = mixed.astype(picture.pixels.dtype)
    return Picture(pixels, path=picture.path, sha256=picture.sha256, notes=picture.notes)


def _options(form: Format, quality: int, image: VipsImage) -> dict[str, Any]:
    deep = image.format == "ushort"
    if form is JPEG:
        return {"Q": quality, "subsample_mode": "off", "optimize_coding": True}
    if form is WEBP:
        return {"lossless": True, "exact": True} if quality == 100 else {"Q": quality, "smart_subsample": True}
    if form is PNG:
        return {"compression": 6, "filter": "all", "bitdepth": 16 if deep else 8}
    raw_bytes = image.width * image.height * image.bands * (2 if deep else 1)
    assert form is TIFF, f"no options for {form.name}"
    return {"compression": "deflate", "predictor": "horizontal", "bigtiff": raw_bytes > _CLASSIC_TIFF_BYTES}
