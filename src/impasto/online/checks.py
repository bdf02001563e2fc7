"""One check for each kind of setting: a clear line of an error, or nothing. Which settings there are is in `settings`."""

import math
from collections.abc import Collection, Iterable

from impasto.errors import InputError, did_you_mean

LARGEST = 100_000
"""Pixels of a side, more than any picture that is painted."""


def option(name: str) -> str:
    """A setting's name as the command line spells it."""
    return "--" + name.replace("_", "-")


def check_choice(name: str, value: str, known: Collection[str]) -> None:
    """Raises InputError unless `value` is one of `known`."""
    if value not in known:
        hint = did_you_mean(str(value), known).split("; known")[0]
        raise InputError(f"{option(name)} is '{value}'; choose one of {', '.join(known)}{hint}")


def check_range(name: str, value: float, least: float, most: float) -> None:
    """Raises InputError unless `value` is a finite number between the two."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not least <= value <= most:
        upper = f" and at most {most:g}" if math.isfinite(most) else ""
        raise InputError(f"{option(name)} is {value}; it must be a number of at least {least:g}{upper}")


def check_whole(name: str, value: int, least: int) -> None:
    """Raises InputError unless `value` is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{option(name)} is {value!r}; it must be a whole number of at least {least}")


def check_switch(name: str, value: bool) -> None:
    """Raises InputError unless `value` is true or false."""
    if not isinstance(value, bool):
        raise InputError(f"{option(name)} is {value!r}; it is either on (true) or off (false)")


def check_size(size: int | str) -> None:
    """Raises InputError unless `size` is `full` or a sensible number of pixels."""
    if size != "full" and (isinstance(size, bool) or not isinstance(size, int) or not 32 <= size <= LARGEST):
        raise InputError(f"--size is {size!r}; give the longer side in pixels (32 to {LARGEST}), or 'full' for the photo's own")


def check_weights(name: str, values: Collection[float]) -> None:
    """Raises InputError unless these are weights, of which at least one counts."""
    for weight in values:
        check_range(name, weight, 0, math.inf)
    if not sum(values) > 0:
        raise InputError(f"{option(name)} are all 0; give at least one a weight above 0")


def weighted(name: str, entries: Iterable[str]) -> dict[str, float]:
    """`("relu1_1", "relu2_1:64")` -> `{"relu1_1": 1.0, "relu2_1": 64.0}`. Raises InputError for what is no such list."""
    found: dict[str, float] = {}
    for entry in entries:
        key, colon, text = str(entry).partition(":")
        try:
            weight = float(text) if colon else 1.0
        except ValueError:
            raise InputError(f"{option(name)}: '{text}' in '{entry}' is no weight; write NAME or NAME:WEIGHT") from None
        if not key:
            raise InputError(f"{option(name)}: '{entry}' names nothing; write NAME or NAME:WEIGHT")
        if key in found:
            raise InputError(f"{option(name)} names {key} twice; name it once")
        found[key] = weight
    if not found:
        raise InputError(f"{option(name)} is empty; name at least one, or leave it out")
    check_weights(name, found.values())
    return found
