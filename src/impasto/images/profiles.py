"""Colour management on reading: whatever libvips decoded becomes sRGB pixels and alpha. No files, no orientation.

An embedded ICC profile is obeyed, with relative colorimetric intent and black point compensation (as picture editors do);
CMYK without a profile is read through libvips' built-in one; anything else without a profile is taken for sRGB.
"""

import numpy as np

from impasto.images.engine import VipsImage, metadata, srgb_profile
from impasto.images.picture import Pixels

_GREY = {"b-w", "grey16"}
_RGB = {"srgb", "rgb", "rgb16"}
_CMYK = {"cmyk"}


class UnsupportedPixelsError(ValueError):
    """Pixels that no picture format for eyes has: floats, or seven channels. The message says which."""


def to_srgb(image: VipsImage) -> tuple[Pixels, Pixels | None]:
    """The image's colours (H x W x 3, uint8 or uint16) and alpha (H x W or None), decoded here.

    Raises UnsupportedPixelsError for kinds of pixels that are not supported.
    """
    if image.format not in ("uchar", "ushort"):
        raise UnsupportedPixelsError(f"its values are of type {image.format}, not 8- or 16-bit whole numbers")
    colours = _colour_channels(image)
    if image.bands not in (colours, colours + 1):
        raise UnsupportedPixelsError(f"it has {image.bands} channels")
    depth = 8 if image.format == "uchar" else 16
    alpha = image[colours] if image.bands > colours else None
    rgb = _rgb(image.extract_band(0, n=colours), depth)
    joined = rgb if alpha is None else rgb.bandjoin(alpha)
    values = joined.numpy().reshape(image.height, image.width, joined.bands)
    if depth == 16:
        values = _full_range(values, image)
    if alpha is None:
        return values, None
    return np.ascontiguousarray(values[..., :3]), np.ascontiguousarray(values[..., 3])


def _colour_channels(image: VipsImage) -> int:
    kind = image.interpretation
    if kind in _CMYK:
        return 4
    if kind in _RGB and image.bands >= 3:
        return 3
    if kind in _GREY or image.bands <= 2:
        return 1
    raise UnsupportedPixelsError(f"its colours are of kind {kind} with {image.bands} channels")


def _rgb(image: VipsImage, depth: int) -> VipsImage:
    """Three channels of sRGB, `depth` bits each."""
    profile = metadata(image, "icc-profile-data")
    cmyk = image.interpretation in _CMYK
    if cmyk or (profile is not None and bytes(profile) != srgb_profile()):
        image = image.icc_transform(
            "srgb",
            embedded=True,
            input_profile="cmyk" if cmyk else "srgb",
            intent="relative",
            black_point_compensation=True,
            depth=depth,
        )
    return image.bandjoin([image, image]) if image.bands == 1 else image


def _full_range(values: Pixels, image: VipsImage) -> Pixels:
    """Stretch the 10- and 12-bit values of AVIF and HEIC, which decoders only shift up, so that white is 65535."""
    bits = metadata(image, "bits-per-sample")
    if bits not in (10, 12):
        return values
    white = ((1 << bits) - 1) << (16 - bits)
    stretched = (values.astype(np.uint32) * 65535 + white // 2) // white
    return np.asarray(np.minimum(stretched, 65535), dtype=np.uint16)
