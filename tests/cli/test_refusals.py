"""Everything a user may get wrong: one line, exit 2, and nothing under the output's name."""

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from impasto import images

Call = Callable[..., int]


def huge_png() -> bytes:
    """A PNG whose header claims 60000 x 60000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.fixture
def bad(place: Path) -> Path:
    """The working folder, with pictures in it that are none."""
    images.write(images.read(place / "photo.png"), place / "photo.jpg")
    whole = (place / "photo.jpg").read_bytes()
    (place / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (place / "empty.jpg").touch()
    (place / "text.jpg").write_text("dear diary")
    (place / "bomb.png").write_bytes(huge_png())
    (place / "folder").mkdir()
    for name, width, height in (("dot.png", 1, 1), ("line.png", 20_000, 1), ("small.png", 20, 20)):
        images.write(images.Picture(np.full((height, width, 3), 128, np.uint8)), place / name)
    return place


REFUSED = [
    ("a missing photo", ["phot.png", "style.png"], "'phot.png' does not exist; did you mean 'photo.png'?"),
    ("a missing style", ["photo.png", "styl.png"], "'styl.png' does not exist; did you mean 'style.png'?"),
    ("a folder as style", ["photo.png", "folder"], "'folder' is a folder, not a picture"),
    ("an empty file", ["empty.jpg", "style.png"], "'empty.jpg' is empty"),
    ("a truncated JPEG", ["cut.jpg", "style.png"], "'cut.jpg' is "),
    ("text", ["text.jpg", "style.png"], "'text.jpg' is text, not a picture"),
    ("one pixel", ["dot.png", "style.png", "--size", "full"], "1 x 1 pixels"),
    ("a line", ["line.png", "style.png"], "needs both sides to be at least"),
    ("a bomb", ["bomb.png", "style.png"], "more than the limit of 200 megapixels"),
    ("a style too small", ["photo.png", "small.png"], "style 'small.png' is 20 x 20 pixels"),
    ("an unknown layer", ["photo.png", "style.png", "--style-layers", "relu4_9"], "unknown layer 'relu4_9'"),
    ("negative weight", ["photo.png", "style.png", "--style-weight", "-1"], "--style-weight is -1.0; it must be a number"),
    ("weight not a number", ["photo.png", "style.png", "--content-weight", "nan"], "--content-weight is nan"),
    ("infinite weight", ["photo.png", "style.png", "--tv-weight", "inf"], "--tv-weight is inf"),
    ("strength above 1", ["photo.png", "style.png", "--strength", "1.5"], "--strength is 1.5; it must be a number"),
    ("no pixels", ["photo.png", "style.png", "--size", "0"], "--size is 0"),
    ("no steps", ["photo.png", "style.png", "--iterations", "0"], "--iterations is 0"),
    ("weights that do not fit", ["photo.png", "style.png", "--style-weights", "1,2"], "2 weight(s) for 1 style(s)"),
    ("an unknown optimiser", ["photo.png", "style.png", "--optimizer", "adm"], "did you mean 'adam'?"),
    ("an unknown pooling", ["photo.png", "style.png", "--pooling", "mean"], "--pooling is 'mean'"),
    ("an unknown texture", ["photo.png", "style.png", "--texture", "gramm"], "did you mean 'gram'?"),
    ("an unknown encoder", ["photo.png", "style.png", "--encoder", "vgg91"], "did you mean 'vgg19'?"),
    ("an unknown device", ["photo.png", "style.png", "--device", "gpu"], "unknown device 'gpu'"),
    ("an unknown start", ["photo.png", "style.png", "--init", "nois"], "did you mean 'noise'?"),
    ("a start that is no picture", ["photo.png", "style.png", "--init", "text.jpg"], "'text.jpg' is text"),
    ("nothing to resume", ["photo.png", "style.png", "--resume"], "there is nothing to resume: 'out.png.resume'"),
    ("a preview of no known kind", ["photo.png", "style.png", "--preview", "p.gif"], "'p.gif' cannot be written as '.gif'"),
    ("a preview in a missing folder", ["photo.png", "style.png", "--preview", "no/p.png"], "output folder 'no' does not exist"),
    ("a preview over the output", ["photo.png", "style.png", "--preview", "out.png"], "is another picture of this painting"),
    ("a preview over the photo", ["photo.png", "style.png", "--preview", "photo.png"], "is another picture of this painting"),
]


@pytest.mark.parametrize(("words", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_bad_input(bad: Path, paint: Call, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    before = sorted(bad.iterdir())
    assert paint(*words, "-o", "out.png") == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.startswith("impasto: ")
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert sorted(bad.iterdir()) == before


@pytest.mark.parametrize(
    ("output", "more", "said"),
    [
        ("no/out.png", [], "the output folder 'no' does not exist"),
        ("folder", [], "'folder' is a folder: name a file in it"),
        ("out", [], "has no extension"),
        ("out.gif", [], "cannot be written as '.gif'"),
        ("out.jpg", ["--bits", "16"], "JPEG holds 8 bits a channel"),
        ("read-only.png", [], "exists and is read-only"),
        ("photo.png", [], "would replace a picture that is painted from"),
        ("style.png", [], "would replace a picture that is painted from"),
        ("photo.png/out.png", [], "is a file, so nothing can be written into it"),
    ],
)
def test_bad_output(
    bad: Path, paint: Call, capsys: pytest.CaptureFixture[str], output: str, more: list[str], said: str
) -> None:
    (bad / "read-only.png").touch(mode=0o444)
    before = {path: path.stat().st_size for path in bad.rglob("*")}
    assert paint("photo.png", "style.png", "-o", output, *more) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert {path: path.stat().st_size for path in bad.rglob("*")} == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_output_folder_that_may_not_be_written(bad: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    (bad / "folder").chmod(0o500)
    assert paint("photo.png", "style.png", "-o", "folder/out.png") == 2
    assert "cannot be written to (permission denied)" in capsys.readouterr().err


def test_no_output(bad: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert paint("photo.png", "style.png") == 2
    assert capsys.readouterr().err == "impasto: no output given; add -o OUT, such as -o painting.png\n"


def test_too_little_memory(bad: Path, paint: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from impasto.online import memory

    monkeypatch.setattr(memory, "available_memory", lambda: 1_000_000)
    assert paint("photo.png", "style.png", "-o", "out.png", "--size", "1024") == 2
    err = capsys.readouterr().err
    assert "of memory" in err
    assert "would fit" in err
    assert err.count("\n") == 1
    assert not (bad / "out.png").exists()


def test_a_loss_that_is_no_number(bad: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--style-weight", "1e38") == 2
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("impasto: the loss became")
    assert not list(bad.glob("out*"))


def test_an_existing_output_survives_a_failure(
    bad: Path, paint: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (bad / "out.png").write_bytes(b"an earlier one")
    assert paint("photo.png", "style.png", "-o", "out.png", "--style-weight", "1e38") == 2
    assert (bad / "out.png").read_bytes() == b"an earlier one"


def test_inputs_are_checked_before_pytorch_is_loaded(bad: Path) -> None:
    check = (
        "import sys, impasto.cli.main as m\n"
        "for words in ('photo.png text.jpg -o out.png', 'cut.jpg style.png -o out.png', 'photo.png style.png -o no/out.png',\n"
        "              'photo.png style.png --resume -o out.png'):\n"
        "    assert m.main(['paint', *words.split()]) == 2\n"
        "assert 'torch' not in sys.modules"
    )
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60, cwd=bad)
    assert len(result.stderr.splitlines()) == 4
