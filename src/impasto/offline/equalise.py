"""The encoder with channels rescaled so that 8-bit integers fit all of them: the same features, but for a factor each.

One scale must serve all channels of a feature map, and the weakest would be rounded to nothing. A factor can move from a
channel into the next convolution's weights, because what lies between, rectifying and pooling, does not mind (Xiao et al.,
"SmoothQuant", arXiv 2211.10438, equation 4; Nagel et al., arXiv 1906.04721).
"""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from impasto.encoders.slim import Slim

WEAKEST = 1e-4
"""Of a layer's largest value: channels below are taken for as strong."""


@torch.no_grad()
def equalised(encoder: Slim, pictures: Sequence[Tensor]) -> tuple[Slim, dict[str, Tensor]]:
    """A copy, and by layer what its channels are to be multiplied with to be the encoder's, (C,).

    pictures: N x 3 x H x W each, which show the channels' ranges.
    """
    layers = encoder.descriptor.layers
    seen = [encoder(picture, layers) for picture in pictures]
    rescaled = copy.deepcopy(encoder)
    convolutions = [rescaled.convs[layer.replace("relu", "conv")] for layer in layers]
    factors = {}
    for layer, own, following in zip(layers, convolutions, [*convolutions[1:], None], strict=True):
        assert isinstance(own, nn.Conv2d)
        assert own.bias is not None
        largest = torch.stack([features[layer].amax((0, 2, 3)) for features in seen]).amax(0)
        factor = largest.clamp_min(WEAKEST * largest.max())
        if following is not None:
            assert isinstance(following, nn.Conv2d)
            factor = (factor / following.weight.abs().amax((0, 2, 3)).clamp_min(WEAKEST)).sqrt()
            following.weight.mul_(factor[:, None, None])
        own.weight.div_(factor[:, None, None, None])
        own.bias.div_(factor)
        factors[layer] = factor
    return rescaled, factors
