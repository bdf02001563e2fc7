"""From an open file to an undecoded libvips image: what the file is, how large it claims to be. Colours are not treated here.

The header is read first and the pixels only when somebody asks for them, so a caller can refuse a picture by its size.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from impasto.errors import InputError
from impasto.images import formats
from impasto.images.engine import VipsImage, attach, libvips, metadata, vips_image
from impasto.images.formats import Format
from impasto.images.paths import reason, shown, similar_neighbour


@dataclass(frozen=True)
class OpenPicture:
    """A picture file that is open and known by its content. `head` is its first bytes."""

    path: Path
    file: BufferedReader
    format: Format
    head: bytes

    def damaged(self) -> InputError:
        """The error to raise when the decoder gives up."""
        return InputError(f"{shown(self.path)} is damaged or cut short (format: {self.format.name}): get a whole copy of it")


@contextmanager
def opened(path: Path) -> Iterator[OpenPicture]:
    """Open a picture file; InputError when it is missing, no regular file, empty, unreadable, or of no known format."""
    _check_regular(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{shown(path)} cannot be opened ({reason(error)}): check its permissions") from error
    with file:
        try:
            head = file.read(formats.SNIFFED_BYTES)
        except OSError as error:
            raise InputError(f"{shown(path)} cannot be read ({reason(error)}): check the disc it lies on") from error
        if not head:
            raise InputError(f"{shown(path)} is empty (0 bytes): get a whole copy of it")
        form = formats.format_of(head)
        if form is None:
            raise InputError(f"{shown(path)} is {formats.foreign_kind(head)}")
        if formats.is_camera_raw(path, form):
            raise InputError(f"{shown(path)} is a camera's raw file: develop it to TIFF or JPEG first")
        yield OpenPicture(path, file, form, head)


def header(picture: OpenPicture, limit: int | None = None) -> VipsImage:
    """The picture as a libvips image, not decoded yet where the format allows.

    `limit` is the largest number of pixels to accept (None: any); InputError above it, and for a damaged header.
    """
    if picture.format is formats.BMP:
        return _open_bmp(picture, limit)
    if picture.format is formats.HEIC:
        return _open_heic(picture, limit)
    vips = libvips()
    picture.file.seek(0)
    source = vips.Source.new_from_descriptor(picture.file.fileno())
    try:
        image = getattr(vips.Image, picture.format.loader)(source, access="sequential", fail_on="error")
    except vips.Error as error:
        raise picture.damaged() from error
    _check_size(picture.path, image.width, image.height, limit)
    return image


def notes(picture: OpenPicture, image: VipsImage) -> tuple[str, ...]:
    """What a caller should tell its user about this file: pages or frames that were not read."""
    pages = metadata(image, "n-pages") or 1
    if picture.format is formats.TIFF and pages > 1:
        return (f"it has {pages} pages: only the first was read",)
    if picture.format in (formats.GIF, formats.WEBP) and pages > 1:
        return (f"it is animated ({pages} frames): only the first frame was read",)
    if formats.is_sequence(picture.head) or (picture.format is formats.PNG and _is_animated_png(picture.file)):
        return ("it is animated: only the first frame was read",)
    return ()


def _check_regular(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        hint = similar_neighbour(path) or ": check its name and folder"
        raise InputError(f"{shown(path)} does not exist{hint}") from None
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise InputError(f"{shown(path)} cannot be opened ({why}): check its name and permissions") from error
    if stat.S_ISDIR(mode):
        raise InputError(f"{shown(path)} is a folder, not a picture: give a file in it")
    if not stat.S_ISREG(mode):
        raise InputError(f"{shown(path)} is no regular file: save the picture as a file first")


def _check_size(path: Path, width: int, height: int, limit: int | None) -> None:
    if width < 1 or height < 1:
        raise InputError(f"{shown(path)} is damaged: it claims {width} x {height} pixels; get a whole copy of it")
    if limit is not None and width * height > limit:
        raise InputError(
            f"{shown(path)} claims {width} x {height} pixels, more than the limit of {limit / 1e6:g} megapixels; if you trust"
            f" it, raise the limit: IMPASTO_MAX_PIXELS={width * height} in the environment, or max_pixels in Python"
        )


def _open_bmp(picture: OpenPicture, limit: int | None) -> VipsImage:
    """Pillow reads BMP: libvips' binary wheel cannot. The plugin is called directly, our limit replaces Pillow's."""
    from PIL.BmpImagePlugin import BmpImageFile

    picture.file.seek(0)
    try:
        image = BmpImageFile(picture.file)
        _check_size(picture.path, image.width, image.height, limit)
        mode = "RGBA" if image.mode in ("RGBA", "PA", "LA") else "RGB"
        return _from_pillow_array(image.convert(mode))
    except (InputError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them trip over.
        raise picture.damaged() from error


def _open_heic(picture: OpenPicture, limit: int | None) -> VipsImage:
    """pillow-heif reads HEIC: libvips' binary wheel has no decoder for its codec."""
    try:
        import pillow_heif
    except ImportError:
        raise InputError(
            f'{shown(picture.path)} is in HEIC format, which needs one more package: pip install "impasto[heic]"'
        ) from None
    picture.file.seek(0)
    try:
        image = pillow_heif.open_heif(picture.file, convert_hdr_to_8bit=False)
        width, height = image.size
        _check_size(picture.path, width, height, limit)
        decoded = _from_pillow_array(image)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # libheif's errors arrive as many classes, RuntimeError and EOFError among them.
        raise picture.damaged() from error
    decoded.set_type(libvips().GValue.gint_type, "bits-per-sample", int(image.info.get("bit_depth", 8)))
    profile = image.info.get("icc_profile")
    return attach(decoded, "icc-profile-data", profile) if profile else decoded


def _from_pillow_array(image: object) -> VipsImage:
    import numpy as np

    values = np.asarray(image)
    deep = values.dtype == np.uint16
    grey = values.ndim == 2
    return vips_image(values, ("grey16" if deep else "b-w") if grey else ("rgb16" if deep else "srgb"))


def _is_animated_png(file: BufferedReader) -> bool:
    """Whether an `acTL` chunk comes before the first picture data (APNG); libvips reads the still picture of such a file."""
    file.seek(8)
    while len(start := file.read(8)) == 8:
        if start[4:] in (b"IDAT", b"IEND"):
            return False
        if start[4:] == b"acTL":
            return True
        file.seek(int.from_bytes(start[:4], "big") + 4, os.SEEK_CUR)
    return False
