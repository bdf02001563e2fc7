"""The one objective that both kinds of reconstruction minimise: content + style + smoothness through one encoder.

Image optimisation calls it with the pixels as the unknowns, model optimisation with a network's output. Several content
models, several styles, their masks and all weights are handled here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto import spectrum
from impasto.content import load as load_content_model
from impasto.encoders import torus
from impasto.encoders.base import Encoder
from impasto.errors import InputError
from impasto.texture.base import EPSILON, PIXELS, Features, Representation, TextureModel

FEATURES = {"features": 1.0}
"""The content model of most papers, alone."""

SEAM = 32
"""Pixels by which a tile is continued for a texture model that reads pixels alone."""


@dataclass(frozen=True)
class Weights:
    """How much each part counts; every part is relative to its target's own energy, so 1 is a sensible size for all."""

    content: float = 1.0
    style: float = 20.0
    tv: float = 1.0
    spectrum: float = 0.0


@dataclass(frozen=True)
class StyleTarget:
    """A style representation, and where it is wanted: a soft mask of the pastiche, 1 x 1 x H x W, or everywhere.

    spectrum: of the style image (`impasto.spectrum`), N x S x 3 x F, where the spectrum counts.
    """

    representation: Representation
    mask: Tensor | None = None
    share: float = 1.0
    spectrum: Tensor | None = None


@dataclass(frozen=True)
class Losses:
    """The weighted parts of the objective, (N,) each, and their sum."""

    content: Tensor
    style: Tensor
    tv: Tensor
    spectrum: Tensor

    @property
    def total(self) -> Tensor:
        return self.content + self.style + self.tv + self.spectrum


def total_variation(image: Tensor, wrap: bool = False) -> Tensor:
    """Sum over both directions of the mean squared difference of neighbours (Mahendran and Vedaldi, arXiv 1412.0035), (N,).

    wrap: opposite borders are neighbours.
    """
    down, across = image.diff(dim=2), image.diff(dim=3)
    if wrap:
        down, across = image - image.roll(1, 2), image - image.roll(1, 3)
    return down.square().mean((1, 2, 3)) + across.square().mean((1, 2, 3))


class SetGradient(torch.autograd.Function):
    """The feature map itself, N x C x h x w; going back, its gradient scaled to an L1 norm of `size` for each picture."""

    @staticmethod
    def forward(ctx: Any, feature: Tensor, size: float) -> Tensor:
        ctx.size = size
        return feature.view_as(feature)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        norm = grads[0].float().abs().sum((1, 2, 3), keepdim=True)
        return (grads[0] * (ctx.size / norm.clamp_min(EPSILON**4))).to(grads[0].dtype), None


