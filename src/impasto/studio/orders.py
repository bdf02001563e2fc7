"""An order: what a client asks to be painted, checked and complete, as the row keeps it and a worker reads it. No HTTP here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from impasto import presets
from impasto.errors import InputError
from impasto.online.settings import FAST, Settings, make_settings, merge
from impasto.studio.faults import Invalid
from impasto.studio.limits import Limits

COLORS = ("style", "keep", "match")
WEIGHTS = ("content_weight", "style_weight", "tv_weight", "spectrum_weight")
ONLINE_ONLY = ("texture", "iterations", *WEIGHTS)


@dataclass(frozen=True)
class StyleShare:
    """A style and how much of it: its name for people, the picture's id, and a weight."""

    name: str
    picture: str
    weight: float = 1.0


@dataclass(frozen=True)
class MaskPair:
    """Where in the photo, and which part of the style image: ids of pictures; None is the whole."""

    content: str | None
    style: str | None


@dataclass(frozen=True)
class Order:
    """All that a job needs. settings: as `online.settings.make_settings` takes them. content is None for a style's figure."""

    kind: str
    content: str | None
    styles: tuple[StyleShare, ...] = ()
    masks: tuple[MaskPair, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    preset: str | None = None

    @property
    def pictures(self) -> set[str]:
        """Ids of all that it needs."""
        masks = {identity for pair in self.masks for identity in (pair.content, pair.style)}
        return {identity for identity in {self.content, *masks, *(style.picture for style in self.styles)} if identity}

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "settings": dict(self.settings)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Order":
        """What `as_dict` gave."""
        return cls(
            values["kind"],
            values["content"],
            tuple(StyleShare(**style) for style in values["styles"]),
            tuple(MaskPair(**pair) for pair in values["masks"]),
            values["settings"],
            values["preset"],
        )

    def painting_settings(self) -> Settings:
        """The settings of a painting. Raises InputError."""
        return make_settings(self.settings)


def painting(
    content: str,
    styles: Sequence[StyleShare],
    given: Mapping[str, Any],
    limits: Limits,
    preset: str | None = None,
    masks: Sequence[MaskPair] = (),
) -> Order:
    """The order of a painting. given: settings that the client named. Raises Invalid for what cannot be."""
    styles = [style for style in styles if style.weight > 0]
    if not styles:
        raise Invalid("all styles have a weight of 0; give one of them more")
    method = given.get("method", "online")
    values = {"size": 512, **given}
    if method == "fast":
        if preset is not None:
            raise Invalid("a preset is of the online method; leave it out, or choose the method 'online'")
        named = [name for name in ONLINE_ONLY if name in given]
        if named:
            raise Invalid(f"{named[0]} is of the online method; leave it out, or choose the method 'online'")
    values["style_weights"] = [style.weight for style in styles]
    try:
        chosen = merge({} if preset is None else presets.load(preset), values)
        settings = make_settings(chosen)
    except InputError as error:
        raise Invalid(plain(str(error))) from error
    if settings.method == "online" and settings.steps > limits.iterations:
        raise Invalid(f"iterations is {settings.steps}; this studio takes at most {limits.iterations}")
    if len(masks) not in (0, 1, len(styles)) and len(styles) > 1:
        raise Invalid(f"{len(masks)} masks for {len(styles)} styles; give one for each style, or none")
    return Order("painting", content, tuple(styles), tuple(masks), chosen, preset)


def reconstruction(content: str | None, style: StyleShare | None, size: int, texture: str) -> Order:
    """The order of the figure that shows what the encoder sees of one picture."""
    settings = {"size": size, "texture": texture}
    return Order("reconstruction", content, () if style is None else (style,), (), settings)


def told(order: Order) -> dict[str, Any]:
    """The settings as the API shows them: what decides the painting, defaults filled in."""
    if order.kind == "reconstruction":
        return dict(order.settings)
    try:
        settings = order.painting_settings()
    except InputError:  # made by a version that had other settings
        return dict(order.settings)
    names = sorted(FAST - {"style_weights", "style_scale"}) if settings.method == "fast" else _TOLD
    values = {name: getattr(settings, name) for name in names}
    if settings.method == "online":
        values["iterations"] = settings.steps
    return {**values, "preset": order.preset, "masks": [asdict(pair) for pair in order.masks]}


_TOLD = ("method", "size", "strength", "color", "texture", *WEIGHTS, "iterations", "seed")


def plain(message: str) -> str:
    """A message that was written for the command line, for the API: `--style-weight` is `style_weight` here."""
    words = message.split(" ")
    return " ".join(word[2:].replace("-", "_") if word.startswith("--") else word for word in words)
