"""`dumoulin`: several styles in one network, Dumoulin et al., "A Learned Representation for Artistic Style" (arXiv 1610.07629).

All styles share the convolutions; each has its own scales and shifts of the conditional instance normalisations, about 3,000
numbers. A new style is learned by training only those.
"""

from typing import Any

import torch
from torch import Tensor, nn

from impasto.encoders.base import Descriptor
from impasto.offline.networks.base import Network, Told, mixed
from impasto.offline.networks.transformer import Transformer

NUMBER = "number"
"""What it is told of a style: N x K, one at the style's place, or shares of several that sum to 1."""


class Dumoulin(Network):
    """styles: how many, K."""

    architecture = "dumoulin"

    def __init__(self, encoder: Descriptor, styles: int = 1) -> None:
        super().__init__()
        self.transformer = Transformer(conditional_start=True)
        self.styles = nn.Parameter(torch.zeros(styles, self.transformer.parameters_a_style))

    def forward(self, photo: Tensor, photo_told: Told, style_told: Told, strength: Tensor) -> Tensor:
        pastiche: Tensor = self.transformer(photo, style_told[NUMBER] @ self.styles)
        return mixed(photo, pastiche, strength)

    def with_new_styles(self, count: int) -> None:
        """Forgets its styles and gets new ones, all at the mean of the old; only they are learned from then on."""
        self.transformer.requires_grad_(False)
        self.styles = nn.Parameter(self.styles.detach().mean(0, keepdim=True).repeat(count, 1))

    def config(self) -> dict[str, Any]:
        return {"styles": len(self.styles)}
