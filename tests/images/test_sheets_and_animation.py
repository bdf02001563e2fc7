"""Previews: contact sheets and animated WebP."""

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.errors import InputError, OutputError
from impasto.images import Picture


def _plain(colour: tuple[int, int, int], width: int, height: int) -> Picture:
    return Picture(np.full((height, width, 3), colour, np.uint8))


RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)


def test_a_sheet_shows_every_picture_in_its_place():
    pictures = [_plain(RED, 80, 40), _plain(GREEN, 40, 80), _plain(BLUE, 20, 20)]
    sheet = images.contact_sheet(pictures, ["", "", ""], columns=2, cell=64, margin=10)
    assert sheet.size == (10 + 2 * 74, 10 + 2 * 74)
    pixels = sheet.pixels
    assert pixels[10 + 32, 10 + 32].tolist() == list(RED)
    assert pixels[10 + 32, 84 + 32].tolist() == list(GREEN)
    assert pixels[84 + 32, 10 + 32].tolist() == list(BLUE)
    background = pixels[0, 0].tolist()
    assert len(set(background)) <= 3
    assert max(background) - min(background) < 8
    assert pixels[12, 10 + 32].tolist() == background, "a wide picture is centred, not stretched"
    assert pixels[84 + 32, 84 + 32].tolist() == background, "an empty place stays empty"


def test_labels_are_drawn_below_and_stay_in_their_cell():
    sheet = images.contact_sheet([_plain(RED, 64, 64)] * 2, ["a rather long label for such a cell", ""], cell=64, columns=2)
    below = sheet.pixels[12 + 64 :].astype(int)
    ink = (np.abs(below - below[-1, -1]) > 60).any(axis=(0, 2))
    assert ink.any()
    assert not ink[:11].any()
    assert not ink[12 + 65 :].any()


def test_labels_in_any_script_can_be_drawn():
    sheet = images.contact_sheet([_plain(RED, 9, 9)], ["Ågren\n日本 🎨"], cell=100)
    assert sheet.width == 124


def test_a_transparent_picture_lies_on_the_background():
    ghost = Picture(np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20), np.uint8))
    sheet = images.contact_sheet([ghost], [""], cell=32)
    assert len(np.unique(sheet.pixels.reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize(
    ("count", "labels", "options", "words"),
    [
        (0, 0, {}, "at least one"),
        (2, 1, {}, "one label a picture"),
        (1, 1, {"columns": 0}, "columns"),
        (1, 1, {"cell": 2}, "cell"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(picture, count, labels, options, words):
    with pytest.raises(InputError, match=words):
        images.contact_sheet([picture] * count, [""] * labels, **options)


@pytest.mark.usefixtures("no_leftovers")
def test_an_animation_holds_its_frames(tmp_path):
    frames = [_plain(colour, 32, 24) for colour in (RED, GREEN, BLUE)]
    images.animate(frames, tmp_path / "a.webp", seconds_per_frame=0.25)
    with Image.open(tmp_path / "a.webp") as film:
        assert film.n_frames == 3
        assert film.size == (32, 24)
        for index, colour in enumerate((RED, GREEN, BLUE)):
            film.seek(index)
            shown = np.asarray(film.convert("RGB")).astype(int)
            assert film.info["duration"] == 250
            assert np.abs(shown - colour).max() < 12


def test_frames_with_and_without_alpha_and_of_any_depth_mix(tmp_path, picture, translucent):
    images.animate([picture.as_bits(16), translucent], tmp_path / "a.webp", seconds_per_frame=1)
    assert Image.open(tmp_path / "a.webp").n_frames == 2


@pytest.mark.parametrize(
    ("frames", "seconds", "words"),
    [
        ([], 1, "at least one frame"),
        ([_plain(RED, 4, 4), _plain(RED, 5, 4)], 1, "one size"),
        ([_plain(RED, 4, 4)], 0, "must last"),
        ([_plain(RED, 4, 4)], float("nan"), "must last"),
    ],
)
def test_an_animation_that_cannot_be_is_refused(tmp_path, frames, seconds, words):
    with pytest.raises(InputError, match=words):
        images.animate(frames, tmp_path / "a.webp", seconds_per_frame=seconds)


def test_an_animation_is_webp_in_an_existing_folder(tmp_path, picture):
    with pytest.raises(OutputError, match=r"\.webp"):
        images.animate([picture], tmp_path / "a.gif", seconds_per_frame=1)
    with pytest.raises(OutputError, match="does not exist"):
        images.animate([picture], tmp_path / "no" / "a.webp", seconds_per_frame=1)
