"""`find_pictures` and `is_picture_file`: names only, in the order a person would put them."""

import pytest

from impasto.errors import InputError
from impasto.images import find_pictures, is_picture_file


def test_natural_order_pictures_only(tmp_path):
    names = ["img10.jpg", "img2.png", "IMG1.JPEG", "b.heic", "a.tif", "9.webp", "80.gif", "007.avif", "7.bmp"]
    for name in [*names, ".hidden.png", "notes.txt", "img3.svg", "png"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "x.png").touch()
    found = [path.name for path in find_pictures(tmp_path)]
    assert found == ["007.avif", "7.bmp", "9.webp", "80.gif", "a.tif", "b.heic", "IMG1.JPEG", "img2.png", "img10.jpg"]
    assert [path.name for path in find_pictures(str(tmp_path))] == found


def test_an_empty_folder_has_none(tmp_path):
    assert find_pictures(tmp_path) == []


def test_what_is_no_folder_is_refused(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "a.png").touch()
    with pytest.raises(InputError, match="is a file"):
        find_pictures(tmp_path / "a.png")
    with pytest.raises(InputError, match="did you mean 'photos'"):
        find_pictures(tmp_path / "photo")


@pytest.mark.parametrize(
    ("name", "expected"), [("a.JPG", True), ("b/c.tiff", True), ("a.svg", False), ("jpg", False), (".png", False)]
)
def test_is_picture_file(name, expected):
    assert is_picture_file(name) is expected
