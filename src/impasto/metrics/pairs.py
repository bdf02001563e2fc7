"""Which pastiche is of which content and style: a pair, a folder, a grid or an index. File names only; no picture is opened."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from impasto import images
from impasto.errors import InputError
from impasto.images.paths import reason, shown, similar_neighbour

COLUMNS = ("content", "style", "pastiche")
METHOD = "method"
PLACES = ("{content}", "{style}")


@dataclass(frozen=True)
class Pair:
    """A pastiche, what it is of, and the method that made it: the name that figures are summed up under."""

    pastiche: Path
    content: Path
    style: Path
    method: str


@dataclass(frozen=True)
class Collection:
    """The pairs, and what should be said of how they were found."""

    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()


def collect(
    pastiches: Sequence[Path], content: Path | None = None, style: Path | None = None, pattern: str | None = None
) -> Collection:
    """The pairs of pictures, folders and index files.

    An index (.csv) names its own contents and styles. Everything else needs both: pictures, or folders, of which `pattern`
    tells how a pastiche's name (without its extension) is made of `{content}` and `{style}`. Left out, it is made of what is a
    folder: `{content}`, `{style}` or `{content}_{style}`; with neither, all pictures of a folder are of the one pair. A method
    is called after its folder or file, unless the index has a column `method`. Raises InputError for what is missing or fits
    nothing.
    """
    titles = method_names(pastiches)
    found: list[Pair] = []
    notes: list[str] = []
    for path in pastiches:
        if not path.exists():
            raise InputError(f"{shown(path)} does not exist{similar_neighbour(path) or similar_neighbour(path, folders=True)}")
        if path.suffix.lower() == ".csv" and path.is_file():
            if content or style or pattern:
                raise InputError(
                    f"the index {shown(path)} names contents and styles; leave out --content, --style and --pattern"
                )
            found += read_index(path, titles[path])
            continue
        if content is None or style is None:
            raise InputError("a pastiche is judged against two pictures; give both --content and --style, or an index .csv")
        if path.is_dir():
            pairs, note = in_folder(path, content, style, pattern, titles[path])
            found += pairs
            notes += note
        else:
            found.append(Pair(path, one_picture(content, "content"), one_picture(style, "style"), titles[path]))
    return Collection(tuple(found), tuple(notes))


def sequences(pastiches: Sequence[Path], content: Path | None, style: Path | None = None) -> dict[str, list[Pair]]:
    """{method: its frames in natural order, each with the content's frame of the same place}.

    pastiches, content: folders of frames. style: a picture; where it is None each pair has the content's frame in its place,
    which nothing may look at. Raises InputError for what is no folder, and for numbers of frames that differ.
    """
    if content is None or not content.is_dir():
        raise InputError("a sequence is judged against its content's frames; give their folder with --content")
    filmed, found = some_pictures(content), {}
    for path, title in method_names(pastiches).items():
        painted = some_pictures(path)
        if len(painted) != len(filmed) or len(painted) < 2:
            raise InputError(
                f"{shown(path)} holds {len(painted)} frames and {shown(content)} {len(filmed)}; a sequence needs at least two, "
                "and as many of its content"
            )
        look = None if style is None else one_picture(style, "style")
        found[title] = [Pair(one, frame, look or frame, title) for one, frame in zip(painted, filmed, strict=True)]
    return found


def method_names(paths: Sequence[Path]) -> dict[Path, str]:
    """What each is called: its name without extension, with more of its path where two share that."""
    short = {path: path.stem if path.is_file() else path.resolve().name for path in paths}
    counts = list(short.values())
    return {path: name if counts.count(name) == 1 else str(path) for path, name in short.items()}


def one_picture(path: Path, role: str) -> Path:
    """The path itself. Raises InputError where it is no file."""
    if path.is_dir():
        raise InputError(f"the {role} {shown(path)} is a folder and the pastiche is one picture; name a picture in it")
    if not path.exists():
        raise InputError(f"the {role} {shown(path)} does not exist{similar_neighbour(path) or ': check its name'}")
    return path


def in_folder(folder: Path, content: Path, style: Path, pattern: str | None, method: str) -> tuple[list[Pair], list[str]]:
    """The pairs of a folder's pastiches, and what is to be said of missing ones. See `collect`."""
    contents, styles = by_name(content, "content"), by_name(style, "style")
    placeholders = [place for place, path in zip(PLACES, (content, style), strict=True) if path.is_dir()]
    if not placeholders and pattern is None:
        (photo,), (look,) = contents.values(), styles.values()
        return [Pair(path, photo, look, method) for path in some_pictures(folder)], []
    pattern = "_".join(placeholders) if pattern is None else checked(pattern, placeholders)
    painted, pairs, absent = named(folder), [], []
    for (content_name, photo), (style_name, look) in product(contents.items(), styles.items()):
        name = pattern.replace(PLACES[0], content_name).replace(PLACES[1], style_name)
        if name in painted:
            pairs.append(Pair(painted[name], photo, look, method))
        else:
            absent.append(name)
    if not pairs:
        raise InputError(
            f"no picture in {shown(folder)} is called by the pattern '{pattern}', such as '{absent[0]}'; give the right one "
            "with --pattern"
        )
    note = (
        f"{shown(folder)} lacks {len(absent)} of {len(absent) + len(pairs)} pastiches, '{absent[0]}' for one" if absent else ""
    )
    return pairs, [note] if note else []


def checked(pattern: str, needed: Sequence[str]) -> str:
    """The pattern itself. Raises InputError where it lacks what varies."""
    for place in needed:
        if place not in pattern:
            raise InputError(f"the pattern '{pattern}' lacks {place}, which varies; write it as '{'_'.join(needed)}', say")
    return pattern


def by_name(path: Path, role: str) -> dict[str, Path]:
    """{name without extension: picture} of a folder, or of one picture."""
    return named(path) if path.is_dir() else {path.stem: one_picture(path, role)}


def named(folder: Path) -> dict[str, Path]:
    """{name without extension: picture}. Raises InputError for two of one name."""
    found: dict[str, Path] = {}
    for path in some_pictures(folder):
        if path.stem in found:
            raise InputError(
                f"{shown(found[path.stem])} and {shown(path)} differ in their extension alone; keep one of them there"
            )
        found[path.stem] = path
    return found


def some_pictures(folder: Path) -> list[Path]:
    """The folder's pictures. Raises InputError when it has none."""
    pictures = images.find_pictures(folder)
    if not pictures:
        raise InputError(f"the folder {shown(folder)} holds no picture that Impasto reads; subfolders are not looked into")
    return pictures


def read_index(path: Path, method: str) -> list[Pair]:
    """The rows of a CSV with the columns content, style and pastiche, and perhaps method; its paths start from its own
    folder.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise InputError(f"the index {shown(path)} cannot be read ({reason(error)})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the index {shown(path)} is no CSV in UTF-8; save it as one") from error
    if not rows:
        raise InputError(f"the index {shown(path)} has no rows below its header; it needs the columns {', '.join(COLUMNS)}")
    return [_pair(path, number, row, method) for number, row in enumerate(rows, 2)]


def _pair(index: Path, line: int, row: Mapping[str, str | None], method: str) -> Pair:
    values = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if lacking := [column for column, value in values.items() if not value]:
        raise InputError(
            f"the index {shown(index)} has no {lacking[0]} in line {line}; it needs the columns {', '.join(COLUMNS)}"
        )
    paths = {column: index.parent / value for column, value in values.items()}
    return Pair(paths["pastiche"], paths["content"], paths["style"], (row.get(METHOD) or "").strip() or method)
