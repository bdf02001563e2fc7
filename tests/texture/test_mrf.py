"""`mrf` against patches compared one by one."""

import numpy as np
import pytest
import torch

from impasto.texture.nonparametric import mrf, patches
from impasto.texture.nonparametric.mrf import Mrf

LAYERS = ("relu3_1", "relu4_1")


def features(seed: int, width: int = 7) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "relu3_1": torch.rand(1, 4, 6, width, generator=generator),
        "relu4_1": torch.rand(1, 5, 3, width // 2, generator=generator) ** 2,
    }


def slow_patches(feature: torch.Tensor, stride: int) -> np.ndarray:
    """Every stride-th 3 x 3 patch of a 1 x C x h x w map with its border repeated, patches x (9 positions x C)."""
    padded = np.pad(feature[0].double().numpy(), ((0, 0), (1, 1), (1, 1)), mode="edge")
    height, width = feature.shape[-2:]
    cut = [
        padded[:, y : y + 3, x : x + 3].transpose(1, 2, 0).ravel()
        for y in range(0, height, stride)
        for x in range(0, width, stride)
    ]
    return np.array(cut)


def slow_distance(feature: torch.Tensor, style: torch.Tensor, stride: int) -> float:
    found, pool = slow_patches(feature, stride), slow_patches(style, 1)
    errors = []
    for patch in found:
        correlation = [patch @ other / np.linalg.norm(patch) / np.linalg.norm(other) for other in pool]
        errors.append(((patch - pool[int(np.argmax(correlation))]) ** 2).sum())
    return float(np.mean(errors) / ((pool - pool.mean(0)) ** 2).sum(1).mean())


@pytest.mark.parametrize("stride", [1, 2])
def test_distance_agrees_with_patches_compared_one_by_one(stride: int) -> None:
    model, style, other = Mrf(stride=stride), features(0), features(1, width=9)
    expected = np.mean([slow_distance(other[layer], style[layer], stride) for layer in LAYERS])
    assert model.distance(other, model.represent(style)).item() == pytest.approx(expected, rel=1e-4)


def test_distance_is_zero_for_the_style_and_for_a_part_of_it() -> None:
    model, style = Mrf(), features(0)
    representation = model.represent(style)
    assert model.distance(style, representation).item() < 1e-5
    assert model.distance(features(1), representation).item() > 0.1


def test_matches_stay_until_they_are_renewed() -> None:
    model, style, first, second = Mrf(), features(0), features(1), features(2)
    fixed = model.refresh(first, model.represent(style))
    assert model.distance(first, fixed).item() == pytest.approx(model.distance(first, model.represent(style)).item(), rel=1e-5)
    stale, fresh = model.distance(second, fixed).item(), model.distance(second, model.refresh(second, fixed)).item()
    assert fresh < stale


def test_matches_of_another_size_are_not_used() -> None:
    model, style, wide = Mrf(), features(0), features(2, width=11)
    fixed = model.refresh(features(1), model.represent(style))
    assert model.distance(wide, fixed).item() == pytest.approx(model.distance(wide, model.represent(style)).item())


def test_gradient_pulls_each_patch_to_its_match() -> None:
    model, style = Mrf(stride=1), features(0)
    fixed = model.refresh(features(1), model.represent(style))
    x = features(1)["relu3_1"].requires_grad_(True)
    rest = features(1)["relu4_1"]
    (gradient,) = torch.autograd.grad(model.distance({"relu3_1": x, "relu4_1": rest}, fixed).sum(), x)
    step = 1e-2 * gradient / gradient.norm()
    after, before = (model.distance({"relu3_1": x.detach() + s * step, "relu4_1": rest}, fixed).item() for s in (1, -1))
    assert after - before == pytest.approx(2e-2 * gradient.norm().item(), rel=0.02)


def test_small_chunks_find_the_same_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    model, style, other = Mrf(), features(0), features(1)
    whole = model.distance(other, model.represent(style))
    monkeypatch.setattr(patches, "CHUNK", 1)
    assert torch.equal(model.distance(other, model.represent(style)), whole)


def test_a_mask_selects_its_part_of_the_style_and_of_the_pastiche() -> None:
    model, left, right = Mrf(stride=1), features(0), features(1)
    joined = {layer: torch.cat([left[layer], right[layer]], dim=3) for layer in left}
    mask = torch.zeros(1, 1, 6, 14)
    mask[..., :7] = 1
    only_left = model.represent(joined, mask)
    assert model.distance(joined, only_left, mask).item() < 1e-5
    assert model.distance(joined, only_left).item() > 0.1
    assert model.distance(joined, only_left, 1 - mask).item() > model.distance(joined, only_left).item()


def test_blending_pools_the_patches_by_share() -> None:
    model, first, second = Mrf(), features(0), features(1)
    pair = [model.represent(first), model.represent(second)]
    assert model.distance(first, model.blend(pair, [1.0, 0.0])).item() < 1e-5
    counts = [len(model.blend(pair, [share, 1 - share])["relu3_1"]["patches"]) for share in (1.0, 0.25)]
    assert counts == [42, 42]
    middle = model.distance(first, model.blend(pair, [0.5, 0.5])).item()
    assert 1e-3 < middle < model.distance(first, pair[1]).item()


def test_a_large_map_is_matched_at_a_bounded_number_of_places() -> None:
    assert len(mrf.centres(64, 64, 2)) == 32 * 32
    assert len(mrf.centres(1024, 1024, 2)) <= mrf.MOST
