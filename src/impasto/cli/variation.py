"""What a sheet varies: the words after `--vary` as axes, and the settings of each cell between them. Nothing is painted."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from impasto.cli import options
from impasto.errors import InputError, did_you_mean
from impasto.online.settings import Settings, make_settings

STYLE = "style"
"""The axis of the style pictures themselves; without it they are mixed in every painting."""

SWITCHES = {"on": True, "off": False}


@dataclass(frozen=True)
class Axis:
    """An option and its values; for `style` these are places in the list of style pictures. labels: a word for each."""

    name: str
    values: tuple[Any, ...]
    labels: tuple[str, ...]

    @property
    def option(self) -> str:
        """The name as the command line spells it, without its dashes."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class Variant:
    """One cell. settings: its own, checked. styles: the places of the style pictures it takes. place: (column, row)."""

    settings: Mapping[str, Any]
    styles: tuple[int, ...]
    place: tuple[int, int]
    label: str


def axes(texts: Sequence[str], args: argparse.Namespace) -> list[Axis]:
    """One axis or two, that of the styles first: it makes the columns. Raises InputError for what cannot be varied."""
    if not 1 <= len(texts) <= 2:
        raise InputError(f"--vary is given {len(texts)} times; give it once for a list, or twice for a table")
    found = [_axis(text, args) for text in texts]
    if len({axis.name for axis in found}) < len(found):
        raise InputError(f"--vary names {found[0].option} twice; vary another option, or give all values at once")
    return sorted(found, key=lambda axis: axis.name != STYLE)


def variants(found: Sequence[Axis], args: argparse.Namespace) -> list[Variant]:
    """Every combination, row by row, its settings checked. Raises InputError for a value that cannot be."""
    cells = []
    columns, rows = found[0], found[1] if len(found) == 2 else Axis("", (None,), ("",))
    for (row, lower), (column, upper) in product(enumerate(rows.values), enumerate(columns.values)):
        chosen = {columns.name: upper, rows.name: lower}
        styles = (chosen[STYLE],) if STYLE in chosen else tuple(range(len(args.styles)))
        own = {name: value for name, value in chosen.items() if name not in (STYLE, "")}
        settings = options.chosen_settings(argparse.Namespace(**{**vars(args), **own}))
        words = [f"{axis.option} {axis.labels[place]}" for axis, place in ((columns, column), (rows, row)) if axis.name]
        cells.append(Variant(settings, styles, (column, row), ", ".join(words)))
    return cells


def _axis(text: str, args: argparse.Namespace) -> Axis:
    word, equals, values = text.partition("=")
    name = word.strip().removeprefix("--").replace("-", "_")
    if name == STYLE:
        return _style_axis(values, args.styles)
    known = {option.name: option for table in options.GROUPS.values() for option in table if _can_vary(option.name)}
    if name not in known:
        raise InputError(f"--vary: there is no option '{word}' to vary{did_you_mean(name, [STYLE, *known])}")
    if getattr(args, name, None) is not None:
        raise InputError(f"--{name.replace('_', '-')} is both given and varied; leave one of them out")
    # Values that hold commas themselves, such as lists of layers, are separated by semicolons.
    labels = tuple(label.strip() for label in values.split(";" if ";" in values else ","))
    if not equals or not all(labels):
        raise InputError(f"--vary {text}: write OPTION=A,B,C, such as strength=0.3,0.6,1")
    if len(set(labels)) < len(labels):
        raise InputError(f"--vary {text} names a value twice; name it once")
    return Axis(name, tuple(_value(known[name], label) for label in labels), labels)


def _can_vary(name: str) -> bool:
    return name == "preset" or name in Settings.__dataclass_fields__


def _value(option: options.Option, text: str) -> Any:
    parse: Callable[[str], Any] = option.parse or str
    if isinstance(getattr(Settings, option.name, None), bool):
        if text not in SWITCHES:
            raise InputError(f"--vary {option.name}: '{text}' must be on or off")
        return SWITCHES[text]
    try:
        value = parse(text)
    except argparse.ArgumentTypeError as error:
        raise InputError(f"--vary {option.name.replace('_', '-')}: {error}") from None
    if option.name != "preset":
        make_settings({option.name: value})
    return value


def _style_axis(text: str, styles: Sequence[Path]) -> Axis:
    """All style pictures, or those named by file name or stem."""
    if len(styles) < 2 and not text:
        raise InputError("--vary style needs several style pictures; name more of them after the photo")
    names = [path.stem for path in styles]
    places = list(range(len(styles)))
    if text:
        places = []
        for word in (part.strip() for part in text.split(",")):
            fitting = [place for place, path in enumerate(styles) if word in (path.stem, path.name, str(path))]
            if not fitting:
                raise InputError(f"--vary style: there is no style picture '{word}'{did_you_mean(word, names)}")
            places.append(fitting[0])
    return Axis(STYLE, tuple(places), tuple(names[place] for place in places))
