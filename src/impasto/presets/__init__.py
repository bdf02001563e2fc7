"""Settings that carry a name: papers' and tools' recipes, one data file each in this folder, in the format of a config.

`names()` and `load(name)` are all that a caller needs: `Painter(**presets.load("gatys"))`. What each does, and where it differs
from its source and why, is in docs/presets.md.
"""

from pathlib import Path
from typing import Any

from impasto.errors import InputError, did_you_mean
from impasto.presets.config import parse

FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """Every preset, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load(name: str) -> dict[str, Any]:
    """The settings of a preset. Raises InputError for an unknown one, with a suggestion."""
    settings: dict[str, Any] = document(name)["settings"]
    return settings


def document(name: str) -> dict[str, Any]:
    """The whole data file: `about`, `settings`, and `options` where it knows another tool's command line."""
    if name not in names():
        raise InputError(f"unknown preset '{name}'{did_you_mean(name, names())}")
    return parse((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), f"preset '{name}'")
