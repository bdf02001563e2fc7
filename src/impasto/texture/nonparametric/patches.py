"""What the non-parametric models share: drawing positions, gathering features there, nearest neighbours in chunks, pooling.

Positions are indices into a flattened feature map, y * w + x. Everything random is drawn on the CPU from a number that the
caller gives, so that the same step means the same picture on every device. No distance between pictures lives here.
"""

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from impasto.texture.base import EPSILON, Features, at_layer

POOL = 4096
"""Patches that are remembered of a style at each layer."""

CHUNK = 1 << 22
"""Entries of a distance matrix that exist at one time."""

KEPT = 0.5
"""A patch of the style is left out where its mask is below this share of the mask's largest value."""


def gather(feature: Tensor, index: Tensor) -> Tensor:
    """Features at positions: N x C x h x w and (S,) -> N x S x C, float32."""
    return feature.permute(0, 2, 3, 1).flatten(1, 2).index_select(1, index).float()


def draw(density: Tensor, count: int, number: int) -> Tensor:
    """Positions drawn by `density`, (P,): each as often as its share, spread evenly; all of them if `count` allows.

    number: what the randomness is drawn from. Returns (S,) ascending, S at most `count`.
    """
    density = density.double().cpu()
    if not density.sum() > 0:
        density = torch.ones_like(density)
    (places,) = density.nonzero(as_tuple=True)
    cumulative = density[places].cumsum(0)
    count = min(count, len(places))
    within = torch.rand(count, generator=torch.Generator().manual_seed(number), dtype=torch.double)
    aims = (torch.arange(count) + within) / count * cumulative[-1]
    return places[torch.searchsorted(cumulative, aims).clamp_max(len(places) - 1)]


def everywhere(feature: Tensor) -> Tensor:
    """The density that prefers no position of a feature map: (h w,)."""
    return torch.ones(feature.shape[-2] * feature.shape[-1])


def density_at(feature: Tensor, weights: Tensor | None) -> Tensor:
    """How much each position of a feature map counts, (h w,), by a soft mask, 1 x 1 x H x W, if there is one."""
    mask = at_layer(weights, feature)
    return everywhere(feature) if mask is None else mask.flatten().float()


def kept(density: Tensor) -> Tensor:
    """The same with what is small left out, for a style: a mask's soft rim would bring patches of the other side."""
    return density * (density >= KEPT * density.max())


def remembered(feature: Tensor, weights: Tensor | None) -> Tensor:
    """The features of a style that a model keeps: 1 x C x h x w -> P x C, P at most `POOL`."""
    return gather(feature, draw(kept(density_at(feature, weights)), POOL, 0).to(feature.device))[0]


def finest(features: Features) -> Tensor:
    """The feature map with the most positions."""
    return max(features.values(), key=lambda f: f.shape[-2] * f.shape[-1])


def elsewhere(index: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """Positions of one feature map as positions of another that shows the same picture at another size."""
    (h, w), (height, width) = source.shape[-2:], target.shape[-2:]
    return index // w * height // h * width + index % w * width // w


def columns(features: Features, index: Tensor) -> dict[str, Tensor]:
    """The features of all layers at positions of the finest one: {layer: N x S x C}."""
    source = finest(features)
    return {layer: gather(f, elsewhere(index, source, f).to(f.device)) for layer, f in features.items()}


def layer_scales(pool: Mapping[str, Tensor], shares: Mapping[str, float]) -> dict[str, Tensor]:
    """What makes the layers of hypercolumns, {layer: P x C}, count by their shares: the share's root over the rms length."""
    return {layer: share**0.5 / (pool[layer].square().sum(1).mean().sqrt() + EPSILON) for layer, share in shares.items()}


def stacked(rows: Mapping[str, Tensor], scales: Mapping[str, Tensor]) -> Tensor:
    """Hypercolumns of {layer: ... x C}, each layer scaled: ... x D."""
    return torch.cat([rows[layer] * scale for layer, scale in scales.items()], -1)


def unit(rows: Tensor) -> Tensor:
    """Rows of length 1, ... x D."""
    return rows / rows.square().sum(-1, keepdim=True).clamp_min(EPSILON**2).sqrt()


def cosine_distance(a: Tensor, b: Tensor) -> Tensor:
    """1 - cos of the angle between rows, both ... x D: (...)."""
    return 1 - (unit(a) * unit(b)).sum(-1)


def chunks(rows: int, columns: int) -> Iterable[slice]:
    """Slices of the rows of a rows x columns matrix that keep to `CHUNK` entries."""
    step = max(1, CHUNK // max(1, columns))
    return (slice(start, start + step) for start in range(0, rows, step))


@torch.no_grad()
def nearest(queries: Tensor, keys: Tensor) -> Tensor:
    """For each query, Q x D, the key, P x D, at the smallest angle: (Q,). The whole Q x P matrix never exists at once."""
    # A query's own length does not change which key is nearest to it.
    targets = unit(keys).T.contiguous()
    return torch.cat([(queries[part] @ targets).argmax(1) for part in chunks(len(queries), len(keys))])


@torch.no_grad()
def nearest_both_ways(a: Tensor, b: Tensor, euclidean: bool = False) -> tuple[Tensor, Tensor]:
    """For each row of a, Q x D, the nearest of b, P x D, and for each of b the nearest of a: (Q,) and (P,)."""
    if not euclidean:
        a, b = unit(a), unit(b)
    forth = torch.empty(len(a), dtype=torch.long, device=a.device)
    back = torch.zeros(len(b), dtype=torch.long, device=a.device)
    best = torch.full((len(b),), torch.inf, device=a.device)
    for part in chunks(len(a), len(b)):
        distances = torch.cdist(a[part], b) if euclidean else -(a[part] @ b.T)
        forth[part] = distances.argmin(1)
        values, rows = distances.min(0)
        back = torch.where(values < best, rows + part.start, back)
        best = torch.minimum(values, best)
    return forth, back


def pooling(counts: Sequence[int], weights: Sequence[float]) -> list[Tensor]:
    """Which rows of several pools go into one, their weights being their shares: (S,) ascending for each pool."""
    most = max(count for count, weight in zip(counts, weights, strict=True) if weight > 0)
    chosen = []
    for number, (count, weight) in enumerate(zip(counts, weights, strict=True)):
        share = min(count, max(1, round(weight * most))) if weight > 0 else 0
        order = torch.randperm(count, generator=torch.Generator().manual_seed(number))
        chosen.append(order[:share].sort().values)
    return chosen


def pooled(pools: Sequence[Mapping[str, Tensor]], weights: Sequence[float]) -> dict[str, Tensor]:
    """One pool of several, {layer: P x D} each, that share their rows among the layers."""
    first = pools[0]
    chosen = pooling([len(next(iter(pool.values()))) for pool in pools], weights)
    return {
        layer: torch.cat([pool[layer][rows.to(pool[layer].device)] for pool, rows in zip(pools, chosen, strict=True)])
        for layer in first
    }


def joined(pools: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """All rows of several pools, {layer: P x D} each."""
    return {layer: torch.cat([pool[layer] for pool in pools]) for layer in pools[0]}
