"""Everything that decides what a painting by image optimisation looks like, checked once, here."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from impasto.errors import InputError, did_you_mean
from impasto.texture import check_name

INITS = ("match", "content", "noise", "grey")
ITERATIONS = {"default": 165, "gram": 280}
LEARNING_RATES = {"adam": 0.03, "lbfgs": 1.0}
OPTIMIZERS = ("auto", "lbfgs", "adam")


@dataclass(frozen=True)
class Settings:
    """Settings of image optimisation; the defaults are the recommended ones.

    size: pixels of the result's longer side, or `full` for the photo's own size.
    strength: how much of the style: 0 returns the photo, 1 asks for the full style, between them for the photo's own style
        representation blended with the style's.
    content_weight, style_weight, tv_weight: relative to the recommended balance of the texture model.
    content_layers, style_layers: the encoder's recommended ones when None.
    style_weights: one for each style image, in any unit; equal when None.
    style_scale: size of the style image relative to the result; larger paints with larger strokes.
    iterations: steps of the optimiser, over all levels of the pyramid; the texture model's recommended number when None.
    optimizer: `lbfgs`, `adam`, or `auto`: L-BFGS, but Adam for texture models that sample anew at every step.
    learning_rate: Adam's step in units of the pixel range (0.03 when None), L-BFGS's share of its step (1 when None).
    init: `match` (the photo in the style's colours), `content`, `noise`, `grey`, or the path of a picture.
    coarsest: longer side of the pyramid's first level; `size` or more paints at one scale, as the first papers did.
    average: decay of the average over the last level's iterates, 0 for the last iterate alone.
    """

    size: int | Literal["full"] = 512
    strength: float = 1.0
    encoder: str = "slim"
    texture: str = "covariance"
    content_weight: float = 1.0
    style_weight: float = 1.0
    tv_weight: float = 1.0
    content_layers: tuple[str, ...] | None = None
    style_layers: tuple[str, ...] | None = None
    style_weights: tuple[float, ...] | None = None
    style_scale: float = 1.0
    iterations: int | None = None
    optimizer: str = "auto"
    learning_rate: float | None = None
    init: str = "match"
    pooling: str = "max"
    coarsest: int = 128
    average: float = 0.0
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        check_name(self.texture)
        check_choice("optimizer", self.optimizer, OPTIMIZERS)
        check_choice("pooling", self.pooling, ("max", "average", "l2"))
        check_size(self.size)
        check_range("strength", self.strength, 0, 1)
        check_range("average", self.average, 0, 0.9999)
        for name in ("content_weight", "style_weight", "tv_weight"):
            check_range(name, getattr(self, name), 0, math.inf)
        check_range("style_scale", self.style_scale, 0.05, 20)
        if self.learning_rate is not None:
            check_range("learning_rate", self.learning_rate, 1e-6, 100)
        for name, least in (("iterations", 1), ("coarsest", 32), ("seed", 0)):
            value = self.steps if name == "iterations" else getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise InputError(f"{option(name)} is {value!r}; it must be a whole number of at least {least}")
        for weight in self.style_weights or ():
            check_range("style_weights", weight, 0, math.inf)
        if self.style_weights is not None and not sum(self.style_weights) > 0:
            raise InputError("--style-weights are all 0; give at least one style a weight above 0")

    @property
    def steps(self) -> int:
        """Steps to take: `iterations`, or what the texture model needs to settle."""
        return ITERATIONS.get(self.texture, ITERATIONS["default"]) if self.iterations is None else self.iterations

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for metadata and checkpoints."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def option(name: str) -> str:
    """A setting's name as the command line spells it."""
    return "--" + name.replace("_", "-")


def check_choice(name: str, value: str, known: tuple[str, ...]) -> None:
    """Raises InputError unless `value` is one of `known`."""
    if value not in known:
        raise InputError(
            f"{option(name)} is '{value}'; choose one of {', '.join(known)}{did_you_mean(value, known).split('; known')[0]}"
        )


def check_range(name: str, value: float, least: float, most: float) -> None:
    """Raises InputError unless `value` is a finite number between the two."""
    if not isinstance(value, int | float) or not math.isfinite(value) or not least <= value <= most:
        upper = f" and at most {most:g}" if math.isfinite(most) else ""
        raise InputError(f"{option(name)} is {value}; it must be a number of at least {least:g}{upper}")


def check_size(size: int | str) -> None:
    """Raises InputError unless `size` is `full` or a sensible number of pixels."""
    if size != "full" and (not isinstance(size, int) or not 32 <= size <= 100_000):
        raise InputError(f"--size is {size!r}; give the longer side in pixels (32 to 100000), or 'full' for the photo's own")
