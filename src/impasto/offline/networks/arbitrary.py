"""The arbitrary-style networks that ship with the package: a style prediction and a style transfer network.

The division of labour is that of Ghiasi et al. (arXiv 1705.06830): one network turns a style image into an embedding and
that into the parameters of the other's conditional instance normalisation (Dumoulin et al., arXiv 1610.07629). Shaped for
two processor cores: nearly all the work happens at a quarter of the resolution. What a style is known by lives
in `summary.py`; nothing of training or files lives here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.offline.networks.correction import Correction
from impasto.offline.networks.precision import full_precision
from impasto.offline.networks.summary import Summary
from impasto.runtime.grain import coarse_grain, grain

EPSILON = 1e-5
STRIDE, MARGIN = 4, 8
"""The body's stride, and pixels of reflected margin in which the decoder may see the zeros beyond the border."""
ROWS = 3
"""Of so many rows at a quarter of the resolution one counts for a normalisation's statistics, and what is made of it at a half:
they are nearly those of all rows, for a third of the time."""


@dataclass(frozen=True)
class Shape:
    """Widths of the networks.

    stem: channels at a half and a quarter of the resolution; decoder: at a half and the full one. projections: of each
    layer's correlations in what a style is known by; embedding, hidden: of the style prediction network. corrections: how often
    an embedding is mended by what it paints; correcting: units of what mends it.
    """

    stem: tuple[int, int] = (16, 48)
    blocks: int = 3
    decoder: tuple[int, int] = (16, 8)
    projections: int = 64
    embedding: int = 128
    hidden: int = 512
    corrections: int = 2
    correcting: int = 256

    @property
    def modulated(self) -> tuple[int, ...]:
        """Channels of the layers that a style scales and shifts, in order; all but the last are normalised before.

        Statistics at full resolution would take a tenth of the time.
        """
        return (self.stem[1],) * (1 + 2 * self.blocks) + self.decoder

    @property
    def grained(self) -> tuple[int, ...]:
        """Channels of the layers to which a style adds noise, each in its own amount: at a quarter, a half and in full."""
        return (self.stem[1], *self.decoder)

    @property
    def parameters(self) -> int:
        """Length of a modulation: scales and shifts, then amounts of noise."""
        return 2 * sum(self.modulated) + sum(self.grained)

    @property
    def statistics(self) -> int:
        """Length of the vector of all normalisations' means and inverse deviations."""
        return 2 * sum(self.modulated[:-1])


class Statistics:
    """Means and inverse deviations of the instance normalisations, in order.

    A picture has its own, and `taken` collects them. A tile takes the whole picture's, so that tiles meet without a seam
    (Chen et al., "Towards Ultra-Resolution Neural Style Transfer via Thumbnail Instance Normalization", AAAI 2022).
    given: N x S, what `vector` of another picture returned; None for the picture's own.
    """

    def __init__(self, given: Tensor | None = None) -> None:
        self.given, self.used = given, 0
        self.taken: list[Tensor] = []

    def normalise(self, x: Tensor, together: int) -> Tensor:
        """Each channel of each picture less its mean, times its inverse deviation. together: rows that count or do not."""
        if self.given is None:
            groups = x.reshape(*x.shape[:2], -1, together, x.shape[3])
            mean, inverse = moments(groups[:, :, ::ROWS].flatten(2, 3))
        else:
            part = self.given[:, self.used : self.used + 2 * x.shape[1], None, None]
            self.used += part.shape[1]
            mean, inverse = part.chunk(2, 1)
        self.taken += [mean.flatten(1), inverse.flatten(1)]
        return (x - mean) * inverse

    def vector(self) -> Tensor:
        """N x S, all that were used so far."""
        return torch.cat(self.taken, 1)


def moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and inverse deviation of each channel of each picture, N x C x 1 x 1 each."""
    mean = x.mean((2, 3), keepdim=True)
    return mean, ((x - mean).square().mean((2, 3), keepdim=True) + EPSILON).rsqrt()


def normalise(x: Tensor) -> Tensor:
    """Instance normalisation (Ulyanov et al., arXiv 1607.08022): each channel of each picture to mean 0, deviation 1."""
    mean, inverse = moments(x)
    return (x - mean) * inverse


class Modulation:
    """Hands the normalisations their parameters one after the other.

    vector: N x M, scales and shifts and, from number `noises` on, amounts of noise. statistics: what they normalise by; each
    picture's own when None.
    """

    def __init__(self, vector: Tensor, statistics: Statistics | None = None, noises: int = 0) -> None:
        self.vector, self.used, self.noises = vector, 0, noises
        self.statistics = statistics or Statistics()

    def take(self, channels: int) -> tuple[Tensor, Tensor]:
        """The next scale, around 1, and shift: N x C x 1 x 1 each."""
        part = self.vector[:, self.used : self.used + 2 * channels, None, None]
        self.used += 2 * channels
        return 1 + part[:, :channels], part[:, channels:]

    def noise(self, plane: Tensor, channels: int) -> Tensor:
        """Noise, 1 x 1 x H x W, in the next amounts: N x C x H x W."""
        part = self.vector[:, self.noises : self.noises + channels, None, None]
        self.noises += channels
        return plane * part


def modulate(x: Tensor, modulation: Modulation, together: int = 1) -> Tensor:
    """Conditional instance normalisation (Dumoulin et al. 2017, equation 5)."""
    scale, shift = modulation.take(x.shape[1])
    return modulation.statistics.normalise(x, together) * scale + shift


class Block(nn.Module):
    """Two 3 x 3 convolutions, each conditionally normalised, around an identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, bias=False)
        self.second = nn.Conv2d(channels, channels, 3, bias=False)

    def forward(self, x: Tensor, modulation: Modulation) -> Tensor:
        y = F.relu(modulate(self.first(reflect(x)), modulation))
        return x + modulate(self.second(reflect(y)), modulation)


def reflect(x: Tensor) -> Tensor:
    """One pixel of reflection padding."""
    return F.pad(x, (1, 1, 1, 1), mode="reflect")


def beyond(x: Tensor) -> Tensor:
    """One row more above and one column to the left, copies of the first. Zeros there would be an edge, and paint a frame."""
    return F.pad(x, (1, 0, 1, 0), mode="replicate")


