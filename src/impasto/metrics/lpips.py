"""`lpips_alex` and `lpips_vgg`: Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric" (CVPR
2018, arXiv 1801.03924), version 0.1 of the published linear heads.

torchmetrics has both too, and takes the networks from torchvision; here they are read from files, so that neither a download
nor torchvision is needed. The two agree (`tests/metrics/test_lpips.py`).
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.encoders.base import Descriptor, Encoder
from impasto.encoders.vgg import CONVENTIONS
from impasto.errors import WeightsError

LAYERS = {
    "alex": ("relu1", "relu2", "relu3", "relu4", "relu5"),
    "vgg": ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3"),
}
LEAST = {"alex": 31, "vgg": 16}
"""Pixels of the shorter side from which the deepest layer has a feature."""

_ALEXNET = {"relu1": (0, 4, 2), "relu2": (3, 1, 2), "relu3": (6, 1, 1), "relu4": (8, 1, 1), "relu5": (10, 1, 1)}
"""By layer: the number in torchvision's keys, stride, padding. A 3 x 3 max pooling of stride 2 goes before the second and
third.
"""

_POOLED = ("relu2", "relu3")
_EPSILON = 1e-8


class AlexNet(Encoder):
    """The five convolutions of torchvision's AlexNet (Krizhevsky, arXiv 1404.5997): 1 x 3 x H x W in [0, 1], `relu1` to
    `relu5`.

    Raises WeightsError when the state is of something else.
    """

    def __init__(self, state: Mapping[str, Tensor], name: str = "alexnet") -> None:
        super().__init__()
        parts = {layer: f"features.{number}" for layer, (number, _, _) in _ALEXNET.items()}
        if lacking := [key for part in parts.values() for key in (f"{part}.weight", f"{part}.bias") if key not in state]:
            raise WeightsError(f"'{name}' is no AlexNet of torchvision: {lacking[0]} is missing")
        weights = [state[f"{part}.weight"] for part in parts.values()]
        if weights[0].shape[1:] != (3, 11, 11) or any(b.shape[1] != len(a) for a, b in pairwise(weights)):
            raise WeightsError(f"'{name}' is no AlexNet of torchvision: its filters have other shapes")
        self.weights = torch.nn.ParameterDict(
            {f"{layer}/{kind}": state[f"{part}.{kind}"].float() for layer, part in parts.items() for kind in ("weight", "bias")}
        )
        self.requires_grad_(False).eval()
        self.descriptor = Descriptor(
            name=name,
            layers=LAYERS["alex"],
            strides=dict(zip(LAYERS["alex"], (4, 8, 16, 16, 16), strict=True)),
            channels={layer: len(weight) for layer, weight in zip(LAYERS["alex"], weights, strict=True)},
            style_layers=LAYERS["alex"],
            content_layers=("relu3",),
            min_size=LEAST["alex"],
            poolings=("max",),
            licence="unknown",
            source=name,
        )

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """See `Encoder.forward`."""
        wanted, out, convention = self.descriptor.check_layers(layers), {}, CONVENTIONS["torchvision"]
        mean, std = (image.new_tensor(values)[:, None, None] for values in (convention.mean, convention.std))
        x = (image - mean) / std
        for layer, (_, stride, padding) in _ALEXNET.items():
            x = F.max_pool2d(x, 3, 2) if layer in _POOLED else x
            x = F.relu(F.conv2d(x, self.weights[f"{layer}/weight"], self.weights[f"{layer}/bias"], stride, padding))
            if layer in wanted:
                out[layer] = x
        return out


def read_heads(state: Mapping[str, Tensor], name: str) -> list[Tensor]:
    """The five linear heads of a published file, a weight for each channel. Raises WeightsError when it is of something
    else.
    """
    keys = [f"lin{number}.model.1.weight" for number in range(5)]
    if lacking := [key for key in keys if key not in state]:
        raise WeightsError(f"'{name}' holds no heads of LPIPS: {lacking[0]} is missing")
    return [state[key].float().flatten() for key in keys]


def lpips(pastiche: Tensor, content: Tensor, encoder: Encoder, layers: Iterable[str], heads: Iterable[Tensor]) -> float:
    """sum_l mean_hw w_l . (f_l - g_l)^2 of features with unit length in each position: 0 for the same picture.

    Pictures: 1 x 3 x H x W in [0, 1], of one size. The published scaling of the input is ImageNet's usual normalising, which
    the encoders do.
    """
    layers = tuple(layers)
    found = [encoder(x, layers) for x in (pastiche, content)]
    total = 0.0
    for layer, head in zip(layers, heads, strict=True):
        one, other = (x[layer] / (x[layer].square().sum(1, keepdim=True) + _EPSILON).sqrt() for x in found)
        total += float(((one - other).square() * head.to(one)[:, None, None]).sum(1).mean())
    return total
