"""The sliced Wasserstein loss, against one sorted and summed by hand in NumPy, and the drawing of positions."""

import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from impasto import texture
from impasto.texture.parametric.sliced import draw, draw_directions, quantiles, transport_cost


def features(seed: int, height: int = 9, width: int = 7) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "relu1_1": torch.rand(1, 5, height, width, generator=generator),
        "relu2_1": torch.rand(1, 7, height // 2, width // 2, generator=generator) ** 2 + 0.1 * seed,
    }


def seen_at(step: int, target: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
    model = texture.create("sliced")
    representation = model.represent(target)
    model.begin_step(step)
    return model.distance(other, representation).item()


def test_distance_is_zero_at_the_target_in_every_step_and_positive_elsewhere() -> None:
    assert all(seen_at(step, features(0), features(0)) < 1e-10 for step in range(3))
    assert all(seen_at(step, features(0), features(1)) > 1e-3 for step in range(3))


def test_distance_agrees_with_a_sum_over_many_directions() -> None:
    """With as many directions as channels, its mean over steps is the mean over the sphere."""
    target, other = features(0), features(1)
    rng, expected = np.random.default_rng(0), []
    for layer in target:
        a, b = (f[layer][0].flatten(1).double().numpy() for f in (other, target))
        v = rng.normal(size=(20000, len(a)))
        v /= np.linalg.norm(v, axis=1, keepdims=True)
        errors = ((np.sort(v @ a, axis=1) - np.sort(v @ b, axis=1)) ** 2).mean(1)
        expected.append(errors.mean() / ((v @ b) ** 2).mean())
    found = np.mean([seen_at(step, target, other) for step in range(400)])
    assert found == pytest.approx(np.mean(expected), rel=0.03)


def test_one_row_is_transported_as_scipy_does() -> None:
    """The second row is the first one moved, so that the first Wasserstein distance is the root of the squared second."""
    x = torch.rand(1, 1, 50, generator=torch.Generator().manual_seed(0))
    moved = x.flip(-1) + 0.7
    cost = transport_cost(x, moved.sort(-1).values).item()
    assert cost**0.5 == pytest.approx(wasserstein_distance(x.flatten().numpy(), moved.flatten().numpy()), rel=1e-5)


def test_where_a_feature_stands_does_not_matter() -> None:
    target = features(0)
    order = torch.randperm(63, generator=torch.Generator().manual_seed(3))
    shuffled = {**target, "relu1_1": target["relu1_1"].flatten(2)[..., order].view(1, 5, 9, 7)}
    assert seen_at(4, target, shuffled) < 1e-10


def test_a_picture_of_another_size_with_the_same_features_is_as_good() -> None:
    target = features(0)
    doubled = {layer: torch.cat([f, f], 2) for layer, f in target.items()}
    assert seen_at(0, target, doubled) < 1e-10


def test_representing_a_style_does_not_depend_on_the_step() -> None:
    model = texture.create("sliced")
    before = model.represent(features(0))
    model.begin_step(9)
    after = model.represent(features(0))
    assert all(torch.equal(a, b) for layer in before for a, b in zip(before[layer], after[layer], strict=True))


def test_directions_are_orthonormal_and_no_more_than_asked_for() -> None:
    few, all_of_them = draw_directions(12, 5), draw_directions(4, 32)
    assert few.shape == (12, 5)
    assert all_of_them.shape == (4, 4)
    assert torch.allclose(few.T @ few, torch.eye(5), atol=1e-5)


def test_blending_goes_from_one_style_to_the_other() -> None:
    model, first, second = texture.create("sliced"), features(0), features(1)
    pair = [model.represent(first), model.represent(second)]
    assert model.distance(first, model.blend(pair, [1.0, 0.0])).item() < 1e-10
    middle = model.distance(first, model.blend(pair, [0.5, 0.5])).item()
    assert 0 < middle < model.distance(first, pair[1]).item()
    nested = model.blend([model.blend(pair, [0.5, 0.5]), pair[1]], [0.5, 0.5])
    assert model.distance(first, nested).item() == pytest.approx(
        model.distance(first, model.blend(pair, [0.25, 0.75])).item(), rel=1e-4
    )


def test_all_positions_are_drawn_when_they_are_few_and_every_stratum_is_when_they_are_many() -> None:
    assert draw(None, 10, 16).tolist() == list(range(10))
    generator = torch.Generator().manual_seed(0)
    drawn = draw(None, 1000, 10, generator)
    assert (drawn // 100).tolist() == list(range(10))
    assert len(set((drawn % 100).tolist())) > 5


def test_positions_are_drawn_as_often_as_they_weigh() -> None:
    weights = torch.tensor([0.0, 1.0, 3.0, 0.0, 4.0]).view(1, 1, 1, 5)
    drawn = torch.cat([draw(weights, 5, 2, torch.Generator().manual_seed(seed)) for seed in range(2000)])
    assert (torch.bincount(drawn, minlength=5) / len(drawn)).tolist() == pytest.approx([0, 0.125, 0.375, 0, 0.5], abs=0.02)


@pytest.mark.parametrize("count", [16, 40, 64])
def test_quantiles_are_those_of_numpy(count: int) -> None:
    ordered = torch.rand(40, generator=torch.Generator().manual_seed(0)).sort().values
    expected = np.quantile(ordered.numpy(), (np.arange(count) + 0.5) / count, method="inverted_cdf")
    assert np.array_equal(quantiles(ordered.view(1, 1, 40), count).flatten().numpy(), expected)
