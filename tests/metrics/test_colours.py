"""The histogram distance: its ends, its smoothness, and Hellinger's formula."""

import pytest
import torch
from scipy.spatial import distance
from torch import Tensor

from impasto.metrics.colours import BINS, colour_distance, histogram


def flat(*colour: float) -> Tensor:
    return torch.tensor(colour)[None, :, None, None].expand(1, 3, 8, 8)


def test_the_ends() -> None:
    assert colour_distance(flat(0, 0, 0), flat(1, 1, 1)) == 1
    assert colour_distance(flat(0.3, 0.5, 0.7), flat(0.3, 0.5, 0.7)) == pytest.approx(0, abs=1e-7)


def test_places_and_sizes_do_not_matter(photo: Tensor) -> None:
    assert colour_distance(photo.flip(2).repeat(1, 1, 1, 2), photo) == pytest.approx(0, abs=1e-6)


def test_it_is_hellingers_distance(photo: Tensor, style: Tensor) -> None:
    first, second = (histogram(x).sqrt().numpy() for x in (photo, style))
    assert colour_distance(photo, style) == pytest.approx(distance.euclidean(first, second) / 2**0.5, rel=1e-6)


def test_the_histogram_counts_each_pixel_once_and_by_nearness() -> None:
    step = 1 / (BINS - 1)
    counts = histogram(flat(2.25 * step, 0, 1)).reshape(BINS, BINS, BINS)
    assert counts.sum() == pytest.approx(1)
    assert counts[2, 0, BINS - 1] == pytest.approx(0.75, abs=1e-5)
    assert counts[3, 0, BINS - 1] == pytest.approx(0.25, abs=1e-5)


def test_a_little_more_colour_is_a_little_further(photo: Tensor) -> None:
    distances = [colour_distance((photo + shift).clamp(0, 1), photo) for shift in (0.01, 0.05, 0.1, 0.3)]
    assert distances == sorted(distances)
    assert 0 < distances[0] < 0.1 < distances[-1] < 1
