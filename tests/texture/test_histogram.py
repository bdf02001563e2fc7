"""The Gram loss with histogram matching, against a match made channel by channel in NumPy."""

import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from impasto import texture
from impasto.texture.parametric.histogram import HISTOGRAM_SHARE


def features(seed: int, height: int = 9, width: int = 7) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "relu1_1": torch.rand(1, 5, height, width, generator=generator),
        "relu2_1": torch.rand(1, 7, height // 2, width // 2, generator=generator) ** 2 + 0.1 * seed,
    }


def slow_distance(f: np.ndarray, g: np.ndarray) -> float:
    """Of positions x channels: Gram, and R(F) with the style's k-th smallest in the place of the k-th smallest."""
    a, b = f.T @ f / len(f), g.T @ g / len(g)
    matched = np.empty_like(f)
    for channel in range(f.shape[1]):
        matched[np.argsort(f[:, channel]), channel] = np.sort(g[:, channel])
    unmatched = ((f - matched) ** 2).sum() / (g**2).sum()
    return float(HISTOGRAM_SHARE * unmatched + (1 - HISTOGRAM_SHARE) * ((a - b) ** 2).sum() / (b**2).sum())


def rows(feature: torch.Tensor) -> np.ndarray:
    return feature[0].flatten(1).T.double().numpy()


def test_distance_agrees_with_an_independent_computation() -> None:
    model, target, other = texture.create("histogram"), features(0), features(1)
    expected = np.mean([slow_distance(rows(other[layer]), rows(target[layer])) for layer in target])
    assert model.distance(other, model.represent(target)).item() == pytest.approx(expected, rel=1e-4)


def test_it_sees_a_difference_that_gram_does_not() -> None:
    """The instability of the paper's section 4: another mean and deviation with the same second moment."""
    target = {"relu1_1": torch.full((1, 1, 8, 8), 0.5**0.5)}
    other = {"relu1_1": (torch.arange(64) % 2).float().view(1, 1, 8, 8)}
    model, gram = texture.create("histogram"), texture.create("gram")
    assert gram.distance(other, gram.represent(target)).item() < 1e-8
    assert model.distance(other, model.represent(target)).item() > 0.1


def test_an_offset_of_one_channel_costs_its_wasserstein_distance() -> None:
    target = {"relu1_1": features(0)["relu1_1"][:, :1]}
    moved = {"relu1_1": target["relu1_1"].flip(2) + 0.3}
    model = texture.create("histogram")
    gram = texture.create("gram").distance(moved, texture.create("gram").represent(target)).item()
    cost = (model.distance(moved, model.represent(target)).item() - (1 - HISTOGRAM_SHARE) * gram) / HISTOGRAM_SHARE
    first, second = (f["relu1_1"].flatten().double().numpy() for f in (target, moved))
    assert cost == pytest.approx(wasserstein_distance(first, second) ** 2 / (first**2).mean(), rel=1e-3)


def test_where_a_feature_stands_does_not_matter() -> None:
    model, target = texture.create("histogram"), features(0)
    order = torch.randperm(63, generator=torch.Generator().manual_seed(3))
    shuffled = {**target, "relu1_1": target["relu1_1"].flatten(2)[..., order].view(1, 5, 9, 7)}
    assert model.distance(shuffled, model.represent(target)).item() < 1e-10


def test_gradient_leads_to_the_match() -> None:
    """Where the Gram loss has no say: 2 (F - R(F)) times the loss's factor, the match held fixed."""
    target, other = features(0)["relu1_1"][:, :1], features(1)["relu1_1"][:, :1]
    model = texture.create("histogram")
    representation = model.represent({"relu1_1": target})
    x = other.clone().requires_grad_(True)
    gram, goal = x.square().mean(), target.square().mean()
    rest = model.distance({"relu1_1": x}, representation).sum() - (1 - HISTOGRAM_SHARE) * ((gram - goal) / goal) ** 2
    (gradient,) = torch.autograd.grad(rest, x)
    matched = torch.empty(63)
    matched[other.flatten().argsort()] = target.flatten().sort().values
    expected = HISTOGRAM_SHARE * 2 * (other.flatten() - matched) / (63 * goal)
    assert torch.allclose(gradient.flatten(), expected, atol=1e-6)


def test_blending_goes_from_one_style_to_the_other_whatever_their_sizes() -> None:
    model, first, second = texture.create("histogram"), features(0), features(1, 8, 12)
    pair = [model.represent(first), model.represent(second)]
    assert model.distance(first, model.blend(pair, [1.0, 0.0])).item() < 1e-4
    middle = model.distance(first, model.blend(pair, [0.5, 0.5])).item()
    assert 1e-3 < middle < model.distance(first, pair[1]).item()
