"""From files to training pictures: which ones a list names, and reading them, small, into memory.

Crops and batches are made of them in `data.py`, pairs for validation in `validation.py`.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from impasto import images
from impasto.device import available_memory
from impasto.errors import ImpastoError, InputError, MemoryLimitError
from impasto.images.paths import reason, shown
from impasto.training.data import Pixels, find_files

SHORTER = 256
"""Pixels to which the shorter side is brought: crops are no larger, and a few thousand pictures fit into memory."""

LENGTH = 1.5
"""How much longer than wide a picture is reckoned to be."""

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


def collect(place: Path, option: str, kind: str = "") -> list[Path]:
    """The picture files of a folder, searched with what is in it, of one file, or of an index.

    An index is a text file with a name a line, or a CSV table; its names are looked for beside it. Where its first line names a
    column `kind`, only the rows of that kind count. Raises InputError, naming the option, when nothing is found.
    """
    if not place.exists():
        raise InputError(f"there is no {shown(place)}; give {option} an existing folder, or an index of pictures")
    if place.is_dir() or images.is_picture_file(place):
        found = find_files([place])
    else:
        cells = [cell for row in _rows_of_kind(read_table(place), kind) for cell in row if images.is_picture_file(cell)]
        found = [path for path in dict.fromkeys(place.parent / cell for cell in cells) if path.is_file()]
    if not found:
        raise InputError(f"no picture in {shown(place)}; give {option} a folder of some, or an index that names some beside it")
    return found


def _rows_of_kind(rows: list[list[str]], kind: str) -> list[list[str]]:
    if not rows or "kind" not in rows[0] or not kind:
        return rows
    column = rows[0].index("kind")
    return [row for row in rows[1:] if len(row) > column and row[column] == kind]


def check_room(count: int, shorter: int) -> None:
    """Raises MemoryLimitError when so many pictures, brought to `shorter` pixels, would not fit into memory."""
    each = 3 * shorter * shorter * LENGTH
    free = available_memory()
    if count * each > free:
        raise MemoryLimitError(
            f"{count} pictures of {shorter} px need about {count * each / 2**30:.1f} GB of memory and {free / 2**30:.1f} GB is "
            f"free; give about {int(0.8 * free / each)} pictures, or a smaller --size"
        )


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
    cells = [cell for row in read_table(path) for cell in row]
    names = frozenset(cell.replace("\\", "/").rpartition("/")[2] for cell in cells if images.is_picture_file(cell))
    if not names:
        raise InputError(f"the list {shown(path)} names no picture; give one file name a line, or a CSV table")
    return names


def read_table(path: Path) -> list[list[str]]:
    """The cells of a text or CSV file, row by row. Raises InputError when it cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [[cell.strip() for cell in row] for row in csv.reader(file)]
    except OSError as error:
        raise InputError(f"the list {shown(path)} cannot be read ({reason(error)}): check its name") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the list {shown(path)} is no text file; give one file name a line, or a CSV table") from error
