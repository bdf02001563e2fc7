"""Everything that decides what a painting by image optimisation looks like, checked once, here."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from impasto import content
from impasto.errors import InputError, did_you_mean
from impasto.online.checks import (
    check_choice,
    check_range,
    check_size,
    check_switch,
    check_weights,
    check_whole,
    option,
    weighted,
)
from impasto.texture import check_name

COLORS = ("style", "keep", "match", "only")
INITS = ("fast", "match", "content", "noise", "grey")
COARSEST = 128
ITERATIONS = {"default": 90, "gram": 280}
STARTS = {"painting": "fast", "texture": "match"}
"""How to begin where nothing else is asked for: with a photo, and with styles alone."""
METHODS = ("online", "fast")
CONTENTS = {"default": ("features",), "covariance": ("normalised",)}
LEARNING_RATES = {"adam": 0.03, "lbfgs": 1.0}
OPTIMIZERS = ("auto", "lbfgs", "adam")
POOLINGS = ("max", "average", "l2")

FAST = frozenset({"method", "size", "strength", "color", "style_weights", "style_scale", "seed"})
"""Settings that mean something to the fast method; the seed changes nothing, because nothing is random there."""

LISTS = frozenset({"content_models", "content_layers", "style_layers", "style_weights", "level_iterations"})
"""Settings that are lists where they are not None."""


@dataclass(frozen=True)
class Settings:
    """Settings of a painting; the defaults are the recommended ones.

    method: `online`, image optimisation, which all settings are for; `fast`, one pass through the shipped network, which has
        only those of FAST.
    size: pixels of the result's longer side, or `full` for the photo's own size.
    strength: how much of the style: 0 returns the photo, 1 asks for the full style, between them for the photo's own style
        representation blended with the style's.
    color: `style` paints with the style's colours, `keep` gives the painting the photo's, `match` recolours the style like
        the photo before painting, `only` takes nothing but the colours and paints nothing.
    content_weight, style_weight, tv_weight, spectrum_weight: relative to the recommended balance of the texture model.
    content_models: what of the photo must survive, each `NAME` or `NAME:WEIGHT`; see `impasto.content`. The recommended one of
        the texture model when None.
    content_layers, style_layers: the encoder's recommended ones when None; each `LAYER` or `LAYER:WEIGHT`.
    normalize_gradients: every layer pulls with the same force, whatever its loss.
    style_weights: one for each style image, in any unit; equal when None.
    style_scale: size of the style image relative to the result; larger paints with larger strokes.
    style_rotations, style_rescalings: further views of each style image, turned by these degrees and at these sizes.
    iterations: steps of the optimiser, over all levels of the pyramid; the texture model's recommended number when None.
    level_iterations: steps of each level instead, from the coarsest; the last number holds for all further levels.
    optimizer: `lbfgs`, `adam`, or `auto`: L-BFGS, but Adam for texture models that sample anew at every step.
    learning_rate: Adam's step in units of the pixel range (0.03 when None), L-BFGS's share of its step (1 when None).
    init: `fast` (what the fast method paints), `match` (the photo in the style's colours), `content`, `noise`, `grey`, or the
        path of a picture; STARTS when None.
    coarsest: longer side of the pyramid's first level; `size` or more paints at one scale, as the first papers did. COARSEST
        when None, or what the texture model asks for.
    level_ratio: how much larger each level is than the one before.
    average: decay of the average over the last level's iterates, 0 for the last iterate alone.
    """

    method: str = "online"
    size: int | Literal["full"] = 512
    strength: float = 1.0
    color: str = "style"
    encoder: str = "slim"
    texture: str = "covariance"
    content_weight: float = 1.0
    style_weight: float = 1.0
    tv_weight: float = 1.0
    spectrum_weight: float = 1.0
    content_models: tuple[str, ...] | None = None
    content_layers: tuple[str, ...] | None = None
    style_layers: tuple[str, ...] | None = None
    normalize_gradients: bool = False
    style_weights: tuple[float, ...] | None = None
    style_scale: float = 1.0
    style_rotations: tuple[float, ...] = ()
    style_rescalings: tuple[float, ...] = ()
    iterations: int | None = None
    level_iterations: tuple[int, ...] | None = None
    optimizer: str = "auto"
    learning_rate: float | None = None
    init: str | None = None
    pooling: str = "max"
    coarsest: int | None = None
    level_ratio: float = 2.0
    average: float = 0.0
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("method", self.method, METHODS)
        check_name(self.texture)
        check_size(self.size)
        check_choice("color", self.color, COLORS)
        check_choice("optimizer", self.optimizer, OPTIMIZERS)
        check_choice("pooling", self.pooling, POOLINGS)
        check_range("strength", self.strength, 0, 1)
        check_range("average", self.average, 0, 0.9999)
        check_range("level_ratio", self.level_ratio, 1.1, 16)
        check_switch("normalize_gradients", self.normalize_gradients)
        self._check_style()
        self._check_balance()
        self._check_steps()
        if self.method == "fast":
            self._check_fast()

    def _check_style(self) -> None:
        check_range("style_scale", self.style_scale, 0.05, 20)
        for degrees in self.style_rotations:
            check_range("style_rotations", degrees, -360, 360)
        for factor in self.style_rescalings:
            check_range("style_rescalings", factor, 0.05, 20)
        if self.style_weights is not None:
            check_weights("style_weights", self.style_weights)

    def _check_balance(self) -> None:
        for name in ("content_weight", "style_weight", "tv_weight", "spectrum_weight"):
            check_range(name, getattr(self, name), 0, math.inf)
        if not self.content_weight + self.style_weight + self.tv_weight > 0:
            raise InputError("--content-weight, --style-weight and --tv-weight are all 0; give at least one of them more")
        for name in weighted("content_models", self.contents):
            content.check_name(name)
        for name in ("content_layers", "style_layers"):
            if (layers := getattr(self, name)) is not None:
                weighted(name, layers)

    def _check_steps(self) -> None:
        if self.learning_rate is not None:
            check_range("learning_rate", self.learning_rate, 1e-6, 100)
        check_whole("iterations", self.steps, 1)
        if self.coarsest is not None:
            check_whole("coarsest", self.coarsest, 32)
        check_whole("seed", self.seed, 0)
        for steps in self.level_iterations or ():
            check_whole("level_iterations", steps, 1)
        if self.level_iterations == ():
            raise InputError("--level-iterations is empty; give a number of steps, or leave it out")
        if self.iterations is not None and self.level_iterations is not None:
            raise InputError("--iterations is for all levels together and --level-iterations for each; give one of them")

    def _check_fast(self) -> None:
        """Nothing is accepted and then ignored."""
        for name, field in self.__dataclass_fields__.items():
            if name not in FAST and name != "device" and getattr(self, name) != field.default:
                raise InputError(f"{option(name)} is of the online method; leave it out, or paint without --fast")

    @property
    def contents(self) -> tuple[str, ...]:
        """The content models: those asked for, or the one that paints best with the texture model."""
        return CONTENTS.get(self.texture, CONTENTS["default"]) if self.content_models is None else self.content_models

    @property
    def steps(self) -> int:
        """Steps to take where `level_iterations` do not say: `iterations`, or what the texture model needs to settle."""
        return ITERATIONS.get(self.texture, ITERATIONS["default"]) if self.iterations is None else self.iterations

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for metadata and checkpoints."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Settings laid over each other, the last on top: a preset, a config, the command line.

    A number of steps for all levels takes the place of one for each level below it, and the other way round.
    """
    merged: dict[str, Any] = {}
    rivals = {"iterations": "level_iterations", "level_iterations": "iterations"}
    for layer in layers:
        for name, value in layer.items():
            if name in rivals and value is not None and rivals[name] not in layer:
                merged.pop(rivals[name], None)
            merged[name] = value
    return merged


def make_settings(values: Mapping[str, Any]) -> Settings:
    """Settings from keyword arguments; lists are taken for tuples, and {name: weight} for a list with weights.

    Raises InputError for an unknown name, with a suggestion, and for a value that cannot be.
    """
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if name not in Settings.__dataclass_fields__:
            raise InputError(f"unknown setting '{name}'{did_you_mean(name, Settings.__dataclass_fields__)}")
        if isinstance(value, Mapping):
            value = [f"{key}:{weight:g}" for key, weight in value.items()]
        default = getattr(Settings, name)
        if isinstance(default, tuple) or name in LISTS:
            value = _listed(name, value)
        elif isinstance(default, str) and not isinstance(value, str):
            raise InputError(f"{option(name)} is {value!r}; it must be a word")
        plain[name] = value
    return Settings(**plain)


def _listed(name: str, value: Any) -> tuple[Any, ...] | None:
    if value is None or isinstance(value, tuple):
        return value
    if isinstance(value, str | int | float):
        return (value,)
    try:
        return tuple(value)
    except TypeError:
        raise InputError(f"{option(name)} is {value!r}; it must be a list") from None
