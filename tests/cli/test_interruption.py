"""Ctrl-C, SIGTERM and kill -9 while painting: what is kept, what is said, and that `--resume` loses nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impasto import images
from impasto.cli import sitting
from impasto.cli.interruption import Interruption

Call = Callable[..., int]
WORDS = ("photo.png", "style.png", "-o", "out.png")


@pytest.fixture
def signal_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`signal_at(3)`: a signal comes as step 3 ends; `signal_at(None)`: none does."""
    after = sitting.Sitting._after

    def arrange(number: int | None, which: signal.Signals = signal.SIGINT, times: int = 1) -> None:
        def with_signal(self: sitting.Sitting, step: Any, canvas: Any) -> None:
            if step.step == number:
                for _ in range(times):
                    signal.raise_signal(which)
            after(self, step, canvas)

        monkeypatch.setattr(sitting.Sitting, "_after", with_signal)

    return arrange


def names(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()} - {"photo.png", "style.png", "other.png"}


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_it_keeps_the_painting_so_far_and_says_so(
    place: Path, paint: Call, signal_at: Callable[..., None], capsys: pytest.CaptureFixture[str], which: signal.Signals
) -> None:
    signal_at(3, which)
    assert paint(*WORDS) == 130
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[-1] == (
        "impasto: interrupted after step 3 of 8; the painting so far is 'out.partial.png'; "
        "the same command with --resume goes on"
    )
    assert names(place) == {"out.partial.png", "out.png.resume"}
    assert images.read(place / "out.partial.png").size == (96, 64)
    assert signal.getsignal(which) is not Interruption._receive


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
@pytest.mark.parametrize("number", [2, 4, 5, 7])
def test_going_on_gives_the_same_painting_to_the_bit(
    place: Path, paint: Call, signal_at: Callable[..., None], number: int, optimizer: str
) -> None:
    more = ("--optimizer", optimizer, "--bits", "16", "-q")
    assert paint(*WORDS, *more) == 0
    uninterrupted = images.read(place / "out.png").pixels
    (place / "out.png").unlink()
    signal_at(number)
    assert paint(*WORDS, *more) == 130
    assert not (place / "out.png").exists()
    signal_at(None)
    assert paint(*WORDS, *more, "--resume") == 0
    assert np.array_equal(images.read(place / "out.png").pixels, uninterrupted)
    assert names(place) == {"out.png"}


