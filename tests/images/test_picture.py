"""Picture and its conversions from and to arrays."""

import dataclasses

import numpy as np
import pytest

from impasto.errors import InputError
from impasto.images import Picture, as_float, from_float


def test_from_array_takes_grey_rgb_and_rgba(scene8):
    grey = Picture.from_array(scene8[..., 0])
    assert grey.pixels.shape == (48, 64, 3)
    assert np.array_equal(grey.pixels, Picture.from_array(scene8[..., :1]).pixels)
    assert np.array_equal(Picture.from_array(scene8).pixels, scene8)
    rgba = Picture.from_array(np.dstack([scene8, scene8[..., 1]]))
    assert np.array_equal(rgba.pixels, scene8)
    assert np.array_equal(rgba.alpha, scene8[..., 1])
    assert (rgba.width, rgba.height, rgba.size) == (64, 48, (64, 48))


def test_from_array_copies(scene8):
    kept = scene8.copy()
    picture = Picture.from_array(scene8)
    scene8[:] = 0
    assert np.array_equal(picture.pixels, kept)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_from_array_takes_floats(dtype):
    picture = Picture.from_array(np.array([[0, 0.5, 1]], dtype))
    assert picture.pixels.dtype == np.uint16
    assert picture.pixels[0, :, 0].tolist() == [0, 32768, 65535]


def test_floats_may_overshoot_by_rounding_only():
    assert Picture.from_array(np.array([[-1e-6, 1 + 1e-6]])).pixels[0, :, 0].tolist() == [0, 65535]


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((3, 8, 9), np.uint8), r"transpose\(1, 2, 0\)"),
        (np.zeros((1, 8, 9, 3), np.uint8), "one picture at a time"),
        (np.zeros((8, 9, 2), np.uint8), "8 x 9 x 2 is no picture"),
        (np.zeros(9, np.uint8), "9 is no picture"),
        (np.zeros(()), "no dimensions"),
        (np.zeros((0, 9, 3), np.uint8), "no pixels"),
        (np.zeros((8, 9, 3), np.int64), "not int64"),
        (np.zeros((8, 9), bool), "not bool"),
        ([["a", "b"]], "must be uint8"),
        (np.full((8, 9, 3), np.nan), "NaN"),
        (np.full((8, 9, 3), np.inf, np.float32), "infinity"),
        (np.full((8, 9, 3), 200.0), "divide it by 255"),
        (np.full((8, 9, 3), -1.0), "0..1"),
    ],
)
def test_from_array_says_what_is_wrong(array, words):
    with pytest.raises(InputError, match=words) as caught:
        Picture.from_array(array)
    assert "\n" not in str(caught.value)


def test_a_picture_is_checked_and_frozen(scene8, scene16):
    with pytest.raises(InputError, match="from_array"):
        Picture(scene8[..., 0])
    with pytest.raises(InputError, match="alpha must match"):
        Picture(scene8, scene16[..., 0])
    with pytest.raises(dataclasses.FrozenInstanceError):
        Picture(scene8).pixels = scene8


@pytest.mark.parametrize("bits", [8, 16])
def test_every_value_survives_float(bits):
    top = 2**bits - 1
    values = np.arange(top + 1, dtype=np.uint8 if bits == 8 else np.uint16).reshape(-1, 1)
    floats = as_float(Picture.from_array(values))
    assert floats.dtype == np.float32
    assert (floats.min(), floats.max()) == (0, 1)
    assert np.array_equal(from_float(floats, bits)[:, 0, 0], values[:, 0])


def test_from_float_rounds_to_the_nearest_and_clips():
    values = np.array([-0.5, 0, 0.4 / 255, 0.6 / 255, 254.4 / 255, 254.6 / 255, 1, 3], np.float32)
    kept = values.copy()
    assert from_float(values).tolist() == [0, 0, 0, 1, 254, 255, 255, 255]
    assert np.array_equal(values, kept)
    with pytest.raises(InputError, match="NaN"):
        from_float(np.array([0.5, np.nan]))
    with pytest.raises(InputError, match="8 or 16"):
        from_float(values, 12)


def test_bits_widen_exactly_and_narrow_to_the_nearest():
    every = Picture.from_array(np.arange(256, dtype=np.uint8).reshape(1, -1))
    assert np.array_equal(every.as_bits(16).pixels, every.pixels * np.uint16(257))
    assert np.array_equal(every.as_bits(16).as_bits(8).pixels, every.pixels)
    deep = Picture.from_array(np.arange(65536, dtype=np.uint16).reshape(256, 256))
    assert np.array_equal(deep.as_bits(8).pixels, np.rint(deep.pixels / 257))
