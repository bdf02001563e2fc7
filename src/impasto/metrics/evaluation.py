"""`evaluate`: three pictures become their scores. Sizes, judges and networks are settled here; the mathematics is elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from impasto import images
from impasto.device import choose_device
from impasto.encoders.base import Descriptor
from impasto.errors import InputError
from impasto.metrics import colours, content, flaws, frechet, judges, lpips, patches, statistics, structure
from impasto.metrics.published import Published
from impasto.tensors import to_tensor
from impasto.texture.base import Features

Source = str | Path | np.ndarray | images.Picture

SIZE = 512
"""Pixels of a pastiche's longer side at which it is judged at most, so that scores of different programs compare."""

CFSD_LAYER = "relu3_1"

SQUEEZED = 0.03
"""Share by which the shapes of content and pastiche may differ without a word."""


@dataclass(frozen=True)
class Scores:
    """What a pastiche scored.

    values: by the names of `measures.MEASURES`. layers: {measure: {layer or scale: value}} where the score is a mean of
    several. unavailable: {measure: why}. judge: whose features the judged measures compare. size: (width, height) at which
    the pastiche was judged. notes: what is to be known of them, a sentence each.
    """

    values: Mapping[str, float]
    layers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)
    judge: str = ""
    size: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        """A score by name. Raises InputError for one that is not available, with the reason."""
        if name not in self.values:
            raise InputError(f"there is no score '{name}': {self.unavailable.get(name, 'there is no such measure')}")
        return self.values[name]


@dataclass(frozen=True)
class Trio:
    """The three pictures as they are compared: 1 x 3 x H x W in [0, 1]; pastiche and content of one size."""

    pastiche: Tensor
    content: Tensor
    style: Tensor
    notes: tuple[str, ...] = ()


class Evaluator:
    """Scores pastiches; the networks are loaded once. `Evaluator()(pastiche, content, style) -> Scores`.

    judge: a name of `judges.known()` or a file of weights; None for `judges.choose` among those that nothing was optimised
    against, as far as `recorded` tells. size: pixels of the longer side to which larger pastiches are shrunk, or `full`.
    style_scale: the style image's longer side relative to the pastiche's, 1 as painted by default. published: where the
    networks of published measures are.
    """

    def __init__(
        self,
        judge: str | None = None,
        *,
        size: int | Literal["full"] = SIZE,
        style_scale: float = 1.0,
        device: str = "auto",
        published: Published | None = None,
        recorded: tuple[str | None, ...] = (),
    ) -> None:
        if not 0.05 <= style_scale <= 20:
            raise InputError(f"the style scale is {style_scale:g}; it must be from 0.05 to 20")
        self.size, self.style_scale = size, style_scale
        self.device = choose_device(device)
        self.published = published or Published()
        self.judge_name = judge or judges.choose(recorded)
        self.judge = judges.load(self.judge_name, self.device)

    def __call__(self, pastiche: Source, content: Source, style: Source) -> Scores:
        """The scores of one pastiche. Raises InputError for pictures that cannot be read or are too small."""
        trio = self.prepare(pastiche, content, style)
        found = Findings()
        with torch.inference_mode():
            self._without_a_judge(trio, found)
            self._judged(trio, found)
            self._published(trio, found)
        partial = judges.partiality(self.judge_name, [encoder_of(pastiche)])
        height, width = trio.pastiche.shape[-2:]
        notes = (*trio.notes, partial) if partial else trio.notes
        return Scores(found.values, found.layers, found.unavailable, self.judge_name, (width, height), notes)

    def prepare(self, pastiche: Source, content: Source, style: Source) -> Trio:
        """The pictures at the sizes at which they are compared.

        The pastiche is shrunk to `size` where it is larger; the content takes the pastiche's size; the style keeps its
        shape, and its longer side becomes `style_scale` times the pastiche's: what Impasto's own methods look at. By
        Lanczos' filter.
        """
        painted, photo, look = (as_picture(one) for one in (pastiche, content, style))
        size = self.judged_size(painted)
        style_size = images.fit(look.size, max(1, round(max(size) * self.style_scale)))
        for name, found in (("pastiche", size), ("style", style_size)):
            self._check_size(name, found)
        notes = []
        if abs(photo.width / photo.height * size[1] / size[0] - 1) > SQUEEZED:
            shapes = f"{photo.width} x {photo.height} and the pastiche {painted.width} x {painted.height}"
            notes.append(f"the content is {shapes}: it was squeezed to the pastiche's shape")
        frame = self.frame(painted, photo)
        return Trio(*frame, to_tensor(look.resized(*style_size), self.device), tuple(notes))

    def frame(self, pastiche: images.Picture, content: images.Picture) -> tuple[Tensor, Tensor]:
        """Pastiche and content at the size at which the pastiche is judged, 1 x 3 x H x W in [0, 1]."""
        size = self.judged_size(pastiche)
        return to_tensor(pastiche.resized(*size), self.device), to_tensor(content.resized(*size), self.device)

    def judged_size(self, pastiche: images.Picture) -> tuple[int, int]:
        """(width, height) at which it is judged."""
        longer = max(pastiche.size) if self.size == "full" else min(self.size, max(pastiche.size))
        return images.fit(pastiche.size, longer)

    def _check_size(self, name: str, size: tuple[int, int]) -> None:
        least = max(self.judge.descriptor.min_size, patches.LEAST)
        if min(size) < least:
            raise InputError(
                f"the {name} would be judged at {size[0]} x {size[1]} pixels; the judge '{self.judge_name}' needs {least} "
                "on the shorter side"
            )

    def _without_a_judge(self, trio: Trio, found: "Findings") -> None:
        found.mean("patches", patches.patch_distances(trio.pastiche, trio.style))
        found.values["colours"] = colours.colour_distance(trio.pastiche, trio.style)
        for name in structure.LEAST:
            if reason := structure.why_not(name, trio.pastiche):
                found.unavailable[name] = reason
            else:
                found.values[name] = structure.similarity(name, trio.pastiche, trio.content)
        shorter = min(*trio.pastiche.shape[-2:], *trio.style.shape[-2:])
        if found.have("unevenness", size=min(trio.pastiche.shape[-2:]), least=flaws.LEAST["unevenness"]):
            found.values["unevenness"] = flaws.unevenness(trio.pastiche, trio.content)
        if found.have("weave", size=shorter, least=flaws.LEAST["weave"]):
            found.values["weave"] = flaws.weave(trio.pastiche, trio.content, trio.style)

    def _judged(self, trio: Trio, found: "Findings") -> None:
        descriptor: Descriptor = self.judge.descriptor
        wanted = {*descriptor.style_layers, *descriptor.content_layers}
        painted = self.judge(trio.pastiche, wanted)
        look = self.judge(trio.style, descriptor.style_layers)
        photo = self.judge(trio.content, descriptor.content_layers)
        for name in statistics.MODELS:
            found.mean(name, statistics.relative_errors(name, only(painted, look), look))
        found.mean("features", content.feature_distances(only(painted, photo), photo))
        found.mean("self_similarity", content.self_similarity_distances(only(painted, photo), photo))

    def _published(self, trio: Trio, found: "Findings") -> None:
        shorter = min(*trio.pastiche.shape[-2:], *trio.style.shape[-2:])
        if found.have("sifid", self.published.missing("inception_v3"), structure.installed(), shorter, frechet.SIFID_LEAST):
            network = self.published.encoder("inception_v3", self.device)
            found.values["sifid"] = frechet.sifid(trio.pastiche, trio.style, network)
        if found.have("cfsd", self.published.missing("vgg19")):
            maps = [
                self.published.encoder("vgg19", self.device)(x, [CFSD_LAYER])[CFSD_LAYER] for x in (trio.pastiche, trio.content)
            ]
            found.values["cfsd"] = content.cfsd(*maps)
        for name, backbone in (("alex", "alexnet"), ("vgg", "vgg16")):
            missing = self.published.missing(backbone, f"lpips_{name}")
            if found.have(f"lpips_{name}", missing, True, min(trio.pastiche.shape[-2:]), lpips.LEAST[name]):
                network, heads = self.published.encoder(backbone, self.device), self.published.heads(name)
                score = lpips.lpips(trio.pastiche, trio.content, network, lpips.LAYERS[name], heads)
                found.values[f"lpips_{name}"] = score


