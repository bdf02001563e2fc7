"""`adain`: adaptive instance normalisation, Huang and Belongie, "Arbitrary Style Transfer in Real-time with Adaptive Instance
Normalization" (arXiv 1703.06868), equations 8 and 14, between our encoder and a decoder that learns to undo it.
"""

from collections.abc import Mapping

from torch import Tensor

from impasto.encoders.base import Descriptor
from impasto.offline.networks.arbitrary import normalise
from impasto.offline.networks.base import Network, Told, mixed
from impasto.offline.networks.decoder import LAYER, Decoder, enlarged
from impasto.texture.base import EPSILON

FEATURES = "features"


class FeatureTransfer(Network):
    """What AdaIN, WCT and style-swap share: the photo's deep features are made the style's, mixed by strength, and decoded."""

    def __init__(self, encoder: Descriptor) -> None:
        super().__init__()
        self.layers = (LAYER,)
        self.decoder = Decoder(encoder)

    def told(self, image: Tensor, features: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """`features`: relu4_1, N x C x h x w."""
        return {FEATURES: features[LAYER].float()}

    def forward(self, photo: Tensor, photo_told: Told, style_told: Told, strength: Tensor) -> Tensor:
        feature = photo_told[FEATURES]
        feature = mixed(feature, self.transferred(feature, style_told[FEATURES]), strength)
        return enlarged(self.decoder(feature), photo)

    def transferred(self, photo: Tensor, style: Tensor) -> Tensor:
        """The photo's features in the style: N x C x h x w and N x C x h' x w' -> N x C x h x w."""
        raise NotImplementedError


class AdaIN(FeatureTransfer):
    """The channels' means and deviations become the style's."""

    architecture = "adain"

    def transferred(self, photo: Tensor, style: Tensor) -> Tensor:
        mean = style.mean((2, 3), keepdim=True)
        deviation = ((style - mean).square().mean((2, 3), keepdim=True) + EPSILON).sqrt()
        return normalise(photo) * deviation + mean
