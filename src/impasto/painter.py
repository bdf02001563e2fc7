"""The one front door: `Painter` and `paint() -> Painting`. Loads, prepares and runs; the loop itself lives in `online/`."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

import impasto
from impasto import encoders, images, texture
from impasto.device import choose_device, has_fast_bfloat16
from impasto.encoders.base import Encoder
from impasto.errors import InputError
from impasto.objective import Objective, Weights
from impasto.online.memory import check_memory, out_of_memory
from impasto.online.optimisation import Optimisation, Step, Style
from impasto.online.pyramid import plan
from impasto.online.settings import LEARNING_RATES, Settings
from impasto.online.start import starting_picture
from impasto.tensors import to_array, to_tensor

METHODS = ("online",)
Source = str | Path | np.ndarray | images.Picture
Callback = Callable[[Step, "Canvas"], None]


@dataclass(frozen=True)
class Painting:
    """A finished painting.

    array: H x W x 3 float32 in [0, 1]. alpha: the photo's, H x W in [0, 1], or None. settings: everything needed to repeat it.
    seconds: time taken, loading of the encoder excluded. steps: the losses along the way.
    """

    array: np.ndarray
    alpha: np.ndarray | None
    settings: Mapping[str, Any]
    seconds: float
    steps: Sequence[Step] = field(default_factory=tuple)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.array.shape[1], self.array.shape[0]

    def picture(self, bits: Literal[8, 16] = 8) -> images.Picture:
        """The painting as a `Picture` of 8 or 16 bits."""
        alpha = None if self.alpha is None else images.from_float(self.alpha, bits=bits)
        return images.Picture(images.from_float(self.array, bits=bits), alpha)

    def save(self, path: str | Path, bits: Literal[8, 16] = 8) -> None:
        """Writes PNG, JPEG, WebP or TIFF by the extension, the settings in its metadata; bits: 8, or 16 for PNG and TIFF."""
        images.write(self.picture(bits), path, settings=dict(self.settings), bits=bits)


class Canvas:
    """The work in progress, as a callback sees it: look at it, or stop it."""

    def __init__(self, work: Optimisation, size: tuple[int, int]) -> None:
        self.work, self.size = work, size

    def picture(self) -> images.Picture:
        """The painting so far, at the size of the current level."""
        return images.Picture(images.from_float(to_array(self.work.result), bits=8))

    def state(self) -> dict[str, Any]:
        """What `Painter.paint(resume=...)` needs to go on from here."""
        return self.work.state()


@lru_cache(maxsize=2)
def load_encoder(name: str, pooling: str, device: str) -> Encoder:
    """The encoder, ready to paint with on the device, in the number format that suits the machine."""
    place = torch.device(device)
    encoder: Encoder = encoders.load(name, pooling=pooling)
    dtype = torch.bfloat16 if has_fast_bfloat16(place) else torch.float32
    encoder.to(place, dtype=dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    encoder.eval().requires_grad_(False)
    return encoder


class Painter:
    """Paints photos. The encoder is loaded once, at the first painting.

    method: `online`, image optimisation. defaults: settings (see `online.settings.Settings`) for every painting of this one.
    """

    def __init__(self, method: str = "online", **defaults: Any) -> None:
        if method not in METHODS:
            raise InputError(f"unknown method '{method}'; known: {', '.join(METHODS)}")
        self.method = method
        self.defaults = defaults
        make_settings(defaults)

    def embed(self, style: Source) -> images.Picture:
        """A style read once, to be used for many paintings."""
        return as_picture(style)

    def paint(
        self,
        content: Source,
        style: Source | Sequence[Source],
        *,
        callback: Callback | None = None,
        resume: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> Painting:
        """Paints `content` in the style of one picture or several.

        content, style: paths, arrays (H x W x 3, uint8 or float in [0, 1]) or Pictures. callback(step, canvas) is called after
        each step. resume: `Canvas.state()` of the same painting. Raises ImpastoError for what the caller can mend.
        """
        chosen = make_settings({**self.defaults, **settings})
        photo = as_picture(content)
        styles = [as_picture(one) for one in listed(style)]
        size = images.fit(photo.size, chosen.size)
        provenance = describe(chosen, photo, styles, size)
        started = time.perf_counter()
        if chosen.strength == 0:
            return finish(images.as_float(photo.resized(*size)), photo, provenance, started, ())
        torch.manual_seed(chosen.seed)
        encoder = load_encoder(chosen.encoder, chosen.pooling, str(choose_device(chosen.device)))
        with out_of_memory(size):
            work = prepare(chosen, photo, styles, size, encoder)
            if resume is not None:
                work.restore(dict(resume))
            steps: list[Step] = []
            canvas = Canvas(work, size)
            for step in run(work):
                steps.append(step)
                if callback is not None:
                    callback(step, canvas)
            return finish(to_array(work.result), photo, provenance, started, steps)


def paint(content: Source, style: Source | Sequence[Source], *, callback: Callback | None = None, **settings: Any) -> Painting:
    """Paints one picture: `impasto.paint("photo.jpg", "waves.jpg", size=768).save("out.png")`. See `Painter.paint`."""
    return Painter().paint(content, style, callback=callback, **settings)


def run(work: Optimisation) -> Iterator[Step]:
    """The remaining steps, one by one."""
    while not work.finished:
        yield work.step()


def prepare(
    settings: Settings, photo: images.Picture, styles: Sequence[images.Picture], size: tuple[int, int], encoder: Encoder
) -> Optimisation:
    """The optimisation that the settings describe, not yet begun. Raises InputError where pictures and settings do not fit."""
    descriptor = encoder.descriptor
    style_layers = descriptor.check_layers(settings.style_layers or descriptor.style_layers)
    content_layers = descriptor.check_layers(settings.content_layers or descriptor.content_layers)
    check_sizes(encoder, size, styles, settings)
    check_memory(encoder, (*style_layers, *content_layers), size)
    device = next(encoder.parameters()).device
    model = texture.create(settings.texture)
    weights = Weights(
        content=settings.content_weight,
        style=settings.style_weight * model.gain,
        tv=settings.tv_weight,
    )
    objective = Objective(encoder, model, dict.fromkeys(content_layers, 1.0), style_layers, weights)
    levels = plan(size, settings.coarsest, settings.steps, descriptor.min_size)
    content = to_tensor(photo.resized(*size), device)
    shares = style_shares(settings, len(styles))
    sources = [
        Style(to_tensor(limit(style, size, settings, descriptor.min_size), device), share, settings.style_scale)
        for style, share in zip(styles, shares, strict=True)
    ]
    optimizer = settings.optimizer if settings.optimizer != "auto" else "adam" if model.samples else "lbfgs"
    start = starting_picture(settings, content, sources)
    return Optimisation(
        content,
        sources,
        start,
        objective,
        levels,
        optimizer=optimizer,
        rate=LEARNING_RATES[optimizer] if settings.learning_rate is None else settings.learning_rate,
        average=settings.average,
        strength=settings.strength,
    )


def limit(style: images.Picture, size: tuple[int, int], settings: Settings, least: int) -> images.Picture:
    """The style image no larger than the last level needs it, so that a huge one costs no memory."""
    scale = max(max(size) * settings.style_scale / max(style.size), least / min(style.size))
    return style if scale >= 1 else style.resized(max(1, round(style.width * scale)), max(1, round(style.height * scale)))


def check_sizes(encoder: Encoder, size: tuple[int, int], styles: Sequence[images.Picture], settings: Settings) -> None:
    """Raises InputError for pictures in which the encoder's deepest layer would see nothing."""
    least = encoder.descriptor.min_size
    if min(size) < least:
        raise InputError(
            f"at --size {settings.size} the painting would be {size[0]} x {size[1]} pixels; "
            f"encoder '{encoder.descriptor.name}' needs both sides to be at least {least}"
        )
    for style in styles:
        if min(style.size) < least:
            name = f"style '{style.path}'" if style.path else "the style"
            raise InputError(
                f"{name} is {style.width} x {style.height} pixels; encoder '{encoder.descriptor.name}' needs {least} x {least}"
            )


