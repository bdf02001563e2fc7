"""What an encoder sees, made visible: `reconstruct` paints a picture anew from its feature maps, and from their statistics.

The figure of the first papers. Content reconstructions (Mahendran and Vedaldi, "Understanding Deep Image Representations by
Inverting Them", arXiv 1412.0035; Gatys et al., arXiv 1508.06576, figure 1): from noise, a picture with the same feature map
at one layer. Style reconstructions (Gatys et al., the same figure): with the same style representation at growing sets of
layers. Pictures and losses are returned; no file is written and nothing is said here.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

import impasto
from impasto import encoders, images, texture
from impasto.device import choose_device
from impasto.encoders.base import Encoder
from impasto.errors import InputError
from impasto.objective import Objective, Weights
from impasto.online.checks import check_size, check_whole
from impasto.online.memory import check_memory, out_of_memory
from impasto.online.optimisation import Optimisation, Step, Style
from impasto.online.pyramid import Level
from impasto.online.settings import LEARNING_RATES, Settings
from impasto.painter import Source, as_picture
from impasto.tensors import to_array, to_tensor

SMOOTHNESS = 0.1
"""Weight of total variation, the regulariser of Mahendran and Vedaldi: enough against speckle, too little to be seen."""

WINDOW, SETTLED = 20, 0.02
"""A panel has settled when the mean loss of this many steps is lower by no more than this share than that of those before."""

UNSEEN = 2e-5
"""A loss, relative to the target's own energy, at which it has settled too: the eye sees no further change."""

Report = Callable[[float, float], None]
"""Told the share of a panel's steps that is done, and its loss."""


@dataclass(frozen=True)
class Panel:
    """One reconstruction. array: H x W x 3 float32 in [0, 1]. losses: content or style, before each step."""

    layers: tuple[str, ...]
    array: np.ndarray
    losses: tuple[float, ...]

    @property
    def title(self) -> str:
        """The layer, or the first and the last of several."""
        return self.layers[0] if len(self.layers) == 1 else f"{self.layers[0]} to {self.layers[-1]}"

    @property
    def picture(self) -> images.Picture:
        """As a Picture of 8 bits."""
        return images.Picture(images.from_float(self.array))


@dataclass(frozen=True)
class Reconstruction:
    """What `reconstruct` found.

    picture: the image at the size it was seen. content: a panel for each layer, losses relative to the layer's energy.
    style: a panel for each set of layers. features: by layer, the strongest channels, (count, h, w) float32 in [0, 1].
    """

    picture: images.Picture
    content: tuple[Panel, ...]
    style: tuple[Panel, ...]
    features: Mapping[str, np.ndarray]
    settings: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True)
class Moment:
    """Where the work stands: panel (from 1) of panels, share of the panel that is done at most, its title and loss."""

    panel: int
    panels: int
    share: float
    title: str
    loss: float


@dataclass(frozen=True)
class _Studio:
    """What all panels share."""

    encoder: Encoder
    image: Tensor
    texture: str
    iterations: int
    seed: int

    def content(self, layer: str, report: Report) -> Panel:
        """From noise to the same feature map."""
        objective = self._objective([layer], Weights(content=1, style=0, tv=SMOOTHNESS))
        return self._run([layer], objective, [], lambda step: step.content, report)

    def style(self, layers: Sequence[str], report: Report) -> Panel:
        """From noise to the same style representation."""
        gain = texture.create(self.texture).gain
        objective = self._objective(layers, Weights(content=0, style=gain, tv=SMOOTHNESS))
        return self._run(layers, objective, [Style(self.image)], lambda step: step.style / gain, report)

    def _objective(self, layers: Sequence[str], weights: Weights) -> Objective:
        sought = dict.fromkeys(layers, 1.0)
        return Objective(self.encoder, texture.create(self.texture), sought, sought, weights)

    def _run(
        self,
        layers: Sequence[str],
        objective: Objective,
        styles: Sequence[Style],
        loss: Callable[[Step], float],
        report: Report,
    ) -> Panel:
        height, width = self.image.shape[-2:]
        # One scale only: on a smaller one, a layer would tell more of the picture than it holds.
        levels = [Level(width, height, self.iterations)]
        optimizer = "adam" if styles and objective.texture.samples else "lbfgs"
        start, rate = noise(self.image, self.seed), LEARNING_RATES[optimizer]
        work = Optimisation(self.image, styles, start, objective, levels, optimizer=optimizer, rate=rate)
        losses: list[float] = []
        while not work.finished and not settled(losses):
            losses.append(loss(work.step()))
            report(len(losses) / self.iterations, losses[-1])
        return Panel(tuple(layers), to_array(work.result), tuple(losses))


