"""`write`: files round-trip, carry a profile and settings and nothing else, and appear whole or not at all."""

import io
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from impasto import images
from impasto.errors import InputError, OutputError
from impasto.images import Picture, metadata, writing

ALL = ["a.png", "a.jpg", "a.jpeg", "a.webp", "a.tif", "a.tiff", "A.PNG"]
SETTINGS = {"style": "Größe & <waves>.jpg", "strength": 0.8, "layers": ["relu4_1"], "deep": {"a": None}, "text": 'x"\n\t]]>'}


@pytest.mark.parametrize("name", ALL)
def test_round_trip(tmp_path, picture, name):
    images.write(picture, tmp_path / name)
    again = images.read(tmp_path / name)
    difference = np.abs(again.pixels.astype(int) - picture.pixels)
    lossless = name.lower().endswith(("png", "tif", "tiff"))
    assert difference.max() <= (0 if lossless else 20)
    assert difference.mean() < 2
    assert again.alpha is None


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bits_round_trip_exactly(tmp_path, scene16, name):
    alpha = scene16[..., 0].copy()
    images.write(Picture(scene16, alpha), tmp_path / name, bits=16)
    again = images.read(tmp_path / name)
    assert again.pixels.dtype == np.uint16
    assert np.array_equal(again.pixels, scene16)
    assert np.array_equal(again.alpha, alpha)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp"])
def test_alpha_round_trip(tmp_path, translucent, name):
    images.write(translucent, tmp_path / name, quality=100)
    again = images.read(tmp_path / name)
    assert np.array_equal(again.alpha, translucent.alpha)
    assert np.array_equal(again.pixels, translucent.pixels)


def test_eight_bits_are_the_default_and_are_rounded(tmp_path, scene16):
    images.write(Picture(scene16), tmp_path / "a.png")
    again = images.read(tmp_path / "a.png")
    assert again.pixels.dtype == np.uint8
    assert np.array_equal(again.pixels, np.rint(scene16 / 257))


def test_jpeg_lays_alpha_on_white(tmp_path, scene8):
    alpha = np.zeros((48, 64), np.uint8)
    alpha[:, 32:] = 255
    images.write(Picture(scene8, alpha), tmp_path / "a.jpg", quality=100)
    again = images.read(tmp_path / "a.jpg").pixels.astype(int)
    assert again[:, :24].min() > 250
    assert np.abs(again[:, 40:] - scene8[:, 40:]).max() <= 4


def test_half_transparent_over_white_is_exact():
    grey = Picture(np.full((1, 1, 3), 100, np.uint16), np.full((1, 1), 32768, np.uint16))
    expected = round((100 * 32768 + 65535 * 32767) / 65535)
    assert writing.on_white(grey).pixels.tolist() == [[[expected] * 3]]


def test_jpeg_keeps_all_colour_samples_and_obeys_quality(tmp_path, picture):
    images.write(picture, tmp_path / "fine.jpg")
    images.write(picture, tmp_path / "coarse.jpg", quality=20)
    fine = Image.open(tmp_path / "fine.jpg")
    assert [component[1:3] for component in fine.layer] == [(1, 1)] * 3
    assert (tmp_path / "coarse.jpg").stat().st_size < (tmp_path / "fine.jpg").stat().st_size


@pytest.mark.parametrize("name", ALL)
def test_an_srgb_profile_is_embedded(tmp_path, picture, name):
    images.write(picture, tmp_path / name)
    profile = Image.open(tmp_path / name).info["icc_profile"]
    assert "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))


@pytest.mark.parametrize("name", ALL)
def test_settings_come_back(tmp_path, picture, name):
    images.write(picture, tmp_path / name, settings=SETTINGS)
    assert images.read_settings(tmp_path / name) == SETTINGS
    assert images.read(tmp_path / name).size == picture.size


@pytest.mark.parametrize("name", [*ALL, "a.bmp", "a.gif", "a.avif"])
def test_a_file_without_settings_has_none(tmp_path, scene8, name):
    Image.fromarray(scene8).save(tmp_path / name)
    assert images.read_settings(tmp_path / name) is None