def style_shares(settings: Settings, count: int) -> list[float]:
    """The styles' weights, summing to 1. Raises InputError unless there is one for each style."""
    if count == 0:
        raise InputError("no style given; name at least one style picture")
    weights = settings.style_weights or (1.0,) * count
    if len(weights) != count:
        raise InputError(f"--style-weights gives {len(weights)} weight(s) for {count} style(s); give one for each")
    return [weight / sum(weights) for weight in weights]


def make_settings(values: Mapping[str, Any]) -> Settings:
    """Settings from keyword arguments. Raises InputError for an unknown one, with a suggestion."""
    unknown = [name for name in values if name not in Settings.__dataclass_fields__]
    if unknown:
        raise InputError(
            f"unknown setting '{unknown[0]}'{impasto.errors.did_you_mean(unknown[0], Settings.__dataclass_fields__)}"
        )
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return replace(Settings(), **plain)


def listed(styles: Source | Sequence[Source]) -> Sequence[Source]:
    """One style or several, as a list."""
    return [styles] if isinstance(styles, str | Path | np.ndarray | images.Picture) else list(styles)


def as_picture(source: Source) -> images.Picture:
    """A Picture of a path, an array or a Picture."""
    if isinstance(source, images.Picture):
        return source
    return images.Picture.from_array(source) if isinstance(source, np.ndarray) else images.read(source)


def describe(
    settings: Settings, photo: images.Picture, styles: Sequence[images.Picture], size: tuple[int, int]
) -> dict[str, Any]:
    """What goes into the result's metadata: settings, versions and the inputs' names and hashes (never their folders)."""

    values = settings.as_dict()
    for name in ("encoder", "init"):  # where these are files
        values[name] = Path(values[name]).name

    def named(picture: images.Picture) -> dict[str, Any]:
        return {"file": picture.path.name if picture.path else None, "sha256": picture.sha256}

    return {
        "software": f"impasto {impasto.__version__}",
        "torch": torch.__version__,
        "settings": values,
        "size": list(size),
        "content": named(photo),
        "styles": [named(style) for style in styles],
    }


def finish(
    array: np.ndarray, photo: images.Picture, settings: dict[str, Any], started: float, steps: Sequence[Step]
) -> Painting:
    """The Painting, with the photo's alpha at the result's size."""
    height, width = array.shape[:2]
    sized = photo.resized(width, height) if photo.alpha is not None else None
    alpha = None if sized is None or sized.alpha is None else (sized.alpha / np.iinfo(sized.alpha.dtype).max).astype(np.float32)
    return Painting(array, alpha, settings, time.perf_counter() - started, tuple(steps))
