"""`check_output`: would this result be written? Asked before hours of work, so that it is not found out after them."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impasto.errors import OutputError
from impasto.images.atomic import check_folder_accepts_files
from impasto.images.formats import JPEG, WRITABLE_EXTENSIONS, Format, extension_hint, output_format
from impasto.images.paths import AnyPath, reason, shown, similar_neighbour

# libvips leaves a larger XMP packet out of a JPEG, whose segments hold 65,533 bytes, and only logs that it did.
_JPEG_PACKET_BYTES = 60_000


def check_output(
    path: AnyPath,
    *,
    size: tuple[int, int] | None = None,
    bits: int = 8,
    quality: int = 95,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Raise OutputError unless a picture can be written to `path`; nothing is changed there.

    Looks at the extension, the folder, an existing file, and, as far as they are known already, at the picture's `size`
    (width, height), `bits`, `quality` and `settings`.
    """
    path = Path(path)
    if path.is_dir():
        example = path / f"pastiche{WRITABLE_EXTENSIONS[0]}"
        raise OutputError(f"the output {shown(path)} is a folder: name a file in it, such as {shown(example)}")
    form = output_format(path)
    if form is None:
        raise OutputError(_unknown_extension(path))
    _check_picture(path, form, size, bits, quality)
    if settings is not None:
        _check_settings(path, form, settings)
    check_place(path)


def check_place(path: Path) -> None:
    """Raise OutputError unless a file may be created or replaced at `path`, whatever its format."""
    if path.is_dir():
        raise OutputError(f"the output {shown(path)} is a folder: name a file in it")
    folder = Path(os.path.realpath(path)).parent
    if not folder.exists():
        hint = similar_neighbour(path.parent, folders=True) or ": create it first, or choose another"
        raise OutputError(f"the output folder {shown(path.parent)} does not exist{hint}")
    if not folder.is_dir():
        raise OutputError(f"{shown(path.parent)} is a file, so nothing can be written into it: choose a folder")
    try:
        if path.exists():
            _check_replaceable(path)
        check_folder_accepts_files(folder)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            f"the output folder {shown(path.parent)} cannot be written to ({reason(error)}): choose another"
        ) from error


def _unknown_extension(path: Path) -> str:
    if not path.suffix:
        return f"the output {shown(path)} has no extension to tell its format{extension_hint('')}"
    return f"the output {shown(path)} cannot be written as '{path.suffix}'{extension_hint(path.suffix)}"


def _check_replaceable(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise OutputError(f"the output {shown(path)} is no regular file: choose another name")
    # The mode is asked as well, because a superuser may write anything: a file marked read-only is meant to stay.
    if not os.access(path, os.W_OK) or not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise OutputError(f"the output {shown(path)} exists and is read-only: choose another name, or make it writable")


def _check_picture(path: Path, form: Format, size: tuple[int, int] | None, bits: int, quality: int) -> None:
    if bits not in (8, 16):
        raise OutputError(f"a picture is written with 8 or 16 bits a channel, not {bits!r}")
    if bits == 16 and not form.sixteen_bits:
        raise OutputError(f"{form.name} holds 8 bits a channel, so {shown(path)} cannot have 16: use .png or .tif")
    if not 1 <= quality <= 100:
        raise OutputError(f"the quality must be between 1 and 100, not {quality}")
    if size is not None and max(size) > form.longest_side:
        raise OutputError(
            f"{form.name} holds at most {form.longest_side} pixels a side, not {size[0]} x {size[1]}: use .png or .tif"
        )


def _check_settings(path: Path, form: Format, settings: Mapping[str, Any]) -> None:
    from impasto.images.metadata import settings_packet

    length = len(settings_packet(settings))
    if form is JPEG and length > _JPEG_PACKET_BYTES:
        raise OutputError(f"the settings ({length} bytes) do not fit into the JPEG {shown(path)}: use .png, .webp or .tif")
