"""Flicker and shimmer of little films of which the answer is known."""

import pytest
import torch
from torch import Tensor

from impasto.metrics.flicker import restlessness


def film(values: list[float]) -> list[Tensor]:
    return [torch.full((1, 3, 4, 6), value) for value in values]


def test_the_content_itself_flickers_as_itself() -> None:
    frames = [torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in range(4)]
    found = restlessness((x, x) for x in frames)
    assert found.flicker == pytest.approx(1)


def test_flicker_is_a_ratio_of_mean_changes() -> None:
    found = restlessness(zip(film([0.0, 0.4, 0.2]), film([0.0, 0.1, 0.3]), strict=True))
    assert found.flicker == pytest.approx((0.4 + 0.2) / (0.1 + 0.2), rel=1e-5)
    assert found.shimmer is None


def test_still_content_has_no_flicker_and_all_the_shimmer() -> None:
    found = restlessness(zip(film([0.5, 0.6, 0.5]), film([0.3, 0.3, 0.3]), strict=True))
    assert found.flicker is None
    assert found.shimmer == pytest.approx(0.1, rel=1e-5)


def test_shimmer_looks_at_still_places_alone() -> None:
    content = film([0.3, 0.3])
    content[1] = content[1].clone()
    content[1][..., :3] += 0.5
    painted = film([0.2, 0.2])
    painted[1] = painted[1].clone()
    painted[1][..., :3] += 0.7
    painted[1][..., 3:] += 0.04
    found = restlessness(zip(painted, content, strict=True))
    assert found.shimmer == pytest.approx(0.04, rel=1e-4)
    assert found.flicker == pytest.approx((0.7 + 0.04) / 0.5, rel=1e-4)


def test_one_frame_has_no_scores() -> None:
    found = restlessness(zip(film([0.5]), film([0.5]), strict=True))
    assert (found.flicker, found.shimmer) == (None, None)
