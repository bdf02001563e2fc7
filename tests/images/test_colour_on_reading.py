"""Embedded ICC profiles and CMYK: what is read looks as it was meant to."""

import io

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from impasto import images

PATCHES = np.array([[[200, 100, 50], [128, 128, 128], [0, 0, 0], [255, 255, 255], [40, 90, 160]]], np.uint8)


def _profile(name: str) -> bytes:
    return bytes(pyvips.Operation.call("profile_load", name))


def _by_little_cms(array: np.ndarray, profile: bytes) -> np.ndarray:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(Image.fromarray(array), source, target, renderingIntent=1))


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp"])
def test_display_p3_becomes_srgb(tmp_path, name):
    options = {"lossless": True} if name.endswith("webp") else {}
    Image.fromarray(PATCHES).save(tmp_path / name, icc_profile=_profile("p3"), **options)
    pixels = images.read(tmp_path / name).pixels
    assert np.abs(pixels.astype(int) - _by_little_cms(PATCHES, _profile("p3"))).max() <= 1
    assert pixels[0, 0, 0] > 210, "a P3 red is a stronger red in sRGB"


def test_sixteen_bits_stay_sixteen_through_a_profile(tmp_path):
    deep = pyvips.Image.new_from_array(PATCHES.astype(np.uint16) * 257, interpretation="rgb16").copy()
    deep.set_type(pyvips.GValue.blob_type, "icc-profile-data", _profile("p3"))
    deep.pngsave(str(tmp_path / "a.png"))
    pixels = images.read(tmp_path / "a.png").pixels
    assert pixels.dtype == np.uint16
    assert np.abs(pixels / 257 - _by_little_cms(PATCHES, _profile("p3"))).max() <= 1.5


def test_alpha_passes_a_profile_untouched(tmp_path):
    alpha = np.array([[0, 1, 77, 200, 255]], np.uint8)
    Image.fromarray(np.dstack([PATCHES, alpha])).save(tmp_path / "a.png", icc_profile=_profile("p3"))
    picture = images.read(tmp_path / "a.png")
    assert np.array_equal(picture.alpha, alpha)
    assert np.abs(picture.pixels.astype(int) - _by_little_cms(PATCHES, _profile("p3"))).max() <= 1


def test_srgb_profiles_change_nothing(tmp_path, scene8):
    other = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (_profile("srgb"), other):
        Image.fromarray(scene8).save(tmp_path / "a.png", icc_profile=profile)
        assert np.array_equal(images.read(tmp_path / "a.png").pixels, scene8)


@pytest.mark.parametrize("profile", [b"junk" * 50, "p3", "cmyk"])
def test_a_profile_that_does_not_fit_does_no_harm(tmp_path, capfd, profile):
    data = _profile(profile) if isinstance(profile, str) else profile
    Image.fromarray(np.full((8, 8), 100, np.uint8)).save(tmp_path / "a.png", icc_profile=data)
    assert np.abs(images.read(tmp_path / "a.png").pixels.astype(int) - 100).max() <= 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
@pytest.mark.parametrize("embedded", [True, False])
def test_cmyk(tmp_path, name, embedded):
    inks = [(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 255, 0), (0, 0, 0, 255)]
    array = np.repeat(np.repeat(np.array([inks], np.uint8), 16, axis=0), 16, axis=1)
    options = {"icc_profile": _profile("cmyk")} if embedded else {}
    Image.fromarray(array, "CMYK").save(tmp_path / name, quality=100, **options)
    white, cyan, red, black = images.read(tmp_path / name).pixels[8, 8::16].astype(int)
    assert white.min() > 250
    assert cyan[0] < 60
    assert cyan[2] > 200
    assert red[0] > 200
    assert red[1:].max() < 80
    assert black.max() < 60
