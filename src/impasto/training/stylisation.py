"""The loss of one batch: the one objective of `impasto.objective`, with a network's output as the picture.

Also what a picture must be known by before it can be a target. Where pictures come from is `pool.py`'s business, steps are
`stylising.py`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from impasto import content, evenness, spectrum, texture
from impasto.encoders.base import Encoder
from impasto.errors import InputError
from impasto.objective import Objective, StyleTarget, Weights
from impasto.offline.networks.base import Network
from impasto.texture.base import PIXELS, StatisticsModel
from impasto.training import palette
from impasto.training.nested import Tree
from impasto.training.settings import StylisationTraining

CONTENT_MODELS = ("normalised", "features", "laplacian")
"""Those whose representations can be cut and joined by picture."""

BLOCKS = {"relu3": 1.2, "relu4": 1.5, "relu5": 1.5}
"""Style weights of the deeper layers, which a network of few layers learns last; 1 for all others."""

OVERSHOOT = 0.2
"""How far outside [0, 1] the encoder is shown a pastiche as it is."""


@dataclass(frozen=True)
class Batch:
    """Photos and styles, encoded: N of each.

    photo: N x 3 x H x W. content: the photos' content targets. photo_told, style_told: what the network is told of them.
    photo_style, style: what `Sight.style` makes of them.
    """

    photo: Tensor
    content: Tree
    photo_told: Tree
    photo_style: Tree
    style_told: Tree
    style: Tree


@dataclass(frozen=True)
class StylisationLoss:
    """total: what is minimised, a scalar. parts: (3,), the means of the objective's content and style parts and of `total`."""

    total: Tensor
    parts: Tensor


class Stylisation:
    """The objective of a run. encoder: frozen. network: the one that is trained, asked for what it wants to be told."""

    def __init__(self, encoder: Encoder, network: Network, settings: StylisationTraining) -> None:
        model = texture.create(settings.texture)
        if not isinstance(model, StatisticsModel):
            known = ", ".join(name for name in texture.MODELS if isinstance(texture.create(name), StatisticsModel))
            raise InputError(f"a network cannot be trained with the texture model '{settings.texture}'; choose one of {known}")
        if settings.content not in CONTENT_MODELS:
            raise InputError(
                f"a network cannot be trained with the content model '{content.check_name(settings.content)}'; "
                f"choose one of {', '.join(CONTENT_MODELS)}"
            )
        self.encoder, self.network, self.settings = encoder, network, settings
        network.attach(self.encoder)
        described = encoder.descriptor
        self.objective = Objective(
            self.encoder,
            model,
            dict.fromkeys(described.content_layers, 1.0),
            {layer: BLOCKS.get(layer.split("_")[0], 1.0) for layer in described.style_layers},
            Weights(settings.content_weight, model.gain * settings.style_weight, settings.tv_weight, settings.spectrum_weight),
            {settings.content: 1.0},
        )
        self.layers = tuple(dict.fromkeys((*self.objective.layers, *network.layers)))

    @torch.no_grad()
    def look(self, image: Tensor) -> "Sight":
        """Everything that may be asked of pictures, N x 3 x H x W, with one pass through the encoder."""
        features = self.encoder(image, self.layers)
        return Sight(self, image, features)

    def __call__(self, pastiche: Tensor, batch: Batch, strength: float = 1.0) -> StylisationLoss:
        """The loss of the network's output, N x 3 x H x W, for a batch whose styles are wanted at `strength`."""
        own = batch.photo_style
        target, colours, power = (batch.style[name] for name in ("texture", "palette", "spectrum"))
        if strength < 1:
            target = self.objective.texture.blend([own["texture"], target], [1 - strength, strength])
            colours = torch.lerp(own["palette"], colours, strength)
            power = torch.lerp(own["spectrum"], power, strength)
        self.objective.content, self.objective.content_spectrum = batch.content, own["spectrum"]
        self.objective.set_styles([StyleTarget(target, spectrum=power)])
        pastiche = pastiche.float()
        losses = self.objective(pastiche.clamp(-OVERSHOOT, 1 + OVERSHOOT))
        style = losses.style + self.settings.palette_weight * palette.distance(pastiche, colours)
        outside = (pastiche - pastiche.clamp(0, 1)).square().mean((1, 2, 3))
        uneven = evenness.penalty(pastiche, batch.photo)
        beside = losses.tv + losses.spectrum + self.settings.evenness_weight * uneven + self.settings.range_weight * outside
        total = (losses.content + style + beside).mean()
        parts = torch.stack([losses.content.detach().mean(), style.detach().mean(), total.detach()])
        return StylisationLoss(total, parts)


class Sight:
    """Pictures and their features, from which targets are made."""

    def __init__(self, stylisation: Stylisation, image: Tensor, features: Mapping[str, Tensor]) -> None:
        self.image, self._features, self._by = image, features, stylisation

    @torch.no_grad()
    def content(self) -> Tree:
        """The content targets, one a content model."""
        objective = self._by.objective
        seen = {layer: self._features[layer] for layer in objective.content_layers}
        return [m.represent({PIXELS: self.image} if m.READS == PIXELS else seen) for m in objective.content_models]

    @torch.no_grad()
    def style(self) -> Tree:
        """The style representation, `texture`, the colours' quantiles, `palette`, and the windows' power, `spectrum`."""
        objective = self._by.objective
        seen = {layer: self._features[layer] for layer in objective.style_layers}
        plain = {"palette": palette.represent(self.image), "spectrum": spectrum.represent(self.image)}
        return {"texture": objective.texture.represent(seen), **plain}

    @torch.no_grad()
    def told(self) -> Tree:
        """What the network is told."""
        return self._by.network.told(self.image, self._features)
