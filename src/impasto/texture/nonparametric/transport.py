"""`transport`: Kolkin et al., "Style Transfer by Relaxed Optimal Transport and Self-Similarity" (STROTSS, arXiv 1904.12785).

Section 2.2: the relaxed earth mover's distance between sampled hypercolumns, moment matching, and the same distance between
colours. The paper's content term is `impasto.content.self_similarity`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.texture.base import EPSILON, PIXELS, Features, Representation, TextureModel
from impasto.texture.nonparametric.patches import (
    POOL,
    columns,
    cosine_distance,
    density_at,
    draw,
    finest,
    joined,
    kept,
    layer_scales,
    nearest_both_ways,
    pooled,
    stacked,
)

SAMPLES = 1024
"""Places of the pastiche, and of the style, that are compared in one step."""

SQUARE = 5
"""Side in pixels of the square around a place whose mean colour is matched; single pixels drawn at random leave speckle."""

COLOURS = ((0.299, 0.587, 0.114), (-0.147, -0.289, 0.436), (0.615, -0.515, -0.100))
"""RGB to a luminance and two colour differences, which vary together less than RGB does."""


class Transport(TextureModel):
    """The mean of the relaxed earth mover's distance, the moments' and the palette's, each relative to the style.

    R = max(mean_i min_j C_ij, mean_j min_i C_ij) with C the cosine distance of hypercolumns, divided by the mean distance from
    the style's hypercolumns to their mean. Moments: L1 distance of mean and covariance, each divided by the L1 norm of the
    style's. Palette: R with the Euclidean distance of decorrelated colours, divided by their mean distance from the mean
    colour. Each layer is divided by the style's root mean square there. Places are drawn anew at each step, by its number.
    """

    gain = 3.0
    reads = "both"
    pools = True
    samples = True

    def __init__(self, *, places: int = SAMPLES) -> None:
        self.places, self.step = places, 0

    def begin_step(self, step: int) -> None:
        self.step = step

    def represent(self, features: Features, weights: Tensor | None = None) -> Representation:
        features = averaged(features)
        index = draw(kept(density_at(finest(features), weights)), POOL, 0)
        return self.describe({layer: rows[0] for layer, rows in columns(features, index).items()})

    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        return self.describe(pooled([r["pool"] for r in representations], weights))

    def merge(self, parts: Sequence[Representation]) -> Representation:
        return self.describe(joined([part["pool"] for part in parts]))

    def describe(self, pool: Mapping[str, Tensor]) -> dict[str, Any]:
        """What the comparison wants to know of a pool of hypercolumns, {layer: P x C}."""
        scales = layer_scales(pool, self.shares(layer for layer in pool if layer != PIXELS))
        rows = stacked(pool, scales)
        spread = cosine_distance(rows, rows.mean(0)).mean() + EPSILON
        described = {"pool": dict(pool), "scales": scales, "spread": spread, "moments": moments(rows)}
        if PIXELS in pool:
            colours = decorrelated(pool[PIXELS])
            described["colour_spread"] = (colours - colours.mean(0)).norm(dim=1).mean() + EPSILON
        return described

    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        features = averaged(features)
        source, target = finest(features), representation
        index = draw(density_at(source, weights), self.places, self.step)
        chosen = draw(torch.ones(len(next(iter(target["pool"].values())))), self.places, self.step).to(source.device)
        sampled, pool = columns(features, index), {layer: rows[chosen] for layer, rows in target["pool"].items()}
        rows, goals = stacked(sampled, target["scales"]), stacked(pool, target["scales"])
        terms = [
            torch.stack([relaxed_transport(one, goals) for one in rows]) / target["spread"],
            torch.stack([moment_distance(moments(one), target["moments"]) for one in rows]),
        ]
        if PIXELS in target["pool"]:
            colours, wanted = decorrelated(sampled[PIXELS]), decorrelated(pool[PIXELS])
            costs = [relaxed_transport(one, wanted, euclidean=True) for one in colours]
            terms.append(torch.stack(costs) / target["colour_spread"])
        return torch.stack(terms).mean(0)


def relaxed_transport(a: Tensor, b: Tensor, euclidean: bool = False) -> Tensor:
    """The relaxed earth mover's distance between rows, Q x D and P x D, equations 4 and 5: a scalar."""
    forth, back = nearest_both_ways(a.detach(), b, euclidean)
    cost = euclidean_distance if euclidean else cosine_distance
    # The smallest entries of the cost matrix carry all of its gradient, so only they are computed with one.
    return torch.maximum(cost(a, b[forth]).mean(), cost(a[back], b).mean())


def euclidean_distance(a: Tensor, b: Tensor) -> Tensor:
    """... x D and ... x D -> (...), with a gradient of zero where they meet."""
    return (a - b).square().sum(-1).clamp_min(EPSILON**2).sqrt()


def moments(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Mean, (D,), and covariance, D x D, of rows, Q x D."""
    mean = rows.mean(0)
    centred = rows - mean
    return mean, centred.T @ centred / len(rows)


def moment_distance(found: tuple[Tensor, Tensor], wanted: tuple[Tensor, Tensor]) -> Tensor:
    """Equation 8, relative: L1 distances of means and of covariances, each divided by the target's L1 norm, averaged."""
    return torch.stack([(a - b).abs().sum() / (b.abs().sum() + EPSILON) for a, b in zip(found, wanted, strict=True)]).mean()


def averaged(features: Features) -> Features:
    """The same, with the pixels, if there are any, averaged over the square around each."""
    if PIXELS not in features:
        return features
    # Squares that overlap: those of a grid would be seen as squares in the painting.
    colours = F.avg_pool2d(features[PIXELS].float(), SQUARE, stride=1, padding=SQUARE // 2, count_include_pad=False)
    return {**features, PIXELS: colours}


def decorrelated(rgb: Tensor) -> Tensor:
    """Colours, ... x 3."""
    return rgb @ rgb.new_tensor(COLOURS).T
