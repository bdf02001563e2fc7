"""VGG-16, VGG-19 and their kin of any width (Simonyan and Zisserman, arXiv 1409.1556), with every layer by name.

The whole shape is inferred from the weights, so a slimmer, shorter or cut-off VGG with the same keys loads too. Which input
the weights were trained for (`CONVENTIONS`) is told, not guessed here: see `loading`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import POOLINGS, Descriptor, Encoder
from impasto.encoders.pooling import pool
from impasto.errors import InputError, WeightsError, did_you_mean


@dataclass(frozen=True)
class Convention:
    """How the first layer wants its picture: (RGB in [0, 1] - mean) / std, with the channels in that order or reversed."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    bgr: bool = False


# Caffe: BGR in [0, 255], less the mean 103.939, 116.779, 123.68 (the authors' model card). Here in RGB and [0, 1].
CONVENTIONS = {
    "torchvision": Convention(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    "caffe": Convention(mean=(123.68 / 255, 116.779 / 255, 103.939 / 255), std=(1 / 255,) * 3, bgr=True),
}

_KEY = re.compile(r"(?:features\.)?(\d+)\.(weight|bias)")
_NAMED_KEY = re.compile(r"conv(\d)_(\d)\.(weight|bias)")
_STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


def is_vgg(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are torchvision's (`features.0.weight`, or `0.weight` alone) or Gatys's (`conv1_1.weight`)."""
    return any(f"{first}.weight" in state for first in ("features.0", "0", "conv1_1"))


def convolutions(state: Mapping[str, Tensor], name: str) -> dict[str, tuple[Tensor, Tensor]]:
    """{`1_1`: (weight O x I x 3 x 3, bias O), `1_2`: ...} in the network's order, from either key layout.

    torchvision's indices count every layer, so a step of two between convolutions (convolution, ReLU) stays in the block and
    one of three (convolution, ReLU, pooling) starts the next. Raises WeightsError for keys or shapes that are not a VGG's.
    """
    if any(key.endswith("running_mean") for key in state):
        raise WeightsError(f"'{name}' is a VGG with batch normalisation, which is not supported; use vgg19 or vgg16")
    named = any(_NAMED_KEY.fullmatch(key) for key in state)
    found: dict[tuple[int, int], dict[str, Tensor]] = {}
    for key, value in state.items():
        if match := (_NAMED_KEY if named else _KEY).fullmatch(key):
            *place, kind = match.groups()
            position = (int(place[0]), int(place[-1])) if named else (0, int(place[0]))
            found.setdefault(position, {})[kind] = value
    names = _named(sorted(found), name) if named else _counted([index for _, index in sorted(found)], name)
    result, channels = {}, 3
    for layer, (_, parts) in zip(names, sorted(found.items()), strict=True):
        if parts.keys() != {"weight", "bias"}:
            raise WeightsError(f"'{name}' is damaged: conv{layer} lacks its weight or its bias")
        weight, bias = parts["weight"], parts["bias"]
        if weight.shape[1:] != (channels, 3, 3) or bias.shape != weight.shape[:1]:
            raise WeightsError(f"'{name}' is no VGG: conv{layer} has shape {tuple(weight.shape)}, not (*, {channels}, 3, 3)")
        if not (weight.isfinite().all() and bias.isfinite().all()):
            raise WeightsError(f"'{name}' is damaged: conv{layer} holds values that are not finite")
        result[layer], channels = (weight, bias), len(weight)
    return result


def _named(places: list[tuple[int, int]], name: str) -> list[str]:
    expected = (1, 1)
    for block, number in places:
        if (block, number) not in (expected, (expected[0] + 1, 1)):
            raise WeightsError(f"'{name}' is damaged: conv{expected[0]}_{expected[1]} is missing")
        expected = (block, number + 1)
    return [f"{block}_{number}" for block, number in places]


def _counted(indices: list[int], name: str) -> list[str]:
    names, block, number, previous = [], 1, 0, -2
    for index in indices:
        if index - previous not in (2, 3):
            raise WeightsError(f"'{name}' is damaged or no VGG: features.{previous + 2} is missing before features.{index}")
        block, number = (block, number + 1) if index - previous == 2 else (block + 1, 1)
        names.append(f"{block}_{number}")
        previous = index
    return names


def _layers(places: Iterable[str]) -> tuple[str, ...]:
    """Every layer's name in order: conv1_1, relu1_1, ... pool1, conv2_1, ...

    The last block's pooling is certain only in a whole network: five blocks, the last as long as the one before it.
    """
    names: list[str] = []
    blocks = [place[0] for place in places]
    for block, place in zip(blocks, places, strict=True):
        if names and names[-1][4] != block:
            names.append(f"pool{names[-1][4]}")
        names += [f"conv{place}", f"relu{place}"]
    if blocks.count("5") and blocks.count("5") == blocks.count("4"):
        names.append("pool5")
    return tuple(names)


class VGG(Encoder):
    """Input: N x 3 x H x W, RGB in [0, 1]. Zero padding of one, as the original; layers `conv1_1`, `relu1_1`, ... `pool5`.

    state: in torchvision's or Gatys's key layout; what follows the last convolution (the classifier) is ignored.
    convention: a key of `CONVENTIONS`. pooling: `max`, `average` or `l2`. name: for messages.
    Raises WeightsError when the state is no VGG, InputError for an unknown pooling or convention.
    """

    def __init__(
        self,
        state: Mapping[str, Tensor],
        *,
        convention: str = "torchvision",
        pooling: str = "max",
        name: str = "vgg",
        licence: str = "unknown",
        source: str = "unknown",
    ) -> None:
        super().__init__()
        if convention not in CONVENTIONS:
            raise InputError(f"unknown weight convention '{convention}'{did_you_mean(convention, CONVENTIONS)}")
        if pooling not in POOLINGS:
            raise InputError(f"unknown pooling '{pooling}'{did_you_mean(pooling, POOLINGS)}")
        self.convention, self.pooling = convention, pooling
        self.convs = nn.ModuleDict()
        places = convolutions(state, name)
        for place, (weight, bias) in places.items():
            # Reversing the first filters once is the same as reversing every picture's channels.
            reverse = place == "1_1" and CONVENTIONS[convention].bgr
            self.convs[f"conv{place}"] = _frozen(weight.flip(1) if reverse else weight, bias)
        self.descriptor = self._describe(_layers(places), name, licence, source)
        self.eval()

    def _describe(self, layers: tuple[str, ...], name: str, licence: str, source: str) -> Descriptor:
        strides, channels, width = {}, {}, 3
        for layer in layers:
            width = self.convs[layer].out_channels if layer in self.convs else width  # type: ignore[assignment]
            strides[layer], channels[layer] = 2 ** (int(layer[4]) - (layer[:4] != "pool")), width
        relus = [layer for layer in layers if layer.startswith("relu")]
        return Descriptor(
            name=name,
            layers=layers,
            strides=strides,
            channels=channels,
            style_layers=tuple(layer for layer in _STYLE if layer in layers),
            content_layers=("relu4_2",) if "relu4_2" in layers else (relus[-1],),
            min_size=max(strides.values()),
            poolings=POOLINGS,
            licence=licence,
            source=source,
        )

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """See `Encoder.forward`. A feature map keeps the weights' dtype; the normalising is done in the picture's."""
        wanted = self.descriptor.check_layers(layers)
        out: dict[str, Tensor] = {}
        if not wanted:
            return out
        norm = CONVENTIONS[self.convention]
        mean, std = image.new_tensor(norm.mean).view(3, 1, 1), image.new_tensor(norm.std).view(3, 1, 1)
        x = ((image - mean) / std).to(self.dtype)
        for layer in self.descriptor.layers[: self.descriptor.layers.index(wanted[-1]) + 1]:
            if layer.startswith("conv"):
                x = self.convs[layer](x)
            elif layer.startswith("relu"):
                # In place only where nobody asked for the values before the ReLU.
                x = F.relu(x, inplace=f"conv{layer[4:]}" not in out)
            else:
                x = pool(x, self.pooling)
            if layer in wanted:
                out[layer] = x
        return out


def _frozen(weight: Tensor, bias: Tensor) -> nn.Conv2d:
    conv = nn.Conv2d(weight.shape[1], len(weight), 3, padding=1, device="meta")
    conv.weight = nn.Parameter(weight.detach().to(torch.float32, copy=True).contiguous(), requires_grad=False)
    conv.bias = nn.Parameter(bias.detach().to(torch.float32, copy=True), requires_grad=False)
    return conv
