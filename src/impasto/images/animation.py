"""`animate`: how a pastiche came to be, as an animated WebP."""

from collections.abc import Sequence
from pathlib import Path

from impasto.errors import InputError, OutputError
from impasto.images.atomic import write_bytes
from impasto.images.engine import libvips
from impasto.images.formats import WEBP
from impasto.images.outputs import check_output
from impasto.images.paths import AnyPath, shown
from impasto.images.picture import Picture
from impasto.images.writing import encode, to_vips

# WebP counts a frame's duration in milliseconds with 24 bits.
_LONGEST_MILLISECONDS = 2**24 - 1


def animate(frames: Sequence[Picture], path: AnyPath, *, seconds_per_frame: float) -> None:
    """Write `frames`, all of one size, as an endlessly repeating animated WebP, replacing `path` only when finished.

    Raises InputError for no frames, frames of different sizes, or an impossible duration; OutputError for an output that
    cannot be written or does not end in .webp.
    """
    path = Path(path)
    if path.suffix.lower() != ".webp":
        raise OutputError(f"the animation {shown(path)} must be a .webp file: change its extension")
    sizes = sorted({frame.size for frame in frames})
    if not sizes:
        raise InputError("an animation needs at least one frame")
    if len(sizes) > 1:
        (width, height), (other_width, other_height) = sizes[:2]
        raise InputError(
            f"an animation's frames must have one size, here are {width} x {height} and {other_width} x {other_height}:"
            " resize them first"
        )
    if not 0.001 <= seconds_per_frame <= _LONGEST_MILLISECONDS / 1000:
        raise InputError(f"a frame must last between 0.001 and 16777 seconds, not {seconds_per_frame:g}")
    check_output(path, size=sizes[0])
    write_bytes(path, _encode(frames, path, round(seconds_per_frame * 1000)))


def _encode(frames: Sequence[Picture], path: Path, milliseconds: int) -> bytes:
    """libvips takes an animation as one tall image with its page height and one delay a frame."""
    vips = libvips()
    pages = [to_vips(frame.as_bits(8)) for frame in frames]
    if any(page.hasalpha() for page in pages):
        pages = [page if page.hasalpha() else page.addalpha() for page in pages]
    joined = vips.Image.arrayjoin(pages, across=1).copy()
    joined.set_type(vips.GValue.gint_type, "page-height", frames[0].height)
    joined.set_type(vips.GValue.gint_type, "loop", 0)
    joined.set_type(vips.GValue.array_int_type, "delay", [milliseconds] * len(frames))
    return encode(joined, WEBP, path, Q=85, smart_subsample=True)
