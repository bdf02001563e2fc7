"""The style transfer network of Dumoulin et al. 2017 and Ghiasi et al. 2017, conditionally normalised, as published.

What tells it of a style is in `dumoulin.py` and `ghiasi.py`.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.offline.networks.arbitrary import Modulation, double, modulate

DOWN = ((3, 32, 9, 1), (32, 64, 3, 2), (64, 128, 3, 2))
UP = ((128, 64, 3), (64, 32, 3))
"""(channels in, out, kernel, and the stride of the ways down)."""

BLOCKS, WIDTH = 5, 128


class Transformer(nn.Module):
    """9x9/32, 3x3s2/64, 3x3s2/128, five residual blocks of 128, two nearest-upsampled 3x3 (64, 32), 9x9/3 and a sigmoid.

    Reflect padding, no biases. conditional_start: whether the style sets the first three normalisations too, as in Dumoulin
    et al., Table 3; where it does not they are batch normalisations, as in the code of Ghiasi et al.
    """

    def __init__(self, conditional_start: bool) -> None:
        super().__init__()
        self.down = nn.ModuleList([nn.Conv2d(a, b, kernel, stride, bias=False) for a, b, kernel, stride in DOWN])
        starts = [] if conditional_start else [nn.BatchNorm2d(b) for _, b, _, _ in DOWN]
        self.starts = nn.ModuleList(starts)
        self.blocks = nn.ModuleList([nn.Conv2d(WIDTH, WIDTH, 3, bias=False) for _ in range(2 * BLOCKS)])
        self.up = nn.ModuleList([nn.Conv2d(a, b, kernel, bias=False) for a, b, kernel in UP])
        self.last = nn.Conv2d(UP[-1][1], 3, 9, bias=False)
        first = () if starts else tuple(b for _, b, _, _ in DOWN)
        self.modulated = (*first, *(WIDTH,) * (2 * BLOCKS), *(b for _, b, _ in UP), 3)

    @property
    def parameters_a_style(self) -> int:
        """Numbers that describe a style: a scale and a shift for each modulated channel."""
        return 2 * sum(self.modulated)

    def forward(self, image: Tensor, modulation: Tensor) -> Tensor:
        """N x 3 x H x W in [0, 1] and N x `parameters_a_style` -> the pastiche, N x 3 x H x W in [0, 1]."""
        taken, x = Modulation(modulation), image
        for number, conv in enumerate(self.down):
            x = reflected(conv, x)
            x = F.relu(self.starts[number](x) if len(self.starts) else modulate(x, taken))
        for first, second in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            y = F.relu(modulate(reflected(first, x), taken))
            x = x + modulate(reflected(second, y), taken)
        for conv in self.up:
            x = F.relu(modulate(reflected(conv, double(x)), taken))
        x = modulate(reflected(self.last, x), taken)
        return torch.sigmoid(x[..., : image.shape[-2], : image.shape[-1]])


def reflected(conv: nn.Module, x: Tensor) -> Tensor:
    """The convolution of x, reflected at its borders by half the kernel."""
    assert isinstance(conv, nn.Conv2d)
    margin = conv.kernel_size[0] // 2
    y: Tensor = conv(F.pad(x, (margin, margin, margin, margin), mode="reflect"))
    return y
