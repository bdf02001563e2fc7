"""The arbitrary-style networks as they are served: the mathematics of `networks/arbitrary.py`, arranged for the processor.

These are what `export.py` writes; nothing here is trained. The transfer network takes and gives bytes, works on blocks of
2 x 2 pixels (`blocks.py`) and leaves margins and sizes to the runtime.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import Encoder
from impasto.offline.blocks import after_doubling, between_blocks, strided
from impasto.offline.networks.arbitrary import (
    EPSILON,
    STRIDE,
    Block,
    Prediction,
    Transfer,
    painted_share,
    reflect,
    summarise,
)

PIXELS = 4
"""Of a block."""


class ServedPrediction(nn.Module):
    """From a style image to its embedding: encoder, statistics, prediction network."""

    def __init__(self, encoder: Encoder, prediction: Prediction, layers: tuple[str, ...]) -> None:
        super().__init__()
        self.encoder, self.prediction, self.layers = encoder, prediction, layers

    def forward(self, image: Tensor) -> Tensor:
        """image: N x H x W x 3 uint8 -> N x E."""
        features = self.encoder(image.permute(0, 3, 1, 2).float() / 255, self.layers)
        return self.prediction.embed(summarise(features, self.layers))


class ServedTransfer(nn.Module):
    """The style transfer network, and the prediction network's last, linear step."""

    def __init__(self, transfer: Transfer, prediction: Prediction) -> None:
        super().__init__()
        self.shape = transfer.shape
        self.head, self.body = prediction.head, transfer.body
        start, second = (_convolution(layer) for layer in transfer.stem)
        self.start, self.start_bias, self.second = _fixed(strided(start.weight)), start.bias, second.weight
        fine, full = (_convolution(layer).weight for layer in transfer.up)
        self.fine = _fixed(_for_shuffling(after_doubling(fine)))
        self.full = _fixed(after_doubling(full).flatten(0, 1))
        self.skip = transfer.skip
        # As a convolution it keeps the layout that the processor works in; reordering it took as long as the rest.
        self.spread = _fixed(torch.eye(PIXELS).repeat_interleave(transfer.shape.decoder[1], 0)[..., None, None])
        assert transfer.last.bias is not None
        self.last, self.last_bias = _fixed(between_blocks(transfer.last.weight)), _fixed(transfer.last.bias.repeat(PIXELS))

    def forward(
        self,
        image: Tensor,
        embedding: Tensor,
        colour: Tensor,
        strength: Tensor,
        grain: Tensor,
        statistics: Tensor,
        given: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """The pastiche, N x H x W x 3 uint8, and the instance normalisations' statistics, N x S.

        image: N x H x W x 3 uint8, sides multiples of the stride, with a margin around what is wanted that the caller cuts
        off. embedding: N x E. colour: N x 3 x 4, matrix and offset for colours in [0, 1]. strength: N x 1, in [0, 1].
        grain: 1 x H x W, the noise of the picture's place (`runtime/grain.py`).
        statistics: N x S, in the place of the picture's own where given, N x 1, is 1 and not 0.
        """
        layers = _Layers(self, self.head(strength * embedding), statistics, given)
        raw = to_blocks(image)
        photo = mapped(raw, colour)
        edges = F.relu(F.conv2d(F.pad(_planes(mapped(raw, 2 * colour, -1)), (1, 0, 1, 0)), self.start, self.start_bias))
        x = layers.modulate(F.conv2d(edges, self.second, None, 2, 1))
        x = F.relu(x + layers.noise(grain[:, None, ::STRIDE, ::STRIDE]))
        for block in self.body:
            assert isinstance(block, Block)
            y = F.relu(layers.modulate(block.first(reflect(x))))
            x = x + layers.modulate(block.second(reflect(y)))
        x = layers.modulate(unblocked(F.conv2d(x, self.fine, None, 1, 1)) + self.skip(edges))
        x = F.relu(x + layers.noise(grain[:, None, ::2, ::2]))
        x = layers.modulate_blocks(F.conv2d(x, self.full, None, 1, 1))
        x = F.relu(x + layers.noise_blocks(F.pixel_unshuffle(F.pad(grain[:, None], (1, 1, 1, 1)), 2)))
        painted = torch.sigmoid(F.conv2d(x, self.last, self.last_bias)).permute(0, 2, 3, 1)
        return to_bytes(photo + painted_share(strength)[..., None, None] * (painted - photo)), layers.statistics()


class _Layers:
    """The conditional normalisations in order, each folded into one multiplication and one addition a channel."""

    def __init__(self, served: ServedTransfer, vector: Tensor, statistics: Tensor, given: Tensor) -> None:
        widths = [width for width in served.shape.modulated for _ in range(2)]
        parts = list(torch.split(vector, [*widths, *served.shape.grained], 1))
        self.parameters, self.amounts = parts[: len(widths)], parts[len(widths) :]
        self.spread = served.spread
        self.given = list(torch.split(given * statistics, widths[:-2], 1))
        self.own = 1 - given
        self.taken: list[Tensor] = []

    def modulate(self, x: Tensor) -> Tensor:
        """N x C x H x W -> the same."""
        return self._apply(x, *self._use(*_moments(x)), *self._take())

    def modulate_blocks(self, x: Tensor) -> Tensor:
        """The last layer's, which is not normalised, for blocks: N x 4C x H x W -> the same."""
        scale, shift = (value.repeat(1, PIXELS)[:, :, None, None] for value in self._take())
        return x * scale + shift

    def noise(self, plane: Tensor) -> Tensor:
        """Noise, 1 x 1 x H x W, in the next layer's amounts: N x C x H x W."""
        return plane * self.amounts.pop(0)[:, :, None, None]

    def noise_blocks(self, planes: Tensor) -> Tensor:
        """The same for blocks, one pixel off: 1 x 4 x H x W -> N x 4C x H x W."""
        return F.conv2d(planes, self.spread) * self.amounts.pop(0).repeat(1, PIXELS)[:, :, None, None]

    def statistics(self) -> Tensor:
        """N x S, of all layers so far."""
        return torch.cat(self.taken, 1)

    def _take(self) -> tuple[Tensor, Tensor]:
        return 1 + self.parameters.pop(0), self.parameters.pop(0)

    def _use(self, mean: Tensor, inverse: Tensor) -> tuple[Tensor, Tensor]:
        """Which mean and inverse deviation count, the picture's own or those given."""
        used = self.own * mean + self.given.pop(0), self.own * inverse + self.given.pop(0)
        self.taken += used
        return used

    def _apply(self, x: Tensor, mean: Tensor, inverse: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        factor = inverse * scale
        return x * factor[:, :, None, None] + (shift - mean * factor)[:, :, None, None]


def _moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and inverse deviation of each channel: N x C each."""
    mean = x.mean((2, 3))
    deviation = x - mean[:, :, None, None]
    return mean, ((deviation * deviation).mean((2, 3)) + EPSILON).rsqrt()


def to_blocks(image: Tensor) -> Tensor:
    """N x H x W x 3 uint8 -> N x H/2 x W/2 x 12, as floats of the same values."""
    count, height, width, _ = image.shape
    blocks = image.reshape(count, height // 2, 2, width // 2, 6).transpose(2, 3)
    return blocks.reshape(count, height // 2, width // 2, 12).float()


def to_bytes(blocks: Tensor) -> Tensor:
    """N x H/2 x W/2 x 12 in [0, 1] -> N x H x W x 3 uint8, rounded to the nearest."""
    count, height, width, _ = blocks.shape
    rounded = (255 * blocks.clamp(0, 1)).round().to(torch.uint8)
    return rounded.reshape(count, height, width, 2, 6).transpose(2, 3).reshape(count, 2 * height, 2 * width, 3)


def mapped(raw: Tensor, colour: Tensor, more: float = 0) -> Tensor:
    """The affine colour map, and `more` added, on blocks of bytes: N x H x W x 12 -> the same in [0, 1] or thereabouts."""
    count, height, width, channels = raw.shape
    matrix = colour[..., :3].transpose(1, 2) / 255
    zero = torch.zeros_like(matrix)
    rows = [torch.cat([matrix if row == column else zero for column in range(PIXELS)], 2) for row in range(PIXELS)]
    moved = raw.reshape(count, height * width, channels) @ torch.cat(rows, 1)
    return (moved + (colour[..., 3] + more).repeat(1, PIXELS)[:, None]).reshape(count, height, width, channels)


def unblocked(x: Tensor) -> Tensor:
    """From blocks one pixel off, N x 4C x (H + 1) x (W + 1), to the map, N x C x 2H x 2W."""
    return F.pixel_shuffle(x, 2)[..., 1:-1, 1:-1]


def _planes(blocks: Tensor) -> Tensor:
    return blocks.permute(0, 3, 1, 2)


def _for_shuffling(kernels: Tensor) -> Tensor:
    """4, O x ... -> 4O x ..., in the order that `pixel_shuffle` wants: channel by channel, not pixel by pixel."""
    return kernels.transpose(0, 1).flatten(0, 1)


def _convolution(layer: nn.Module) -> nn.Conv2d:
    assert isinstance(layer, nn.Conv2d)
    return layer


def _fixed(value: Tensor) -> nn.Parameter:
    return nn.Parameter(value.detach().clone(), requires_grad=False)
