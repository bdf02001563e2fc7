"""`neighbours` against hypercolumns compared one by one."""

import numpy as np
import pytest
import torch

from impasto.texture.nonparametric import neighbours, patches
from impasto.texture.nonparametric.neighbours import Neighbours


def features(seed: int, width: int = 6) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "relu2_1": torch.rand(1, 3, 10, 2 * width, generator=generator),
        "relu3_1": torch.rand(1, 4, 5, width, generator=generator) ** 2,
    }


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return 1 - float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def rows(feature: torch.Tensor) -> np.ndarray:
    return feature[0].flatten(1).T.double().numpy()


def slow_whole(picture: dict[str, torch.Tensor], style: dict[str, torch.Tensor]) -> float:
    """Both layers on the finer one's grid, which is the middle of two; the coarser one interpolated."""

    def hypercolumns(features: dict[str, torch.Tensor]) -> list[np.ndarray]:
        fine, coarse = features.values()
        grown = torch.nn.functional.interpolate(coarse, fine.shape[-2:], mode="bilinear")
        return [rows(fine), rows(grown)]

    found, goals = hypercolumns(picture), hypercolumns(style)
    size = [np.sqrt(2 * (layer**2).sum(1).mean()) for layer in goals]
    x, y = (np.hstack([layer / s for layer, s in zip(pair, size, strict=True)]) for pair in (found, goals))
    total = 0.0
    for column in x:
        match = min(y, key=lambda other: cosine(column - x.mean(0), other - y.mean(0)))
        total += cosine(column, match)
    return total / len(x) / float(np.mean([cosine(other, y.mean(0)) for other in y]))


def slow_split(picture: dict[str, torch.Tensor], style: dict[str, torch.Tensor]) -> float:
    terms = []
    for layer in picture:
        x, y = rows(picture[layer]), rows(style[layer])
        terms.append(np.mean([min(cosine(a - y.mean(0), b - y.mean(0)) for b in y) for a in x]))
    return float(np.mean(terms))


@pytest.mark.parametrize("split", [0.0, 0.3, 1.0])
def test_distance_agrees_with_an_independent_computation(split: float) -> None:
    model, style, other = Neighbours(split=split), features(0), features(1, width=4)
    expected = (1 - split) * slow_whole(other, style) + split * slow_split(other, style)
    assert model.distance(other, model.represent(style)).item() == pytest.approx(expected, rel=1e-3)


def test_matches_stay_until_they_are_renewed() -> None:
    model, style, first, second = Neighbours(split=0), features(0), features(1), features(2)
    fixed = model.refresh(first, model.represent(style))
    assert model.distance(first, fixed).item() == pytest.approx(model.distance(first, model.represent(style)).item())
    assert model.distance(second, fixed).item() > model.distance(second, model.refresh(second, fixed)).item()


def test_small_chunks_find_the_same_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    model, style, other = Neighbours(), features(0), features(1)
    whole = model.distance(other, model.represent(style))
    monkeypatch.setattr(patches, "CHUNK", 7)
    assert torch.allclose(model.distance(other, model.represent(style)), whole, rtol=1e-6)


def test_a_mask_selects_its_part() -> None:
    model, left, right = Neighbours(split=1), features(0), features(1)
    joined = {layer: torch.cat([left[layer], right[layer]], dim=3) for layer in left}
    mask = torch.zeros(1, 1, 10, 24)
    mask[..., :12] = 1
    only_left = model.represent(joined, mask)
    assert model.distance(joined, only_left, mask).abs().item() < 1e-5
    assert model.distance(joined, only_left).item() > 0.02
    whole = Neighbours(split=0)  # its grid is interpolated across the mask's border
    target = whole.represent(joined, mask)
    assert whole.distance(joined, target, mask).item() < 0.3 * whole.distance(joined, target, 1 - mask).item()


def test_the_grid_of_a_large_picture_is_coarser(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {f.shape[-2:] for f in neighbours.on_grid(features(0)).values()} == {(10, 12)}
    monkeypatch.setattr(neighbours, "MOST", 60)
    assert {f.shape[-2:] for f in neighbours.on_grid(features(0)).values()} == {(5, 6)}
