"""The one objective that both kinds of reconstruction minimise: content + style + smoothness through one encoder.

Image optimisation calls it with the pixels as the unknowns, model optimisation with a network's output. Several styles,
masks and weights are handled here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from impasto.content import features as content_features
from impasto.encoders.base import Encoder
from impasto.texture.base import Features, Representation, TextureModel


@dataclass(frozen=True)
class Weights:
    """How much each part counts; every part is relative to its target's own energy, so 1 is a sensible size for all."""

    content: float = 1.0
    style: float = 20.0
    tv: float = 1.0


@dataclass(frozen=True)
class StyleTarget:
    """A style representation, and where it is wanted: a soft mask of the pastiche, 1 x 1 x H x W, or everywhere."""

    representation: Representation
    mask: Tensor | None = None
    share: float = 1.0


@dataclass(frozen=True)
class Losses:
    """The weighted parts of the objective, (N,) each, and their sum."""

    content: Tensor
    style: Tensor
    tv: Tensor

    @property
    def total(self) -> Tensor:
        return self.content + self.style + self.tv


def total_variation(image: Tensor) -> Tensor:
    """Sum over both directions of the mean squared difference of neighbours (Mahendran and Vedaldi, arXiv 1412.0035), (N,)."""
    down = (image[:, :, 1:] - image[:, :, :-1]).square().mean((1, 2, 3))
    across = (image[..., 1:] - image[..., :-1]).square().mean((1, 2, 3))
    return down + across


class Objective:
    """Content, style and smoothness of a picture against fixed targets.

    content_layers: feature layers compared one by one, with their relative weights.
    style_layers: the layers that the texture model sees.
    """

    def __init__(
        self,
        encoder: Encoder,
        texture: TextureModel,
        content_layers: Mapping[str, float],
        style_layers: Sequence[str],
        weights: Weights,
    ) -> None:
        self.encoder, self.texture, self.weights = encoder, texture, weights
        self.content_layers = {layer: content_layers[layer] for layer in encoder.descriptor.check_layers(content_layers)}
        self.style_layers = encoder.descriptor.check_layers(style_layers)
        self.content: dict[str, tuple[Tensor, Tensor]] = {}
        self.styles: list[StyleTarget] = []

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers the encoder must compute; none of a part whose weight is zero."""
        content = tuple(self.content_layers) if self.weights.content else ()
        style = self.style_layers if self.weights.style and self.texture.reads == "features" else ()
        return tuple(dict.fromkeys((*content, *style)))

    def _seen(self, image: Tensor, features: Features) -> Features:
        """What the texture model reads of a picture."""
        return {"pixels": image} if self.texture.reads == "pixels" else {layer: features[layer] for layer in self.style_layers}

    @torch.no_grad()
    def represent_style(self, image: Tensor, mask: Tensor | None = None) -> Representation:
        """The style representation of a style image, 1 x 3 x H x W, or of its masked part."""
        wanted = self.style_layers if self.texture.reads == "features" else ()
        pictures, masks = self.texture.variants(image), [mask]
        if mask is not None:
            masks = [m[:, :1] for m in self.texture.variants(mask.expand(-1, 3, -1, -1))]
        parts = [
            self.texture.represent(self._seen(picture, self.encoder(picture, wanted) if wanted else {}), part)
            for picture, part in zip(pictures, masks * (len(pictures) // len(masks)), strict=True)
        ]
        return parts[0] if len(parts) == 1 else self.texture.blend(parts, [1 / len(parts)] * len(parts))

    @torch.no_grad()
    def refresh(self, image: Tensor) -> None:
        """New matches for this pastiche, for a texture model that matches patches."""
        seen = self._seen(image, self.encoder(image, self.layers) if self.layers else {})
        self.styles = [
            replace(target, representation=self.texture.refresh(seen, target.representation, target.mask))
            for target in self.styles
        ]

    @torch.no_grad()
    def set_content(self, image: Tensor) -> None:
        """Fixes the content target. image: N x 3 x H x W."""
        self.content = content_features.represent(self.encoder(image, tuple(self.content_layers)))

    def set_styles(self, styles: Sequence[StyleTarget]) -> None:
        """Fixes the style targets."""
        self.styles = list(styles)

    def __call__(self, image: Tensor, step: int = 0) -> Losses:
        """The losses of a picture, N x 3 x H x W, against the targets. step: its number, for models that sample by it."""
        self.texture.begin_step(step)
        features = self.encoder(image, self.layers) if self.layers else {}
        nothing = torch.zeros(len(image), device=image.device)
        content = style = nothing
        if self.weights.content:
            content = self.weights.content * content_features.distance(features, self.content, self.content_layers)
        if self.weights.style:
            seen = self._seen(image, features)
            for target in self.styles:
                style = style + self.weights.style * target.share * self.texture.distance(
                    seen, target.representation, target.mask
                )
        tv = self.weights.tv * total_variation(image) if self.weights.tv else nothing
        return Losses(content, style, tv)
