"""`contextual` against the paper's equations written out."""

import math

import numpy as np
import pytest
import torch

from impasto.texture.nonparametric.contextual import Contextual, similarity
from impasto.texture.nonparametric.patches import unit


def features(seed: int, width: int = 6) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "relu2_1": torch.rand(1, 5, 4, width, generator=generator),
        "relu3_1": torch.rand(1, 4, 3, width, generator=generator) ** 2,
    }


def slow_distance(picture: torch.Tensor, style: torch.Tensor, bandwidth: float) -> float:
    x, y = (f[0].flatten(1).T.double().numpy() - style[0].flatten(1).mean(1).double().numpy() for f in (picture, style))
    best = np.zeros(len(y))
    for a in x:
        d = np.array([1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in y])
        w = np.exp((1 - d / (d.min() + 1e-5)) / bandwidth)
        best = np.maximum(best, w / w.sum())
    return -math.log(best.mean()) / math.log(len(y))


@pytest.mark.parametrize("bandwidth", [0.2, 0.5])
def test_distance_agrees_with_the_equations(bandwidth: float) -> None:
    model, style, other = Contextual(bandwidth=bandwidth), features(0), features(1, width=5)
    expected = np.mean([slow_distance(other[layer], style[layer], bandwidth) for layer in style])
    assert model.distance(other, model.represent(style)).item() == pytest.approx(expected, rel=1e-3)


def test_distance_is_zero_for_the_style_wherever_its_parts_stand_and_one_at_most() -> None:
    model, style = Contextual(), features(0)
    representation = model.represent(style)
    turned = {layer: f.flip(2, 3) for layer, f in style.items()}
    assert model.distance(turned, representation).abs().item() < 1e-4
    assert 0.1 < model.distance(features(1), representation).item() <= 1
    goals = unit(torch.rand(6, 3, generator=torch.Generator().manual_seed(0)))
    assert similarity(torch.zeros(4, 3), goals, 0.5).item() == pytest.approx(1 / 6)


def test_gradient_is_right() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(5, 4, generator=generator, dtype=torch.double) for _ in range(2))
    assert torch.autograd.gradcheck(lambda rows: similarity(unit(rows), unit(y), 0.5), x.requires_grad_(True), atol=1e-5)
