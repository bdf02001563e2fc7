"""A tiny encoder and a tiny network, so that a training step takes milliseconds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from impasto.encoders.slim import Slim
from impasto.offline.networks.arbitrary import Shape
from impasto.offline.networks.both import Arbitrary
from impasto.training.settings import StylisationTraining

TINY = Shape(stem=(4, 8), blocks=1, decoder=(6, 4), projections=4, embedding=8, hidden=16)
NAMES = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "4_1", "4_2", "5_1")


@pytest.fixture
def encoder() -> Slim:
    """Untrained, a few channels wide."""
    torch.manual_seed(0)
    return Slim({name: 4 + 2 * int(name[0]) for name in NAMES}).eval().requires_grad_(False)


@pytest.fixture
def network(encoder: Slim) -> Arbitrary:
    """Untrained, a few channels wide."""
    torch.manual_seed(1)
    return Arbitrary(encoder.descriptor, TINY)


@pytest.fixture
def quick() -> StylisationTraining:
    """A run of a few steps."""
    return StylisationTraining(steps=12, batch=2, size=64, warm_up=3, save_every=5, pool=8, fresh=2)


Make = Callable[..., Any]


@pytest.fixture
def make(
    encoder: Slim, network: Arbitrary, quick: StylisationTraining, pictures: list[np.ndarray], tmp_path: Path, monkeypatch: Any
) -> Make:
    """make(folder, settings, network=..., styles=..., validation=...) -> StylisationTrainer over the same pictures always."""
    import copy

    from impasto.training import arbitrary
    from impasto.training.devices import prepare
    from impasto.training.pool import StyleCrops

    monkeypatch.setattr(arbitrary, "SURVEYED", 2)

    def build(folder: str = "run", settings: StylisationTraining = quick, **options: Any) -> arbitrary.StylisationTrainer:
        (tmp_path / folder).mkdir(exist_ok=True)
        fabric = prepare("cpu", precision="32")
        fabric.launch()
        chosen = options.pop("network", None) or copy.deepcopy(network)
        styles = options.pop("styles", None) or StyleCrops(pictures[3:])
        places = (fabric, chosen, copy.deepcopy(encoder), pictures[:3], styles, tmp_path / folder, settings)
        return arbitrary.StylisationTrainer(*places, **options)

    return build
