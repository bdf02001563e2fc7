"""What a texture model is, and the shared half of those that compare summary statistics layer by layer.

A texture model turns feature maps into a style representation and measures how far another picture's features are from it.
Each model lives in a file of its own; the names they go by are in `texture/__init__.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Features = Mapping[str, Tensor]
"""{layer: N x C x h x w}."""

Representation = Any
"""What a model remembers of a style; opaque to everyone but the model."""

EPSILON = 1e-8


class TextureModel(ABC):
    """A visual texture model (Jing et al., arXiv 1705.04058, section 3).

    gain: the style weight, against a content weight of 1, at which the model paints well; what a user's weight multiplies.
    reads: `features`, or `pixels` for a model that needs no encoder: it is then given {"pixels": the picture}.
    refresh_every: steps between two calls of `refresh`, 0 for a model whose representation stays as it is.
    samples: whether the distance is drawn anew at each step, which rules out optimisers that learn the curvature.
    """

    gain: float = 20.0
    reads: str = "features"
    refresh_every: int = 0
    samples: bool = False

    def variants(self, style: Tensor) -> list[Tensor]:
        """The style image, N x 3 x H x W, and what else of it the model wants to see: rotations, scales. They are blended."""
        return [style]

    def begin_step(self, step: int) -> None:  # noqa: B027 (most models have nothing to do)
        """Told before each evaluation, so that a model that samples does so by step number and a resumed run is the same."""

    def refresh(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Representation:
        """A representation with new matches for these features of the pastiche, for models that match patches."""
        return representation

    @abstractmethod
    def represent(self, features: Features, weights: Tensor | None = None) -> Representation:
        """The style representation of `features`. weights: a soft mask, 1 x 1 x H x W in [0, 1], of the part that counts."""

    @abstractmethod
    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        """How far `features` are from the representation: (N,), 0 at the target, about 1 for a picture of another style."""

    @abstractmethod
    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        """One representation between several, by weights that sum to 1."""


class StatisticsModel(TextureModel):
    """A parametric model: a tuple of summary statistics at each layer, compared layer by layer.

    layer_weights: the share of each layer in the distance; equal when None. They are normalised to sum to 1.
    """

    def __init__(self, layer_weights: Mapping[str, float] | None = None) -> None:
        self.layer_weights = dict(layer_weights) if layer_weights else None

    @abstractmethod
    def summarise(self, feature: Tensor, weights: Tensor | None) -> tuple[Tensor, ...]:
        """Statistics of one layer. feature: N x C x h x w; weights: 1 x 1 x h x w or None."""

    @abstractmethod
    def compare(self, statistics: tuple[Tensor, ...], target: tuple[Tensor, ...]) -> Tensor:
        """Distance between two summaries of one layer, relative to the target's energy: (N,)."""

    def prepare(self, statistics: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """What `compare` wants to know of a target beyond its statistics, computed once."""
        return statistics

    def represent(self, features: Features, weights: Tensor | None = None) -> Representation:
        return {layer: self.prepare(self.summarise(f, at_layer(weights, f))) for layer, f in features.items()}

    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        share = self.shares(representation)
        terms = [
            share[layer] * self.compare(self.summarise(features[layer], at_layer(weights, features[layer])), target)
            for layer, target in representation.items()
        ]
        return torch.stack(terms).sum(0)

    def shares(self, layers: Mapping[str, Any]) -> dict[str, float]:
        """The layers' weights, normalised to sum to 1."""
        raw = {layer: (self.layer_weights or {}).get(layer, 0.0 if self.layer_weights else 1.0) for layer in layers}
        total = sum(raw.values()) or 1.0
        return {layer: value / total for layer, value in raw.items()}

    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        mixed = {}
        for layer in representations[0]:
            columns = zip(*(self.plain(r[layer]) for r in representations), strict=True)
            mixed[layer] = self.prepare(tuple(sum_of(column, weights) for column in columns))
        return mixed

    def plain(self, prepared: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The statistics without what `prepare` added."""
        return prepared


def sum_of(tensors: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """The weighted sum."""
    return torch.stack([w * t for w, t in zip(weights, tensors, strict=True)]).sum(0)


def at_layer(weights: Tensor | None, feature: Tensor) -> Tensor | None:
    """A soft mask brought to a feature map's size by averaging."""
    if weights is None:
        return None
    return F.interpolate(weights, feature.shape[-2:], mode="area").to(feature.dtype)


def mean_and_second_moment(feature: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Channel means, N x C, and second moments F F^T / (h w), N x C x C, over the mask's part if there is one."""
    # Rows are positions: a channels-last feature map is read in place, without a transposed copy.
    rows = feature.permute(0, 2, 3, 1).flatten(1, 2).float()
    if weights is None:
        return rows.mean(1), rows.transpose(1, 2) @ rows / rows.shape[1]
    share = weights.flatten(1).unsqueeze(-1).float()
    share = share / (share.sum(1, keepdim=True) + EPSILON)
    return (rows * share).sum(1), rows.transpose(1, 2) @ (rows * share)
