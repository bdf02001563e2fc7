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
    """The mean colour of the 5 x 5 square around each pixel, as much of it as there is, pixels x 3."""
    values = pixels[0].double().numpy()
    height, width = values.shape[1:]
    means = [values[:, max(0, y - 2) : y + 3, max(0, x - 2) : x + 3].mean((1, 2)) for y in range(height) for x in range(width)]
    return np.array(means)


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


def test_small_chunks_find_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    model, style, other = Transport(), features(0, pixels=True), features(1, pixels=True)
    whole = model.distance(other, model.represent(style))
    monkeypatch.setattr(patches, "CHUNK", 200)
    assert torch.allclose(model.distance(other, model.represent(style)), whole, rtol=1e-5)
