"""The plane of noise: the same at a place, even, and without a pattern."""

import numpy as np

from impasto.runtime.grain import MIDDLE, UNIT, coarse_grain, grain, grains


def test_a_window_is_part_of_the_plane() -> None:
    plane = grain(40, 60)
    np.testing.assert_array_equal(grain(16, 20, 8, 12), plane[8:24, 12:32])
    np.testing.assert_array_equal(coarse_grain(16, 20, 8, 12), coarse_grain(40, 60)[2:6, 3:8])


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


def test_the_coarse_noise_is_that_of_its_places_without_their_surroundings() -> None:
    white, coarse = grain(40, 60)[::4, ::4].astype(float), coarse_grain(40, 60)
    assert coarse.shape == (10, 15)
    for row, column in ((1, 1), (5, 9), (8, 13)):
        around = white[row - 1 : row + 2, column - 1 : column + 2].mean()
        assert abs(coarse[row, column] - (white[row, column] - around) * (9 / 8) ** 0.5) < 1e-5


def test_the_coarse_noise_has_no_slow_changes() -> None:
    coarse = coarse_grain(1024, 1024).astype(float)
    assert abs(coarse.std() - 1) < 0.02
    # Means over 32 x 32 pixels: of white noise they would deviate by 1 / 8, of this only what crosses their edges is left.
    means = coarse.reshape(32, 8, 32, 8).mean((1, 3))
    assert means.std() < 0.06
    power = np.abs(np.fft.fft2(coarse)) ** 2 / coarse.size
    # Periods of 64 pixels and more. Of white noise the mean would be 1.
    slow = np.abs(np.fft.fftfreq(256)) <= 1 / 16
    assert power[np.ix_(slow, slow)].mean() < 0.01


def test_as_the_graph_takes_it_it_is_the_same_noise() -> None:
    plane, planes = grain(16, 24, 4, 8), grains(16, 24, 3, 2, 4, 8)
    np.testing.assert_array_equal(planes["grain"], coarse_grain(16, 24, 4, 8)[None])
    half = UNIT * (planes["half_grain"].reshape(2, 4, 6, 2, 3) - MIDDLE)
    for row, column, channel in ((0, 0, 0), (1, 1, 2)):
        np.testing.assert_allclose(half[row, :, :, column, channel], plane[2 * row :: 4, 2 * column :: 4], rtol=1e-6)
    fine = UNIT * (planes["fine_grain"].reshape(9, 13, 2, 2, 2) - MIDDLE)
    for channel in (0, 1):
        # Blocks lie one position up and left of whole ones.
        np.testing.assert_allclose(fine[1:, 1:, 0, 0, channel], plane[1::2, 1::2], rtol=1e-6)
        np.testing.assert_allclose(fine[:-1, 1:, 1, 0, channel], plane[::2, 1::2], rtol=1e-6)
        np.testing.assert_allclose(fine[:-1, :-1, 1, 1, channel], plane[::2, ::2], rtol=1e-6)
