"""Pictures of a folder, in the order a person would put them. File names only: nothing is opened."""

import re
from pathlib import Path

from impasto.errors import InputError
from impasto.images.formats import READABLE_EXTENSIONS
from impasto.images.paths import AnyPath, reason, shown, similar_neighbour


def is_picture_file(path: AnyPath) -> bool:
    """Whether the extension is that of a format Impasto reads; the file need not exist."""
    return Path(path).suffix.lower() in READABLE_EXTENSIONS


def find_pictures(folder: AnyPath) -> list[Path]:
    """The picture files directly in `folder`, hidden ones left out, in natural order (`2.jpg` before `10.jpg`).

    Raises InputError when the folder is missing, is no folder, or cannot be listed.
    """
    folder = Path(folder)
    if not folder.exists():
        raise InputError(
            f"the folder {shown(folder)} does not exist{similar_neighbour(folder, folders=True) or ': check its name'}"
        )
    if not folder.is_dir():
        raise InputError(f"{shown(folder)} is a file, not a folder")
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        raise InputError(f"the folder {shown(folder)} cannot be listed ({reason(error)}): check its permissions") from error
    pictures = [path for path in entries if not path.name.startswith(".") and is_picture_file(path) and path.is_file()]
    return sorted(pictures, key=lambda path: (_natural(path.name), path.name))


def _natural(name: str) -> list[str | int]:
    """Text and numbers by turns, text first, so that two keys always compare like with like."""
    parts = re.split("([0-9]+)", name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)]
