"""`impasto paint` as it goes well: what is written, and what is said."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.cli.preview import schedule
from impasto.cli.progress import Progress, clock
from impasto.online.optimisation import Step
from impasto.online.pyramid import Level, done_share

Call = Callable[..., int]
LEVELS = [Level(10, 10, 4), Level(20, 20, 2)]


def test_a_painting_at_its_size_with_its_settings(place: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--seed", "3") == 0
    painting = images.read(place / "out.png")
    assert painting.size == (96, 64)
    settings = images.read_settings(place / "out.png")
    assert settings is not None
    assert settings["settings"]["seed"] == 3
    assert settings["content"]["sha256"] == images.read(place / "photo.png").sha256
    captured = capsys.readouterr()
    assert re.fullmatch(r"painted 'out\.png', 96 x 64 pixels, in \d+ s\n", captured.out)
    assert captured.err == "painting 'photo.png': 96 x 64 pixels in 8 steps\n"
    photo = images.read(place / "photo.png").resized(96, 64)
    assert not np.array_equal(painting.pixels, photo.pixels)
    assert sorted(path.name for path in place.iterdir()) == ["other.png", "out.png", "photo.png", "style.png"]


def test_quiet_says_nothing(paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_strength_is_a_slider(place: Path, paint: Call) -> None:
    photo = images.as_float(images.read(place / "photo.png").resized(96, 64))
    away = []
    for strength in ("0", "0.3", "1"):
        words = ("photo.png", "style.png", "-o", "out.png", "--strength", strength, "--iterations", "40")
        assert paint(*words, "-q") == 0
        away.append(float(np.abs(images.as_float(images.read(place / "out.png")) - photo).mean()))
    assert away[0] < 0.003
    assert away[0] < away[1] < away[2]


def test_styles_mix_by_their_weights(place: Path, paint: Call) -> None:
    paintings = {}
    for weights in ("1,0", "0,1", "1,1"):
        assert paint("photo.png", "style.png", "other.png", "-o", "out.png", "--style-weights", weights, "-q") == 0
        paintings[weights] = images.read(place / "out.png").pixels
    assert paint("photo.png", "style.png", "-o", "out.png", "-q") == 0
    assert np.array_equal(paintings["1,0"], images.read(place / "out.png").pixels)
    assert not np.array_equal(paintings["1,0"], paintings["0,1"])
    assert not np.array_equal(paintings["1,1"], paintings["1,0"])


def test_bits_and_quality(place: Path, paint: Call) -> None:
    assert paint("photo.png", "style.png", "-o", "deep.png", "--bits", "16", "-q") == 0
    assert images.read(place / "deep.png").pixels.dtype == np.uint16
    for quality in ("30", "95"):
        assert paint("photo.png", "style.png", "-o", f"{quality}.jpg", "--quality", quality, "-q") == 0
    assert (place / "30.jpg").stat().st_size < (place / "95.jpg").stat().st_size


def test_alpha_is_the_photos(place: Path, paint: Call) -> None:
    alpha = np.zeros((64, 96), np.uint8)
    alpha[:, 48:] = 255
    photo = images.read(place / "photo.png")
    images.write(images.Picture(photo.pixels, alpha), place / "cut.png")
    assert paint("cut.png", "style.png", "-o", "out.png", "--save-every", "4", "-q") == 0
    for name in ("out.png", "out-000004.png"):
        painted = images.read(place / name).alpha
        assert painted is not None
        assert painted[:, :44].max() == 0
        assert painted[:, 52:].min() == 255


def test_save_every(place: Path, paint: Call) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--save-every", "3", "-q") == 0
    saved = sorted(path.name for path in place.glob("out-*"))
    assert saved == ["out-000003.png", "out-000006.png"]
    assert {images.read(place / name).size for name in saved} == {(96, 64)}


def test_a_contact_sheet(place: Path, paint: Call) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--preview", "sheet.png", "-q") == 0
    sheet = images.read(place / "sheet.png")
    # Photo, seven stages of eight steps, and the finished one: three columns of at most 96 pixels' side each.
    assert sheet.width >= 3 * 96
    assert sheet.height >= 3 * 64


def test_an_animation_holds_its_last_frame(place: Path, paint: Call) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--preview", "making.webp", "-q") == 0
    durations = []
    with Image.open(place / "making.webp") as film:
        assert film.size == (96, 64)
        for index in range(film.n_frames):
            film.seek(index)
            film.load()
            durations.append(film.info["duration"])
        last = np.asarray(film.convert("RGB"), float)
    assert 4 <= len(durations) <= 20
    assert durations[-1] >= 1000 > 500 > durations[0]
    assert np.abs(last - images.read(place / "out.png").pixels).mean() < 8


def test_a_preview_of_nothing_happening(place: Path, paint: Call) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--strength", "0", "--preview", "making.webp", "-q") == 0
    assert paint("photo.png", "style.png", "-o", "out.png", "--strength", "0", "--preview", "sheet.jpg", "-q") == 0
    assert (place / "making.webp").exists()
    assert (place / "sheet.jpg").exists()


def test_notes_of_pictures(place: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    frames = [images.read(place / name) for name in ("photo.png", "other.png")]
    images.animate(frames, place / "film.webp", seconds_per_frame=0.1)
    assert paint("film.webp", "film.webp", "-o", "out.png") == 0
    note = "note: 'film.webp': it is animated (2 frames): only the first frame was read"
    assert capsys.readouterr().err.splitlines()[:2] == [note, note]


def test_starting_from_a_picture(place: Path, paint: Call) -> None:
    assert paint("photo.png", "style.png", "-o", "a.png", "--init", "other.png", "--iterations", "1", "-q") == 0
    assert paint("photo.png", "style.png", "-o", "b.png", "--iterations", "1", "-q") == 0
    assert not np.array_equal(images.read(place / "a.png").pixels, images.read(place / "b.png").pixels)


@pytest.mark.parametrize(("total", "count"), [(1, 32), (8, 12), (240, 32), (1000, 12)])
def test_a_schedule_of_stages(total: int, count: int) -> None:
    steps = schedule(total, count)
    assert all(1 <= step < total for step in steps)
    assert len(steps) == min(total - 1, count - 1) or total < 2 * count


def test_shares_count_pixels() -> None:
    steps = [Step(1 if n <= 4 else 2, 2, n, 6, 0.0, 0.0, 0.0, 0.0) for n in range(1, 7)]
    assert [done_share(step, LEVELS) for step in steps] == pytest.approx([1 / 12, 2 / 12, 3 / 12, 4 / 12, 8 / 12, 1])


def test_a_bar_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with Progress("{photo}.jpg", terminal=True) as bar:
        bar.say("loading PyTorch")
        for number in range(1, 7):
            step = Step(1 if number <= 4 else 2, 2, number, 6, 0.25, 0.5, 0.0, 0.0)
            bar.show(step, LEVELS)
        assert bar._bar is not None
        bar._bar.refresh()
    shown = capsys.readouterr().err
    assert "{photo}.jpg: loading PyTorch" in shown
    assert "{photo}.jpg 100%" in shown
    assert "level 2/2, step 6/6, loss 0.75, 0 s left" in shown
    # It clears itself away at the end.
    assert shown.split("\r")[-2].strip() == ""


def test_no_control_characters_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("photo.jpg", terminal=False) as bar:
        bar.say("loading PyTorch")
        for number in range(3, 5):
            bar.show(Step(1, 2, number, 6, 0.25, 0.5, 0.0, 0.0), LEVELS)
        bar.note("by the way")
    assert capsys.readouterr().err == "painting photo.jpg: 20 x 20 pixels from step 3 of 6\nnote: by the way\n"


@pytest.mark.parametrize(("seconds", "shown"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (125, "2:05"), (3725, "1:02:05")])
def test_a_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
