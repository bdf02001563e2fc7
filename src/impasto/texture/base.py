"""What a texture model is, and the shared half of those that compare summary statistics layer by layer.

A texture model turns feature maps into a style representation and measures how far another picture's features are from it.
Each model lives in a file of its own; the names they go by are in `texture/__init__.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Features = Mapping[str, Tensor]
"""{layer: N x C x h x w}."""

Representation = Any
"""What a model remembers of a style; opaque to everyone but the model."""

EPSILON = 1e-8

PIXELS = "pixels"
"""The picture's own name among what a model reads."""


class TextureModel(ABC):
    """A visual texture model (Jing et al., arXiv 1705.04058, section 3).

    gain: the style weight, against a content weight of 1, at which the model paints well; what a user's weight multiplies.
    reads: `features`; `pixels` for a model that needs no encoder and is given {"pixels": the picture}; or `both`.
    pools: whether a representation is a pool of the style's patches. A photo finds itself in a pool that holds its own patches,
        however few they are, so the way from photo to style is no blend of two pools but a sum of two distances.
    refresh_every: steps between two calls of `refresh`, 0 for a model whose representation stays as it is.
    levels: sizes of the picture to paint at, where a model that sees all scales at once is better off with fewer; None for all
        from the coarsest.
    samples: whether the distance is drawn anew at each step, which rules out optimisers that learn the curvature.
    copies: of what the model reads, in float32, that a step holds for each style; measured at 1024 pixels.
    layer_weights: the relative weight of each layer, 0 where one is missing; all alike when None. Set before `represent` by who
        decides which layers are seen.
    """

    gain: float = 20.0
    reads: str = "features"
    pools: bool = False
    refresh_every: int = 0
    levels: int | None = None
    samples: bool = False
    copies: float = 1.7
    layer_weights: Mapping[str, float] | None = None

    def shares(self, layers: Iterable[str]) -> dict[str, float]:
        """The weights of these layers, normalised to sum to 1."""
        raw = {layer: 1.0 if self.layer_weights is None else self.layer_weights.get(layer, 0.0) for layer in layers}
        total = sum(raw.values()) or 1.0
        return {layer: value / total for layer, value in raw.items()}

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

    def merge(self, parts: Sequence[Representation]) -> Representation:
        """One representation of several views (rotations, scales) of one style: all that they know, or else their mean."""
        return parts[0] if len(parts) == 1 else self.blend(parts, [1 / len(parts)] * len(parts))


class StatisticsModel(TextureModel):
    """A parametric model: a tuple of summary statistics at each layer, compared layer by layer."""

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


class Moments(torch.autograd.Function):
    """Means, N x C, and second moments, N x C x C, of rows, N x P x C; the gradient reads the rows once, not five times."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(rows)
        return rows.mean(1), rows.transpose(1, 2) @ rows / rows.shape[1]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        (rows,) = ctx.saved_tensors
        mean, moment = (grad / rows.shape[1] for grad in grads)
        return torch.baddbmm(mean[:, None], rows, moment + moment.transpose(1, 2))


def mean_and_second_moment(feature: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Channel means, N x C, and second moments F F^T / (h w), N x C x C, over the mask's part if there is one."""
    # Rows are positions: a channels-last feature map is read in place, without a transposed copy.
    rows = feature.permute(0, 2, 3, 1).flatten(1, 2).float()
    if weights is None:
        mean, moment = Moments.apply(rows)  # type: ignore[no-untyped-call]
        return mean, moment
    share = weights.flatten(1).unsqueeze(-1).float()
    share = share / (share.sum(1, keepdim=True) + EPSILON)
    return (rows * share).sum(1), rows.transpose(1, 2) @ (rows * share)
