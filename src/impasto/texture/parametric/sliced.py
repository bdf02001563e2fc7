"""`sliced`: the loss L_SW of Heitz et al., "A Sliced Wasserstein Loss for Neural Texture Synthesis" (arXiv 2006.07229).

Also what any model needs that compares sorted samples: the drawing of positions, by step number, and quantiles.
"""

from abc import abstractmethod
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.texture.base import EPSILON, Features, Representation, StatisticsModel, at_layer

SAMPLES = 2048
"""Positions of a layer that one step looks at, all of them where there are fewer."""

POOL = 16384
"""Positions of a layer that a representation keeps, evenly spread."""

DIRECTIONS = 32
"""Directions of a layer that one step looks along, one for each channel where there are fewer."""

LAYERS = 1000
"""More than the layers of any encoder, so that no two draws share a seed."""


def draw(weights: Tensor | None, count: int, most: int, generator: torch.Generator | None = None) -> Tensor:
    """Indices of at most `most` of `count` positions, as often as they weigh, so that plain quantiles are the weighted ones.

    One position from each of equal strata of the summed weights, at random by `generator` or from their middles; as many as
    weigh alike. A mask of zeros and ones that leaves few enough positions yields exactly those. weights: 1 x 1 x h x w.
    """
    summed = None if weights is None else weights.flatten().double().cpu().cumsum(0)
    effective = count
    if weights is not None and summed is not None:
        effective = max(1, round((summed[-1].square() / (weights.double().square().sum().cpu() + EPSILON)).item()))
    number = min(most, effective)
    jitter = torch.rand(number, generator=generator, dtype=torch.double) if generator else 0.5
    at = (torch.arange(number, dtype=torch.double) + jitter) / number
    if summed is None:
        return (at * count).long().clamp_max(count - 1)
    return torch.searchsorted(summed, at * summed[-1]).clamp_max(count - 1)


def drawn_rows(feature: Tensor, weights: Tensor | None, most: int, generator: torch.Generator | None = None) -> Tensor:
    """The features at drawn positions: N x P x C float32, the same positions for every picture of the batch."""
    positions = feature.permute(0, 2, 3, 1).flatten(1, 2)
    chosen = draw(weights, positions.shape[1], most, generator)
    return positions.index_select(1, chosen.to(feature.device)).float()


def quantiles(ordered: Tensor, count: int) -> Tensor:
    """The quantile function of sorted samples, N x D x P, at the middles of `count` equal parts of [0, 1]: N x D x count.

    It is a step function, so that the same samples twice over have the same one.
    """
    return ordered if ordered.shape[-1] == count else F.interpolate(ordered, count, mode="nearest-exact")


def transport_cost(samples: Tensor, target: Tensor) -> Tensor:
    """Squared 2-Wasserstein distance of samples, N x D x P, to sorted ones, N x D x Q, averaged over the D rows: (N,)."""
    ordered = samples.sort(-1).values
    return (ordered - quantiles(target, ordered.shape[-1])).square().mean((1, 2))


class Sampled(StatisticsModel):
    """A model whose distance looks at positions drawn by step number, and whose representation at many, fixed ones."""

    step = 0

    def begin_step(self, step: int) -> None:
        self.step = step

    @abstractmethod
    def summarise(
        self, feature: Tensor, weights: Tensor | None, generator: torch.Generator | None = None
    ) -> tuple[Tensor, ...]:
        """Statistics of one layer, of the positions that `generator` draws or, without it, of evenly spread ones."""

    @abstractmethod
    def compare(
        self, statistics: tuple[Tensor, ...], target: tuple[Tensor, ...], generator: torch.Generator | None = None
    ) -> Tensor:
        """Distance between two summaries of one layer, relative to the target's energy: (N,)."""

    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        share, terms = self.shares(representation), []
        for number, (layer, target) in enumerate(representation.items()):
            generator = torch.Generator().manual_seed(self.step * LAYERS + number)
            statistics = self.summarise(features[layer], at_layer(weights, features[layer]), generator)
            terms.append(share[layer] * self.compare(statistics, target, generator))
        return torch.stack(terms).sum(0)


class Sliced(Sampled):
    """E_v |sort(F v) - sort(S v)|^2 over directions v on the sphere, divided by the style's own E_v |S v|^2.

    The paper draws as many directions as a layer has channels, anew at each step, and sorts every position; here they are
    columns of a random orthonormal basis, which covers the space more evenly, and the positions are drawn anew as well.
    Samples of different sizes are compared by their quantile functions. Of a style 16384 positions are kept.
    Representation of a layer: (shares K, rows of each of K styles, 1 x P x C); styles blend by their quantiles along v.
    """

    gain = 60.0
    samples = True

    def summarise(
        self, feature: Tensor, weights: Tensor | None, generator: torch.Generator | None = None
    ) -> tuple[Tensor, ...]:
        return (drawn_rows(feature, weights, SAMPLES if generator else POOL, generator),)

    def prepare(self, statistics: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return torch.ones(1), statistics[0]

    def compare(
        self, statistics: tuple[Tensor, ...], target: tuple[Tensor, ...], generator: torch.Generator | None = None
    ) -> Tensor:
        rows, shares = statistics[0], target[0].tolist()
        directions = draw_directions(rows.shape[-1], DIRECTIONS, generator).to(rows.device)
        mixed, energy = torch.zeros(()), torch.zeros(())
        for share, pool in zip(shares, target[1:], strict=True):
            style = pool.index_select(1, draw(None, pool.shape[1], SAMPLES, generator).to(pool.device))
            ordered = (directions.T @ style.transpose(1, 2)).sort(-1).values
            mixed = mixed.to(rows.device) + share * quantiles(ordered, rows.shape[1])
            energy = energy.to(rows.device) + share * pool.square().mean((1, 2))
        return transport_cost(directions.T @ rows.transpose(1, 2), mixed) / (energy + EPSILON)

    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        used = [(r, weight) for r, weight in zip(representations, weights, strict=True) if weight]
        return {
            layer: (torch.cat([weight * r[layer][0] for r, weight in used]), *(rows for r, _ in used for rows in r[layer][1:]))
            for layer in representations[0]
        }


def draw_directions(channels: int, most: int, generator: torch.Generator | None = None) -> Tensor:
    """At most `most` orthonormal directions, uniform on the sphere: C x D, float32."""
    gaussian = torch.randn(channels, min(most, channels), generator=generator)
    basis: Tensor = torch.linalg.qr(gaussian).Q  # the sign of a direction does not matter
    return basis