def test_going_on_twice(place: Path, paint: Call, signal_at: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    assert paint(*WORDS, "-q") == 0
    uninterrupted = images.read(place / "out.png").pixels
    for number in (3, 6):
        signal_at(number)
        assert paint(*WORDS, *(["--resume"] if number > 3 else []), "-q") == 130
    signal_at(None)
    capsys.readouterr()
    assert paint(*WORDS, "--resume") == 0
    assert "from step 7 of 8" in capsys.readouterr().err
    assert np.array_equal(images.read(place / "out.png").pixels, uninterrupted)


def test_a_preview_goes_on_too(place: Path, paint: Call, signal_at: Callable[..., None]) -> None:
    assert paint(*WORDS, "--preview", "sheet.png", "-q") == 0
    uninterrupted = images.read(place / "sheet.png").pixels
    signal_at(5)
    assert paint(*WORDS, "--preview", "sheet.png", "-q") == 130
    signal_at(None)
    assert paint(*WORDS, "--preview", "sheet.png", "-q", "--resume") == 0
    assert np.array_equal(images.read(place / "sheet.png").pixels, uninterrupted)


def test_at_the_last_step_there_is_nothing_left_to_interrupt(place: Path, paint: Call, signal_at: Callable[..., None]) -> None:
    signal_at(8)
    assert paint(*WORDS, "-q") == 0
    assert names(place) == {"out.png"}


def test_a_second_signal_stops_at_once(
    place: Path, paint: Call, signal_at: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    signal_at(3, times=2)
    assert paint(*WORDS, "-q") == 130
    assert capsys.readouterr().err == "impasto: interrupted, and nothing was kept\n"
    assert names(place) == set()


def test_a_second_signal_leaves_the_earlier_checkpoint(
    place: Path,
    paint: Call,
    signal_at: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sitting, "CHECKPOINT_SECONDS", 0)
    monkeypatch.setattr(sitting, "CHECKPOINT_SHARE", 1e9)
    signal_at(6, times=2)
    assert paint(*WORDS, "-q") == 130
    assert "goes on from step 5" in capsys.readouterr().err
    signal_at(None)
    assert paint(*WORDS, "-q", "--resume") == 0


def test_signals_while_saving_corrupt_nothing(
    place: Path, paint: Call, signal_at: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = images.write

    def interrupted_write(*words: Any, **options: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        write(*words, **options)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(images, "write", interrupted_write)
    signal_at(3)
    assert paint(*WORDS, "-q") == 130
    assert names(place) == {"out.partial.png", "out.png.resume"}
    signal_at(None)
    assert paint(*WORDS, "-q", "--resume") == 0
    assert names(place) == {"out.png"}


def test_beginning_anew_is_noted(
    place: Path, paint: Call, signal_at: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    signal_at(3)
    assert paint(*WORDS, "-q") == 130
    signal_at(None)
    capsys.readouterr()
    assert paint(*WORDS) == 0
    assert "note: beginning anew; with --resume it would have gone on from 'out.png.resume'" in capsys.readouterr().err
    assert names(place) == {"out.png"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("photo.png", "style.png", "--strength", "0.9"), "--strength was 0.5, now 0.9"),
        (("photo.png", "style.png", "--iterations", "9", "--seed", "1"), "--iterations was 8, now 9; --seed was 0, now 1"),
        (("other.png", "style.png"), "its content picture was another (photo.png)"),
        (("photo.png", "other.png"), "its style was another (style.png)"),
        (("photo.png", "style.png", "other.png"), "its style was another (style.png)"),
        (("photo.png", "style.png", "--style-layers", "relu1_1"), "--style-layers was not given, now relu1_1"),
    ],
)
def test_another_painting_is_refused(
    place: Path,
    paint: Call,
    signal_at: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    signal_at(3)
    assert paint("--strength", "0.5", "--seed", "0", *WORDS, "-q") == 130
    capsys.readouterr()
    signal_at(None)
    assert paint("--strength", "0.5", "--seed", "0", *words, "-o", "out.png", "--resume") == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said in err
    assert "give the same, or leave out --resume" in err
    assert names(place) == {"out.partial.png", "out.png.resume"}


def test_a_checkpoint_that_cannot_be_written_does_not_stop_the_painting(
    place: Path, paint: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitting, "CHECKPOINT_SECONDS", 0)
    (place / "out.png.resume").mkdir()
    assert paint(*WORDS) == 0
    assert "note: painting on without a checkpoint: 'out.png.resume' cannot be written" in capsys.readouterr().err
    assert (place / "out.png").exists()


KILLED = """
import sys
from impasto.cli import main, sitting
sitting.CHECKPOINT_SECONDS, sitting.CHECKPOINT_SHARE = 0, 1e9
sys.exit(main.main(sys.argv[1:]))
"""


@pytest.mark.fast_start
def test_after_kill_9_it_goes_on_from_the_last_checkpoint(
    place: Path, paint: Call, encoder_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ("--size", "96", "--coarsest", "48", "--iterations", "40", "--device", "cpu", "-q")
    words = ("paint", *WORDS, "--encoder", str(encoder_file), *settings)
    process = subprocess.Popen([sys.executable, "-c", KILLED, *words], cwd=place)
    deadline = time.monotonic() + 120
    while not (place / "out.png.resume").exists():
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < deadline, "it does not begin"
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    assert not (place / "out.png").exists()
    assert paint(*WORDS, "--iterations", "40", "--resume") == 0
    assert re.search(r"from step \d+ of 40", capsys.readouterr().err)
    resumed = images.read(place / "out.png").pixels
    assert paint(*WORDS, "--iterations", "40") == 0
    assert np.array_equal(images.read(place / "out.png").pixels, resumed)
