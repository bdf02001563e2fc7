"""The network that a run begins with, new or trained, and which part of it is learned; and the one that it imitates."""

from pathlib import Path

import torch

from impasto.encoders.base import Descriptor
from impasto.errors import InputError
from impasto.images.paths import shown
from impasto.offline import networks
from impasto.offline.networks.base import Network
from impasto.offline.networks.both import Arbitrary
from impasto.offline.networks.dumoulin import Dumoulin
from impasto.weights.catalogue import CATALOGUE
from impasto.weights.store import fetch

OURS = "arbitrary"


def begin_arbitrary(name: str, begin: str | None, encoder: Descriptor, seed: int) -> Network:
    """A network for arbitrary styles. begin: a trained one to go on from, by name or file. Raises InputError, WeightsError."""
    if begin is None:
        torch.manual_seed(seed)
        return networks.create(name, encoder)
    return _trained(name, begin, encoder)


def begin_given(name: str, begin: str | None, encoder: Descriptor, count: int, seed: int) -> Network:
    """A network for `count` given styles.

    `arbitrary`: the trained one, whose style prediction network stays as it is; all of the other is learned. `dumoulin` from a
    trained one: only the new styles' normalisation parameters. Raises InputError, WeightsError.
    """
    if count > 1 and name != "dumoulin":
        raise InputError(f"the network '{name}' is of one style and {count} were given; give one, or take --network dumoulin")
    if name == OURS:
        network = _trained(name, begin or OURS, encoder)
        assert isinstance(network, Arbitrary)
        network.prediction.requires_grad_(False)
        return network
    if begin is not None:
        network = _trained(name, begin, encoder)
        if isinstance(network, Dumoulin):
            network.with_new_styles(count)
        return network
    torch.manual_seed(seed)
    return networks.create(name, encoder, **({"styles": count} if name == "dumoulin" else {}))


def teaching(name: str, encoder: Descriptor, pupil: Network) -> Network:
    """A trained network to imitate, by name or file. Raises InputError where it is told other things than its pupil."""
    path = _file(name, "to imitate; give --teacher")
    teacher = networks.read(path, encoder)
    if (teacher.architecture, tuple(teacher.layers)) != (pupil.architecture, tuple(pupil.layers)):
        raise InputError(f"{shown(path)} is told other things of a style than the network that is to imitate it; give another")
    return teacher


def _trained(name: str, begin: str, encoder: Descriptor) -> Network:
    path = _file(begin, "to begin with; give --from")
    network = networks.read(path, encoder)
    if network.architecture != name:
        raise InputError(f"{shown(begin)} is a network '{network.architecture}'; add --network {network.architecture}")
    return network


def _file(name: str, wanted: str) -> Path:
    """Of a trained network by name or file. wanted: what for, and by which option, for the message."""
    if name in CATALOGUE:
        return fetch(name)
    if not Path(name).is_file():
        raise InputError(f"there is no trained network {shown(name)} {wanted} an existing file")
    return Path(name)