class Objective:
    """Content, style and smoothness of a picture against fixed targets.

    content_layers, style_layers: what the content models and the texture model see, with the layers' relative weights.
    content_models: names of `impasto.content.MODELS` with their relative weights.
    normalize_gradients: the gradient of each layer's part with respect to its feature map has the L1 norm of its weight, near
        the target and far from it (an option of Johnson's neural-style).
    wrap: pictures are tori, so that the pastiche can be laid as a tile.
    Raises InputError for unknown layers and content models, and where all weights of a kind are 0.
    """

    def __init__(
        self,
        encoder: Encoder,
        texture: TextureModel,
        content_layers: Mapping[str, float],
        style_layers: Mapping[str, float],
        weights: Weights,
        content_models: Mapping[str, float] = FEATURES,
        normalize_gradients: bool = False,
        wrap: bool = False,
    ) -> None:
        self.encoder, self.texture, self.weights = encoder, texture, weights
        self.normalize_gradients, self.wrap = normalize_gradients, wrap
        self.content_layers = counting(encoder, content_layers, "content")
        self.style_layers = counting(encoder, style_layers, "style")
        texture.layer_weights = self.style_layers
        self.content_models = {
            load_content_model(name): share for name, share in shares(content_models, "content models").items() if share
        }
        self.content: list[Any] = []
        self.content_spectrum: Tensor | None = None
        self.styles: list[StyleTarget] = []

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers the encoder must compute; none of a part whose weight is zero."""
        content = self._content_reads if self.weights.content else ()
        style = self._style_reads if self.weights.style else ()
        return tuple(dict.fromkeys((*content, *style)))

    @property
    def _content_reads(self) -> tuple[str, ...]:
        return tuple(self.content_layers) if any(model.READS == "features" for model in self.content_models) else ()

    @property
    def _style_reads(self) -> tuple[str, ...]:
        return () if self.texture.reads == PIXELS else tuple(self.style_layers)

    @torch.no_grad()
    def represent_style(self, image: Tensor, mask: Tensor | None = None) -> Representation:
        """The style representation of one picture, 1 x 3 x H x W, or of its part under a soft mask, 1 x 1 x H x W."""
        features = self.encoder(image, self._style_reads) if self._style_reads else {}
        return self.texture.represent(self._style_sees(image, features), mask)

    @torch.no_grad()
    def represent_spectrum(self, image: Tensor) -> Tensor | None:
        """The spectrum of one picture, 1 x 3 x H x W; None where it does not count, or the picture is too small to have one."""
        return spectrum.represent(image) if self.weights.spectrum and min(image.shape[-2:]) >= spectrum.LEAST else None

    @torch.no_grad()
    def set_content(self, image: Tensor) -> None:
        """Fixes the content target. image: N x 3 x H x W."""
        self.content_spectrum = self.represent_spectrum(image)
        features = self._encode(image, self._content_reads)
        self.content = [model.represent(self._content_sees(model.READS, image, features)) for model in self.content_models]

    def set_styles(self, styles: Sequence[StyleTarget]) -> None:
        """Fixes the style targets."""
        self.styles = list(styles)

    @torch.no_grad()
    def refresh(self, image: Tensor, step: int = 0) -> None:
        """New matches for this pastiche, for a texture model that matches patches."""
        self.texture.begin_step(step)
        features = self._encode(image, self._style_reads)
        for number, target in enumerate(self.styles):
            seen, mask = self._target_sees(image, features, target)
            self.styles[number] = replace(target, representation=self.texture.refresh(seen, target.representation, mask))

    def __call__(self, image: Tensor, step: int = 0) -> Losses:
        """The losses of a picture, N x 3 x H x W, against the targets. step: its number, for models that sample by it."""
        self.texture.begin_step(step)
        features = self._encode(image, self.layers)
        nothing = torch.zeros(len(image), device=image.device)
        content = self._content_loss(image, features) if self.weights.content else nothing
        style = nothing
        for target in self.styles if self.weights.style else ():
            seen, mask = self._target_sees(image, features, target)
            distance = self.texture.distance(seen, target.representation, mask)
            style = style + self.weights.style * target.share * distance
        tv = self.weights.tv * total_variation(image, self.wrap) if self.weights.tv else nothing
        return Losses(content, style, tv, self._spectrum_loss(image) if self.weights.spectrum else nothing)

    def _content_loss(self, image: Tensor, features: Features) -> Tensor:
        terms = []
        for (model, share), target in zip(self.content_models.items(), self.content, strict=True):
            weight = self.weights.content * share
            seen = self._content_sees(model.READS, image, features)
            parts = self.content_layers if model.READS == "features" else None
            terms.append(weight * model.distance(self._with_gradients_set(seen, parts or {PIXELS: 1.0}, weight), target, parts))
        return torch.stack(terms).sum(0)

    def _spectrum_loss(self, image: Tensor) -> Tensor:
        """What the picture repeats and neither the photo nor any of the styles does."""
        allowed = [found for found in (self.content_spectrum, *(t.spectrum for t in self.styles)) if found is not None]
        if self.wrap:
            image = torus.surround(image, SEAM, SEAM)
        if not allowed or min(image.shape[-2:]) < spectrum.LEAST:
            return torch.zeros(len(image), device=image.device)
        return self.weights.spectrum * spectrum.distance(image, *allowed)

    def _encode(self, image: Tensor, layers: Sequence[str]) -> Features:
        if not layers:
            return {}
        return torus.encode(self.encoder, image, layers) if self.wrap else self.encoder(image, layers)

    def _content_sees(self, reads: str, image: Tensor, features: Features) -> Features:
        return {PIXELS: image} if reads == PIXELS else {layer: features[layer] for layer in self.content_layers}

    def _style_sees(self, image: Tensor, features: Features) -> Features:
        seen = {layer: features[layer] for layer in self._style_reads}
        return seen if self.texture.reads == "features" else {**seen, PIXELS: image}

    def _target_sees(self, image: Tensor, features: Features, target: StyleTarget) -> tuple[Features, Tensor | None]:
        """What the texture model is given of the pastiche for one style, and the mask of the part that counts."""
        mask = target.mask
        if self.wrap and self.texture.reads == PIXELS:
            mask = F.pad(torch.ones_like(image[:1, :1]) if mask is None else mask, (SEAM, SEAM, SEAM, SEAM))
            image = torus.surround(image, SEAM, SEAM)
        seen = self._style_sees(image, features)
        return self._with_gradients_set(seen, self.style_layers, self.weights.style * target.share), mask

    def _with_gradients_set(self, seen: Features, layers: Mapping[str, float], weight: float) -> Features:
        """What a model sees, as it is; where gradients are normalised, each layer's as large as its share of the weight."""
        if not self.normalize_gradients:
            return seen
        share = shares({name: layers.get(name, 1.0) for name in seen}, "layers")
        return {name: SetGradient.apply(f, weight * share[name]) for name, f in seen.items()}  # type: ignore[no-untyped-call]


def counting(encoder: Encoder, layers: Mapping[str, float], kind: str) -> dict[str, float]:
    """The layers whose weight is not 0, in the network's order, with their weights."""
    known = shares({layer: layers[layer] for layer in encoder.descriptor.check_layers(layers)}, f"{kind} layers")
    return {layer: share for layer, share in known.items() if share}


def shares(weights: Mapping[str, float], what: str) -> dict[str, float]:
    """The weights, made to sum to 1. Raises InputError where they are all 0."""
    total = sum(weights.values())
    if weights and not total > 0:
        raise InputError(f"the weights of all {what} are 0; give at least one of them a weight above 0")
    return {name: weight / total for name, weight in weights.items()}
