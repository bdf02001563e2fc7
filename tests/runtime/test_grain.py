"""The plane of noise: the same at a place, even, and without a pattern."""

import numpy as np

from impasto.runtime.grain import grain


def test_a_window_is_part_of_the_plane() -> None:
    plane = grain(40, 60)
    np.testing.assert_array_equal(grain(16, 20, 8, 12), plane[8:24, 12:32])


def test_mean_deviation_and_no_ties_between_neighbours() -> None:
    plane = grain(256, 256).astype(float)
    assert abs(plane.mean()) < 0.02
    assert abs(plane.std() - 1) < 0.02
    spectrum = np.abs(np.fft.fft2(plane - plane.mean())) ** 2 / plane.size
    # Of white noise the powers are exponentially distributed, and of 65536 the largest is about 11.
    assert spectrum.max() < 20
    for stride in (2, 4):
        part = plane[::stride, ::stride]
        neighbours = (
            np.corrcoef(part[:, 1:].ravel(), part[:, :-1].ravel())[0, 1],
            np.corrcoef(part[1:].ravel(), part[:-1].ravel())[0, 1],
        )
        assert max(map(abs, neighbours)) < 0.05
