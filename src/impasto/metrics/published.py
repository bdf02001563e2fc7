"""Networks of published measures: which file each is, where it is looked for, and why it is missing. Reads them when asked.

Nothing is fetched. A file that the user names comes first, then the cache of `impasto models`, then torchvision's.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import InputError, WeightsError, did_you_mean
from impasto.images.paths import shown
from impasto.weights.catalogue import CATALOGUE
from impasto.weights.store import cache_folder, locate, torch_hub_folder

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from impasto.encoders.base import Encoder

FILES = {
    "vgg19": ("vgg19-dcbb9e9d.pth", "torchvision's VGG-19"),
    "vgg16": ("vgg16-397923af.pth", "torchvision's VGG-16"),
    "alexnet": ("alexnet-owt-7be5be79.pth", "torchvision's AlexNet"),
    "inception_v3": ("inception_v3_google-0cc3c7bd.pth", "torchvision's Inception-v3"),
    "art_inception": ("art_inception.pth", "the art-inception network of ArtFID's authors"),
    "lpips_alex": ("alex.pth", "LPIPS's heads for AlexNet, or torchmetrics, which has them"),
    "lpips_vgg": ("vgg.pth", "LPIPS's heads for VGG-16, or torchmetrics, which has them"),
}
"""By the name that the user gives a file: the published file, and what it is."""


@dataclass(frozen=True)
class Published:
    """The networks of published measures. given: {name of FILES: the user's file}. Raises InputError for what is not there."""

    given: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, path in self.given.items():
            if name not in FILES:
                raise InputError(f"unknown weights '{name}'{did_you_mean(name, FILES)}")
            if not path.is_file():
                raise InputError(f"there is no file {shown(path)}; give {FILES[name][1]} ({FILES[name][0]})")

    def path(self, name: str) -> Path | None:
        """Its file on this machine, or None."""
        if name in self.given:
            return self.given[name]
        if name.startswith("lpips"):
            return _heads_of_torchmetrics(FILES[name][0])
        if name in CATALOGUE:
            return locate(name)
        places = (folder / FILES[name][0] for folder in (cache_folder(), torch_hub_folder()))
        return next((path for path in places if path.is_file()), None)

    def missing(self, *names: str) -> str:
        """Why a measure that needs all of them cannot be had, or nothing."""
        lacking = [name for name in names if self.path(name) is None]
        if not lacking:
            return ""
        wanted = " and ".join(f"{FILES[name][1]} (--weights {name}={FILES[name][0]})" for name in lacking)
        return f"needs {wanted}"

    def encoder(self, name: str, device: "torch.device") -> "Encoder":
        """The network, read once. Raises WeightsError for a file of something else."""
        key = f"{name} on {device}"
        if key not in self._read:
            self._read[key] = self._load(name).to(device).eval().requires_grad_(False)
        return self._read[key]

    def heads(self, name: str) -> "list[Tensor]":
        """The linear heads of LPIPS for `alex` or `vgg`."""
        from impasto.encoders.loading import read_state_dict
        from impasto.metrics.lpips import read_heads

        path = self._existing(f"lpips_{name}")
        return read_heads(read_state_dict(path), path.name)

    @cached_property
    def _read(self) -> "dict[str, Encoder]":
        return {}

    def _load(self, name: str) -> "Encoder":
        from impasto.encoders import inception, loading, vgg
        from impasto.metrics.lpips import AlexNet

        path = self._existing(name)
        state = loading.read_state_dict(path)
        if name == "alexnet":
            return AlexNet(state, path.name)
        if name.startswith("vgg"):
            if not vgg.is_vgg(state):
                raise WeightsError(f"'{path.name}' is not {FILES[name][1]}; get {FILES[name][0]}")
            return vgg.VGG(state, convention="torchvision", name=path.name)
        if not inception.is_inception(state):
            raise WeightsError(f"'{path.name}' is not {FILES[name][1]}; get {FILES[name][0]}")
        return inception.InceptionV3(state, name=path.name)

    def _existing(self, name: str) -> Path:
        path = self.path(name)
        if path is None:
            raise WeightsError(f"'{name}' is not on this machine; it is {FILES[name][1]}, {FILES[name][0]}")
        return path


def _heads_of_torchmetrics(file: str) -> Path | None:
    """torchmetrics brings the published heads along, a few kilobytes; it is found without being loaded."""
    found = importlib.util.find_spec("torchmetrics")
    for place in (found.submodule_search_locations or []) if found else []:
        path = Path(place) / "functional" / "image" / "lpips_models" / file
        if path.is_file():
            return path
    return None
