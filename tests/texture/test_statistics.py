"""The mathematics of the parametric texture models, each against a slow independent computation."""

import numpy as np
import pytest
import torch

from impasto import texture
from impasto.errors import InputError
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
def test_distance_is_zero_at_the_target_and_positive_elsewhere(name: str) -> None:
    model, target = texture.create(name), features(0)
    representation = model.represent(target)
    assert model.distance(target, representation).abs().item() < 1e-5
    assert model.distance(features(1), representation).item() > 1e-3


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


@pytest.mark.parametrize("name", NAMES)
def test_gradient_points_where_the_distance_falls(name: str) -> None:
    """A finite difference along the gradient; float32 inside, hence the tolerance."""
    model, target = texture.create(name), features(0)
    representation = model.represent(target)
    x = features(1)["relu1_1"].requires_grad_(True)
    rest = features(1)["relu2_1"]
    (gradient,) = torch.autograd.grad(model.distance({"relu1_1": x, "relu2_1": rest}, representation).sum(), x)
    step = 1e-2 * gradient / gradient.norm()
    after, before = (
        model.distance({"relu1_1": x.detach() + sign * step, "relu2_1": rest}, representation).item() for sign in (1, -1)
    )
    assert after - before == pytest.approx(2e-2 * gradient.norm().item(), rel=0.02)


def test_trace_of_root_has_the_right_gradient() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.rand(1, 4, 9, generator=generator, dtype=torch.double) for _ in range(2))
    root = symmetric_root(b @ b.transpose(1, 2))

    def through_factor(x: torch.Tensor) -> torch.Tensor:
        return TraceOfRoot.apply(x @ x.transpose(1, 2), root)

    assert torch.autograd.gradcheck(through_factor, a.requires_grad_(True), atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_mask_selects_its_part(name: str) -> None:
    model, left, right = texture.create(name), features(0), features(1)
    joined = {layer: torch.cat([left[layer], right[layer]], dim=3) for layer in left}
    width = 14
    mask = torch.zeros(1, 1, 9, width)
    mask[..., : width // 2] = 1
    only = model.represent(left)
    assert model.distance(joined, only, mask).abs().item() < 1e-4
    assert model.distance(joined, only).item() > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_blending_goes_from_one_style_to_the_other(name: str) -> None:
    model, first, second = texture.create(name), features(0), features(1)
    pair = [model.represent(first), model.represent(second)]
    assert model.distance(first, model.blend(pair, [1.0, 0.0])).abs().item() < 1e-5
    middle = model.distance(first, model.blend(pair, [0.5, 0.5])).item()
    assert 0 < middle < model.distance(first, pair[1]).item()


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_scored_picture_by_picture(name: str) -> None:
    model, target = texture.create(name), features(0)
    one, two = features(1), features(2)
    batch = {layer: torch.cat([one[layer], two[layer]]) for layer in one}
    alone = [model.distance(f, model.represent(target)).item() for f in (one, two)]
    assert model.distance(batch, model.represent(target)).tolist() == pytest.approx(alone, rel=1e-3)


def test_layer_weights_are_relative() -> None:
    target, other = features(0), features(1)
    shallow = texture.create("gram", {"relu1_1": 7.0})
    assert shallow.distance(other, shallow.represent(target)).item() == pytest.approx(
        slow_gram(rows(other["relu1_1"]), rows(target["relu1_1"])), rel=1e-4
    )


def test_covariance_survives_channels_that_never_fire() -> None:
    model, target = texture.create("covariance"), features(0)
    dead = {layer: f.clone() for layer, f in features(1).items()}
    dead["relu1_1"][:, :3] = 0
    x = dead["relu1_1"].requires_grad_(True)
    distance = model.distance({**dead, "relu1_1": x}, model.represent(target))
    (gradient,) = torch.autograd.grad(distance.sum(), x)
    assert torch.isfinite(distance).all()
    assert torch.isfinite(gradient).all()


def test_an_unknown_model_is_said_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="did you mean 'covariance'"):
        texture.create("covarianse")
