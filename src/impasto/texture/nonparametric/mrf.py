"""`mrf`: Li and Wand, "Combining Markov Random Fields and Convolutional Neural Networks for Image Synthesis".

arXiv 1601.04589, equations 2 and 3: every 3 x 3 patch of a feature map is pulled to the style's patch with the largest
normalised cross-correlation.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from impasto.texture.base import EPSILON, Features, Representation, TextureModel
from impasto.texture.nonparametric.patches import POOL, density_at, draw, gather, kept, nearest, pooling

SIDE = 3
MOST = 16384
"""Patches of the pastiche that are matched at a layer; a finer layer is covered more sparsely."""


class Mrf(TextureModel):
    """sum_i |P_i(x) - P_NN(i)(s)|^2 over patches, divided by the style patches' own variance, so that 1 knows only their mean.

    NN(i) = argmax_j P_i(x) . P_j(s) / (|P_i(x)| |P_j(s)|), renewed by `refresh` every few steps instead of at each.
    stride: between neighbouring patches of the pastiche. The paper's turned and scaled versions of the style image are views
    that `merge` brings together.
    """

    gain = 5.0
    pools = True
    refresh_every = 5
    copies = 4.0

    def __init__(self, *, stride: int = 2) -> None:
        self.stride = stride

    def represent(self, features: Features, weights: Tensor | None = None) -> Representation:
        pools = {}
        for layer, feature in features.items():
            around = neighbourhoods(feature, everything(feature))
            density = kept(patch_density(density_at(feature, weights), around))
            pools[layer] = patches_at(feature, around[draw(density, POOL, 0)])[0]
        return {layer: described(patches) for layer, patches in pools.items()}

    def blend(self, representations: Sequence[Representation], weights: Sequence[float]) -> Representation:
        mixed = {}
        for layer in representations[0]:
            pools = [r[layer]["patches"] for r in representations]
            chosen = pooling([len(pool) for pool in pools], weights)
            mixed[layer] = described(torch.cat([pool[rows.to(pool.device)] for pool, rows in zip(pools, chosen, strict=True)]))
        return mixed

    def merge(self, parts: Sequence[Representation]) -> Representation:
        return {layer: described(torch.cat([part[layer]["patches"] for part in parts])) for layer in parts[0]}

    @torch.no_grad()
    def refresh(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Representation:
        return {layer: self.match(features[layer], target, weights) for layer, target in representation.items()}

    @torch.no_grad()
    def match(self, feature: Tensor, target: Mapping[str, Tensor], weights: Tensor | None) -> dict[str, Tensor]:
        """The target of one layer with its matches for a feature map, N x C x h x w.

        goal, N x h w x C: what the matched patches that cover a position want there on average. cover, h w x 1: how much they
        count. spread, (N,): how far they disagree. Together they give the sum over patches at the cost of a sum over positions.
        """
        (height, width), channels = feature.shape[-2:], feature.shape[1]
        around = neighbourhoods(feature, centres(height, width, self.stride))
        share = patch_density(density_at(feature, weights), around)
        share = (share / (share.sum() + EPSILON)).to(feature.device)
        places = around.flatten().to(feature.device)
        each = share[:, None].expand(-1, SIDE**2).flatten()[:, None]
        cover = torch.zeros(height * width, 1, device=feature.device).index_add_(0, places, each)
        goals, spreads = [], []
        for one in feature:
            wanted = target["patches"][nearest(patches_at(one[None], around)[0], target["patches"])].view(-1, channels)
            sums = torch.zeros(height * width, channels, device=feature.device).index_add_(0, places, each * wanted)
            goals.append(sums / (cover + EPSILON))
            spreads.append((each * wanted.square()).sum() - (cover * goals[-1].square()).sum())
        matches = {"goal": torch.stack(goals), "cover": cover, "spread": torch.stack(spreads).clamp_min(0)}
        return {"patches": target["patches"], "variance": target["variance"], **matches}

    def distance(self, features: Features, representation: Representation, weights: Tensor | None = None) -> Tensor:
        terms: list[Tensor] = []
        for layer, share in self.shares(representation).items():
            feature, target = features[layer], representation[layer]
            if "goal" not in target or target["goal"].shape[:2] != (len(feature), feature.shape[-2] * feature.shape[-1]):
                target = self.match(feature, target, weights)
            rows = feature.permute(0, 2, 3, 1).flatten(1, 2).float()
            error = (target["cover"] * (rows - target["goal"]).square()).sum((1, 2)) + target["spread"]
            terms.append(share * error / (target["variance"] + EPSILON))
        return torch.stack(terms).sum(0)


def described(patches: Tensor) -> dict[str, Any]:
    """A pool of patches, P x D, and their variance."""
    return {"patches": patches, "variance": (patches - patches.mean(0)).square().sum(1).mean()}


def everything(feature: Tensor) -> Tensor:
    """All positions, (h w,)."""
    return torch.arange(feature.shape[-2] * feature.shape[-1])


def centres(height: int, width: int, stride: int) -> Tensor:
    """Where the pastiche's patches are centred, (L,): at every stride-th row and column, at most about `MOST`."""
    stride = max(stride, math.ceil((height * width / MOST) ** 0.5))
    return (torch.arange(0, height, stride)[:, None] * width + torch.arange(0, width, stride)).flatten()


def neighbourhoods(feature: Tensor, centre: Tensor) -> Tensor:
    """The 9 positions of the patch around each centre, L x 9; at the border the nearest position stands for what is outside."""
    height, width = feature.shape[-2:]
    offsets = torch.arange(SIDE) - SIDE // 2
    y = (centre[:, None] // width + offsets).clamp(0, height - 1)
    x = (centre[:, None] % width + offsets).clamp(0, width - 1)
    return (y[:, :, None] * width + x[:, None, :]).flatten(1)


def patch_density(density: Tensor, around: Tensor) -> Tensor:
    """How much each patch counts, (L,): as much as the position in it that counts least.

    Where a mask is too narrow to hold any whole patch, as much as its middle.
    """
    inside = density.cpu()[around]
    least = inside.amin(1)
    return least if least.any() else inside[:, SIDE**2 // 2]


def patches_at(feature: Tensor, around: Tensor) -> Tensor:
    """Patches of a feature map: N x C x h x w and L x 9 -> N x L x 9 C."""
    rows = gather(feature, around.flatten().to(feature.device))
    return rows.view(len(feature), len(around), -1)
