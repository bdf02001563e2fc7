"""The 16x slimmer VGG-19 of Wang et al., "Collaborative Distillation for Ultra-Resolution Universal Style Transfer",
CVPR 2020 (arXiv 2003.08436), in its published key layout. Its weights are not ours: they are read from a file.
"""

from collections.abc import Iterable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.encoders.base import POOLINGS, Descriptor, Encoder
from impasto.encoders.pooling import pool

LAYERS = tuple(["1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "3_3", "3_4", "4_1", "4_2", "4_3", "4_4", "5_1"])


class CollaborativeVGG(Encoder):
    """VGG-19 to relu5_1 with narrow layers; `expand` rebuilds the wide network's features where a side branch exists.

    state: `conv0` (1 x 1, colour order, scale and mean), `conv11` .. `conv51`, and `conv11_aux` .. for the side branches.
    """

    def __init__(self, state: Mapping[str, Tensor], pooling: str = "max", name: str = "collaborative-vgg19") -> None:
        super().__init__()
        self.pooling = pooling
        self.weights = torch.nn.ParameterDict(
            {key.replace(".", "/"): torch.nn.Parameter(value.to(torch.float32), False) for key, value in state.items()}
        )
        layers = tuple(f"relu{layer}" for layer in LAYERS)
        self.descriptor = Descriptor(
            name=name,
            layers=layers,
            strides={layer: 2 ** (int(layer[4]) - 1) for layer in layers},
            channels={f"relu{layer}": len(state[f"conv{layer.replace('_', '')}.weight"]) for layer in LAYERS},
            style_layers=("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
            content_layers=("relu4_2",),
            min_size=32,
            poolings=POOLINGS,
            licence="MIT (Huan Wang)",
            source="github.com/MingSun-Tse/Collaborative-Distillation",
        )

    def _conv(self, x: Tensor, name: str) -> Tensor:
        return F.conv2d(x, self.weights[f"{name}/weight"], self.weights[f"{name}/bias"])

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        wanted = self.descriptor.check_layers(layers)
        x, block, out = self._conv(image, "conv0"), 1, {}
        for layer in self.descriptor.layers[: self.descriptor.layers.index(wanted[-1]) + 1]:
            if self.descriptor.strides[layer] >> (block - 1) > 1:
                x, block = pool(x, self.pooling), block + 1
            x = F.relu(self._conv(F.pad(x, (1, 1, 1, 1), mode="reflect"), "conv" + layer[4] + layer[6]))
            if layer in wanted:
                out[layer] = x
        return out

    def expand(self, layer: str, feature: Tensor) -> Tensor | None:
        """The wide VGG-19's feature map rebuilt from the narrow one, N x C' x h x w, or None without a side branch."""
        name = f"conv{layer[4]}{layer[6]}_aux"
        return F.relu(self._conv(feature, name)) if f"{name}/weight" in self.weights else None
