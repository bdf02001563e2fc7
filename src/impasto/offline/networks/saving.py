"""Trained networks as files: half-precision safetensors that say what they are."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor

from impasto.encoders.loading import read_weights
from impasto.errors import WeightsError
from impasto.images import write_bytes
from impasto.images.paths import shown
from impasto.offline.networks.base import Network


def save_model(path: Path, network: Network, encoder: str, facts: Mapping[str, Any]) -> None:
    """Writes the network, replacing an older file only when it is whole. Raises OutputError where it cannot.

    encoder: the name of the encoder whose features it reads. facts: anything else that a reader may want to know. Metadata:
    `architecture`, `encoder`, the keys of `network.config()` and of `facts`, each as JSON unless it is a string; and `config`,
    which of them are the former.
    """
    state = {name: portable(value) for name, value in network.state_dict().items()}
    told = {"architecture": network.architecture, "encoder": encoder, **network.config(), **facts}
    metadata = {key: value if isinstance(value, str) else json.dumps(value) for key, value in told.items()}
    metadata["config"] = json.dumps(list(network.config()))
    write_bytes(path, save(state, metadata=metadata))


def portable(value: Tensor) -> Tensor:
    """A tensor as it is written: on the processor, in plain memory order, half precision where it is a real number."""
    value = value.detach().cpu()
    return (value.half() if value.is_floating_point() else value).contiguous()


def read_model(path: Path) -> tuple[dict[str, Tensor], str, dict[str, Any]]:
    """(weights, architecture, config) of a file. Raises WeightsError where it is no trained network."""
    state, metadata = read_weights(path)
    if "architecture" not in metadata or "config" not in metadata:
        raise WeightsError(f"{shown(path)} is no network that `impasto train` made; give one of those")
    try:
        config = {key: json.loads(metadata[key]) for key in json.loads(metadata["config"])}
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{shown(path)} is damaged: what it says of itself is no JSON; get it again") from error
    return state, metadata["architecture"], config


def fill(network: Network, state: Mapping[str, Tensor], path: Path) -> None:
    """Puts a file's weights into a network. Raises WeightsError where they are of another one."""
    try:
        network.load_state_dict({name: value.float() if value.is_floating_point() else value for name, value in state.items()})
    except RuntimeError as error:
        raise WeightsError(f"{shown(path)} is no '{network.architecture}' network of this shape and encoder") from error
