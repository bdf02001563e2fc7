"""The bootstrap interval against scipy's, and its ends."""

import numpy as np
import pytest
from scipy import stats

from impasto.metrics.summary import mean_interval


def test_it_is_scipys_percentile_bootstrap() -> None:
    values = np.random.default_rng(1).gamma(2, size=40)
    found = mean_interval(values.tolist())
    expected = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=10_000, rng=2).confidence_interval
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=0.03)
    assert found.mean == pytest.approx(values.mean())
    assert found.count == 40


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    found = [mean_interval(random.normal(3, 1, 30).tolist()) for _ in range(100)]
    assert 85 <= sum(one.low <= 3 <= one.high for one in found) <= 100


def test_the_ends() -> None:
    one = mean_interval([2.5])
    assert (one.mean, one.low, one.high, one.known) == (2.5, 2.5, 2.5, False)
    same = mean_interval([1.0, 1.0, 1.0])
    assert (same.low, same.high, same.known) == (1, 1, True)
    assert mean_interval([1.0, 2.0, 4.0]) == mean_interval([1.0, 2.0, 4.0])
    with pytest.raises(ValueError, match="nothing"):
        mean_interval([])
