"""What every encoder is: a pretrained network that turns a picture into feature maps by layer name.

The descriptor says what a loaded encoder can do, so that no caller guesses. Architectures live in files of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from impasto.errors import InputError, did_you_mean

POOLINGS = ("max", "average", "l2")


@dataclass(frozen=True)
class Descriptor:
    """What an encoder offers.

    name: the registered name, or the file it was read from.
    layers: every layer name, in the order in which the network computes them.
    strides: pixels of the picture per feature, by layer.
    channels: number of channels, by layer.
    style_layers, content_layers: the recommended ones.
    min_size: the shorter side, in pixels, below which the deepest layer has no feature left.
    poolings: the kinds of pooling that the encoder can be asked for.
    licence, source: for the model list and the metadata of results.
    """

    name: str
    layers: tuple[str, ...]
    strides: dict[str, int]
    channels: dict[str, int]
    style_layers: tuple[str, ...]
    content_layers: tuple[str, ...]
    min_size: int
    poolings: tuple[str, ...]
    licence: str
    source: str

    def check_layers(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names as a tuple in the network's order. Raises InputError for an unknown one, with a suggestion."""
        names = list(names)
        for name in names:
            if name not in self.layers:
                raise InputError(f"unknown layer '{name}' of encoder '{self.name}'{did_you_mean(name, self.layers)}")
        return tuple(layer for layer in self.layers if layer in names)

    def deepest(self, names: Iterable[str]) -> str:
        """The last of `names` that the network computes."""
        return max(names, key=self.layers.index)


class Encoder(nn.Module):
    """Base class. A subclass sets `descriptor` and implements `forward`."""

    descriptor: Descriptor

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Feature maps by layer name, computing nothing past the deepest one asked for.

        image: N x 3 x H x W, RGB in [0, 1], sRGB. Returns {layer: N x C x H/stride x W/stride}.
        Encoders do their own normalising.
        """
        raise NotImplementedError

    @property
    def dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype
