"""Settings as a file: read from TOML, or from the metadata of a painting, and written as TOML. Checked, one line each error.

version = 1
[settings]
strength = 0.7
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import impasto
from impasto.errors import InputError, did_you_mean
from impasto.images.paths import reason, shown, similar_neighbour
from impasto.online.settings import Settings, make_settings

VERSION = 1
"""Goes up when a setting gets another meaning, so that no old file paints something else in silence."""

TABLES = ("version", "software", "about", "settings", "options")


def read(path: Path) -> dict[str, Any]:
    """The settings in a config file, or those that a painting was made with, by name.

    Raises InputError, one line, where there is no such file, and where it is no config, one of another version, or a wrong one.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        hint = (isinstance(error, FileNotFoundError) and similar_neighbour(path)) or ""
        raise InputError(f"the config {shown(path)} cannot be read ({reason(error)}){hint}") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return from_painting(path)
    settings: dict[str, Any] = parse(text, f"the config {shown(path)}")["settings"]
    return settings


def parse(text: str, what: str) -> dict[str, Any]:
    """The document, its settings checked. what: how messages call it. Raises InputError."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{what} is no TOML: {error}; --print-config shows how one looks") from error
    version = found.get("version")
    if version is None:
        raise InputError(f"{what} does not say its version; begin it with: version = {VERSION}")
    if version != VERSION:
        raise InputError(
            f"{what} is of version {version}, and this Impasto reads version {VERSION}; print a new one with --print-config"
        )
    for name in found:
        if name not in TABLES:
            hint = "; write it under [settings]" if name in Settings.__dataclass_fields__ else did_you_mean(name, TABLES)
            raise InputError(f"{what} has '{name}' at its top, where it means nothing{hint}")
    settings = found.setdefault("settings", {})
    try:
        if not isinstance(settings, dict):
            raise InputError("settings must be a table, [settings]")
        make_settings(settings)
    except InputError as error:
        raise InputError(f"{what}: {error}") from error
    return found


def from_painting(path: Path) -> dict[str, Any]:
    """The settings in the metadata of a painting. Raises InputError where the file holds none."""
    from impasto.images import read_settings

    try:
        found = (read_settings(path) or {}).get("settings")
    except InputError as error:
        raise InputError(f"the config {shown(path)} is neither TOML nor a painting of Impasto's") from error
    if not isinstance(found, dict):
        raise InputError(f"{shown(path)} is a picture without Impasto's settings; give a painting, or a config in TOML")
    settings = {name: value for name, value in found.items() if value is not None}
    try:
        make_settings(settings)
    except InputError as error:
        raise InputError(f"{shown(path)} was painted by another version: {error}") from error
    return settings


def dump(settings: Settings) -> str:
    """The settings as a config that `read` takes. What is None is left out, with a word on what that means."""
    lines = [
        "# Paint with these settings again: impasto paint CONTENT STYLE -o OUT --config THIS_FILE",
        f"version = {VERSION}",
        f"software = {_value(f'impasto {impasto.__version__}')}",
        "",
        "[settings]",
    ]
    for name, value in settings.as_dict().items():
        lines.append(f"# {name}: {_LEFT_OPEN[name]}" if value is None else f"{name} = {_value(value)}")
    return "\n".join(lines) + "\n"


_LEFT_OPEN: Mapping[str, str] = {
    "content_models": "the texture model's own choice",
    "content_layers": "the encoder's own choice",
    "style_layers": "the encoder's own choice",
    "style_weights": "all styles alike",
    "iterations": "see level_iterations",
    "level_iterations": "see iterations",
    "learning_rate": "the optimiser's own",
    "coarsest": "128, or what the texture model asks for",
    "init": "fast, or match for a texture without a photo",
}


def _value(value: Any) -> str:
    """A string, number, truth value or list of them in TOML; JSON writes these the same way."""
    return json.dumps(value, ensure_ascii=False)
