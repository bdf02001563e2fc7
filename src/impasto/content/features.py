"""`features`: the content loss of Gatys et al. (arXiv 1508.06576), equation 1."""

from collections.abc import Mapping

import torch
from torch import Tensor

from impasto.texture.base import EPSILON, Features

READS = "features"
GAIN = 1.0


def represent(features: Features) -> dict[str, tuple[Tensor, Tensor]]:
    """The content representation: by layer, the feature map and its energy. features: {layer: N x C x h x w}."""
    return {layer: (f, f.float().square().sum((1, 2, 3)) + EPSILON) for layer, f in features.items()}


def distance(
    features: Features, representation: Mapping[str, tuple[Tensor, Tensor]], shares: Mapping[str, float] | None = None
) -> Tensor:
    """Squared error of the feature maps relative to the photo's own energy, averaged over the layers: (N,).

    shares: the weight of each layer, 1 where a layer is missing.
    """
    terms, total = [], 0.0
    for layer, (target, energy) in representation.items():
        share = (shares or {}).get(layer, 1.0)
        terms.append(share * (features[layer].float() - target).square().sum((1, 2, 3)) / energy)
        total += share
    return torch.stack(terms).sum(0) / total
