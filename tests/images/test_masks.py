"""Masks: read from any picture, held against the picture they are for, and refused where they mean nothing."""

from pathlib import Path

import numpy as np
import pytest

from impasto import images
from impasto.errors import InputError
from impasto.images import Picture
from impasto.images.masks import Mask, read_mask


def picture(width: int, height: int, alpha: np.ndarray | None = None) -> Picture:
    return Picture(np.full((height, width, 3), 200, np.uint8), alpha)


def test_luminance_is_what_counts(tmp_path: Path) -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0], pixels[1, 0] = 255, 128
    images.write(Picture(pixels), tmp_path / "mask.png")
    mask = read_mask(tmp_path / "mask.png")
    assert mask.values.dtype == np.float32
    assert np.allclose(mask.values, [[1, 1, 1], [128 / 255, 0, 0]], atol=1e-6)
    assert mask.size == (3, 2)
    assert mask.sha256 == images.read(tmp_path / "mask.png").sha256


def test_transparency_is_what_counts_where_there_is_some() -> None:
    alpha = np.array([[255, 51], [0, 0]], np.uint8)
    assert np.allclose(read_mask(picture(2, 2, alpha)).values, alpha / 255)
    opaque = np.full((2, 2), 255, np.uint8)
    assert np.allclose(read_mask(picture(2, 2, opaque)).values, 200 / 255)


@pytest.mark.parametrize(
    "array",
    [np.array([[255, 0]], np.uint8), np.array([[65535, 0]], np.uint16), np.array([[1.0, 0]]), np.array([[True, False]])],
)
def test_arrays_of_any_kind(array: np.ndarray) -> None:
    assert np.allclose(read_mask(array).values, [[1, 0]], atol=1e-5)


def test_a_black_mask_means_nothing(tmp_path: Path) -> None:
    images.write(Picture(np.zeros((4, 4, 3), np.uint8)), tmp_path / "black.png")
    with pytest.raises(InputError, match=r"mask '.*black\.png' is black all over"):
        read_mask(tmp_path / "black.png")


def test_a_soft_edge_stays_soft_at_another_size() -> None:
    mask = Mask(np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None], 32, 0))
    small = mask.resized(16, 8)
    assert small.shape == (8, 16)
    assert np.all(np.diff(small, axis=1) > 0)
    assert np.isclose(small.mean(), 0.5, atol=0.01)
    assert mask.resized(64, 32) is mask.values


@pytest.mark.parametrize("size", [(640, 427), (320, 214), (64, 43), (3, 2), (1280, 854)])
def test_a_mask_of_the_same_shape_may_have_any_size(size: tuple[int, int]) -> None:
    Mask(np.ones(size[::-1], np.float32)).check_against(picture(640, 427), "the photo")


@pytest.mark.parametrize("size", [(427, 640), (640, 480), (640, 400), (100, 100)])
def test_a_mask_of_another_shape_says_both_sizes(size: tuple[int, int]) -> None:
    with pytest.raises(InputError) as caught:
        Mask(np.ones(size[::-1], np.float32), Path("sky.png")).check_against(picture(640, 427), "the photo")
    text = str(caught.value)
    assert f"mask 'sky.png' is {size[0]} x {size[1]} pixels and the photo 640 x 427" in text
    assert "\n" not in text
