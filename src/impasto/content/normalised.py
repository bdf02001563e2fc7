"""`normalised`: squared error of instance-normalised feature maps, so that colour and contrast are the style's to choose.

Instance normalisation (Ulyanov et al., arXiv 1607.08022) takes the statistics out of a feature map that a style is made of;
what is left is where things are. Networks trained with it keep the photo's structure and still take the style's tones.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from impasto.texture.base import Features

READS = "features"
GAIN = 0.5

VARIANCE = 1e-5
"""Added to each channel's variance, so that a channel that is everywhere alike stays 0."""


def represent(features: Features) -> dict[str, Tensor]:
    """The content representation: by layer, the normalised feature map. features: {layer: N x C x h x w}."""
    return {layer: normalised(f) for layer, f in features.items()}


def normalised(feature: Tensor) -> Tensor:
    """Every channel of every picture at mean 0 and deviation 1: N x C x h x w."""
    centred = feature.float() - feature.float().mean((2, 3), keepdim=True)
    return centred * (centred.square().mean((2, 3), keepdim=True) + VARIANCE).rsqrt()


def distance(features: Features, representation: Mapping[str, Tensor], shares: Mapping[str, float] | None = None) -> Tensor:
    """One minus the mean correlation with the photo's channels, averaged over the layers: (N,), 0 at the photo, 1 unrelated.

    shares: the weight of each layer, 1 where a layer is missing.
    """
    terms, total = [], 0.0
    for layer, target in representation.items():
        share = (shares or {}).get(layer, 1.0)
        terms.append(share * (normalised(features[layer]) - target).square().mean((1, 2, 3)) / 2)
        total += share
    return torch.stack(terms).sum(0) / total
