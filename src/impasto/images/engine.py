"""libvips, loaded at its first use and kept on a short leash; NumPy arrays to libvips images. No files, no formats."""

import atexit
import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from impasto.images.picture import Pixels

# libvips images are untyped to a type checker (pyvips ships no py.typed).
VipsImage = Any


@functools.cache
def libvips() -> Any:
    """The pyvips module, set up once.

    libvips' operation cache is switched off: it would keep pictures alive, and would answer a file that has changed since
    with its old pixels. Loaders are called by name for formats found in the content, so none of the loaders that libvips
    itself distrusts is ever reached.
    """
    import pyvips  # type: ignore[import-untyped, unused-ignore]

    pyvips.cache_set_max(0)
    _silence_gobject(pyvips)
    return pyvips


def _silence_gobject(pyvips: Any) -> None:
    """Send GObject's complaints about impossible headers to `logging`, where pyvips sends libvips' own, and not to stderr."""
    callback = getattr(pyvips, "_log_handler_cb", None)
    if callback is None:
        return
    levels = pyvips.GLogLevelFlags.LEVEL_CRITICAL | pyvips.GLogLevelFlags.LEVEL_WARNING
    handler = pyvips.glib_lib.g_log_set_handler(b"GLib-GObject", levels, callback, pyvips.ffi.NULL)
    # As in pyvips: the callback must be gone before Python is.
    atexit.register(pyvips.glib_lib.g_log_remove_handler, b"GLib-GObject", handler)


def vips_image(array: "Pixels", interpretation: str) -> VipsImage:
    """A libvips image of an H x W or H x W x C array (uint8 or uint16), read as `interpretation` (`srgb`, `b-w`, ...).

    The image may share the array's memory: do not change the array while the image is in use.
    """
    height, width = array.shape[:2]
    bands = 1 if array.ndim == 2 else array.shape[2]
    kind = "uchar" if array.dtype.itemsize == 1 else "ushort"
    memory = array if array.flags.c_contiguous else array.copy()
    image = libvips().Image.new_from_memory(memory, width, height, bands, kind)
    return image.copy(interpretation=interpretation)


def attach(image: VipsImage, field: str, data: bytes) -> VipsImage:
    """A copy of `image` that carries a block of metadata, such as `icc-profile-data`."""
    image = image.copy()
    image.set_type(libvips().GValue.blob_type, field, data)
    return image


def metadata(image: VipsImage, field: str) -> Any:
    """A field of a libvips image's metadata, or None when it has none."""
    return image.get(field) if image.get_typeof(field) else None


@functools.cache
def srgb_profile() -> bytes:
    """The sRGB ICC profile that is embedded in everything Impasto writes (libvips' built-in one, 480 bytes)."""
    return bytes(libvips().Operation.call("profile_load", "srgb"))