def reconstruct(
    image: Source,
    *,
    size: int = 256,
    encoder: str = "slim",
    texture: str = Settings.texture,
    layers: Sequence[str] | None = None,
    iterations: int = 200,
    pooling: str = "max",
    features: int = 0,
    device: str = "auto",
    seed: int = 0,
    callback: Callable[[Moment], None] | None = None,
) -> Reconstruction:
    """Content reconstructions of `image` from each of the encoder's layers, style reconstructions from growing sets of them.

    image: a path, an array (H x W x 3, uint8 or float in [0, 1]) or a Picture. size: its longer side in pixels.
    layers: the encoder's recommended style layers when None. texture: the model of style. iterations: the most steps for
    a panel, which ends when it has settled. features: how many of each layer's strongest channels to return as well.
    callback(moment) is called after each step. Raises ImpastoError for what the caller can mend.
    """
    check_size(size)
    check_whole("iterations", iterations, 1)
    check_whole("seed", seed, 0)
    check_whole("features", features, 0)
    started, photo = time.perf_counter(), as_picture(image)
    # Single precision on every machine: the lowest layers are to give the picture back almost exactly.
    eyes: Encoder = encoders.load(encoder, pooling=pooling)
    eyes.to(choose_device(device)).to(memory_format=torch.channels_last).eval().requires_grad_(False)  # type: ignore[call-overload]
    chosen = eyes.descriptor.check_layers(eyes.descriptor.style_layers if layers is None else layers)
    picture = photo.resized(*images.fit(photo.size, size))
    check_fit(eyes, chosen, picture)
    studio = _Studio(eyes, to_tensor(picture, next(eyes.parameters()).device), texture, iterations, seed)
    sets = style_sets(texture, chosen)
    reports = iter(reporters(callback, [f"content {layer}" for layer in chosen] + [f"style {some[-1]}" for some in sets]))
    with out_of_memory(picture.size):
        content = tuple(studio.content(layer, next(reports)) for layer in chosen)
        style = tuple(studio.style(some, next(reports)) for some in sets)
        maps = strongest(eyes, studio.image, chosen, features) if features else {}
    settings = {
        "software": f"impasto {impasto.__version__}",
        "torch": torch.__version__,
        "reconstruct": {"size": list(picture.size), "encoder": eyes.descriptor.name, "texture": texture, "pooling": pooling}
        | {"layers": list(chosen), "iterations": iterations, "features": features, "seed": seed},
        "image": {"file": photo.path.name if photo.path else None, "sha256": photo.sha256},
    }
    return Reconstruction(picture, content, style, maps, settings, time.perf_counter() - started)


def style_sets(model: str, layers: Sequence[str]) -> list[tuple[str, ...]]:
    """conv1; conv1 and 2; ... and one set alone for a model that reads the pixels and no layer."""
    if texture.create(model).reads == "pixels":
        return [tuple(layers)]
    return [tuple(layers[:count]) for count in range(1, len(layers) + 1)]


def reporters(callback: Callable[[Moment], None] | None, titles: Sequence[str]) -> list[Report]:
    """One for each panel; they tell the callback, if there is one."""

    def reporter(panel: int, title: str) -> Report:
        def report(share: float, loss: float) -> None:
            if callback is not None:
                callback(Moment(panel, len(titles), share, title, loss))

        return report

    return [reporter(panel, title) for panel, title in enumerate(titles, 1)]


def settled(losses: Sequence[float]) -> bool:
    """Whether the last steps brought no more worth waiting for."""
    if len(losses) < 2 * WINDOW:
        return bool(losses) and losses[-1] < UNSEEN
    before, now = np.mean(losses[-2 * WINDOW : -WINDOW]), np.mean(losses[-WINDOW:])
    return bool(losses[-1] < UNSEEN or now > (1 - SETTLED) * before)


def noise(like: Tensor, seed: int) -> Tensor:
    """The picture to start from, 1 x 3 x H x W in [0, 1], drawn on the CPU so that a seed means the same everywhere."""
    drawn = torch.randn(like.shape, generator=torch.Generator().manual_seed(seed))
    return (0.5 + 0.15 * drawn).clamp(0, 1).to(like.device)


def strongest(encoder: Encoder, image: Tensor, layers: Sequence[str], count: int) -> dict[str, np.ndarray]:
    """By layer, the feature maps of the channels that vary most over the picture, each from its least to its largest value."""
    with torch.no_grad():
        found = encoder(image, layers)
    maps = {}
    for layer, feature in found.items():
        channels = feature[0].float()
        order = channels.flatten(1).std(1).argsort(descending=True)[:count]
        shown = channels[order]
        low, high = shown.amin((1, 2), keepdim=True), shown.amax((1, 2), keepdim=True)
        maps[layer] = ((shown - low) / (high - low).clamp_min(1e-8)).cpu().numpy()
    return maps


def check_fit(encoder: Encoder, layers: Sequence[str], picture: images.Picture) -> None:
    """Raises InputError for a picture in which the deepest layer would see nothing, or that does not fit into memory."""
    least = encoder.descriptor.min_size
    if min(picture.size) < least:
        width, height = picture.size
        raise InputError(
            f"at --size {max(picture.size)} the picture would be {width} x {height} pixels; encoder "
            f"'{encoder.descriptor.name}' needs both sides to be at least {least}"
        )
    check_memory(encoder, layers, picture.size)
