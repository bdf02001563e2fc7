"""`Picture.resized`: sharp, in range, and with alpha that does not bleed."""

from pathlib import Path

import numpy as np
import pytest

from impasto.errors import InputError
from impasto.images import Picture


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (64, 48), (65, 1), (200, 150), (3, 300)])
def test_the_size_is_exact_and_the_depth_stays(scene8, scene16, translucent, size):
    for picture in (Picture(scene8), Picture(scene16), translucent):
        small = picture.resized(*size)
        assert small.size == size
        assert small.pixels.dtype == picture.pixels.dtype
        assert (small.alpha is None) == (picture.alpha is None)


def test_there_and_back_is_nearly_the_same(scene8, scene16):
    for array, tolerance in ((scene8, 4), (scene16, 4 * 257)):
        again = Picture(array).resized(256, 192).resized(64, 48)
        assert np.abs(again.pixels.astype(int) - array).max() <= tolerance


def test_shrinking_averages_instead_of_skipping():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    small = Picture(stripes).resized(8, 8).pixels
    assert np.abs(small.astype(int) - 127.5).max() < 12


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_hard_edges_stay_in_range(dtype):
    top = np.iinfo(dtype).max
    edge = np.zeros((16, 16, 3), dtype)
    edge[:, 8:] = top
    large = Picture(edge).resized(160, 160).pixels
    assert large[:, :40].max() < 0.1 * top
    assert large[:, -40:].min() > 0.9 * top


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_transparent_does_not_bleed(dtype):
    top = np.iinfo(dtype).max
    pixels = np.zeros((32, 32, 3), dtype)
    pixels[:, :16, 0] = top
    pixels[:, 16:, 1] = top
    alpha = np.zeros((32, 32), dtype)
    alpha[:, :16] = top
    for size in (9, 77):
        small = Picture(pixels, alpha).resized(size, size)
        seen = small.alpha > 0.02 * top
        assert seen.any()
        assert small.pixels[seen][:, 0].min() > 0.98 * top
        assert small.pixels[seen][:, 1].max() < 0.02 * top


def test_colours_under_full_transparency_survive(scene8):
    hidden = Picture(scene8, np.zeros((48, 64), np.uint8)).resized(32, 24)
    assert np.array_equal(hidden.pixels, Picture(scene8).resized(32, 24).pixels)
    assert hidden.alpha.max() == 0


def test_provenance_comes_along(scene8):
    picture = Picture(scene8, path=Path("a.png"), sha256="ab", notes=("n",)).resized(4, 3)
    assert (picture.path, picture.sha256, picture.notes) == (Path("a.png"), "ab", ("n",))


def test_no_size_is_refused(picture):
    with pytest.raises(InputError, match="at least 1 pixel"):
        picture.resized(0, 5)
