"""argparse with manners: an error is one line with a suggestion, and a word becomes a value or a clear complaint.

Nothing here knows a command or an option.
"""

import argparse
import functools
import shutil
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from impasto.errors import InputError, did_you_mean


class Parser(argparse.ArgumentParser):
    """Raises InputError where argparse would print its usage and exit; takes no abbreviations, so that options can be added."""

    def __init__(self, **options: Any) -> None:
        width = min(100, shutil.get_terminal_size().columns - 2)
        formatter = functools.partial(argparse.RawDescriptionHelpFormatter, width=width, max_help_position=30)
        options = {"formatter_class": formatter, "allow_abbrev": False, **options}
        super().__init__(**options)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse does, but an unknown option is found before anything that is missing because of it."""
        if args is not None:
            self._check_options(args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        message = message.replace("the following arguments are required: ", "missing: ")
        message = message.removeprefix("argument ").replace("unrecognized arguments", "one word too many")
        raise InputError(f"{message}; see {self.prog} --help")

    def _check_options(self, words: Sequence[str]) -> None:
        known = self._option_string_actions
        for word in words:
            option = word.partition("=")[0]
            if word == "--" or (self._subparsers is not None and not word.startswith("-")):
                return
            if word.startswith("--") and option not in known:
                shown = [name for name, action in known.items() if name.startswith("--") and action.help != argparse.SUPPRESS]
                hint = did_you_mean(option, shown) if len(shown) > 1 else ""
                hint = hint if hint.startswith("; did you mean") else f"; see {self.prog} --help"
                raise InputError(f"unknown option '{option}'{hint}")


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number") from None


def counted(least: int, most: int | None = None) -> Callable[[str], int]:
    """A parser of whole numbers from `least` to `most`."""

    def parse(text: str) -> int:
        value = whole(text)
        if value < least or (most is not None and value > most):
            bounds = f"at least {least}" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"{value} must be {bounds}")
        return value

    return parse


def number(text: str) -> float:
    """A number; whether it is a sensible one is for the settings to say."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no number") from None


def pixels(text: str) -> int | str:
    """A whole number, or `full`."""
    return text if text == "full" else whole(text)


def names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    found = tuple(name.strip() for name in text.split(","))
    if not all(found):
        raise argparse.ArgumentTypeError(f"'{text}' must be names separated by commas, such as relu3_1,relu4_1")
    return found


def numbers(text: str) -> tuple[float, ...]:
    """Numbers separated by commas."""
    return tuple(number(part.strip()) for part in text.split(","))


def wholes(text: str) -> tuple[int, ...]:
    """Whole numbers separated by commas."""
    return tuple(whole(part.strip()) for part in text.split(","))


class Alone(argparse.Action):
    """A switch with which nothing else need be given: arguments that are required otherwise are not."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, **{**options, "nargs": 0, "default": False})

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        setattr(namespace, self.dest, True)
        for action in parser._actions:
            action.required = False
