"""The shape of MicroAST, a published network for any style that was made to be quick, to time ours beside: weights at random.

Wang, Zhao and Xing, "MicroAST: Towards Super-Fast Ultra-Resolution Arbitrary Style Transfer" (AAAI 2023, arXiv 2211.15313). The
way from a photo to its pastiche, where the style is known; what it paints with such weights means nothing.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.offline.export import traced
from impasto.offline.networks.arbitrary import normalise
from impasto.runtime.session import Session

WIDTH = 64
"""Channels at a quarter of the resolution."""
SIGNALS = 8
"""What a style is known by, vectors of so many channels: deviation, mean, filter's weight and bias, for each of two layers."""


def convolution(inside: int, outside: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Module:
    """Reflection padding and a convolution."""
    return nn.Sequential(nn.ReflectionPad2d(kernel // 2), nn.Conv2d(inside, outside, kernel, stride, groups=groups))


def separable(inside: int, outside: int, stride: int) -> list[nn.Module]:
    """A 3 x 3 convolution in as many groups as the fewer of the channels, then one of 1 x 1, both rectified."""
    first = convolution(inside, outside, 3, stride, min(inside, outside))
    return [first, nn.ReLU(), convolution(outside, outside, 1), nn.ReLU()]


class Residual(nn.Module):
    """Two 3 x 3 convolutions around an identity, each mixed with its own input where there are a weight and a bias."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = convolution(WIDTH, WIDTH, 3), convolution(WIDTH, WIDTH, 3)

    def forward(self, x: Tensor, weight: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
        if weight is None or bias is None:
            plain: Tensor = x + self.second(F.relu(self.first(x)))
            return plain
        inner = F.relu(weight * self.first(x) + bias * x)
        mixed: Tensor = x + weight * self.second(inner) + bias * inner
        return mixed


class MicroAST(nn.Module):
    """Photo, N x 3 x H x W, and what the style is known by, N x (SIGNALS * WIDTH) -> pastiche; sides are multiples of 4."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(convolution(3, 16, 9), nn.ReLU(), *separable(16, 32, 2), *separable(32, WIDTH, 2))
        self.encoder = nn.ModuleList([Residual(), Residual()])
        self.decoder = nn.ModuleList([Residual(), Residual()])
        self.up = nn.ModuleList([nn.Sequential(*separable(WIDTH, 32, 1)), nn.Sequential(*separable(32, 16, 1))])
        self.last = convolution(16, 3, 9)

    def forward(self, image: Tensor, style: Tensor) -> Tensor:
        signals = style.reshape(-1, SIGNALS, WIDTH, 1, 1)
        x = self.stem(image)
        for block in self.encoder:
            x = block(x)
        for number, block in enumerate(self.decoder):
            deviation, mean, weight, bias = signals[:, 4 * number : 4 * number + 4].unbind(1)
            # Adaptive instance normalisation (Huang and Belongie, arXiv 1703.06868, equation 8).
            x = block(normalise(x) * deviation + mean, weight, bias)
        for layer in self.up:
            x = layer(F.interpolate(x, scale_factor=2, mode="bilinear"))
        pastiche: Tensor = self.last(x)
        return pastiche


def in_torch(photo: np.ndarray) -> Callable[[], object]:
    """The network on a photo, H x W x 3 uint8, in PyTorch on the processor."""
    network, inputs = MicroAST().eval(), asked(photo)

    @torch.inference_mode()
    def paint() -> object:
        return network(*inputs.values())

    return paint


def in_openvino(photo: np.ndarray) -> Callable[[], object]:
    """The same in the runtime of `--fast`, with its settings."""
    inputs = asked(photo)
    model = traced(MicroAST().eval(), inputs, ["painted"], {})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "microast.onnx"
        file.write_bytes(model.SerializeToString())
        session, arrays = Session(file), {name: value.numpy() for name, value in inputs.items()}
        session.run(arrays)
    return lambda: session.run(arrays)


def asked(photo: np.ndarray) -> dict[str, Tensor]:
    """The inputs by name, a style at random."""
    picture = torch.from_numpy(np.ascontiguousarray(photo)).permute(2, 0, 1)[None].float() / 255
    return {"photo": picture, "style": torch.randn(1, SIGNALS * WIDTH, generator=torch.Generator().manual_seed(0))}
