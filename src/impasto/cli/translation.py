"""Another tool's command line into ours, where a preset knows its options: `--preset neural-style-pt -style_image a.jpg ...`.

The table is in the preset's file (`presets/neural-style-pt.toml`); here is how it is read. Single-dash options are translated,
ours stay as they are and win. Nothing is dropped in silence: what has no counterpart is noted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto.errors import InputError, did_you_mean
from impasto.images.folders import find_pictures

OUTPUT = "out.png"
"""Where the tool writes unless it is told otherwise."""


@dataclass(frozen=True)
class Translation:
    """words: for our parser. notes: what the user should know, a sentence each."""

    words: list[str]
    notes: list[str]


def preset_of(words: Sequence[str]) -> str | None:
    """The name after --preset, the last one if there are several."""
    found = None
    for word, following in zip(words, [*words[1:], None], strict=True):
        if word == "--preset":
            found = following
        elif word.startswith("--preset="):
            found = word.partition("=")[2]
    return found


def translate(words: Sequence[str], preset: str, document: Mapping[str, Any]) -> Translation:
    """Our words for the tool's. words: after the command. document: the preset's, with its table of `options`.

    Raises InputError for an option that the tool does not have, a value it would not take, and one without a counterpart.
    """
    table, settings = document["options"], document["settings"]
    ours, given = _split(list(words), preset, table)
    if not given:
        return Translation(list(words), [])
    told = _Told(table, settings, given)
    pictures = [*told.several("content_image"), *_pictures(told.several("style_image"))]
    theirs = told.options()
    if "-o" not in ours and "--output" not in ours and not any(word.startswith("--output=") for word in ours):
        theirs += ["--output", given.get("output_image", OUTPUT)]
    # Ours come last, because the last of two like options counts.
    return Translation([*pictures, *theirs, *ours], told.notes)


def _split(words: list[str], preset: str, table: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Our words, and the tool's options with their values."""
    ours: list[str] = []
    given: dict[str, str] = {}
    while words:
        word = words.pop(0)
        if not word.startswith("-") or word.startswith("--") or len(word) < 3:
            ours.append(word)
            continue
        name, equals, value = word[1:].partition("=")
        if name not in table:
            raise InputError(f"{preset} has no option '-{name}'{did_you_mean(f'-{name}', [f'-{known}' for known in table])}")
        if table[name].get("switch"):
            value = "1"
        elif not equals:
            if not words:
                raise InputError(f"-{name} needs a value")
            value = words.pop(0)
        given[name] = value
    return ours, given


class _Told:
    """What the user told the tool, given out in our words."""

    def __init__(self, table: Mapping[str, Any], settings: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self.table, self.settings, self.given = table, settings, given
        self.notes: list[str] = []

    def several(self, name: str) -> list[str]:
        """A value that is a list separated by commas."""
        return [part for part in self.given.get(name, "").split(",") if part]

    def options(self) -> list[str]:
        """All options but the pictures and the output, in our words."""
        special = {
            "gpu": self._gpu,
            "init": self._init,
            "init_image": self._init_image,
            "learning_rate": self._learning_rate,
        }
        words: list[str] = []
        for name, value in self.given.items():
            rule = self.table[name]
            if "note" in rule:
                self.notes.append(f"-{name}: {rule['note']}")
            if name in special:
                words += special[name](value)
            elif "is" in rule and rule["is"].islower() and rule["is"] != "output":
                words += self._plain(name, rule, value)
        for name in ("content_layers", "style_layers"):
            weight = name.replace("layers", "weight")
            if weight not in self.given and (name in self.given or "normalize_weights" in self.given):
                words += self._plain(weight, self.table[weight], str(self.table[weight]["default"]))
        if self.given.get("optimizer") == "adam" and "learning_rate" not in self.given:
            words += self._learning_rate("1")
        return words

    def _plain(self, name: str, rule: Mapping[str, Any], value: str) -> list[str]:
        option = "--" + rule["is"].replace("_", "-")
        if rule.get("switch"):
            return [option]
        word = rule.get("words", {}).get(value, None if _must_be_known(rule) else value)
        if word is None:
            raise InputError(f"-{name} is '{value}'; choose one of {', '.join(rule['words'])}")
        if "default" in rule:
            word = f"{self._scaled(name, rule, value):.6g}"
        return [f"{option}={word}"] if word else []

    def _scaled(self, name: str, rule: Mapping[str, Any], value: str) -> float:
        """A number relative to the tool's default; a loss weight times its number of layers, whose losses the tool adds up."""
        number = _number(name, value) / rule["default"] * self.settings.get(rule["is"], 1.0)
        if "layers" not in rule:
            return float(number)
        usual = len(self.settings[rule["layers"]])
        layers = len(self.several(rule["layers"])) or usual
        return float(number * (1 if "normalize_weights" in self.given else layers) / usual)

    def _learning_rate(self, value: str) -> list[str]:
        if self.given.get("optimizer") != "adam":
            self.notes.append("-learning_rate counts only with -optimizer adam, as it does there")
            return []
        return self._plain("learning_rate", self.table["learning_rate"], value)

    def _init_image(self, value: str) -> list[str]:
        if self.given.get("init") != "image":
            self.notes.append("-init_image counts only with -init image, as it does there")
            return []
        return [f"--init={value}"]

    def _init(self, value: str) -> list[str]:
        plain = self._plain("init", self.table["init"], value)
        return [] if "init_image" in self.given and value == "image" else plain

    def _gpu(self, value: str) -> list[str]:
        first, _, others = value.partition(",")
        if others:
            self.notes.append(f"-gpu {value}: Impasto paints on one device, the first of them")
        if "c" in first.lower():
            return ["--device=cpu"]
        if not first.isdecimal():
            raise InputError(f"-gpu is '{value}'; give the number of a GPU, or c for the processor")
        if first == "0":
            self.notes.append("-gpu 0: the device is chosen by itself; --device cuda insists")
            return []
        return [f"--device=cuda:{first}"]


def _must_be_known(rule: Mapping[str, Any]) -> bool:
    """Whether the tool takes no words but those of the table; a lone exception such as seed -1 stands among free values."""
    return all(rule.get("words", {"": ""}).values())


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InputError(f"-{name}: '{value}' is no number") from None


def _pictures(styles: Sequence[str]) -> list[str]:
    """The style pictures, a folder standing for those in it."""
    found: list[str] = []
    for style in styles:
        path = Path(style)
        found += map(str, find_pictures(path)) if path.is_dir() else [style]
    return found
