"""The options of `impasto paint` as one table, what matters most first: a new option is a new line.

An option that names a setting takes its default from `online.settings.Settings`, and is None where the user did not give
it, so that a value on the command line can be told from a default. What the options do is not decided here.
"""

import argparse
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from impasto import content, encoders, presets
from impasto.cli import parsing
from impasto.errors import InputError
from impasto.images.formats import WRITABLE_EXTENSIONS
from impasto.online.settings import INITS, LEARNING_RATES, OPTIMIZERS, Settings, make_settings, merge
from impasto.presets.config import read
from impasto.texture import MODELS

EXAMPLES = """\
examples:
  impasto paint photo.jpg waves.jpg -o painting.png
  impasto paint photo.jpg waves.jpg -o painting.png --fast
  impasto paint photo.jpg waves.jpg -o painting.png --strength 0.7 --size 1024
  impasto paint photo.jpg waves.jpg ink.jpg -o painting.png --style-weights 2,1
  impasto paint photo.jpg waves.jpg -o painting.png --color keep --preview making.webp
  impasto paint holiday/ waves.jpg -o painted/
"""


@dataclass(frozen=True)
class Option:
    """One option. Where `name` is a setting that has a default, the help ends with it.

    argument: what argparse wants to know besides: `choices`, `default`, `action`.
    """

    name: str
    help: str
    metavar: str | tuple[str, str] | None = None
    parse: Callable[[str], Any] | None = None
    short: str | None = None
    argument: dict[str, Any] = field(default_factory=dict)

    def add_to(self, group: "argparse._ArgumentGroup") -> None:
        """Adds it to its group of a parser."""
        flags = [flag for flag in (self.short, "--" + self.name.replace("_", "-")) if flag]
        default = getattr(Settings(), self.name, None)
        argument: dict[str, Any] = {
            "help": f"{self.help} (default: {shown_default(default)})" if shown_default(default) else self.help,
            **self.argument,
        }
        if self.metavar is not None:
            argument["metavar"] = self.metavar
        if self.parse is not None:
            argument["type"] = self.parse
        group.add_argument(*flags, dest=self.name, **argument)


def shown_default(value: Any) -> str:
    """A setting's default as the help ends with it; nothing where there is nothing to say."""
    if isinstance(value, bool) or value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


_SWITCH = {"action": "store_true"}
_RATES = " and ".join(f"{rate:g} for {name}" for name, rate in LEARNING_RATES.items())
_FORMATS = ", ".join(WRITABLE_EXTENSIONS)
_PRESETS = ", ".join(presets.names())
_ENCODERS = ", ".join(encoders.names())
_TEXTURES = ", ".join(MODELS)
_CONTENTS = ", ".join(content.MODELS)
_LAYERS = "(default: the encoder's own choice)"
_LIST, _LAYER_LIST = "A[:X],B", "L[:X],L"

