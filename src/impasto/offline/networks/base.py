"""What every network of the offline method is: told of photo and style, it paints a pastiche in one forward pass.

Here is the common face that the training code sees. Architectures live in files of their own, their names in `registry.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from impasto.encoders.base import Encoder

Told = Mapping[str, Tensor]
"""What a network knows of pictures beforehand, by name: N x ... each. It is computed once a picture and kept."""


class Network(nn.Module):
    """Base class. A subclass sets `architecture` and implements `told`, `forward` and `config`.

    layers: the encoder's layers that `told` reads.
    """

    architecture: str
    layers: tuple[str, ...] = ()

    def told(self, image: Tensor, features: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What the network is told of pictures, N x 3 x H x W with the encoder's features of them; style or photo alike."""
        return {}

    def forward(self, photo: Tensor, photo_told: Told, style_told: Told, strength: Tensor) -> Tensor:
        """The pastiche, N x 3 x H x W, not yet clamped to [0, 1]. strength: (N,), 0 the photo, 1 the style in full."""
        raise NotImplementedError

    def attach(self, encoder: Encoder) -> None:
        """Gives it the encoder, on its own device, to look at what it painted itself. Most have no need of that."""

    def calibrate(self, told: Sequence[Told]) -> None:
        """Sets from the styles of a training set, before it begins, what is not learned by gradients. Most have nothing."""

    def paces(self) -> list[tuple[float, list[nn.Parameter]]]:
        """All parameters, in parts, each with its learning rate relative to that of a run."""
        return [(1.0, list(self.parameters()))]

    def config(self) -> dict[str, Any]:
        """What the architecture must be given, beside the encoder, to be built again: plain values that JSON can hold."""
        return {}


def mixed(photo: Tensor, style: Tensor, strength: Tensor) -> Tensor:
    """From what is the photo's to what is the style's, N x ... each, by strength, (N,)."""
    share = strength.reshape(-1, *(1,) * (photo.dim() - 1))
    return (1 - share) * photo + share * style
