"""The affine colour map in NumPy."""

import numpy as np

from impasto.images.colour import colour_moments
from impasto.runtime.colours import affine, between, sampled


def picture(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (255 * (0.5 + 0.1 * random.normal(size=(40, 50, 3)) @ random.random((3, 3))).clip(0, 1)).astype(np.uint8)


def test_a_small_pictures_colours_are_all_counted() -> None:
    mean, covariance = sampled(picture(1))
    wanted, spread = colour_moments(picture(1) / 255.0)
    np.testing.assert_allclose(mean, wanted, rtol=1e-9)
    np.testing.assert_allclose(covariance, spread, rtol=1e-6, atol=1e-9)


def test_the_map_gives_a_photo_the_styles_mean_and_covariance() -> None:
    photo, style = picture(1), picture(2)
    matrix, offset = np.split(affine(sampled(photo), sampled(style))[0], [3], 1)
    mean, covariance = colour_moments(photo.reshape(-1, 3) / 255.0 @ matrix.T + offset[:, 0])
    np.testing.assert_allclose(mean, sampled(style)[0], atol=1e-4)
    np.testing.assert_allclose(covariance, sampled(style)[1], atol=5e-4)


def test_at_strength_zero_it_moves_nothing_even_in_a_grey_photo() -> None:
    for photo in (picture(1), np.full((8, 8, 3), 90, np.uint8)):
        told = sampled(photo)
        matrix, offset = np.split(affine(told, between(told, sampled(picture(2)), 0))[0], [3], 1)
        np.testing.assert_allclose(matrix, np.eye(3), atol=1e-4)
        np.testing.assert_allclose(offset, 0, atol=1e-4)
