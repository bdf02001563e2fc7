"""What cannot be read gets one line that names the file, the reason and the way out; libvips itself stays silent."""

import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.errors import InputError


def _refusal(path: Path | str, capfd: pytest.CaptureFixture) -> str:
    with pytest.raises(InputError) as caught:
        images.read(path)
    message = str(caught.value)
    assert "\n" not in message
    assert "vips" not in message.lower()
    assert capfd.readouterr() == ("", "")
    return message


def test_missing(tmp_path, capfd):
    (tmp_path / "photo.jpg").touch()
    assert "did you mean 'photo.jpg'?" in _refusal(tmp_path / "phot.jpg", capfd)
    assert "did you mean" not in _refusal(tmp_path / "other.jpg", capfd)
    assert "does not exist: check" in _refusal(tmp_path / "quite-different.png", capfd)
    assert "does not exist" in _refusal(tmp_path / "no" / "folder" / "a.png", capfd)
    assert "does not exist" in _refusal(tmp_path / "photo.jpg" / "a.png", capfd)


def test_folder(tmp_path, capfd):
    assert "is a folder" in _refusal(tmp_path, capfd)


def test_empty(tmp_path, capfd):
    (tmp_path / "a.jpg").touch()
    assert "is empty" in _refusal(tmp_path / "a.jpg", capfd)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipe(tmp_path, capfd):
    os.mkfifo(tmp_path / "pipe.png")
    assert "no regular file" in _refusal(tmp_path / "pipe.png", capfd)


def test_no_permission(tmp_path, capfd, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"x")

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "permission denied" in _refusal(path, capfd)


def test_a_name_that_no_system_takes(capfd):
    assert "cannot be opened" in _refusal("a\0b.png", capfd)
    assert "cannot be opened" in _refusal("a" * 5000, capfd)


def test_a_line_break_in_a_name_does_not_break_the_line(tmp_path, capfd):
    assert "does not exist" in _refusal(tmp_path / "two\nlines.png", capfd)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"this is a shopping list\nbread, eggs\n", "text"),
        ("grüße ".encode() * 100, "text"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "SVG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        (b"8BPS\0\1" + b"\0" * 30, "Photoshop"),
        (b"\xff\x0a" + b"\0" * 30, "JPEG XL"),
        (b"PK\x03\x04" + b"\0" * 30, "ZIP"),
        (b"\0\0\0\x1cftypisom\0\0\2\0isomiso2mp41" + b"\0" * 30, "not a picture format"),
        (bytes(range(256)), "not a picture format"),
        (b"BM means something else here", "text"),
    ],
)
def test_other_formats(tmp_path, capfd, content, word):
    path = tmp_path / "picture.jpg"
    path.write_bytes(content)
    message = _refusal(path, capfd)
    assert word in message
    assert "picture.jpg" in message


@pytest.mark.parametrize("share", [0.35, 0.7, 0.98])
@pytest.mark.parametrize("name", ["a.jpg", "p.jpg", "a.png", "a.webp", "a.tif", "lzw.tif", "a.gif", "a.avif", "a.bmp"])
def test_cut_short(tmp_path, capfd, name, share):
    noise = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    options = {"p.jpg": {"progressive": True}, "lzw.tif": {"compression": "tiff_lzw"}}.get(name, {})
    Image.fromarray(noise).save(tmp_path / name, **options)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
    assert "damaged or cut short" in _refusal(tmp_path / name, capfd)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.gif", "a.avif", "a.bmp"])
def test_a_beginning_and_then_nothing_of_sense(tmp_path, capfd, scene8, name):
    Image.fromarray(scene8).save(tmp_path / name)
    start = (tmp_path / name).read_bytes()[:24]
    (tmp_path / name).write_bytes(start + b"\xa5" * 2000)
    assert _refusal(tmp_path / name, capfd)


def test_heic_cut_short(tmp_path, capfd, scene8):
    pillow_heif = pytest.importorskip("pillow_heif", reason="the heic extra is not installed")
    path = tmp_path / "a.heic"
    pillow_heif.from_pillow(Image.fromarray(scene8)).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    assert "damaged or cut short" in _refusal(path, capfd)


def test_a_height_that_no_picture_has(tmp_path, capfd, scene8):
    path = tmp_path / "a.avif"
    Image.fromarray(scene8).save(path)
    claimed = path.read_bytes().replace(struct.pack(">II", 64, 48), struct.pack(">II", 64, 0x50000030))
    path.write_bytes(claimed)
    assert _refusal(path, capfd)


def test_floating_point_tiff(tmp_path, capfd):
    Image.fromarray(np.zeros((4, 4), np.float32)).save(tmp_path / "a.tif")
    assert "rare TIFF kind" in _refusal(tmp_path / "a.tif", capfd)


def test_camera_raw_is_not_taken_for_its_thumbnail(tmp_path, capfd, scene8):
    Image.fromarray(scene8).save(tmp_path / "a.nef", format="TIFF")
    assert "camera's raw file" in _refusal(tmp_path / "a.nef", capfd)
