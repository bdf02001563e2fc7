"""From files to training pictures: which ones a list names, and reading them, small, into memory.

Crops and batches are made of them in `data.py`.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from impasto import images
from impasto.errors import ImpastoError, InputError
from impasto.images.paths import reason, shown
from impasto.training.data import Pixels, find_files

SHORTER = 256
"""Pixels to which the shorter side is brought: crops are no larger, and a few thousand pictures fit into memory."""

LEAST = 32
"""Pixels of the shorter side below which a picture shows too little to learn from."""


@dataclass(frozen=True)
class Loaded:
    """pictures: H x W x 3 uint8 each. skipped: a line for each file that could not be used."""

    pictures: list[Pixels] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def choose_files(
    folders: Sequence[Path], exclude: Path | None = None, validation: Path | None = None
) -> tuple[list[Path], list[Path]]:
    """(files to learn from, files to validate on), which share none.

    folders: searched with what is in them. exclude: a list (see `names_in`) of pictures not to learn from. validation: a
    folder, or a list of pictures in `folders`. Raises InputError when one of them does not exist or gives nothing.
    """
    for place in [*folders, *([validation] if validation else [])]:
        if not place.exists():
            raise InputError(f"there is no {shown(place)}; give existing folders to --images, a folder or list to --validation")
    files = list({file.resolve(): file for file in find_files(folders)}.values())
    held_out = _held_out(files, validation) if validation else []
    unwanted = names_in(exclude) if exclude else frozenset()
    taken = {file.resolve() for file in held_out}
    learned = [file for file in files if file.name not in unwanted and file.resolve() not in taken]
    if not learned:
        why = f" (all {len(files)} are left out or kept for validation)" if files else ""
        raise InputError(f"no picture to learn from in {', '.join(map(shown, folders))}{why}; give --images other folders")
    return learned, held_out


def _held_out(files: Sequence[Path], validation: Path) -> list[Path]:
    if validation.is_dir():
        found = find_files([validation])
    else:
        names = names_in(validation)
        found = [file for file in files if file.name in names]
    if not found:
        raise InputError(f"{shown(validation)} gives no validation picture; give a folder of some, or name some of --images")
    return found


def load_pictures(files: Sequence[Path], shorter: int = SHORTER, report: Callable[[int], None] = lambda done: None) -> Loaded:
    """Reads the files; larger pictures are brought to `shorter` pixels on the shorter side, smaller ones stay as they are.

    report(done) is called after each file.
    """
    loaded = Loaded()
    for done, file in enumerate(files, 1):
        try:
            loaded.pictures.append(_load(file, shorter))
        except ImpastoError as error:
            loaded.skipped.append(str(error))
        report(done)
    return loaded


def _load(file: Path, shorter: int) -> Pixels:
    picture = images.read(file).as_bits(8)
    least = min(picture.size)
    if least < LEAST:
        raise InputError(f"{shown(file)} is {picture.width} x {picture.height} pixels, too small to learn from")
    if least > shorter:
        picture = picture.resized(*(max(1, round(side * shorter / least)) for side in picture.size))
    return picture.pixels


def names_in(path: Path) -> frozenset[str]:
    """The file names, without folders, of all pictures that a text or CSV file names: one a line, or in any of its columns.

    Raises InputError when the file cannot be read or names no picture.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            cells = [cell.strip() for row in csv.reader(file) for cell in row]
    except OSError as error:
        raise InputError(f"the list {shown(path)} cannot be read ({reason(error)}): check its name") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the list {shown(path)} is no text file; give one file name a line, or a CSV table") from error
    names = frozenset(cell.replace("\\", "/").rpartition("/")[2] for cell in cells if images.is_picture_file(cell))
    if not names:
        raise InputError(f"the list {shown(path)} names no picture; give one file name a line, or a CSV table")
    return names
