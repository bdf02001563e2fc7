"""`check_output`: every reason why a result could not be written is found before the work, in one line."""

import sys

import pytest

from impasto import images
from impasto.errors import OutputError


def _refusal(path, **options) -> str:
    with pytest.raises(OutputError) as caught:
        images.check_output(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("no_leftovers")
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.JPEG", "a.webp", "a.tif", "a.tiff"])
def test_a_good_output_passes_and_is_not_created(tmp_path, name):
    images.check_output(tmp_path / name)
    images.check_output(str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_an_existing_output_passes_untouched(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    images.check_output(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == b"old"


def test_a_bare_name_is_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images.check_output("a.png")


def test_missing_folder(tmp_path):
    (tmp_path / "results").mkdir()
    assert "create it first" in _refusal(tmp_path / "elsewhere" / "a.png")
    assert "did you mean 'results'?" in _refusal(tmp_path / "result" / "a.png")


def test_a_folder_as_the_output(tmp_path):
    assert "is a folder: name a file in it" in _refusal(tmp_path)


def test_a_file_as_the_folder(tmp_path):
    (tmp_path / "file").touch()
    assert "is a file" in _refusal(tmp_path / "file" / "a.png")


@pytest.mark.parametrize(("name", "hint"), [("a.pgn", "'.png'"), ("a.jepg", "'.jpg'"), ("a.gif", ".webp"), ("a.xyz", ".tiff")])
def test_unknown_extension(tmp_path, name, hint):
    message = _refusal(tmp_path / name)
    assert hint in message
    assert ".png, .webp" in message


def test_no_extension(tmp_path):
    assert "has no extension" in _refusal(tmp_path / "pastiche")


def test_read_only_file(tmp_path):
    (tmp_path / "a.png").write_bytes(b"precious")
    (tmp_path / "a.png").chmod(0o444)
    assert "read-only" in _refusal(tmp_path / "a.png")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc accepts no files, even from a superuser, on Linux only")
def test_unwritable_folder():
    assert "cannot be written to" in _refusal("/proc/a.png")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a character device")
def test_device(tmp_path):
    (tmp_path / "null.png").symlink_to("/dev/null")
    assert "no regular file" in _refusal(tmp_path / "null.png")


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("a.jpg", {"bits": 16}, "JPEG holds 8 bits"),
        ("a.webp", {"bits": 16}, "WebP holds 8 bits"),
        ("a.png", {"bits": 12}, "8 or 16 bits"),
        ("a.webp", {"size": (20000, 10)}, "at most 16383"),
        ("a.jpg", {"size": (10, 70000)}, "at most 65500"),
        ("a.jpg", {"quality": 0}, "between 1 and 100"),
        ("a.png", {"settings": {"a": {1, 2}}}, "JSON"),
    ],
)
def test_what_the_format_cannot_hold(tmp_path, name, options, words):
    assert words in _refusal(tmp_path / name, **options)


def test_what_passes_the_check_for_size_is_written(tmp_path):
    wide = images.Picture.from_array([[0.0] * 16383])
    images.check_output(tmp_path / "a.webp", size=wide.size)
    images.write(wide, tmp_path / "a.webp")
    assert images.read(tmp_path / "a.webp").size == (16383, 1)
