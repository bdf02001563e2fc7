"""`impasto texture`: sizes, tiles without a seam, what is kept when it is interrupted, what is refused."""

import argparse
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impasto import images
from impasto.cli import texture
from impasto.cli.main import main

QUICK = ("--iterations", "8", "--coarsest", "48", "--device", "cpu")


def call(encoder_file: Path, *words: str) -> int:
    return main(["texture", "style.png", "--encoder", str(encoder_file), "--size", "80x56", *QUICK, *words])


def names(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()} - {"photo.png", "style.png", "other.png"}


def roughness(array: np.ndarray) -> tuple[float, float]:
    """Mean difference of neighbours across the wrapped borders, and inside: both directions."""
    inside = [np.abs(np.diff(array, axis=axis)).mean() for axis in (0, 1)]
    seams = [np.abs(array.take(0, axis) - array.take(-1, axis)).mean() for axis in (0, 1)]
    return float(np.mean(seams)), float(np.mean(inside))


def test_it_makes_a_picture_of_that_size_with_its_settings(
    place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(encoder_file, "-o", "texture.png", "--texture", "gram", "--seed", "3") == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("made 'texture.png', 80 x 56 pixels, in ")
    assert captured.err == "painting 'style.png': 80 x 56 pixels in 8 steps\n"
    assert images.read(place / "texture.png").size == (80, 56)
    settings = images.read_settings(place / "texture.png")
    assert settings is not None
    assert settings["settings"]["texture"] == "gram"
    assert settings["settings"]["seed"] == 3
    assert settings["size"] == [80, 56]
    assert [style["file"] for style in settings["styles"]] == ["style.png"]


@pytest.mark.parametrize("model", ["covariance", "gram", "steerable"])
def test_a_tile_has_no_seam(place: Path, model: str) -> None:
    words = ["texture", "style.png", "--size", "64", "--iterations", "40", "--texture", model, "--device", "cpu", "-q"]
    assert main([*words, "--tileable", "-o", "tile.png"]) == 0
    seam, inside = roughness(images.as_float(images.read(place / "tile.png")))
    assert seam < 1.15 * inside


def test_what_is_no_tile_has_a_seam(place: Path) -> None:
    words = ["texture", "style.png", "--size", "64", "--iterations", "40", "--device", "cpu", "-q"]
    assert main([*words, "-o", "texture.png"]) == 0
    seam, inside = roughness(images.as_float(images.read(place / "texture.png")))
    assert seam > 1.3 * inside


def test_a_preview_and_pictures_on_the_way(place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(encoder_file, "-o", "texture.png", "--preview", "stages.png", "--save-every", "4", "-q") == 0
    assert capsys.readouterr() == ("", "")
    assert names(place) == {"texture.png", "stages.png", "texture-000004.png", "texture-000008.png"}
    assert images.read(place / "texture-000004.png").size == (80, 56)


def test_several_styles_mix(place: Path, encoder_file: Path) -> None:
    words = ["texture", "style.png", "other.png", "-o", "texture.png", "--style-weights", "3,1", "--size", "64", "-q"]
    assert main([*words, "--encoder", str(encoder_file), *QUICK]) == 0
    settings = images.read_settings(place / "texture.png")
    assert settings is not None
    assert [style["file"] for style in settings["styles"]] == ["style.png", "other.png"]


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_the_texture_so_far(
    place: Path,
    encoder_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    which: signal.Signals,
) -> None:
    after = texture.Synthesis._after

    def with_signal(self: texture.Synthesis, step: Any, canvas: Any) -> None:
        if step.step == 3:
            signal.raise_signal(which)
        after(self, step, canvas)

    with monkeypatch.context() as patch:
        patch.setattr(texture.Synthesis, "_after", with_signal)
        assert call(encoder_file, "-o", "texture.png") == 130
    said = "impasto: interrupted after step 3 of 8; the texture so far is 'texture.partial.png'"
    assert capsys.readouterr().err.splitlines()[-1] == said
    assert names(place) == {"texture.partial.png"}
    assert images.read(place / "texture.partial.png").size == (80, 56)
    assert call(encoder_file, "-o", "texture.png", "-q") == 0
    assert names(place) == {"texture.png"}


def test_ctrl_c_before_the_first_step_keeps_nothing(
    place: Path, encoder_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from impasto import painter

    def interrupted(*words: Any, **options: Any) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(painter, "encoder_of", interrupted)
    assert call(encoder_file, "-o", "texture.png", "-q") == 130
    assert capsys.readouterr().err == "impasto: interrupted, and nothing was kept\n"
    assert names(place) == set()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no output given"),
        (("-o", "style.png"), "would replace a picture that is read"),
        (("-o", "texture.gif"), "texture.gif"),
        (("-o", "t.png", "--preview", "t.png"), "is the texture itself"),
        (("-o", "t.png", "--size", "80x"), "no whole number"),
        (("-o", "t.png", "--size", "80x8"), "must be WIDTHxHEIGHT"),
        (("-o", "t.png", "--size", "1x2x3"), "must be WIDTHxHEIGHT"),
        (("-o", "t.png", "--texture", "grom"), "did you mean 'gram'"),
        (("-o", "t.png", "--style-layers", "relu7_1"), "unknown layer 'relu7_1'"),
        (("-o", "t.png", "--init", "nothing.png"), "nothing.png"),
        (("-o", "t.png", "--strength", "0.5"), "unknown option '--strength'"),
    ],
)
def test_what_cannot_be_is_one_line(
    place: Path, encoder_file: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(encoder_file, *words) == 2
    err = capsys.readouterr().err
    assert said in err.splitlines()[-1]
    assert names(place) == set()


@pytest.mark.parametrize(("text", "size"), [("512", (512, 512)), ("640x480", (640, 480)), ("640X480", (640, 480))])
def test_sizes(text: str, size: tuple[int, int]) -> None:
    assert texture.width_and_height(text) == size


def test_a_size_that_is_none() -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        texture.width_and_height("wide")
