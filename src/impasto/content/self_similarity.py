"""`self-similarity`: the content loss of STROTSS, Kolkin et al. (arXiv 1904.12785), equation 7.

What stays is which places of the photo look alike, not what they look like.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from impasto.texture.base import EPSILON, Features

READS = "features"
GAIN = 1.0

PLACES = 1024
"""Places that are compared with one another; the matrices have the square of it."""

Target = tuple[Tensor, Tensor, Tensor]


def represent(features: Features) -> dict[str, Target]:
    """The content representation, by layer: the places, (S,), their self-similarity, N x S x S, and its unevenness, (N,)."""
    return {layer: represent_layer(f) for layer, f in features.items()}


def represent_layer(feature: Tensor) -> Target:
    """One layer. feature: N x C x h x w."""
    count = feature.shape[-2] * feature.shape[-1]
    number = min(PLACES, count)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    places = order[:number].sort().values.to(feature.device)
    matrix = self_similarity(feature, places)
    return places, matrix, (matrix - 1 / number).abs().sum((1, 2)) / number + EPSILON


def self_similarity(feature: Tensor, places: Tensor) -> Tensor:
    """Cosine distances between places, each row divided by its sum: N x C x h x w and (S,) -> N x S x S."""
    rows = feature.permute(0, 2, 3, 1).flatten(1, 2).index_select(1, places).float()
    rows = rows / rows.square().sum(2, keepdim=True).clamp_min(EPSILON**2).sqrt()
    distances = (1 - rows @ rows.transpose(1, 2)).clamp_min(0)
    return distances / (distances.sum(2, keepdim=True) + EPSILON)


def distance(features: Features, representation: Mapping[str, Target], shares: Mapping[str, float] | None = None) -> Tensor:
    """Mean absolute difference of the self-similarity matrices, relative, averaged over the layers: (N,).

    Relative to the photo's own difference from a picture whose places are all equally alike. The paper compares hypercolumns;
    here each layer is compared by itself. shares: the weight of each layer, 1 where a layer is missing.
    """
    terms, total = [], 0.0
    for layer, (places, matrix, unevenness) in representation.items():
        share = (shares or {}).get(layer, 1.0)
        error = (self_similarity(features[layer], places) - matrix).abs().sum((1, 2)) / len(places)
        terms.append(share * error / unevenness)
        total += share
    return torch.stack(terms).sum(0) / total
