"""Batches of crops: decided by seed and step, and within range whatever the augmentation does."""

import numpy as np
import torch

from impasto.training.data import Augmentation, batch_of_crops, jitter_colours, on_plain_ground, random_crop


def test_a_batch_depends_on_seed_and_step_alone(pictures: list[np.ndarray]) -> None:
    batch = batch_of_crops(pictures, 4, 64, seed=1, step=7)
    torch.manual_seed(99)
    np.random.default_rng(5)
    assert torch.equal(batch, batch_of_crops(pictures, 4, 64, seed=1, step=7))
    assert not torch.equal(batch, batch_of_crops(pictures, 4, 64, seed=1, step=8))
    assert not torch.equal(batch, batch_of_crops(pictures, 4, 64, seed=2, step=7))


def test_a_batch_is_within_range_however_wild_the_augmentation(pictures: list[np.ndarray]) -> None:
    wild = Augmentation(jitter=0.9, noise=1, mix=1)
    for step in range(5):
        batch = batch_of_crops(pictures, 3, 48, 0, step, wild)
        assert batch.shape == (3, 3, 48, 48)
        assert batch.dtype == torch.float32
        assert batch.min() >= 0
        assert batch.max() <= 1


def test_a_full_crop_of_a_square_picture_is_the_picture_or_its_mirror_image() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    whole = torch.from_numpy(pixels).permute(2, 0, 1).float() / 255
    crops = [random_crop(pixels, 32, (1, 1), rng) for _ in range(12)]
    straight = [torch.allclose(crop, whole, atol=1e-6) for crop in crops]
    mirrored = [torch.allclose(crop, whole.flip(2), atol=1e-6) for crop in crops]
    assert all(a != b for a, b in zip(straight, mirrored, strict=True))
    assert any(straight)
    assert any(mirrored)


def test_colours_that_are_grey_stay_grey_and_no_jitter_changes_nothing() -> None:
    grey = torch.rand(1, 8, 8).expand(3, 8, 8).contiguous() * 0.5 + 0.25
    changed = jitter_colours(grey, 0.3, np.random.default_rng(0))
    assert torch.allclose(changed[0], changed[2], atol=1e-6)
    assert not torch.allclose(changed, grey, atol=1e-3)
    assert torch.allclose(jitter_colours(grey, 0.0, np.random.default_rng(0)), grey, atol=1e-6)


def test_on_a_plain_ground_a_part_of_the_picture_remains_and_the_corners_are_even() -> None:
    picture = torch.rand(3, 96, 80, generator=torch.Generator().manual_seed(0))
    white = 0
    for seed in range(12):
        placed = on_plain_ground(picture, np.random.default_rng(seed))
        assert placed.shape == picture.shape
        assert placed.min() >= 0
        assert placed.max() <= 1
        assert ((placed - picture).abs() < 0.02).all(0).float().mean() > 0.02
        corner = min((placed[:, :4, :4], placed[:, :4, -4:]), key=lambda part: float(part.std((1, 2)).max()))
        assert corner.std((1, 2)).max() < 0.01
        white += int(corner.mean() > 0.9)
    assert 2 <= white <= 10