GROUPS: dict[str, tuple[Option, ...]] = {
    "Method": (
        Option("fast", "paint in one pass, in a moment: short for --method fast", argument=_SWITCH),
        Option("method", "online, which optimises this one picture, or fast", "NAME"),
    ),
    "Strength and size": (
        Option("strength", "how much of the style: 0 keeps the photo, 1 takes the style in full", "0..1", parsing.number),
        Option("size", "the painting's longer side in pixels; full is the photo's own", "N|full", parsing.pixels),
    ),
    "Style": (
        Option("color", "style, keep (the photo's colours), match (the style recoloured like the photo) or only", "NAME"),
        Option(
            "mask",
            "paint this part of the photo from that part of the style picture; - is a whole picture; once for each style, "
            "or several times for one",
            ("CONTENT_MASK", "STYLE_MASK"),
            argument={"nargs": 2, "action": "append", "default": []},
        ),
        Option("style_weights", "how much each of several styles counts (default: all alike)", "A,B", parsing.numbers),
        Option("style_scale", "the style picture's size against the painting's; larger strokes with more", "X", parsing.number),
        Option("style_rotations", "show it turned by these degrees as well, such as 90,180,270", "A,B", parsing.numbers),
        Option("style_rescalings", "show it at these sizes as well, such as 0.7,1.4", "A,B", parsing.numbers),
        Option("texture", f"the texture model, what a style is taken to be: {_TEXTURES}", "NAME"),
        Option("encoder", f"the network that looks at the pictures: {_ENCODERS}, or a file of weights", "NAME|FILE"),
    ),
    "Balance": (
        Option("content_weight", "how much the photo's content counts; 1 is the balance we recommend", "X", parsing.number),
        Option("style_weight", "how much the style counts, likewise", "X", parsing.number),
        Option("tv_weight", "how much smoothness (total variation) counts, likewise", "X", parsing.number),
        Option("spectrum_weight", "how much is done against a weave that neither picture has, likewise", "X", parsing.number),
        Option(
            "content_models",
            f"what of the photo must survive, with weights: {_CONTENTS} (default: the texture's own choice)",
            _LIST,
            parsing.names,
        ),
        Option("content_layers", f"layers to take the content from, with weights {_LAYERS}", _LAYER_LIST, parsing.names),
        Option("style_layers", f"layers to take the style from, likewise {_LAYERS}", _LAYER_LIST, parsing.names),
        Option(
            "normalize_gradients",
            "let every layer pull with the same force",
            argument={"action": argparse.BooleanOptionalAction},
        ),
    ),
    "Recipes": (
        Option("preset", f"begin with the settings of a paper or a tool: {_PRESETS}", "NAME"),
        Option("config", "begin with the settings in this file, or of this painting", "FILE", Path),
        Option("print_config", "print all settings as they would be used, and exit", argument={"action": parsing.Alone}),
    ),
    "How it is optimised": (
        Option("iterations", "steps in all; twice as many take twice as long (default: 90, for gram 280)", "N", parsing.whole),
        Option("level_iterations", "steps of each size of the pyramid instead, from the coarsest", "N,N", parsing.wholes),
        Option("optimizer", ", ".join(OPTIMIZERS), "NAME"),
        Option("learning_rate", f"the optimiser's step length (default: {_RATES})", "X", parsing.number),
        Option("init", f"begin with: {', '.join(INITS)}, or a picture (default: fast, what --fast paints)", "NAME|FILE"),
        Option("pooling", "how the encoder shrinks its feature maps: max, average or l2", "NAME"),
        Option("coarsest", "longer side to begin at; with --size or more, one scale only", "N", parsing.whole),
        Option("level_ratio", "how much larger each size of the pyramid is than the one before", "X", parsing.number),
        Option("average", "decay of the average over the last steps; 0 takes the last one as it is", "0..1", parsing.number),
        Option("seed", "of the random numbers; the same seed repeats a painting", "N", parsing.whole),
    ),
    "Output": (
        Option("output", f"where the painting goes: {_FORMATS}; an existing folder where CONTENT is one", "OUT", Path, "-o"),
        Option(
            "bits",
            "bits a channel, 16 for PNG and TIFF (default: 8)",
            parse=parsing.whole,
            argument={"choices": (8, 16), "default": 8, "metavar": "8|16"},
        ),
        Option(
            "quality",
            "of JPEG and WebP; 100 is lossless WebP (default: 95)",
            "1..100",
            parsing.counted(1, 100),
            argument={"default": 95},
        ),
        Option("preview", "how the painting appeared: .webp for an animation, else a contact sheet", "FILE", Path),
        Option("save_every", "keep the picture of every Nth step, as OUT-000050.png", "N", parsing.counted(1)),
        Option("resume", "go on with an interrupted painting; in a folder, with those there are", argument=_SWITCH),
        Option("overwrite", "in a folder, paint finished ones again; a single OUT is replaced anyway", argument=_SWITCH),
        Option("quiet", "print nothing but errors", short="-q", argument=_SWITCH),
    ),
    "Machine": (Option("device", "auto, cpu, cuda (cuda:1 for the second) or mps", "NAME"),),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the pictures and, group by group, the options."""
    pictures = parser.add_argument_group("Pictures")
    pictures.add_argument("content", metavar="CONTENT", type=Path, help="the photo to paint, or a folder of photos")
    pictures.add_argument("styles", metavar="STYLE", type=Path, nargs="+", help="the picture whose style to take; several mix")
    add_groups(parser)


def add_groups(
    parser: argparse.ArgumentParser, left_out: Collection[str] = (), worded: Mapping[str, str] | None = None
) -> None:
    """Adds the options by group. left_out: names of some; worded: what others say here, where they say something else."""
    for title, table in GROUPS.items():
        chosen = [
            replace(option, help=(worded or {}).get(option.name, option.help))
            for option in table
            if option.name not in left_out
        ]
        if chosen:
            group = parser.add_argument_group(title)
            for option in chosen:
                option.add_to(group)
    group.add_argument("-h", "--help", action="help", help="show this and exit")


def given_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given on the command line, by name."""
    values = {name: getattr(args, name, None) for name in Settings.__dataclass_fields__}
    if getattr(args, "fast", False):
        if values["method"] not in (None, "fast"):
            raise InputError(f"--fast and --method {values['method']} exclude each other; give one of them")
        values["method"] = "fast"
    return {name: value for name, value in values.items() if value is not None}


def chosen_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The settings of the preset, the config and the command line, the last on top. Raises InputError for what cannot be."""
    preset = {} if args.preset is None else presets.load(args.preset)
    config = {} if args.config is None else read(args.config)
    chosen = merge(preset, config, given_settings(args))
    make_settings(chosen)
    return chosen
