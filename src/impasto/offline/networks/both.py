"""The arbitrary-style pair as one network: from the encoder's features of photo and style to the pastiche.

The two networks themselves are in `arbitrary.py`; here is what goes between them and the pictures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn

from impasto.encoders.base import Descriptor, Encoder
from impasto.offline.networks.arbitrary import Prediction, Shape, Transfer
from impasto.offline.networks.base import Network, Told
from impasto.offline.networks.summary import logarithms, mean_and_covariance, moments_of, statistics

RIDGE = 1e-4
"""Added to the colours' variances, so that a picture of one colour has an inverse."""

PREDICTION_PACE = 0.25
"""Learning rate of what makes an embedding, relative to the rest. Each of its units sums over hundreds of numbers, all of which
an optimiser like Adam moves at once: at the full rate embeddings, and with them pastiches, jump about from step to step."""

LEAST_SPREAD = 0.05
"""Added to the deviation of each statistic over the styles, so that one that hardly varies is not blown up."""


class Arbitrary(Network):
    """The style prediction and the style transfer network. layers: where the encoder's statistics are taken."""

    architecture = "arbitrary"

    def __init__(
        self, encoder: Descriptor, shape: Shape | Mapping[str, Any] | None = None, layers: Sequence[str] | None = None
    ) -> None:
        super().__init__()
        self.shape = shape if isinstance(shape, Shape) else as_shape(shape or {})
        self.layers = encoder.check_layers(layers or encoder.style_layers)
        self.strides = {layer: encoder.strides[layer] for layer in self.layers}
        self.prediction = Prediction(self.shape, [encoder.channels[layer] for layer in self.layers])
        self.transfer = Transfer(self.shape)
        # In a list, so that it is no part of this network.
        self._eyes: list[Encoder] = []

    def attach(self, encoder: Encoder) -> None:
        self._eyes = [encoder]

    def told(self, image: Tensor, features: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The colours' `mean`, N x 3, and `covariance`, N x 3 x 3; with a layer's name before, those of its channels."""
        mean, covariance = colour_statistics(image)
        told = {"mean": mean, "covariance": covariance}
        for layer in self.layers:
            told[f"{layer} mean"], told[f"{layer} covariance"] = moments_of(features[layer], self.strides[layer])
        return told

    def embed(self, style_told: Told) -> Tensor:
        """The style embedding, N x E. What mends it learns from the result, without the way through what was painted."""
        moments = self._moments(style_told)
        embedding = self.prediction.embed(*moments)
        wanted = statistics(*moments)
        for _ in range(self.shape.corrections):
            embedding = embedding + self.prediction.correction(wanted, self._found(embedding, style_told), embedding)
        return embedding

    @torch.no_grad()
    def _found(self, embedding: Tensor, style_told: Told) -> Tensor:
        """The statistics of what embeddings, N x E, paint on the canvas."""
        if not self._eyes:
            raise RuntimeError("the network has no encoder to look with; attach one")
        canvas = self.prediction.correction.canvas.permute(0, 3, 1, 2) / 255
        mean, covariance = colour_statistics(canvas)
        count = embedding.shape[0]
        own = {"mean": mean.expand(count, -1), "covariance": covariance.expand(count, -1, -1)}
        full = embedding.new_ones(count)
        colour = colour_map(own, style_told, full)
        pastiche = self.transfer(canvas.expand(count, -1, -1, -1), colour, self.prediction.expand(embedding), full).clamp(0, 1)
        return statistics(*self._moments(self.told(pastiche, self._eyes[0](pastiche, self.layers))))

    def _moments(self, told: Told) -> tuple[list[Tensor], list[Tensor]]:
        return [told[f"{layer} mean"] for layer in self.layers], [told[f"{layer} covariance"] for layer in self.layers]

    def forward(self, photo: Tensor, photo_told: Told, style_told: Told, strength: Tensor) -> Tensor:
        embedding = strength[:, None] * self.embed(style_told)
        colour = colour_map(photo_told, style_told, strength)
        pastiche: Tensor = self.transfer(photo, colour, self.prediction.expand(embedding), strength)
        return pastiche

    @torch.no_grad()
    def calibrate(self, told: Sequence[Told]) -> None:
        """The statistics' centre and spread over the styles, by which they are normalised."""
        statistics = torch.cat([logarithms(*self._moments(one)) for one in told])
        self.prediction.summary.centre.copy_(statistics.mean(0))
        self.prediction.summary.spread.copy_(statistics.std(0) + LEAST_SPREAD)

    def paces(self) -> list[tuple[float, list[nn.Parameter]]]:
        embedding = [*self.prediction.summary.parameters(), *self.prediction.embed_layers.parameters()]
        others = (self.prediction.correction, self.prediction.head, self.transfer)
        return [(PREDICTION_PACE, embedding), (1.0, [value for part in others for value in part.parameters()])]

    def config(self) -> dict[str, Any]:
        return {"shape": asdict(self.shape), "layers": list(self.layers)}


def as_shape(values: Mapping[str, Any]) -> Shape:
    """A shape from plain values, in which JSON has turned tuples into lists."""
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Shape(**plain)


def colour_statistics(image: Tensor) -> tuple[Tensor, Tensor]:
    """Mean, N x 3, and covariance, N x 3 x 3, of the colours of pictures, N x 3 x H x W."""
    mean, covariance = mean_and_covariance(image)
    return mean, covariance + RIDGE * torch.eye(3, device=image.device)


@torch.no_grad()
def colour_map(photo: Told, style: Told, strength: Tensor) -> Tensor:
    """N x 3 x 4, matrix and offset: the affine map that moves the photo's colours least (Pitie and Kokaram 2007).

    At strength s the goal's mean and covariance are (1 - s) times the photo's and s times the style's. In double precision, on
    the processor: the matrices are tiny, and their inverses are not.
    """
    part = strength.detach().double().cpu()[:, None]
    mean, covariance = (photo[key].double().cpu() for key in ("mean", "covariance"))
    goal = torch.lerp(mean, style["mean"].double().cpu(), part)
    goal_covariance = torch.lerp(covariance, style["covariance"].double().cpu(), part[..., None])
    root, inverse = power(covariance, 0.5), power(covariance, -0.5)
    matrix = inverse @ power(root @ goal_covariance @ root, 0.5) @ inverse
    offset = goal[..., None] - matrix @ mean[..., None]
    return torch.cat([matrix, offset], 2).float().to(strength.device)


def power(matrix: Tensor, exponent: float) -> Tensor:
    """A power of symmetric positive matrices, N x K x K."""
    values, vectors = torch.linalg.eigh(matrix)
    raised: Tensor = (vectors * values.clamp_min(1e-12)[:, None] ** exponent) @ vectors.transpose(1, 2)
    return raised
