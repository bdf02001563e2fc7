"""`transport` against whole cost matrices."""

import numpy as np
import pytest
import torch

from impasto.texture.nonparametric import patches
from impasto.texture.nonparametric.transport import Transport, relaxed_transport


def features(seed: int, width: int = 6, pixels: bool = False) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    maps = {
        "relu1_1": torch.rand(1, 3, 8, 2 * width, generator=generator),
        "relu2_1": torch.rand(1, 4, 4, width, generator=generator) ** 2,
    }
    return {**maps, "pixels": torch.rand(1, 3, 8, 2 * width, generator=generator)} if pixels else maps


def hypercolumns(features: dict[str, torch.Tensor]) -> list[np.ndarray]:
    """The features of both layers at every pixel, the coarser one's repeated: positions x channels each."""
    grown = features["relu2_1"].repeat_interleave(2, 2).repeat_interleave(2, 3)
    return [f[0].flatten(1).T.double().numpy() for f in (features["relu1_1"], grown)]


def squares(pixels: torch.Tensor) -> np.ndarray:
    """The mean colour of the 4 x 4 square around each pixel, pixels x 3."""
    values = pixels[0].double().numpy()
    mean = values.reshape(3, values.shape[1] // 4, 4, values.shape[2] // 4, 4).mean((2, 4))
    return mean.repeat(4, 1).repeat(4, 2).reshape(3, -1).T


def slow_relaxed(cost: np.ndarray) -> float:
    return max(cost.min(1).mean(), cost.min(0).mean())


def cosine_costs(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.array([[1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in y] for a in x])


def slow_terms(picture: dict[str, torch.Tensor], style: dict[str, torch.Tensor]) -> list[float]:
    found, goals = hypercolumns(picture), hypercolumns(style)
    size = [np.sqrt(2 * (layer**2).sum(1).mean()) for layer in goals]
    x, y = (np.hstack([layer / s for layer, s in zip(pair, size, strict=True)]) for pair in (found, goals))
    terms = [slow_relaxed(cosine_costs(x, y)) / cosine_costs(y, y.mean(0)[None]).mean()]
    means, spreads = (x.mean(0), y.mean(0)), (np.cov(x.T, bias=True), np.cov(y.T, bias=True))
    terms.append(float(np.mean([np.abs(a - b).sum() / np.abs(b).sum() for a, b in (means, spreads)])))
    if "pixels" in picture:
        turn = np.array([[0.299, 0.587, 0.114], [-0.147, -0.289, 0.436], [0.615, -0.515, -0.1]])
        c, d = (squares(f["pixels"]) @ turn.T for f in (picture, style))
        cost = np.linalg.norm(c[:, None] - d[None], axis=2)
        terms.append(slow_relaxed(cost) / np.linalg.norm(d - d.mean(0), axis=1).mean())
    return terms


@pytest.mark.parametrize("pixels", [False, True])
def test_distance_agrees_with_whole_cost_matrices(pixels: bool) -> None:
    model, style, other = Transport(), features(0, pixels=pixels), features(1, 4, pixels)
    expected = np.mean(slow_terms(other, style))
    assert model.distance(other, model.represent(style)).item() == pytest.approx(expected, rel=1e-3)


def test_the_larger_of_the_two_directions_counts() -> None:
    few, many = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert relaxed_transport(few, many).item() == pytest.approx(0.5)
    assert relaxed_transport(many, few).item() == pytest.approx(0.5)
    assert relaxed_transport(many, many.flip(0)).item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("pixels", [False, True])
def test_distance_is_zero_for_the_style_wherever_its_parts_stand(pixels: bool) -> None:
    model, style = Transport(), features(0, pixels=pixels)
    representation = model.represent(style)
    turned = {layer: f.flip(2, 3) for layer, f in style.items()}
    assert model.distance(turned, representation).abs().item() < 1e-5
    assert model.distance(features(1, pixels=pixels), representation).item() > 0.05


def test_gradient_points_where_the_distance_falls() -> None:
    model = Transport()
    representation = model.represent(features(0, pixels=True))
    other = features(1, pixels=True)
    x = other["relu1_1"].requires_grad_(True)
    (gradient,) = torch.autograd.grad(model.distance({**other, "relu1_1": x}, representation).sum(), x)
    step = 2e-3 * gradient / gradient.norm()
    after, before = (model.distance({**other, "relu1_1": x.detach() + s * step}, representation).item() for s in (1, -1))
    assert after - before == pytest.approx(4e-3 * gradient.norm().item(), rel=0.03)


def test_gradient_is_finite_at_the_target() -> None:
    model, style = Transport(), features(0, pixels=True)
    inputs = {layer: f.clone().requires_grad_(True) for layer, f in style.items()}
    gradients = torch.autograd.grad(model.distance(inputs, model.represent(style)).sum(), list(inputs.values()))
    assert all(torch.isfinite(g).all() for g in gradients)


def test_small_chunks_find_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    model, style, other = Transport(), features(0, pixels=True), features(1, pixels=True)
    whole = model.distance(other, model.represent(style))
    monkeypatch.setattr(patches, "CHUNK", 200)
    assert torch.allclose(model.distance(other, model.represent(style)), whole, rtol=1e-5)


def test_a_mask_selects_its_part() -> None:
    model, left, right = Transport(), features(0), features(1)
    joined = {layer: torch.cat([left[layer], right[layer]], dim=3) for layer in left}
    mask = torch.zeros(1, 1, 8, 24)
    mask[..., :12] = 1
    only_left = model.represent(left)
    assert model.distance(joined, only_left, mask).abs().item() < 1e-5
    assert model.distance(left, model.represent(joined, mask)).abs().item() < 1e-5
    assert model.distance(joined, only_left).item() > 0.02


def test_blending_goes_from_one_style_to_the_other() -> None:
    model, first, second = Transport(), features(0), features(1)
    pair = [model.represent(first), model.represent(second)]
    assert model.distance(first, model.blend(pair, [1.0, 0.0])).abs().item() < 1e-5
    middle = model.distance(first, model.blend(pair, [0.5, 0.5])).item()
    assert 1e-3 < middle < model.distance(first, pair[1]).item()


def test_a_batch_is_scored_picture_by_picture() -> None:
    model, style, one, two = Transport(), features(0), features(1), features(2)
    batch = {layer: torch.cat([one[layer], two[layer]]) for layer in one}
    alone = [model.distance(f, model.represent(style)).item() for f in (one, two)]
    assert model.distance(batch, model.represent(style)).tolist() == pytest.approx(alone, rel=1e-4)


def test_the_step_decides_what_is_sampled() -> None:
    scores = []
    for step in (3, 4, 3):
        model = Transport(places=20)
        model.begin_step(step)
        scores.append(model.distance(features(1), model.represent(features(0))).item())
    assert scores[0] == scores[2] != scores[1]
