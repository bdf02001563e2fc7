"""The mathematics of the parametric texture models, each against a slow independent computation."""

import numpy as np
import pytest
import torch

from impasto import texture
from impasto.texture.parametric.covariance import TraceOfRoot, symmetric_root

NAMES = ("gram", "moments", "covariance")


def features(seed: int, channels: int = 5, height: int = 9, width: int = 7) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "relu1_1": torch.rand(1, channels, height, width, generator=generator),
        "relu2_1": torch.rand(1, channels + 2, height // 2, width // 2, generator=generator) ** 2,
    }


def rows(feature: torch.Tensor) -> np.ndarray:
    """Positions x channels in double precision."""
    return feature[0].flatten(1).T.double().numpy()


def slow_gram(f: np.ndarray, g: np.ndarray) -> float:
    a, b = f.T @ f / len(f), g.T @ g / len(g)
    return float(((a - b) ** 2).sum() / (b**2).sum())


def slow_moments(f: np.ndarray, g: np.ndarray) -> float:
    error = ((f.mean(0) - g.mean(0)) ** 2).sum() + ((f.std(0) - g.std(0)) ** 2).sum()
    return float(error / ((g.mean(0) ** 2).sum() + (g.std(0) ** 2).sum()))


def slow_covariance(f: np.ndarray, g: np.ndarray) -> float:
    """Through the spectrum of the product of the covariances, which needs no square root of a matrix."""
    a, b = np.cov(f.T, bias=True), np.cov(g.T, bias=True)
    cross = np.sqrt(np.clip(np.linalg.eigvals(a @ b).real, 0, None)).sum()
    error = ((f.mean(0) - g.mean(0)) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * cross
    return float(error / ((g.mean(0) ** 2).sum() + np.trace(b)))


SLOW = {"gram": slow_gram, "moments": slow_moments, "covariance": slow_covariance}


@pytest.mark.parametrize("name", NAMES)
def test_distance_agrees_with_an_independent_computation(name: str) -> None:
    model, target, other = texture.create(name), features(0), features(1)
    expected = np.mean([SLOW[name](rows(other[layer]), rows(target[layer])) for layer in target])
    assert model.distance(other, model.represent(target)).item() == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("name", NAMES)
def test_where_a_feature_stands_does_not_matter(name: str) -> None:
    model, target = texture.create(name), features(0)
    order = torch.randperm(9 * 7, generator=torch.Generator().manual_seed(3))
    shuffled = {"relu1_1": target["relu1_1"].flatten(2)[..., order].view(1, 5, 9, 7), "relu2_1": target["relu2_1"]}
    assert model.distance(shuffled, model.represent(target)).abs().item() < 1e-5


def test_trace_of_root_has_the_right_gradient() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.rand(1, 4, 9, generator=generator, dtype=torch.double) for _ in range(2))
    root = symmetric_root(b @ b.transpose(1, 2))

    def through_factor(x: torch.Tensor) -> torch.Tensor:
        return TraceOfRoot.apply(x @ x.transpose(1, 2), root)

    assert torch.autograd.gradcheck(through_factor, a.requires_grad_(True), atol=1e-6)


def test_covariance_survives_channels_that_never_fire() -> None:
    model, target = texture.create("covariance"), features(0)
    dead = {layer: f.clone() for layer, f in features(1).items()}
    dead["relu1_1"][:, :3] = 0
    x = dead["relu1_1"].requires_grad_(True)
    distance = model.distance({**dead, "relu1_1": x}, model.represent(target))
    (gradient,) = torch.autograd.grad(distance.sum(), x)
    assert torch.isfinite(distance).all()
    assert torch.isfinite(gradient).all()
