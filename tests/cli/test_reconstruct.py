"""`impasto reconstruct`: two pictures at the end or none, and what it says."""

import signal
from pathlib import Path
from typing import Any

import pytest

from impasto import images, reconstruction
from impasto.cli.main import main

pytest.importorskip("matplotlib")
QUICK = ("--size", "64", "--iterations", "3", "--layers", "relu1_1,relu2_1", "--device", "cpu")


def call(encoder_file: Path, *words: str) -> int:
    return main(["reconstruct", "photo.png", "--encoder", str(encoder_file), *QUICK, *words])


def names(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()} - {"photo.png", "style.png", "other.png"}


def test_it_writes_the_figure_and_the_losses_beside_it(
    place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(encoder_file, "-o", "figure.png", "--texture", "gram", "--features", "2") == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("reconstructed 'photo.png' as 'figure.png' and 'figure-losses.png' in ")
    assert captured.err.splitlines() == ["'photo.png': 4 panels"]
    assert names(place) == {"figure.png", "figure-losses.png"}
    settings = images.read_settings(place / "figure.png")
    assert settings is not None
    assert settings["reconstruct"]["layers"] == ["relu1_1", "relu2_1"]
    assert settings["reconstruct"]["texture"] == "gram"
    assert settings["image"]["file"] == "photo.png"
    assert images.read(place / "figure.png").width == 12 + 3 * (192 + 12)


def test_quiet_and_without_the_plot(place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(encoder_file, "-o", "figure.jpg", "--no-losses", "-q") == 0
    assert capsys.readouterr() == ("", "")
    assert names(place) == {"figure.jpg"}


def test_without_matplotlib_it_says_so_before_it_begins(
    place: Path, encoder_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(reconstruction, "reconstruct", lambda *words, **options: pytest.fail("it has begun"))
    assert call(encoder_file, "-o", "figure.png") == 2
    err = capsys.readouterr().err
    assert "pip install 'impasto[figures]'" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "figure.gif"), "figure.gif"),
        (("-o", "no/figure.png"), "does not exist"),
        (("-o", "photo.png"), "would replace the picture itself"),
        (("-o", "figure.png", "--texture", "grom"), "did you mean 'gram'"),
        (("-o", "figure.png", "--layers", "relu7_1"), "unknown layer 'relu7_1'"),
        (("-o", "figure.png", "--size", "40"), "needs both sides to be at least 32"),
        (("-o", "figure.png", "--iterations", "0"), "iterations"),
        (("-o", "figure.png", "--features", "0"), "must be from 1 to 32"),
        ((), "missing: -o"),
    ],
)
def test_what_cannot_be_is_one_line_and_leaves_nothing(
    place: Path, encoder_file: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(encoder_file, *words, "-q") == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert names(place) == set()


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(
    place: Path,
    encoder_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    which: signal.Signals,
) -> None:
    real = reconstruction.settled

    def interrupt(losses: Any) -> bool:
        if len(losses) == 2:
            signal.raise_signal(which)
        return real(losses)

    monkeypatch.setattr(reconstruction, "settled", interrupt)
    assert call(encoder_file, "-o", "figure.png", "-q") == 130
    assert capsys.readouterr().err == "impasto: interrupted, and nothing was written\n"
    assert names(place) == set()
