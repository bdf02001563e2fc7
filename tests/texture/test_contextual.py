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


def test_gradient_is_finite_at_the_target() -> None:
    model, style = Contextual(), features(0)
    inputs = {layer: f.clone().requires_grad_(True) for layer, f in style.items()}
    gradients = torch.autograd.grad(model.distance(inputs, model.represent(style)).sum(), list(inputs.values()))
    assert all(torch.isfinite(g).all() for g in gradients)


def test_a_mask_selects_its_part() -> None:
    model, left, right = Contextual(), features(0), features(1)
    joined = {layer: torch.cat([left[layer], right[layer]], dim=3) for layer in left}
    mask = torch.zeros(1, 1, 4, 12)
    mask[..., :6] = 1
    assert model.distance(joined, model.represent(left), mask).abs().item() < 1e-4
    assert model.distance(left, model.represent(joined, mask)).abs().item() < 1e-4
    assert model.distance(joined, model.represent(left), 1 - mask).item() > 0.1


def test_blending_goes_from_one_style_to_the_other() -> None:
    model, first, second = Contextual(), features(0), features(1)
    pair = [model.represent(first), model.represent(second)]
    assert model.distance(first, model.blend(pair, [1.0, 0.0])).abs().item() < 1e-4
    middle = model.distance(first, model.blend(pair, [0.5, 0.5])).item()
    assert 1e-2 < middle < model.distance(first, pair[1]).item()


def test_a_batch_is_scored_picture_by_picture() -> None:
    model, style, one, two = Contextual(), features(0), features(1), features(2)
    batch = {layer: torch.cat([one[layer], two[layer]]) for layer in one}
    alone = [model.distance(f, model.represent(style)).item() for f in (one, two)]
    assert model.distance(batch, model.represent(style)).tolist() == pytest.approx(alone, rel=1e-4)


def test_the_step_decides_what_is_sampled() -> None:
    scores = []
    for step in (3, 4, 3):
        model = Contextual(places=8)
        model.begin_step(step)
        scores.append(model.distance(features(1), model.represent(features(0))).item())
    assert scores[0] == scores[2] != scores[1]
