"""`slim`: our own small VGG, embedded in the package.

VGG-19's layers up to relu5_1 with only as many channels as a slim teacher was seen to use, reflection padding and the input
normalising folded into the first convolution. Distilled by
`impasto train encoder` (see `training/encoder.py` and the model card beside the weights).
"""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from impasto.encoders.base import POOLINGS, Descriptor, Encoder
from impasto.encoders.convolution import convolve
from impasto.encoders.pooling import pool


class Slim(Encoder):
    """Input: N x 3 x H x W, RGB in [0, 1]. Layers: relu1_1, relu1_2, ... relu5_1, at strides 1, 2, 4, 8 and 16.

    widths: channels by layer, named `1_1` and so on, in order.
    """

    def __init__(self, widths: Mapping[str, int], pooling: str = "max", name: str = "slim") -> None:
        super().__init__()
        self.pooling = pooling
        self.convs = nn.ModuleDict()
        channels = 3
        for layer, width in widths.items():
            self.convs[f"conv{layer}"] = nn.Conv2d(channels, width, 3)
            channels = width
        layers = tuple(f"relu{layer}" for layer in widths)
        strides = {layer: 2 ** (int(layer[4]) - 1) for layer in layers}
        self.descriptor = Descriptor(
            name=name,
            layers=layers,
            strides=strides,
            channels={f"relu{layer}": width for layer, width in widths.items()},
            style_layers=("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
            content_layers=("relu4_1",),
            min_size=2 * max(strides.values()),
            poolings=POOLINGS,
            licence="Apache-2.0",
            source="trained by Impasto",
        )

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """See `Encoder.forward`. A feature map keeps the weights' dtype."""
        wanted = self.descriptor.check_layers(layers)
        x, previous, out = image.to(self.dtype), None, {}
        for layer in self.descriptor.layers[: self.descriptor.layers.index(wanted[-1]) + 1]:
            x, previous = self.advance(x, previous, layer), layer
            if layer in wanted:
                out[layer] = x
        return out

    def advance(self, x: Tensor, previous: str | None, layer: str) -> Tensor:
        """From the feature map of the layer before (None: the picture) to that of `layer`, pooling where its block begins."""
        if previous is not None and self.descriptor.strides[layer] > self.descriptor.strides[previous]:
            x = pool(x, self.pooling)
        conv = self.convs[layer.replace("relu", "conv")]
        assert isinstance(conv, nn.Conv2d)
        return self.convolve(conv, x)

    def convolve(self, conv: nn.Conv2d, x: Tensor) -> Tensor:
        """One convolution, padded and rectified."""
        assert conv.bias is not None
        return convolve(x, conv.weight, conv.bias)


def from_state_dict(state: Mapping[str, Tensor], pooling: str = "max", name: str = "slim") -> Slim:
    """The encoder whose widths are inferred from its weights. state: `convs.conv1_1.weight` (O x I x 3 x 3) and so on."""
    widths = {key.split(".")[1].removeprefix("conv"): len(value) for key, value in state.items() if key.endswith(".weight")}
    encoder = Slim(dict(sorted(widths.items())), pooling, name)
    encoder.load_state_dict({key: value.to(torch.float32) for key, value in state.items()})
    return encoder.eval().requires_grad_(False)
