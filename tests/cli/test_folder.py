"""A folder as CONTENT: every picture, finished ones skipped, bad ones passed over."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from impasto import images
from impasto.cli import sitting
from impasto.cli.folder import name_outputs

Call = Callable[..., int]


@pytest.fixture
def album(place: Path) -> Path:
    """Three photos, `2.png` before `10.jpg`, a bad one in between, and a text, and an empty folder `out`."""
    folder = place / "album"
    folder.mkdir()
    photo = images.read(place / "photo.png")
    for name in ("2.png", "10.jpg", "11.webp"):
        images.write(photo, folder / name)
    (folder / "3.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("not a picture, and not one by its name")
    (place / "out").mkdir()
    return folder


def painted(place: Path) -> set[str]:
    return {path.name for path in (place / "out").iterdir()}


def test_a_bad_one_is_passed_over_and_named_at_the_end(
    place: Path, album: Path, paint: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert paint("album", "style.png", "-o", "out") == 2
    captured = capsys.readouterr()
    assert painted(place) == {"2.png", "10.jpg", "11.webp"}
    assert captured.out.splitlines()[-1] == "3 painted; 1 not painted"
    assert captured.err.splitlines()[-1].startswith("impasto: 3.jpg: 'album/3.jpg' is empty")
    assert [line.split(":")[0] for line in captured.err.splitlines()[:-1]] == [
        "painting 1/4 '2.png'",
        "painting 3/4 '10.jpg'",
        "painting 4/4 '11.webp'",
    ]


def test_finished_ones_are_skipped_unless_told_otherwise(
    place: Path, album: Path, paint: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    (album / "3.jpg").unlink()
    (place / "out" / "2.png").write_bytes(b"painted before")
    assert paint("album", "style.png", "-o", "out") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 painted; 1 skipped, being finished")
    assert (place / "out" / "2.png").read_bytes() == b"painted before"
    assert paint("album", "style.png", "-o", "out", "--overwrite", "-q") == 0
    assert images.read(place / "out" / "2.png").size == (96, 64)


def test_interrupted_and_resumed(
    place: Path, album: Path, paint: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (album / "3.jpg").unlink()
    after = sitting.Sitting._after

    def interrupted(self: sitting.Sitting, step: Any, canvas: Any) -> None:
        if self.output.name == "10.jpg" and step.step == 4:
            signal.raise_signal(signal.SIGINT)
        after(self, step, canvas)

    monkeypatch.setattr(sitting.Sitting, "_after", interrupted)
    assert paint("album", "style.png", "-o", "out", "-q") == 130
    assert "interrupted after step 4 of 8" in capsys.readouterr().err
    assert painted(place) == {"2.png", "10.partial.jpg", "10.jpg.resume"}
    monkeypatch.setattr(sitting.Sitting, "_after", after)
    assert paint("album", "style.png", "-o", "out", "--resume") == 0
    captured = capsys.readouterr()
    assert "painting 1/2 '10.jpg': 96 x 64 pixels from step 5 of 8" in captured.err
    assert painted(place) == {"2.png", "10.jpg", "11.webp"}


def test_a_signal_at_the_end_of_one_stops_before_the_next(
    place: Path, album: Path, paint: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    after = sitting.Sitting._after

    def interrupted(self: sitting.Sitting, step: Any, canvas: Any) -> None:
        if step.step == step.total:
            signal.raise_signal(signal.SIGINT)
        after(self, step, canvas)

    monkeypatch.setattr(sitting.Sitting, "_after", interrupted)
    assert paint("album", "style.png", "-o", "out", "-q") == 130
    assert capsys.readouterr().err == "impasto: interrupted after 1 of 4 pictures; the same command goes on with the rest\n"
    assert painted(place) == {"2.png"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["album", "style.png", "-o", "nowhere"], "the output folder 'nowhere' does not exist; create it first"),
        (["album", "style.png", "-o", "photo.png"], "'album' is a folder, so the output must be one"),
        (["album", "style.png", "-o", "album"], "is the photos' own; choose another"),
        (["out", "style.png", "-o", "album"], "the folder 'out' holds no picture"),
        (["album", "style.png", "-o", "out", "--preview", "p.webp"], "--preview is for one picture"),
        (["album", "styl.png", "-o", "out"], "did you mean 'style.png'?"),
        (["album", "style.png", "-o", "out", "--texture", "gramm"], "did you mean 'gram'?"),
        (["album", "style.png", "-o", "out", "--style-layers", "relu9_1"], "unknown layer 'relu9_1'"),
        (["album", "tiny.png", "-o", "out"], "style 'tiny.png' is 20 x 20 pixels"),
    ],
)
def test_what_is_wrong_for_all_is_said_once(
    place: Path, album: Path, paint: Call, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    images.write(images.read(place / "style.png").resized(20, 20), place / "tiny.png")
    assert paint(*words) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert painted(place) == set()


@pytest.mark.parametrize(
    ("photos", "bits", "paintings"),
    [
        (["a.jpg", "a.png", "b.JPEG", "c.tif"], 8, ["a.jpg", "a.png", "b.JPEG", "c.tif"]),
        (["a.gif", "b.heic", "c.bmp"], 8, ["a.png", "b.png", "c.png"]),
        (["a.bmp", "a.gif", "a.png"], 8, ["a.bmp.png", "a.gif.png", "a.png"]),
        (["a.bmp", "a.gif"], 8, ["a.png", "a.gif.png"]),
        (["a.jpg", "b.tif", "c.webp"], 16, ["a.png", "b.tif", "c.png"]),
        (["A.jpg", "a.jpg"], 8, ["A.jpg", "a.jpg.jpg"]),
    ],
)
def test_names_of_paintings(photos: list[str], bits: int, paintings: list[str]) -> None:
    pairs = name_outputs([Path("in", name) for name in photos], Path("out"), bits)
    assert [target for _, target in pairs] == [Path("out", name) for name in paintings]
    assert [photo.name for photo, _ in pairs] == photos


def test_two_of_one_name_are_noted(place: Path, album: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    from PIL import Image

    Image.open(album / "2.png").save(album / "2.gif")
    (album / "3.jpg").unlink()
    assert paint("album", "style.png", "-o", "out") == 0
    assert "note: '2.gif' becomes '2.gif.png'; another has its name" in capsys.readouterr().err
    assert painted(place) == {"2.png", "2.gif.png", "10.jpg", "11.webp"}
