"""The sliced Wasserstein distance: exact in one dimension, 0 at identity, and what it sees."""

import pytest
import torch
from scipy import stats
from torch import Tensor

from impasto.metrics.patches import SAMPLES, SIDE, patch_distances, sampled, wasserstein


@pytest.mark.parametrize("counts", [(50, 50), (50, 51), (7, 300), (1, 4)])
def test_it_is_scipys_wasserstein_distance(counts: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(3, count, generator=generator, dtype=torch.float64) for count in counts)
    expected = [stats.wasserstein_distance(a.numpy(), b.numpy()) for a, b in zip(first, second + 0.3, strict=True)]
    assert wasserstein(first, second + 0.3).tolist() == pytest.approx(expected, rel=1e-9)


def test_the_same_picture_is_at_no_distance(photo: Tensor) -> None:
    assert set(patch_distances(photo, photo).values()) == {0.0}


def test_the_same_samples_twice_over_are_the_same_distribution() -> None:
    samples = torch.rand(2, 40)
    assert wasserstein(samples, samples.repeat(1, 3)).abs().max() < 1e-6


def test_a_shift_in_brightness_is_seen_in_its_own_unit() -> None:
    """Of flat pictures every patch is the shift times a vector of ones, whose projections are about normal: E|N(0, 1)|."""
    dark, light = torch.full((1, 3, 64, 64), 0.2), torch.full((1, 3, 64, 48), 0.7)
    for distance in patch_distances(dark, light).values():
        assert distance == pytest.approx(0.5 * (2 / torch.pi) ** 0.5, rel=0.15)


def test_places_do_not_matter(photo: Tensor, style: Tensor) -> None:
    mirrored = patch_distances(style.flip(3).flip(2).flip(3).flip(2), photo)
    assert mirrored == patch_distances(style, photo)
    rolled = patch_distances(torch.cat([photo, photo], 3), photo)
    assert max(rolled.values()) < 0.25 * min(patch_distances(style, photo).values())


def test_a_blur_is_seen_at_the_fine_scale_most(photo: Tensor) -> None:
    blurred = torch.nn.functional.interpolate(
        torch.nn.functional.avg_pool2d(photo, 4), photo.shape[-2:], mode="bilinear", align_corners=False
    )
    found = patch_distances(blurred, photo)
    assert found["scale1"] > found["scale4"] > 0


def test_of_a_large_picture_a_fixed_sample_stands_for_all() -> None:
    noise = torch.rand(1, 3, 200, 210, generator=torch.Generator().manual_seed(0))
    rows = sampled(noise)
    assert rows.shape == (SAMPLES, 3 * SIDE * SIDE)
    assert torch.equal(rows, sampled(noise))
    small = noise[..., :20, :30]
    unfolded = torch.nn.functional.unfold(small, SIDE)[0].T
    assert torch.equal(sampled(small), unfolded)
