"""The picture formats Impasto knows: their names, extensions, limits, and how their first bytes look.

A file is judged by its content, never by its extension: a PNG named `.jpg` is a PNG. Nothing here decodes.
"""

from dataclasses import dataclass
from pathlib import PurePath

from impasto.errors import did_you_mean


@dataclass(frozen=True)
class Format:
    """One format. `loader` is libvips' loader, empty where Pillow reads; `encoder` is empty where Impasto does not write."""

    name: str
    extensions: tuple[str, ...]
    loader: str = ""
    encoder: str = ""
    longest_side: int = 0
    sixteen_bits: bool = False
    alpha: bool = True


JPEG = Format("JPEG", (".jpg", ".jpeg"), "jpegload_source", "jpegsave_buffer", 65_500, alpha=False)
PNG = Format("PNG", (".png",), "pngload_source", "pngsave_buffer", 2**31 - 1, sixteen_bits=True)
WEBP = Format("WebP", (".webp",), "webpload_source", "webpsave_buffer", 16_383)
TIFF = Format("TIFF", (".tif", ".tiff"), "tiffload_source", "tiffsave_buffer", 2**31 - 1, sixteen_bits=True)
GIF = Format("GIF", (".gif",), "gifload_source")
AVIF = Format("AVIF", (".avif",), "heifload_source")
BMP = Format("BMP", (".bmp",))
HEIC = Format("HEIC", (".heic", ".heif"))

FORMATS = (JPEG, PNG, WEBP, TIFF, GIF, AVIF, BMP, HEIC)
READABLE = "JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF or HEIC"
WRITABLE_EXTENSIONS = tuple(extension for form in FORMATS if form.encoder for extension in form.extensions)
READABLE_EXTENSIONS = tuple(extension for form in FORMATS for extension in form.extensions)

# Camera raw files begin like a TIFF, and their first page is a thumbnail: read as TIFF they would come out tiny.
_RAW_EXTENSIONS = {".3fr", ".arw", ".cr2", ".dcr", ".dng", ".erf", ".kdc", ".mef", ".nef", ".nrw", ".pef", ".srw"}

_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_SEQUENCE_BRANDS = {b"avis", b"hevc", b"hevx", b"msf1"}

_TIFF_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_BEGINNINGS = (
    ((b"\xff\xd8\xff",), JPEG),
    ((b"\x89PNG\r\n\x1a\n",), PNG),
    (_TIFF_BEGINNINGS, TIFF),
    ((b"GIF87a", b"GIF89a"), GIF),
)
_FOREIGN_BEGINNINGS = (
    (b"%PDF", "a PDF document; export the page as PNG first"),
    (b"8BPS", "a Photoshop document; export it as PNG or TIFF first"),
    (b"\xff\x0a", "a JPEG XL picture; save it as PNG or TIFF first"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture; save it as PNG or TIFF first"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture; save it as PNG or TIFF first"),
    (b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"gimp xcf", "a GIMP document; export it as PNG or TIFF first"),
)

SNIFFED_BYTES = 512


def format_of(head: bytes) -> Format | None:
    """The format of a file that begins with `head` (its first SNIFFED_BYTES), or None when it is not a known one."""
    for beginnings, form in _BEGINNINGS:
        if head.startswith(beginnings):
            return form
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if _is_bmp(head):
        return BMP
    brands = _brands(head)
    if brands & _AVIF_BRANDS:
        return AVIF
    return HEIC if brands & _HEIC_BRANDS else None


def is_camera_raw(path: PurePath, form: Format) -> bool:
    """Whether the file is a camera's raw file in TIFF's clothes."""
    return form is TIFF and path.suffix.lower() in _RAW_EXTENSIONS


def is_sequence(head: bytes) -> bool:
    """Whether an AVIF or HEIC file that begins with `head` is a moving one."""
    return bool(_brands(head) & _SEQUENCE_BRANDS)


def foreign_kind(head: bytes) -> str:
    """What a file of no known format seems to be, and what to do about it; for an error message."""
    for beginning, kind in _FOREIGN_BEGINNINGS:
        if head.startswith(beginning):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "an SVG drawing; export it as PNG first"
    if text.startswith((b"<!doctype html", b"<html")):
        return "a web page (a download that went wrong?); fetch the picture itself"
    if _is_text(head):
        return f"text, not a picture; give a {READABLE} file"
    return f"not a picture format Impasto reads; save it as {READABLE} first"


def output_format(path: PurePath) -> Format | None:
    """The format that `path`'s extension asks for, or None when Impasto cannot write it."""
    extension = path.suffix.lower()
    return next((form for form in FORMATS if form.encoder and extension in form.extensions), None)


def extension_hint(extension: str) -> str:
    """What to write instead of an extension that cannot be written: the likely one, and all of them."""
    known = ", ".join(WRITABLE_EXTENSIONS)
    hint = did_you_mean(extension.lower(), WRITABLE_EXTENSIONS)
    return f"{hint} (known: {known})" if hint.startswith("; did you mean") else f"; use one of {known}"


def _is_bmp(head: bytes) -> bool:
    """`BM` alone begins many a text, so the size of the second header must be one that exists, too."""
    return head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in {12, 40, 52, 56, 64, 108, 124}


def _brands(head: bytes) -> set[bytes]:
    """The major and compatible brands of an ISO media file (ISO/IEC 14496-12, `ftyp`); empty for any other file."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return all(character.isprintable() or character in "\t\r\n\f\ufeff" for character in text)
