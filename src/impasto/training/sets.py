"""Which files a run learns from and which it is judged by. Nothing is read here but lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from impasto.errors import InputError
from impasto.training.pictures import collect, names_in
from impasto.training.validation import read_pairs

HELD_OUT = 8
"""Photos that a network of one style is judged by, where there are enough."""


@dataclass(frozen=True)
class Sets:
    """photos, styles: files to learn from. pairs: (photo, style) files to be judged by, none of them learned from."""

    photos: list[Path]
    styles: list[Path]
    pairs: list[tuple[Path, Path]] = field(default_factory=list)


def choose_sets(content: Path, style: Path, exclude: Path | None = None, validation: Path | None = None) -> Sets:
    """Photos and styles for arbitrary styles. content, style: folders or indexes.

    exclude: a list of pictures not to learn from. validation: a table of pairs, none of which is learned from. Raises
    InputError where one of them gives nothing.
    """
    photos, styles = collect(content, "--content", "content"), collect(style, "--style", "style")
    pairs = read_pairs(validation, photos, styles) if validation else []
    unwanted = {path.name for pair in pairs for path in pair} | (names_in(exclude) if exclude else frozenset())
    learned = [[path for path in files if path.name not in unwanted] for files in (photos, styles)]
    for files, found, option in zip(learned, (photos, styles), ("--content", "--style"), strict=True):
        if not files:
            raise InputError(f"all {len(found)} pictures of {option} are left out or kept for validation; give it others")
    return Sets(learned[0], learned[1], pairs)


def choose_photos(content: Path, exclude: Path | None = None) -> tuple[list[Path], list[Path]]:
    """(photos to learn from, photos to judge by) for given styles: every so many of them is held out."""
    unwanted = names_in(exclude) if exclude else frozenset()
    photos = [path for path in collect(content, "--content", "content") if path.name not in unwanted]
    if len(photos) < 2:
        raise InputError("one photo to learn from and one to judge by are the least; give --content more of them")
    held_out = photos[:: max(2, -(-len(photos) // HELD_OUT))]
    return [path for path in photos if path not in held_out], held_out


def every_picture(pairs: Sequence[tuple[Path, Path]]) -> list[Path]:
    """Both sides of the pairs, one after the other."""
    return [path for pair in pairs for path in pair]
