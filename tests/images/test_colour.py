"""Colour control: a space in which lightness is lightness, and maps that do what they say."""

import numpy as np
import pytest

from impasto.images.colour import RIDGE, colour_moments, from_oklab, keep_colours, match_colours, to_oklab


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    """A photo and a style, H x W x 3, of different sizes and colours, well within the range."""
    random = np.random.default_rng(0)
    mix = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.0, 0.4, 0.6]])
    return 0.3 + 0.3 * random.random((20, 30, 3)), 0.25 + 0.4 * random.random((25, 15, 3)) @ mix.T


def test_oklab_of_known_colours() -> None:
    """White, black and red as Ottosson's page gives them."""
    lab = to_oklab(np.array([[1.0, 1, 1], [0, 0, 0], [1, 0, 0]]))
    assert np.allclose(lab, [[1, 0, 0], [0, 0, 0], [0.628, 0.225, 0.126]], atol=1e-3)


def test_oklab_and_back() -> None:
    rgb = np.random.default_rng(1).random((50, 3))
    assert np.allclose(from_oklab(to_oklab(rgb)), rgb, atol=1e-5)


def test_keeping_takes_lightness_from_the_painting_and_hue_from_the_photo(pair: tuple[np.ndarray, np.ndarray]) -> None:
    photo = pair[0]
    painting = np.random.default_rng(2).random(photo.shape)
    kept = keep_colours(painting, photo)
    assert kept.min() >= 0
    assert kept.max() <= 1
    lab, wanted = to_oklab(kept), to_oklab(photo)
    # What sRGB cannot show at all loses chroma, never lightness and never hue.
    assert np.allclose(lab[..., 0], to_oklab(painting)[..., 0], atol=2e-3)
    chroma, wanted_chroma = np.hypot(lab[..., 1], lab[..., 2]), np.hypot(wanted[..., 1], wanted[..., 2])
    assert (chroma <= wanted_chroma + 2e-3).all()
    turned = lab[..., 1] * wanted[..., 2] - lab[..., 2] * wanted[..., 1]
    assert np.abs(turned / np.maximum(wanted_chroma, 0.01)).max() < 3e-3
    assert np.isclose(chroma, wanted_chroma, atol=2e-3).mean() > 0.5


def test_keeping_the_colours_of_a_grey_photo_gives_grey() -> None:
    kept = keep_colours(np.random.default_rng(3).random((8, 8, 3)), np.full((8, 8, 3), 0.4))
    assert np.ptp(kept, axis=-1).max() < 2e-3


def test_matched_colours_have_the_others_mean_and_covariance(pair: tuple[np.ndarray, np.ndarray]) -> None:
    photo, style = pair
    for ours, theirs in zip(colour_moments(match_colours(photo, style)), colour_moments(style), strict=True):
        assert np.allclose(ours, theirs, atol=2e-3)


def test_matching_a_picture_to_itself_changes_nothing(pair: tuple[np.ndarray, np.ndarray]) -> None:
    assert np.allclose(match_colours(pair[0], pair[0]), pair[0], atol=1e-5)


def test_only_the_parts_that_count_are_matched(pair: tuple[np.ndarray, np.ndarray]) -> None:
    photo, style = pair
    part, like_part = np.zeros(photo.shape[:2]), np.zeros(style.shape[:2])
    part[:, :15] = 1
    like_part[5:] = 1
    style[:5] = 0  # would darken everything
    matched = match_colours(photo, style, part, like_part)[:, :15]
    mean, covariance = colour_moments(style[5:])
    assert np.allclose(colour_moments(matched)[0], mean, atol=2e-3)
    assert np.allclose(colour_moments(matched)[1], covariance, atol=2e-3)


def test_a_grey_picture_can_be_matched(pair: tuple[np.ndarray, np.ndarray]) -> None:
    grey = np.full((6, 6, 3), 0.5)
    assert np.allclose(match_colours(grey, pair[1])[0, 0], pair[1].mean((0, 1)), atol=1e-3)
    assert np.allclose(colour_moments(grey)[1], RIDGE * np.eye(3))
