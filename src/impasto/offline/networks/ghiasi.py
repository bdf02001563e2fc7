"""`ghiasi`: the arbitrary-style networks of Ghiasi et al., "Exploring the structure of a real-time, arbitrary neural artistic
stylization network" (arXiv 1705.06830), with the sizes of its published code.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from impasto import encoders
from impasto.encoders.base import Descriptor, Encoder
from impasto.errors import InputError
from impasto.offline.networks.base import Network, Told, mixed
from impasto.offline.networks.transformer import Transformer

LAYER, CHANNELS, BOTTLENECK = "Mixed_6e", 768, 100


class Ghiasi(Network):
    """Inception-v3 to Mixed_6e, its spatial mean, 100 numbers, and from them 2,758 normalisation parameters.

    Inception is published weights, frozen here and no part of the saved file. looks: the encoder that takes its place; by
    default it is fetched when first needed. Strength interpolates between the photo's and the style's 100 numbers.
    """

    architecture = "ghiasi"

    def __init__(self, encoder: Descriptor, looks: Encoder | None = None, layer: str = LAYER) -> None:
        super().__init__()
        self._looks: list[Encoder] = [] if looks is None else [looks]  # in a list, so that it is no part of this module
        self.layer = layer
        channels = CHANNELS if looks is None else looks.descriptor.channels[layer]
        self.transformer = Transformer(conditional_start=False)
        self.bottleneck = nn.Linear(channels, BOTTLENECK)
        self.heads = nn.Linear(BOTTLENECK, self.transformer.parameters_a_style)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)

    @torch.no_grad()
    def told(self, image: Tensor, features: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """`seen`, N x 768: the spatial mean of Mixed_6e."""
        if not self._looks:
            self._looks.append(encoders.load("inception_v3").requires_grad_(False))
        looks = self._looks[0].to(image.device)
        if min(image.shape[-2:]) < looks.descriptor.min_size:
            raise InputError(f"Inception sees nothing in crops of {min(image.shape[-2:])} px; give --size a larger number")
        seen: Tensor = looks(image, (self.layer,))[self.layer]
        return {"seen": seen.float().mean((2, 3))}

    def embed(self, told: Told) -> Tensor:
        """N x 100, the style embedding."""
        embedding: Tensor = self.bottleneck(told["seen"])
        return embedding

    def forward(self, photo: Tensor, photo_told: Told, style_told: Told, strength: Tensor) -> Tensor:
        embedding = mixed(self.embed(photo_told), self.embed(style_told), strength)
        pastiche: Tensor = self.transformer(photo, self.heads(embedding))
        return pastiche

    def config(self) -> dict[str, Any]:
        return {}
