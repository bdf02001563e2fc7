"""`neighbours`: Kolkin et al., "Neural Neighbor Style Transfer" (arXiv 2203.13215), sections 3.1 to 3.3.

Hypercolumn matching: each hypercolumn of the pastiche is pulled to the style's hypercolumn at the smallest angle, both pictures
centred while they are matched. Feature splitting: each layer by itself is pulled to its own nearest neighbours as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.texture.base import EPSILON, Features, Representation, TextureModel
from impasto.texture.nonparametric.patches import (
    cosine_distance,
    density_at,
    draw,
    gather,
    joined,
    layer_scales,
    nearest,
    pooled,
    remembered,
    stacked,
)

MOST = 16384
"""Hypercolumns of the pastiche that are matched; a larger picture is matched on the grid of a deeper layer."""

SAMPLES = 1024
"""Features of each layer that feature splitting looks at in one step."""


class Neighbours(TextureModel):
    """(1 - split) mean_i D(H_i, T_i) / spread + split mean over layers of mean_i min_j D(F_i - m, S_j - m).

    D: cosine distance. H: hypercolumns of the pastiche, each layer divided by the style's root mean square there; T_i: the
    style's hypercolumn nearest to H_i, renewed by `refresh`; spread: mean D from the style's hypercolumns to their mean, so
    that 1 is what knows the mean alone. F, S: features of one layer in the pastiche and the style; m: the style's mean there.
    The paper runs the two parts one after the other; here they are one loss at every level of the pyramid.
    """

    gain = 10.0
    pools = True
    samples = True
    refresh_every = 10

    def __init__(self, *, split: float = 0.5) -> None:
        self.split = split
        self.step = 0

    def begin_step(self, step: int) -> None:
        self.step = step

    def represent(self, features: Features, weights: Tensor | None = None) -> Representation:
        # All layers have one size on the grid, so they are remembered at the same places.
        whole = {layer: remembered(f, weights) for layer, f in on_grid(features).items()}
        return self.describe(whole, {layer: remembered(f, weights) for layer, f in features.items()})

    def describe(self, whole: Mapping[str, Tensor], single: Mapping[str, Tensor]) -> dict[str, Any]:
        """A pool of hypercolumns, {layer: P x C}, one of single features, and what is derived from them."""
        scales = layer_scales(whole, self.shares(whole))
        rows = stacked(whole, scales)
        spread = cosine_distance(rows, rows.mean(0)).mean() + EPSILON
        return {"whole": dict(whole), "single": dict(single), "scales": scales, "spread": spread}

    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        whole = pooled([r["whole"] for r in representations], weights)
        single = {layer: pooled([{layer: r["single"][layer]} for r in representations], weights)[layer] for layer in whole}
        return self.describe(whole, single)

    def merge(self, parts: Sequence[Representation]) -> Representation:
        return self.describe(joined([part["whole"] for part in parts]), joined([part["single"] for part in parts]))

    @torch.no_grad()
    def refresh(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Representation:
        return {**representation, "match": self.match(on_grid(features), representation, weights)}

    @torch.no_grad()
    def match(self, maps: Features, target: Mapping[str, Any], weights: Tensor | None) -> Tensor:
        """For each hypercolumn of the pastiche the number of the style's nearest one: N x h w."""
        keys = stacked(target["whole"], target["scales"])
        share = share_of(next(iter(maps.values())), weights)
        rows = stacked(rows_of(maps), target["scales"])
        centred = rows - (share[:, None] * rows).sum(1, keepdim=True)
        return torch.stack([nearest(one, keys - keys.mean(0)) for one in centred])

    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        matched = self.whole_distance(features, representation, weights) if self.split < 1 else 0.0
        return (1 - self.split) * matched + self.split * self.split_distance(features, representation, weights)

    def whole_distance(self, features: Features, target: Mapping[str, Any], weights: Tensor | None) -> Tensor:
        """Hypercolumn matching: (N,)."""
        maps = on_grid(features)
        rows = stacked(rows_of(maps), target["scales"])
        match = target.get("match")
        if match is None or match.shape != rows.shape[:2]:
            match = self.match(maps, target, weights)
        goals = stacked(target["whole"], target["scales"])[match]
        error: Tensor = (share_of(next(iter(maps.values())), weights) * cosine_distance(rows, goals)).sum(1) / target["spread"]
        return error

    def split_distance(self, features: Features, target: Mapping[str, Any], weights: Tensor | None) -> Tensor:
        """Feature splitting: (N,)."""
        terms = []
        for layer, share in self.shares(features).items():
            feature, keys = features[layer], target["single"][layer]
            index = draw(density_at(feature, weights), SAMPLES, self.step).to(feature.device)
            rows, keys = gather(feature, index) - keys.mean(0), keys - keys.mean(0)
            goals = keys[torch.stack([nearest(one.detach(), keys) for one in rows])]
            terms.append(share * cosine_distance(rows, goals).mean(1))
        return torch.stack(terms).sum(0)


def on_grid(features: Features) -> dict[str, Tensor]:
    """All layers at the size of the middle one, or of a deeper one in a large picture: {layer: N x C x h x w}, float32."""
    sizes = sorted({(f.shape[-2], f.shape[-1]) for f in features.values()}, reverse=True)
    size = next((s for s in sizes[(len(sizes) - 1) // 2 :] if s[0] * s[1] <= MOST), sizes[-1])
    return {layer: resized(f.float(), size) for layer, f in features.items()}


def resized(feature: Tensor, size: tuple[int, int]) -> Tensor:
    """A feature map at another size: averaged where it shrinks, interpolated where it grows."""
    if feature.shape[-2:] == size:
        return feature
    if feature.shape[-2] >= size[0]:
        return F.interpolate(feature, size, mode="area")
    return F.interpolate(feature, size, mode="bilinear", align_corners=False)


def rows_of(maps: Features) -> dict[str, Tensor]:
    """{layer: N x C x h x w} -> {layer: N x h w x C}."""
    return {layer: f.permute(0, 2, 3, 1).flatten(1, 2) for layer, f in maps.items()}


def share_of(feature: Tensor, weights: Tensor | None) -> Tensor:
    """How much each position of a feature map counts, summing to 1: (h w,)."""
    density = density_at(feature, weights).to(feature.device)
    return density / (density.sum() + EPSILON)
