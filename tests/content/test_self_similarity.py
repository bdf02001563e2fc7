"""The self-similarity content loss against matrices written out."""

import numpy as np
import pytest
import torch

from impasto.content import self_similarity


def features(seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {layer: torch.rand(1, channels, 4, 5, generator=generator) for layer, channels in (("relu3_1", 3), ("relu4_1", 6))}


def slow_matrix(feature: torch.Tensor) -> np.ndarray:
    rows = feature[0].flatten(1).T.double().numpy()
    distances = np.array([[1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in rows] for a in rows])
    return distances / distances.sum(1, keepdims=True)


def slow_distance(feature: torch.Tensor, photo: torch.Tensor) -> float:
    found, target = slow_matrix(feature), slow_matrix(photo)
    return float(np.abs(found - target).sum() / np.abs(target - 1 / len(target)).sum())


def test_distance_agrees_with_matrices_written_out() -> None:
    photo, other, shares = features(0), features(1), {"relu3_1": 3.0, "relu4_1": 1.0}
    expected = [slow_distance(other[layer], photo[layer]) for layer in photo]
    target = self_similarity.represent(photo)
    assert self_similarity.distance(other, target).item() == pytest.approx(np.mean(expected), rel=1e-4)
    weighted = self_similarity.distance(other, target, shares).item()
    assert weighted == pytest.approx(np.average(expected, weights=[3, 1]), rel=1e-4)


def test_what_a_place_looks_like_does_not_matter_only_which_others_look_alike() -> None:
    photo = features(0)
    turn = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(2)))[0]
    repainted = {"relu3_1": photo["relu3_1"] * 7, "relu4_1": torch.einsum("oc,nchw->nohw", turn, photo["relu4_1"])}
    assert self_similarity.distance(repainted, self_similarity.represent(photo)).item() < 1e-3
    moved = {layer: f.flip(3) for layer, f in photo.items()}
    assert self_similarity.distance(moved, self_similarity.represent(photo)).item() > 0.1


def test_gradient_is_right() -> None:
    target = {layer: f.double() for layer, f in features(0).items()}
    places = torch.arange(0, 20, 2)
    matrix = self_similarity.self_similarity(target["relu3_1"], places)

    def error(feature: torch.Tensor) -> torch.Tensor:
        return (self_similarity.self_similarity(feature, places) - matrix).square().sum()

    x = features(1)["relu3_1"].requires_grad_(True)
    (gradient,) = torch.autograd.grad(error(x), x)
    step = 1e-2 * gradient / gradient.norm()
    after, before = (error(x.detach() + s * step).item() for s in (1, -1))
    assert after - before == pytest.approx(2e-2 * gradient.norm().item(), rel=0.02)


def test_gradient_is_finite_at_the_target_and_where_nothing_fires() -> None:
    photo = features(0)
    photo["relu3_1"][:, :, 0] = 0
    inputs = {layer: f.clone().requires_grad_(True) for layer, f in photo.items()}
    gradients = torch.autograd.grad(
        self_similarity.distance(inputs, self_similarity.represent(photo)).sum(), list(inputs.values())
    )
    assert all(torch.isfinite(g).all() for g in gradients)


def test_a_batch_is_scored_picture_by_picture() -> None:
    photo, one, two = features(0), features(1), features(2)
    batch = {layer: torch.cat([one[layer], two[layer]]) for layer in one}
    target = self_similarity.represent(photo)
    alone = [self_similarity.distance(f, target).item() for f in (one, two)]
    assert self_similarity.distance(batch, target).tolist() == pytest.approx(alone, rel=1e-4)


def test_a_large_map_is_sampled_and_the_same_each_time() -> None:
    large = {"relu1_1": torch.rand(1, 2, 60, 70, generator=torch.Generator().manual_seed(0))}
    first, second = (self_similarity.represent(large)["relu1_1"][0] for _ in range(2))
    assert torch.equal(first, second)
    assert len(first.unique()) == self_similarity.PLACES