@dataclass
class Findings:
    """Scores as they come in."""

    values: dict[str, float] = field(default_factory=dict)
    layers: dict[str, dict[str, float]] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)

    def mean(self, name: str, layers: dict[str, float]) -> None:
        """A score that is the mean of several, which are kept."""
        self.layers[name] = layers
        self.values[name] = sum(layers.values()) / len(layers)

    def have(self, name: str, missing: str = "", installed: bool = True, size: int = 0, least: int = 0) -> bool:
        """Whether the measure can be had; if not, the reason is kept."""
        too_small = f"needs {least} pixels on the shorter side, and there are {size}" if size < least else ""
        reason = missing or ("" if installed else structure.NEEDED) or too_small
        if reason:
            self.unavailable[name] = reason
        return not reason


def only(features: Features, layers: Features) -> Features:
    """The feature maps of these layers."""
    return {layer: features[layer] for layer in layers}


def evaluate(
    pastiche: Source,
    content: Source,
    style: Source,
    *,
    judge: str | None = None,
    size: int | Literal["full"] = SIZE,
    style_scale: float = 1.0,
    device: str = "auto",
    weights: Mapping[str, str | Path] | None = None,
) -> Scores:
    """Scores one pastiche: `impasto.metrics.evaluate("out.png", "photo.jpg", "waves.jpg")["gram"]`.

    pastiche, content, style: paths, arrays (H x W x 3, uint8 or float in [0, 1]) or Pictures. judge: a name or a file; by
    default one that the pastiche was not optimised with, as far as its metadata tell. weights: {name of `published.FILES`:
    file} for the measures that need a published network. For many pictures make one `Evaluator`. Raises ImpastoError.
    """
    published = Published({name: Path(file) for name, file in (weights or {}).items()})
    recorded = (encoder_of(pastiche),)
    options = {"size": size, "style_scale": style_scale, "device": device, "published": published, "recorded": recorded}
    return Evaluator(judge, **options)(pastiche, content, style)  # type: ignore[arg-type]


def encoder_of(pastiche: Source) -> str | None:
    """The encoder that the file's metadata say it was optimised with, or None."""
    path = pastiche.path if isinstance(pastiche, images.Picture) else pastiche
    if not isinstance(path, str | Path) or not Path(path).is_file():
        return None
    return judges.recorded_encoder(images.read_settings(path))


def as_picture(source: Source) -> images.Picture:
    """A Picture of a path, an array or a Picture."""
    if isinstance(source, images.Picture):
        return source
    return images.Picture.from_array(source) if isinstance(source, np.ndarray) else images.read(source)
