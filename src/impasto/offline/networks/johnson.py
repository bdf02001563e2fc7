"""`johnson`: one network a style, Johnson et al., "Perceptual Losses for Real-Time Style Transfer and Super-Resolution" (arXiv
1603.08155) and its supplement, with the instance normalisation of Ulyanov et al. (arXiv 1607.08022).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import Descriptor
from impasto.offline.networks.base import Network, Told, mixed

MARGIN = 40
"""Pixels of reflection around the photo, which the unpadded residual blocks use up."""

STRIDE = 4
TANH = 150 / 255
"""The output is a scaled tanh around the middle grey, so that it can reach beyond [0, 1]."""


class Residual(nn.Module):
    """Two 3 x 3 convolutions without padding around a cropped identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(channels, channels, 3), nn.Conv2d(channels, channels, 3)
        self.norms = nn.ModuleList([nn.InstanceNorm2d(channels, affine=True) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norms[0](self.first(x)))
        y = self.norms[1](self.second(y))
        kept: Tensor = x[..., 2:-2, 2:-2] + y
        return kept


class Johnson(Network):
    """9x9/32, 3x3s2/64, 3x3s2/128, five residual blocks of 128, two transposed 3x3 (64, 32), 9x9/3 and a scaled tanh."""

    architecture = "johnson"

    def __init__(self, encoder: Descriptor) -> None:
        super().__init__()
        ways_down = [_normalised(nn.Conv2d(3, 32, 9, 1, 4)), _normalised(nn.Conv2d(32, 64, 3, 2, 1))]
        ways_up = [nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1) for a, b in ((128, 64), (64, 32))]
        self.layers_in_order = nn.Sequential(
            *ways_down,
            _normalised(nn.Conv2d(64, 128, 3, 2, 1)),
            *(Residual(128) for _ in range(5)),
            *(_normalised(way) for way in ways_up),
            nn.Conv2d(32, 3, 9, 1, 4),
        )

    def forward(self, photo: Tensor, photo_told: Told, style_told: Told, strength: Tensor) -> Tensor:
        height, width = photo.shape[-2:]
        right, bottom = MARGIN + -width % STRIDE, MARGIN + -height % STRIDE
        # A photo smaller than the margin has no more to reflect than itself.
        mode = "reflect" if min(height, width) > max(right, bottom) else "replicate"
        x = F.pad(photo, (MARGIN, right, MARGIN, bottom), mode=mode)
        pastiche = 0.5 + TANH * torch.tanh(self.layers_in_order(2 * x - 1))
        return mixed(photo, pastiche[..., :height, :width], strength)


def _normalised(conv: nn.Conv2d | nn.ConvTranspose2d) -> nn.Sequential:
    return nn.Sequential(conv, nn.InstanceNorm2d(conv.out_channels, affine=True), nn.ReLU())
