"""The networks of the offline method by name. `create` makes a new one, `read` a trained one. Importing this is cheap."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from impasto.encoders.base import Descriptor
    from impasto.offline.networks.base import Network

ARBITRARY = {
    "arbitrary": "impasto.offline.networks.both:Arbitrary",
    "ghiasi": "impasto.offline.networks.ghiasi:Ghiasi",
    "adain": "impasto.offline.networks.adain:AdaIN",
    "wct": "impasto.offline.networks.wct:WCT",
    "style-swap": "impasto.offline.networks.style_swap:StyleSwap",
}
"""Any style; the last two have nothing to learn of their own: they take the decoder of a trained `adain`."""

GIVEN = {
    "johnson": "impasto.offline.networks.johnson:Johnson",
    "dumoulin": "impasto.offline.networks.dumoulin:Dumoulin",
}
"""One style, and a few."""

NETWORKS = {**ARBITRARY, **GIVEN}


def create(name: str, encoder: "Descriptor", **config: Any) -> "Network":
    """An untrained network of that name, for an encoder. config: what its `config()` gives. Raises InputError for no such."""
    if name not in NETWORKS:
        raise InputError(f"unknown network '{name}'{did_you_mean(name, NETWORKS)}")
    module, attribute = NETWORKS[name].split(":")
    network: Network = getattr(import_module(module), attribute)(encoder, **config)
    return network


def read(path: Path, encoder: "Descriptor", name: str = "") -> "Network":
    """The trained network of a file that `saving.save_model` wrote, in float32.

    name: the architecture to build, where it is not the file's own: one that shares all its weights. Raises WeightsError.
    """
    from impasto.offline.networks.saving import fill, read_model

    state, architecture, config = read_model(path)
    network = create(name or architecture, encoder, **config)
    fill(network, state, path)
    return network
