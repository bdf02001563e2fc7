"""The Laplacian content loss against the stencil written out."""

import numpy as np
import pytest
import torch

from impasto.content import laplacian


def picture(seed: int, height: int = 64, width: int = 80) -> dict[str, torch.Tensor]:
    return {"pixels": torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))}


def slow_laplacian(image: torch.Tensor, pool: int) -> np.ndarray:
    values = image[0].double().numpy().sum(0)
    height, width = values.shape[0] // pool, values.shape[1] // pool
    small = values[: height * pool, : width * pool].reshape(height, pool, width, pool).mean((1, 3))
    out = np.zeros_like(small)
    for y in range(height):
        for x in range(width):
            for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                out[y, x] += small[np.clip(y + dy, 0, height - 1), np.clip(x + dx, 0, width - 1)] - small[y, x]
    return out


def test_distance_agrees_with_the_stencil_written_out() -> None:
    photo, other = picture(0), picture(1)
    expected = []
    for pool in (4, 16):
        a, b = (slow_laplacian(p["pixels"], pool) for p in (other, photo))
        expected.append(((a - b) ** 2).sum() / (b**2).sum())
    target = laplacian.represent(photo)
    assert laplacian.distance(other, target).item() == pytest.approx(np.mean(expected), rel=1e-3)
    only = laplacian.distance(other, target, {4: 1.0, 16: 0.0}).item()
    assert only == pytest.approx(expected[0], rel=1e-3)


def test_a_change_of_all_colours_alike_does_not_matter_but_a_moved_edge_does() -> None:
    photo = picture(0)
    target = laplacian.represent(photo)
    assert laplacian.distance({"pixels": photo["pixels"] + 0.2}, target).item() < 1e-6
    assert laplacian.distance({"pixels": photo["pixels"].roll(8, 3)}, target).item() > 0.5


def test_gradient_is_right() -> None:
    target = laplacian.represent(picture(0))
    x = picture(1)["pixels"].requires_grad_(True)
    (gradient,) = torch.autograd.grad(laplacian.distance({"pixels": x}, target).sum(), x)
    step = 0.1 * gradient / gradient.norm()
    after, before = (laplacian.distance({"pixels": x.detach() + s * step}, target).item() for s in (1, -1))
    assert after - before == pytest.approx(0.2 * gradient.norm().item(), rel=0.01)


def test_a_batch_is_scored_picture_by_picture() -> None:
    one, two, target = picture(1), picture(2), laplacian.represent(picture(0))
    batch = {"pixels": torch.cat([one["pixels"], two["pixels"]])}
    alone = [laplacian.distance(p, target).item() for p in (one, two)]
    assert laplacian.distance(batch, target).tolist() == pytest.approx(alone, rel=1e-5)


def test_a_small_picture_is_compared_in_what_pools_it_has_room_for() -> None:
    assert set(laplacian.represent(picture(0))) == {4, 16}
    assert set(laplacian.represent(picture(0, 20, 30))) == {4}
    tiny = picture(0, 7, 9)
    assert set(laplacian.represent(tiny)) == {1}
    assert laplacian.distance(picture(1, 7, 9), laplacian.represent(tiny)).item() > 0.1
