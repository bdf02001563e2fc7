"""The arbitrary-style networks as they are served: the mathematics of `networks/arbitrary.py`, arranged for the processor.

These are what `export.py` writes; nothing here is trained. The transfer network takes and gives bytes, works on pairs and
blocks of 2 x 2 pixels (`blocks.py`) and leaves margins and sizes to the runtime.
"""

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import Encoder
from impasto.offline.blocks import after_doubling, between_blocks, rows_after_doubling, rows_of_pairs, strided
from impasto.offline.networks.arbitrary import (
    EPSILON,
    ROWS,
    Block,
    Prediction,
    Transfer,
    beyond,
    painted_share,
    reflect,
)
from impasto.offline.networks.summary import moments_of, statistics
from impasto.runtime.grain import MIDDLE, UNIT

PIXELS = 4
"""Of a block."""
RUN = 48
"""Values of pixels taken together, three whole vector registers: those of one or two pixels would leave most of one empty."""


Factors = Mapping[str, tuple[Tensor, Tensor]]
"""What a layer's means and deviations are to be multiplied with, (C,) each."""


class ServedPrediction(nn.Module):
    """From a style image to its embedding: encoder, statistics, prediction network. From what was painted, its correction.

    factors: by layer, where the encoder's channels were rescaled; None where not.
    """

    def __init__(
        self, encoder: Encoder, prediction: Prediction, layers: tuple[str, ...], factors: Factors | None = None
    ) -> None:
        super().__init__()
        self.encoder, self.prediction, self.layers, self.factors = encoder, prediction, layers, factors
        self.canvas = _fixed(prediction.correction.canvas)

    def forward(self, image: Tensor, wanted: Tensor, embedding: Tensor, given: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A style's embedding, N x E, the picture's statistics, N x S, and the canvas, 1 x H x W x 3 uint8.

        image: N x H x W x 3 uint8: the style image where given, N x 1, is 0. Where it is 1, what an embedding, N x E, painted
        on the canvas, and what comes is that embedding corrected. wanted: N x S, the style image's statistics.
        """
        features = self.encoder(image.permute(0, 3, 1, 2).float() / 255, self.layers)
        moments = zip(*(self._moments(layer, features[layer]) for layer in self.layers), strict=True)
        means, covariances = (list(parts) for parts in moments)
        found = statistics(means, covariances)
        corrected = embedding + self.prediction.correction(wanted, found, embedding)
        first = self.prediction.embed(means, covariances)
        return torch.where(given > 0, corrected, first), found, self.canvas

    def _moments(self, layer: str, feature: Tensor) -> tuple[Tensor, Tensor]:
        mean, covariance = moments_of(feature, self.encoder.descriptor.strides[layer])
        if self.factors is None:
            return mean, covariance
        of_means, of_deviations = self.factors[layer]
        return mean * of_means, covariance * (of_deviations[:, None] * of_deviations)


class ServedTransfer(nn.Module):
    """The style transfer network, and the prediction network's last, linear step.

    centres: what the convolutions' channels come to in the mean over some pictures, in the order of the normalisations. Their
    deviations are then found in one pass over each map instead of two, which is exact enough only near the centre.
    """

    def __init__(self, transfer: Transfer, prediction: Prediction, centres: Tensor | None = None) -> None:
        super().__init__()
        self.shape = transfer.shape
        self.head = prediction.head
        self.centres = (
            None if centres is None else [_fixed(part) for part in torch.split(centres, list(self.shape.modulated[:-1]))]
        )
        start, second = (_convolution(layer) for layer in transfer.stem)
        self.start, self.start_bias = _fixed(strided(start.weight)), start.bias
        pairs = [(block.first, block.second) for block in transfer.body if isinstance(block, Block)]
        self.body = nn.ParameterList([second.weight, *(layer.weight for pair in pairs for layer in pair)])
        fine, full = (_convolution(layer).weight for layer in transfer.up)
        self.even, self.odd = (_fixed(kernel) for kernel in rows_after_doubling(fine))
        self.full = _fixed(after_doubling(full).flatten(0, 1))
        # Of the same rows and pairs.
        self.even_skip, self.odd_skip = (_fixed(kernel) for kernel in rows_of_pairs(transfer.skip.weight))
        assert transfer.last.bias is not None
        self.last, self.last_bias = _fixed(between_blocks(transfer.last.weight)), _fixed(transfer.last.bias.repeat(PIXELS))

    def forward(
        self,
        image: Tensor,
        embedding: Tensor,
        colour: Tensor,
        strength: Tensor,
        grain: Tensor,
        half_grain: Tensor,
        fine_grain: Tensor,
        statistics: Tensor,
        given: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """The pastiche, N x H x W x 3 uint8, and the instance normalisations' statistics, N x S.

        image: N x H x W x 3 uint8, sides multiples of the stride, with a margin around what is wanted that the caller cuts
        off. embedding: N x E. colour: N x 3 x 4, matrix and offset for colours in [0, 1]. strength: N x 1, in [0, 1].
        grain, half_grain, fine_grain: 1 x H/4 x W/4; 2 x H/4 x W/4 x 2C and 1 x (H/2 + 1) x (W/2 + 1) x 4C uint8: the noise
        of the picture's place, as `runtime/grain.py` says.
        statistics: N x S, in the place of the picture's own where given, N x 1, is 1 and not 0.
        """
        layers = _Layers(self, self.head(strength * embedding), statistics, given)
        photo = mapped(image, colour)
        edges = beyond(F.relu(F.conv2d(_planes(photo), self.start, self.start_bias, (2, 1))))
        second, *body = self.body
        x = layers.modulate(F.conv2d(beyond(edges), second, layers.bias(), 2))
        x = F.relu(x + layers.noise(grain[:, None]))
        for first, second in zip(body[::2], body[1::2], strict=True):
            y = F.relu(layers.modulate(F.conv2d(reflect(x), first, layers.bias())))
            x = x + layers.modulate(F.conv2d(reflect(y), second, layers.bias()))
        bias = layers.bias(times=2)
        even = F.conv2d(F.pad(x, (1, 1, 1, 0)), self.even) + F.conv2d(edges, self.even_skip, bias, 2)
        odd = F.conv2d(F.pad(x, (1, 1, 0, 1)), self.odd) + F.conv2d(edges, self.odd_skip, bias, 2)
        x = interleaved(*(F.relu(row) for row in layers.modulate_rows((even, odd), half_grain)))
        x = F.relu(layers.modulate_blocks(_pixels(F.conv2d(_planes(x), self.full, None, 1, 1)), fine_grain))
        painted = in_runs(rows(_pixels(torch.sigmoid(F.conv2d(_planes(x), self.last, self.last_bias)))))
        photo = 0.5 * in_runs(photo) + 0.5
        pastiche = photo + painted_share(strength)[..., None] * (painted - photo)
        return (255 * pastiche.clamp(0, 1)).round().to(torch.uint8).reshape(image.shape), layers.statistics()


class _Layers:
    """The conditional normalisations in order, each folded into one multiplication and one addition a channel."""

    def __init__(self, served: ServedTransfer, vector: Tensor, statistics: Tensor, given: Tensor) -> None:
        widths = [width for width in served.shape.modulated for _ in range(2)]
        parts = list(torch.split(vector, [*widths, *served.shape.grained], 1))
        self.parameters, self.amounts = parts[: len(widths)], parts[len(widths) :]
        self.given = list(torch.split(given * statistics, widths[:-2], 1))
        self.own = 1 - given
        self.centres = served.centres
        self.taken: list[Tensor] = []

    def bias(self, times: int = 1) -> Tensor | None:
        """What the convolution before the next normalisation adds, to bring its channels near 0."""
        return None if self.centres is None else -self._centre().repeat(times)

    def modulate(self, x: Tensor) -> Tensor:
        """N x C x H x W -> the same."""
        factor, shift = self._affine([x], x.shape[1])
        return x * factor[:, :, None, None] + shift[:, :, None, None]

    def modulate_rows(self, maps: Sequence[Tensor], grain: Tensor) -> list[Tensor]:
        """A map as its even and its odd rows, in pairs of pixels, and its noise: N x 2C x H x W each -> N x H x W x 2C each."""
        factor, shift = self._affine(maps, maps[0].shape[1] // 2)
        factor, shift, amount = self._grained(factor, shift, 2)
        return [_pixels(x) * factor + shift + noise.float() * amount for x, noise in zip(maps, grain, strict=True)]

    def modulate_blocks(self, x: Tensor, grain: Tensor) -> Tensor:
        """The last layer's, which is not normalised, and its noise, for blocks: N x H x W x 4C -> the same."""
        scale, shift, amount = self._grained(*self._take(), PIXELS)
        return x * scale + shift + grain.float() * amount

    def noise(self, plane: Tensor) -> Tensor:
        """Noise, 1 x 1 x H x W, in the next layer's amounts: N x C x H x W."""
        return plane * self.amounts.pop(0)[:, :, None, None]

    def _grained(self, factor: Tensor, shift: Tensor, times: int) -> list[Tensor]:
        """Factor, summand and what to multiply the next layer's noise in bytes with, N x 1 x 1 x (times C) each."""
        amount = UNIT * self.amounts.pop(0)
        return [value.repeat(1, times)[:, None, None] for value in (factor, shift - MIDDLE * amount, amount)]

    def statistics(self) -> Tensor:
        """N x S, of all layers so far."""
        return torch.cat(self.taken, 1)

    def _centre(self) -> Tensor:
        """Of the next normalisation."""
        assert self.centres is not None
        return self.centres[len(self.taken) // 2]

    def _take(self) -> tuple[Tensor, Tensor]:
        return 1 + self.parameters.pop(0), self.parameters.pop(0)

    def _affine(self, maps: Sequence[Tensor], channels: int) -> tuple[Tensor, Tensor]:
        """Normalisation and modulation of the next layer as one factor and one summand a channel, N x C each."""
        # The statistics told and given are those of the map without its bias.
        centre = 0 if self.centres is None else self._centre()
        moments = _moments if self.centres is None else _moments_at_once
        own_mean, own_inverse = moments([x[:, :, ::ROWS] for x in maps], channels)
        mean = self.own * (own_mean + centre) + self.given.pop(0)
        inverse = self.own * own_inverse + self.given.pop(0)
        self.taken += [mean, inverse]
        scale, shift = self._take()
        factor = inverse * scale
        return factor, shift - (mean - centre) * factor


def _moments(maps: Sequence[Tensor], channels: int) -> tuple[Tensor, Tensor]:
    """Mean and inverse deviation of each channel, N x C each, of one picture in maps of N x (some times C) x H x W."""
    mean = _mean([x.mean((2, 3)) for x in maps], channels)
    centre = mean.repeat(1, maps[0].shape[1] // channels)[:, :, None, None]
    deviations = [x - centre for x in maps]
    variance = _mean([(deviation * deviation).mean((2, 3)) for deviation in deviations], channels)
    return mean, (variance + EPSILON).rsqrt()


def _moments_at_once(maps: Sequence[Tensor], channels: int) -> tuple[Tensor, Tensor]:
    """The same from sums of values and of their squares, for means that are not much larger than the deviations."""
    mean = _mean([x.mean((2, 3)) for x in maps], channels)
    norms = [torch.linalg.vector_norm(x, dim=(2, 3)) for x in maps]
    square = _mean([norm * norm for norm in norms], channels) / (maps[0].shape[2] * maps[0].shape[3])
    return mean, ((square - mean * mean).clamp_min(0) + EPSILON).rsqrt()


def _mean(parts: Sequence[Tensor], channels: int) -> Tensor:
    """Of parts of N x (some times C) each, N x C."""
    if len(parts) == 1 and parts[0].shape[1] == channels:
        return parts[0]
    return torch.cat(list(parts), 1).reshape(parts[0].shape[0], -1, channels).mean(1)


def mapped(image: Tensor, colour: Tensor) -> Tensor:
    """The affine colour map: N x H x W x 3 uint8 -> N x H x W/2 x 6, pairs of pixels, in -1..1 as the network sees.

    Taken to a whole run of pixels at once: a product with a matrix of 3 x 3 would take twice as long as one with many of them.
    """
    count, height, width, _ = image.shape
    each = torch.eye(RUN // 3)[:, None, :, None]
    matrix = (each * (colour[..., :3] * (2 / 255)).transpose(1, 2)[:, None, :, None, :]).reshape(count, RUN, RUN)
    moved = in_runs(image).float() @ matrix + (2 * colour[..., 3] - 1).repeat(1, RUN // 3)[:, None]
    return moved.reshape(count, height, width // 2, 6)


def in_runs(pixels: Tensor) -> Tensor:
    """Anything of a picture whose sides are multiples of the stride, N x ..., as N x L x RUN."""
    return pixels.reshape(pixels.shape[0], -1, RUN)


def rows(blocks: Tensor) -> Tensor:
    """From blocks, N x H x W x 4C, to rows of pairs of pixels, N x 2H x W x 2C."""
    count, height, width, channels = blocks.shape
    split = blocks.reshape(count, height, width, 2, channels // 2).transpose(2, 3)
    return split.reshape(count, 2 * height, width, channels // 2)


def interleaved(even: Tensor, odd: Tensor) -> Tensor:
    """From rows of pairs of pixels, N x H x W x 2C each, to the map, N x 2H x 2W x C."""
    count, height, width, channels = even.shape
    both = torch.stack([rows.reshape(count, height, width * channels) for rows in (even, odd)], 2)
    return both.reshape(count, 2 * height, 2 * width, channels // 2)


def _planes(pixels: Tensor) -> Tensor:
    return pixels.permute(0, 3, 1, 2)


def _pixels(planes: Tensor) -> Tensor:
    return planes.permute(0, 2, 3, 1)


def _convolution(layer: nn.Module) -> nn.Conv2d:
    assert isinstance(layer, nn.Conv2d)
    return layer


def _fixed(value: Tensor) -> nn.Parameter:
    return nn.Parameter(value.detach().clone(), requires_grad=False)
