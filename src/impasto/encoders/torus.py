"""An encoder's view of a picture whose opposite borders meet, as those of a tile do. Works with every encoder."""

from collections.abc import Iterable
from math import ceil

import torch
from torch import Tensor

from impasto.encoders.base import Encoder

REACH = 6
"""How far a layer sees, in its own strides; the published VGGs' layers see a little less."""


def surround(image: Tensor, before: int, after: int) -> Tensor:
    """The picture, N x C x H x W, repeated beyond its borders: `before` pixels above and on the left, `after` on the others."""
    for axis in (-2, -1):
        size = image.shape[axis]
        image = image.index_select(axis, torch.arange(-before, size + after, device=image.device) % size)
    return image


def encode(encoder: Encoder, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
    """Feature maps of the picture as a torus, N x 3 x H x W: {layer: N x C x ceil(H / stride) x ceil(W / stride)}.

    They join at the border without a step where the sides are multiples of the deepest stride.
    """
    layers, strides = tuple(layers), encoder.descriptor.strides
    stride = max(strides[layer] for layer in layers)
    margin, sides = REACH * stride, image.shape[-2:]
    # The same after both sides, and enough to make both multiples of the stride.
    wide = surround(image, margin, margin + max(-side % stride for side in sides))
    features: dict[str, Tensor] = encoder(wide.contiguous(memory_format=torch.channels_last), layers)
    for layer, feature in features.items():
        for axis, side in zip((-2, -1), sides, strict=True):
            start = round(margin * feature.shape[axis] / wide.shape[axis])
            count = min(ceil(side / strides[layer]), feature.shape[axis] - start)
            feature = feature.narrow(axis, start, count)
        features[layer] = feature
    return features
