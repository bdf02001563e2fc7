"""`contextual`: Mechrez et al., "The Contextual Loss for Image Transformation with Non-Aligned Data" (arXiv 1803.02077).

Equations 1 to 5: the pastiche is similar to the style as far as each style feature finds a feature of the pastiche that is
closer to it than to any other style feature.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from impasto.texture.base import EPSILON, Features, Representation, TextureModel
from impasto.texture.nonparametric.patches import density_at, draw, gather, joined, pooled, remembered, unit

SAMPLES = 1024
"""Features of the pastiche, and of the style, that are compared in one step, at each layer."""

CLOSE = 1e-5
"""The paper's epsilon."""


class Contextual(TextureModel):
    """-log CX / log P, averaged over the layers, with CX = mean_j max_i CX_ij; 1 where every likeness is as good as any other.

    CX_ij = w_ij / sum_k w_ik, w_ij = exp((1 - d_ij / (min_k d_ik + 1e-5)) / bandwidth), d the cosine distance after centring by
    the style's mean; i: features of the pastiche, j and k: the P of the style. Which are compared is drawn anew at each step,
    by its number.
    """

    gain = 6.0
    pools = True
    samples = True

    def __init__(self, *, bandwidth: float = 0.2, places: int = SAMPLES) -> None:
        self.bandwidth, self.places = bandwidth, places
        self.step = 0

    def begin_step(self, step: int) -> None:
        self.step = step

    def represent(self, features: Features, weights: Tensor | None = None) -> Representation:
        return {layer: remembered(f, weights) for layer, f in features.items()}

    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        return {layer: pooled([{layer: r[layer]} for r in representations], weights)[layer] for layer in representations[0]}

    def merge(self, parts: Sequence[Representation]) -> Representation:
        return joined(parts)

    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        terms = []
        for layer, share in self.shares(representation).items():
            feature, pool = features[layer], representation[layer]
            index = draw(density_at(feature, weights), self.places, self.step).to(feature.device)
            chosen = draw(torch.ones(len(pool)), self.places, self.step).to(feature.device)
            mean = pool.mean(0)
            rows, goals = unit(gather(feature, index) - mean), unit(pool[chosen] - mean)
            most = math.log(max(2, len(goals)))
            terms.append(share * torch.stack([-similarity(one, goals, self.bandwidth).log() / most for one in rows]))
        return torch.stack(terms).sum(0)


def similarity(rows: Tensor, goals: Tensor, bandwidth: float) -> Tensor:
    """CX of unit rows, Q x C, with unit goals, P x C: a scalar in (0, 1], 1 where each goal is among the rows."""
    distances = (1 - rows @ goals.T).clamp_min(0)
    relative = distances / (distances.amin(1, keepdim=True) + CLOSE)
    # The 1 in the exponent cancels in the quotient, which is a softmax.
    return (-relative / bandwidth).softmax(1).amax(0).mean() + EPSILON