def test_settings_of_a_missing_file_are_an_error(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        images.read_settings(tmp_path / "a.png")


@pytest.mark.parametrize("content", ["not json", "[1, 2]", "\ufffd"])
def test_settings_that_somebody_broke_are_none(tmp_path, scene8, content):
    packet = f"<x><impasto:settings>{content}</impasto:settings></x>".encode()
    Image.fromarray(scene8).save(tmp_path / "a.webp", xmp=packet)
    assert images.read_settings(tmp_path / "a.webp") is None


def test_large_settings_fit_where_they_can_and_are_refused_before_the_work(tmp_path, picture):
    large = {"note": "x" * 100_000}
    for name in ("a.png", "a.webp", "a.tif"):
        images.write(picture, tmp_path / name, settings=large)
        assert images.read_settings(tmp_path / name) == large
    with pytest.raises(OutputError, match="do not fit into the JPEG"):
        images.check_output(tmp_path / "a.jpg", settings=large)


def test_whatever_settings_pass_the_check_for_jpeg_are_in_it(tmp_path, picture):
    packet = len(metadata.settings_packet({"note": ""}))
    for length, passes in ((60_000, True), (60_001, False)):
        settings = {"note": "x" * (length - packet)}
        if passes:
            images.write(picture, tmp_path / "a.jpg", settings=settings)
            assert images.read_settings(tmp_path / "a.jpg") == settings
        else:
            with pytest.raises(OutputError, match="do not fit"):
                images.write(picture, tmp_path / "a.jpg", settings=settings)


@pytest.mark.parametrize("settings", [{"a": float("nan")}, {"a": object()}, {"a": Path("x")}])
def test_settings_that_are_no_json_are_refused(tmp_path, picture, settings):
    with pytest.raises(OutputError, match="JSON"):
        images.write(picture, tmp_path / "a.png", settings=settings)
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif"])
def test_the_inputs_metadata_is_not_carried(tmp_path, scene8, name):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    Image.fromarray(scene8).save(tmp_path / "in.jpg", exif=exif, comment=b"SecretComment")
    images.write(images.read(tmp_path / "in.jpg"), tmp_path / name, settings={"a": 1})
    written = (tmp_path / name).read_bytes()
    assert b"Secret" in (tmp_path / "in.jpg").read_bytes()
    assert b"Secret" not in written
    assert not Image.open(tmp_path / name).getexif().get_ifd(0x8825)


@pytest.mark.usefixtures("no_leftovers")
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("moment", ["write", "fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, picture, monkeypatch, name, failure, moment):
    path = tmp_path / name
    path.write_bytes(b"the old file")

    def fail(*_args):
        raise failure

    if moment == "write":
        monkeypatch.setattr("impasto.images.atomic.open", _half_writing(failure), raising=False)
    else:
        monkeypatch.setattr(os, moment, fail)
    expected = OutputError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        images.write(picture, path)
    monkeypatch.undo()
    assert path.read_bytes() == b"the old file"
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    if expected is OutputError:
        assert "no space left" in str(caught.value)
        assert "\n" not in str(caught.value)


def _half_writing(failure: BaseException):
    """An `open` whose file takes half of the bytes and then fails."""

    def opener(descriptor: int, mode: str):
        file = io.FileIO(descriptor, "wb")
        whole = file.write

        def half(data: bytes) -> int:
            whole(data[: len(data) // 2])
            raise failure

        file.write = half
        return file

    return opener


@pytest.mark.usefixtures("no_leftovers")
def test_an_encoder_that_fails_touches_nothing(tmp_path, picture, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"the old file")
    monkeypatch.setattr(writing, "_options", lambda *_: {"no_such_option": 1})
    with pytest.raises(OutputError, match="could not be encoded") as caught:
        images.write(picture, path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"the old file"


def test_permissions_follow_the_umask_and_the_old_file(tmp_path, picture):
    umask = os.umask(0o022)
    try:
        images.write(picture, tmp_path / "new.png")
        assert stat.S_IMODE((tmp_path / "new.png").stat().st_mode) == 0o644
        (tmp_path / "new.png").chmod(0o600)
        images.write(picture, tmp_path / "new.png")
        assert stat.S_IMODE((tmp_path / "new.png").stat().st_mode) == 0o600
    finally:
        os.umask(umask)


def test_a_symbolic_link_stays_one(tmp_path, picture):
    (tmp_path / "there").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "there" / "real.png")
    images.write(picture, tmp_path / "link.png")
    assert (tmp_path / "link.png").is_symlink()
    assert images.read(tmp_path / "there" / "real.png").size == picture.size


def test_write_bytes_replaces_whole(tmp_path):
    images.write_bytes(tmp_path / "a", b"one")
    images.write_bytes(str(tmp_path / "a"), b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
