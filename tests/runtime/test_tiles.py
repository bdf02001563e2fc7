"""Tiles cover the picture once, with enough around them."""

from itertools import pairwise

import numpy as np
import pytest

from impasto.runtime.tiles import reflected, spans


@pytest.mark.parametrize("length", [64, 256, 264, 400, 512, 1000, 4112])
def test_spans_cover_a_side_once_and_see_far_enough(length: int) -> None:
    window, reach, stride = 256, 40, 8
    plan = spans(length, window, reach, stride)
    assert [plan[0].first, plan[-1].last] == [0, length]
    assert all(before.last == after.first for before, after in pairwise(plan))
    assert len({span.stop - span.start for span in plan}) == 1
    for span in plan:
        assert span.start % stride == 0
        assert 0 <= span.start < span.stop <= length
        assert span.first - span.start >= reach or span.start == 0
        assert span.stop - span.last >= reach or span.stop == length


@pytest.mark.parametrize("length", [1, 2, 5, 24, 33])
def test_reflected_is_numpys_padding_up_to_the_stride(length: int) -> None:
    margin, stride = 8, 8
    wanted = np.pad(np.arange(length), (margin, margin + -(length + 2 * margin) % stride), "reflect")
    np.testing.assert_array_equal(reflected(length, margin, stride), wanted)
