"""A trained arbitrary-style pair from its file, together with the encoder that it was trained on."""

from pathlib import Path

from impasto import encoders
from impasto.encoders.base import Encoder
from impasto.encoders.loading import read_weights
from impasto.errors import WeightsError
from impasto.images.paths import shown
from impasto.offline import networks
from impasto.offline.networks.both import Arbitrary
from impasto.weights.store import fetch

SHIPPED = "arbitrary"


def load_arbitrary(path: Path | None = None) -> tuple[Arbitrary, Encoder]:
    """The pair and its encoder, in float32 and evaluation mode. path: None for the network that comes with the package.

    Raises WeightsError for a file that is missing, damaged, or holds another kind of network.
    """
    path = path or fetch(SHIPPED)
    _, metadata = read_weights(path)
    if metadata.get("architecture") != Arbitrary.architecture:
        kind = metadata.get("architecture")
        has = f"holds a network of the kind '{kind}'" if kind else "holds no network that `impasto train` made"
        raise WeightsError(f"{shown(path)} {has}; give one that `impasto train arbitrary` made")
    encoder = encoders.load(metadata.get("encoder", "slim"))
    network = networks.read(path, encoder.descriptor)
    assert isinstance(network, Arbitrary)
    network.attach(encoder)
    return network.eval().requires_grad_(False), encoder