class Transfer(nn.Module):
    """The style transfer network: picture, colour map, modulation -> pastiche.

    The photo is first brought to the style's colours by an affine map, so that the network has only brushwork to make.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        half, quarter = shape.stem
        fine, full = shape.decoder
        self.shape = shape
        self.stem = nn.ModuleList([nn.Conv2d(3, half, 3, 2), nn.Conv2d(half, quarter, 3, 2, bias=False)])
        self.body = nn.ModuleList([Block(quarter) for _ in range(shape.blocks)])
        self.up = nn.ModuleList([nn.Conv2d(quarter, fine, 3, 1, 1, bias=False), nn.Conv2d(fine, full, 3, 1, 1, bias=False)])
        self.skip = nn.Conv2d(half, fine, 1, bias=False)
        self.last = nn.Conv2d(full, 3, 3, 1, 1)
        nn.init.zeros_(self.skip.weight)

    def forward(
        self,
        image: Tensor,
        colour: Tensor,
        modulation: Tensor,
        strength: Tensor,
        statistics: Statistics | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Tensor:
        """The pastiche, N x 3 x H x W, in [0, 1] but for rounding.

        image: N x 3 x H x W; colour: N x 3 x 4, matrix and offset; modulation: N x M; strength: N, in [0, 1].
        statistics: those of another picture to use, or an empty one to collect this picture's. at: row and column of a tile
        in its picture, multiples of the stride.
        """
        height, width = image.shape[-2:]
        image = pad_to_stride(image)
        image = map_colours(image, colour)
        taken = Modulation(modulation, statistics, noises=2 * sum(self.shape.modulated))
        coarse, noise = noise_like(image, at)
        edges = beyond(F.relu(self.stem[0](2 * image[..., 1:, 1:] - 1)))
        x = modulate(self.stem[1](beyond(edges)), taken)
        x = F.relu(x + taken.noise(coarse, x.shape[1]))
        for block in self.body:
            x = block(x, taken)
        x = modulate(self.up[0](double(x)) + self.skip(edges), taken, together=2)
        x = F.relu(x + taken.noise(noise[..., ::2, ::2], x.shape[1]))
        scale, shift = taken.take(self.shape.decoder[1])
        x = self.up[1](double(x)) * scale + shift
        x = F.relu(x + taken.noise(noise, x.shape[1]))
        painted = torch.sigmoid(self.last(x))
        out = image + painted_share(strength)[:, None, None, None] * (painted - image)
        return out[..., MARGIN : MARGIN + height, MARGIN : MARGIN + width]


def map_colours(image: Tensor, colour: Tensor) -> Tensor:
    """Pictures, N x 3 x H x W, through an affine map of their colours each, N x 3 x 4, in full precision."""
    with full_precision(image):
        return torch.einsum("nij,njhw->nihw", colour[..., :3], image) + colour[..., 3][..., None, None]


def noise_like(image: Tensor, at: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """The planes of noise under a padded picture that begins there: 1 x 1 x H/4 x W/4 and 1 x 1 x H x W."""
    height, width = image.shape[-2:]
    coarse, full = _planes(height, width, *at)
    return coarse.to(image.device, image.dtype), full.to(image.device, image.dtype)


@lru_cache(maxsize=4)
def _planes(height: int, width: int, top: int, left: int) -> tuple[Tensor, Tensor]:
    coarse, full = coarse_grain(height, width, top, left), grain(height, width, top, left)
    return torch.from_numpy(coarse)[None, None], torch.from_numpy(full)[None, None]


def painted_share(strength: Tensor) -> Tensor:
    """How much of the pastiche is the network's and not the recoloured photo: none at strength 0, nearly all from 0.7 on."""
    return 1 - (1 - strength) ** 3


def pad_to_stride(image: Tensor) -> Tensor:
    """A reflected margin all around, and as much more at the right and bottom as makes the sides multiples of the stride."""
    height, width = image.shape[-2:]
    right, bottom = MARGIN + -width % STRIDE, MARGIN + -height % STRIDE
    return F.pad(image, (MARGIN, right, MARGIN, bottom), mode="reflect")


def double(x: Tensor) -> Tensor:
    """Nearest-neighbour upsampling; unlike transposed convolution or pixel shuffle it leaves no grid (Odena et al. 2016)."""
    return F.interpolate(x, scale_factor=2, mode="nearest")


class Prediction(nn.Module):
    """The style prediction network: what is known of a style -> embedding -> what the transfer network takes.

    channels: of the encoder's layers that it is told of.
    """

    def __init__(self, shape: Shape, channels: Sequence[int]) -> None:
        super().__init__()
        self.shape = shape
        self.summary = Summary(channels, shape.projections)
        self.embed_layers = nn.Sequential(
            nn.Linear(self.summary.length, shape.hidden),
            nn.SiLU(),
            nn.Linear(shape.hidden, shape.hidden),
            nn.SiLU(),
            nn.Linear(shape.hidden, shape.embedding),
        )
        self.correction = Correction(channels, shape.embedding, shape.correcting)
        self.head = nn.Linear(shape.embedding, shape.parameters)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def embed(self, means: Sequence[Tensor], covariances: Sequence[Tensor]) -> Tensor:
        """N x C and N x C x C for each layer -> N x E, the style embedding, as far as the style image tells it."""
        embedding: Tensor = self.embed_layers(self.summary(means, covariances))
        return embedding

    def expand(self, embedding: Tensor) -> Tensor:
        """An embedding, N x E -> modulation, N x M."""
        modulation: Tensor = self.head(embedding)
        return modulation
