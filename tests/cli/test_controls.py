"""Colour, masks, presets and configs on the command line: what they paint, and one line where they cannot."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impasto import images
from impasto.cli import sitting
from impasto.cli.main import main
from impasto.images import Picture, as_float
from impasto.images.colour import to_oklab
from impasto.presets.config import read
from impasto.texture import MODELS

Call = Callable[..., int]


@pytest.fixture
def masks(place: Path) -> Path:
    """`left.png` with a soft edge, `right.png`, `square.png` of another shape, and `black.png`, in the working folder."""
    ramp = np.clip((np.arange(48) - 20) / 8, 0, 1)
    left = np.repeat(np.uint8(255 * (1 - ramp))[None], 32, 0)
    for name, values in (("left", left), ("right", 255 - left), ("square", left[:, :32]), ("black", left * 0)):
        images.write(Picture(np.repeat(values[..., None], 3, 2)), place / f"{name}.png")
    return place


def painted(place: Path, name: str = "out.png") -> np.ndarray:
    return as_float(images.read(place / name))


def test_keeping_the_photos_colours(place: Path, paint: Call) -> None:
    photo = to_oklab(as_float(images.read(place / "photo.png").resized(96, 64)))
    off = []
    for color in ("style", "keep"):
        assert paint("photo.png", "style.png", "-o", "out.png", "--color", color, "--save-every", "6", "-q") == 0
        off += [np.abs(to_oklab(painted(place, name)) - photo)[..., 1:].mean() for name in ("out.png", "out-000006.png")]
    assert max(off[2:]) < 0.25 * min(off[:2])


def test_matching_the_style_to_the_photo(place: Path, paint: Call) -> None:
    photo = as_float(images.read(place / "photo.png").resized(96, 64)).mean((0, 1))
    style = Picture((images.read(place / "style.png").pixels * [0.4, 0.6, 0.9]).astype(np.uint8))
    images.write(style, place / "style.png")
    off = []
    for color in ("style", "match"):
        assert paint("photo.png", "style.png", "-o", "out.png", "--color", color, "-q") == 0
        off.append(np.abs(painted(place).mean((0, 1)) - photo).max())
    assert off[1] < 0.3 * off[0]


def test_only_the_colours_take_no_torch(place: Path) -> None:
    code = (
        "import sys; from impasto.cli.main import main\n"
        "code = main(['paint', 'photo.png', 'style.png', '-o', 'out.png', '--color', 'only', '--size', '96'])\n"
        "sys.exit(code or 'torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=place)
    assert result.returncode == 0, result.stderr
    style = as_float(images.read(place / "style.png"))
    assert np.allclose(painted(place).mean((0, 1)), style.mean((0, 1)), atol=0.01)
    settings = images.read_settings(place / "out.png")
    assert settings is not None
    assert settings["settings"]["color"] == "only"


def test_a_region_is_painted_and_the_rest_stays(masks: Path, paint: Call) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--mask", "left.png", "-", "-q") == 0
    change = np.abs(painted(masks) - as_float(images.read(masks / "photo.png").resized(96, 64))).mean((0, 2))
    assert change[60:].max() < 0.003
    assert change[:36].min() > 0.003
    settings = images.read_settings(masks / "out.png")
    assert settings is not None
    assert settings["masks"] == [[{"file": "left.png", "sha256": images.read(masks / "left.png").sha256}, None]]


def test_each_style_in_its_region(masks: Path, paint: Call) -> None:
    for name, colour in (("style.png", (200, 40, 40)), ("other.png", (40, 40, 200))):
        picture = images.read(masks / name)
        images.write(Picture((picture.pixels // 8 + np.uint8(colour) - 16).astype(np.uint8)), masks / name)
    words = ("--mask", "left.png", "-", "--mask", "right.png", "left.png", "--iterations", "40", "-q")
    assert paint("photo.png", "style.png", "other.png", "-o", "out.png", *words) == 0
    redness = painted(masks)[..., 0] - painted(masks)[..., 2]
    assert redness[:, :30].mean() > 0.2
    assert redness[:, 66:].mean() < -0.2


def test_resuming_takes_the_same_masks(
    masks: Path, paint: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: Any, step: Any, canvas: Any) -> None:
        after(self, step, canvas)
        if step.step == 3:
            signal.raise_signal(signal.SIGINT)

    after = sitting.Sitting._after
    masked = ("photo.png", "style.png", "-o", "out.png", "--mask", "left.png", "-")
    assert paint(*masked, "-q") == 0
    whole = painted(masks)
    monkeypatch.setattr(sitting.Sitting, "_after", interrupt)
    assert paint(*masked) == 130
    monkeypatch.setattr(sitting.Sitting, "_after", after)
    capsys.readouterr()
    assert paint("photo.png", "style.png", "-o", "out.png", "--mask", "right.png", "-", "--resume", "-q") == 2
    assert "is of another painting: its masks were others" in capsys.readouterr().err
    assert paint(*masked, "--resume", "-q") == 0
    assert np.array_equal(painted(masks), whole)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mask", "lefd.png", "-"], "'lefd.png' does not exist; did you mean 'left.png'?"),
        (["--mask", "black.png", "-"], "mask 'black.png' is black all over"),
        (["--mask", "square.png", "-"], "mask 'square.png' is 32 x 32 pixels and the photo 'photo.png' 96 x 64"),
        (["--mask", "-", "square.png"], "mask 'square.png' is 32 x 32 pixels and style 1 'style.png' 96 x 64"),
        (["other.png", "--mask", "left.png", "-"], "1 pair(s) of masks for 2 styles"),
        (["--mask", "left.png"], "--mask: expected 2 arguments"),
        (["--style-weights", "1,2", "--mask", "left.png", "-"], "2 weight(s) for 1 style(s)"),
        (["--preset", "gaty"], "unknown preset 'gaty'; did you mean 'gatys'?"),
        (["--config", "none.toml"], "the config 'none.toml' cannot be read"),
        (["--config", "other.toml"], "the config 'other.toml' is of version 7, and this Impasto reads version 1"),
        (["--config", "photo.png"], "'photo.png' is a picture without Impasto's settings"),
        (["--color", "kep"], "did you mean 'keep'?"),
        (["--content-models", "feature"], "unknown content model 'feature'; did you mean 'features'?"),
        (["--style-layers", "relu1_1:0"], "--style-layers are all 0"),
        (["--style-layers", "relu1_1:2,relu9_1"], "unknown layer 'relu9_1'"),
    ],
)
def test_one_line(masks: Path, paint: Call, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    (masks / "other.toml").write_text("version = 7\n")
    pictures, options = (["other.png"], words[1:]) if words[0] == "other.png" else ([], words)
    assert paint("photo.png", "style.png", *pictures, "-o", "out.png", *options) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.startswith("impasto: ")
    assert err.count("\n") == 1
    assert not (masks / "out.png").exists()


def test_masks_are_for_one_photo(masks: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("album", "out"):
        (masks / name).mkdir()
    images.write(images.read(masks / "photo.png"), masks / "album" / "a.png")
    assert paint("album", "style.png", "-o", "out", "--mask", "left.png", "-") == 2
    assert "--mask is for one photo" in capsys.readouterr().err
    assert paint("album", "style.png", "-o", "out", "--mask", "-", "left.png", "-q") == 0


def test_a_mask_is_not_painted_over(masks: Path, paint: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert paint("photo.png", "style.png", "-o", "left.png", "--mask", "left.png", "-") == 2
    assert "would replace a picture that is painted from" in capsys.readouterr().err


@pytest.mark.parametrize("texture", MODELS)
def test_every_texture_model_has_a_config(
    texture: str, place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["paint", "--encoder", str(encoder_file), "--texture", texture, "--print-config"]) == 0
    text = capsys.readouterr().out
    (place / "my.toml").write_text(text)
    assert main(["paint", "--config", "my.toml", "--print-config"]) == 0
    assert capsys.readouterr().out == text


def test_a_config_printed_and_read_back(place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--encoder", str(encoder_file), "--strength", "0.5", "--style-layers", "relu2_1,relu1_1:4", "--print-config"]
    assert main(["paint", *words]) == 0
    text = capsys.readouterr().out
    (place / "my.toml").write_text(text)
    settings = read(place / "my.toml")
    assert settings["strength"] == 0.5
    assert settings["style_layers"] == ["relu1_1:4", "relu2_1"]
    assert settings["content_layers"] == ["relu4_1"]
    assert (settings["optimizer"], settings["iterations"], settings["learning_rate"]) == ("lbfgs", 90, 1.0)
    assert main(["paint", "--config", "my.toml", "--print-config"]) == 0
    assert capsys.readouterr().out == text


def test_the_command_line_beats_the_config_and_the_config_the_preset(
    place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "my.toml").write_text('version = 1\n[settings]\ntexture = "moments"\niterations = 7\n')
    words = ["paint", "--preset", "style-transfer-pytorch", "--config", "my.toml", "--texture", "sliced", "--print-config"]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert 'texture = "sliced"' in text
    assert "iterations = 7" in text
    assert "# level_iterations: see iterations" in text
    assert "average = 0.99" in text


def test_a_painting_repeats_itself(place: Path, paint: Call, encoder_file: Path) -> None:
    assert paint("photo.png", "style.png", "-o", "out.png", "--texture", "moments", "-q") == 0
    words = ["photo.png", "style.png", "-o", "again.png", "--config", "out.png", "--encoder", str(encoder_file), "-q"]
    assert main(["paint", *words]) == 0
    assert np.array_equal(painted(place), painted(place, "again.png"))


def test_another_tools_command_line(place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = ("-style_image style.png -content_image photo.png", "-image_size 64 -num_iterations 3 -gpu c -print_iter 1")
    words = [word for line in theirs for word in line.split()]
    assert main(["paint", "--preset", "neural-style-pt", *words, "--encoder", str(encoder_file)]) == 0
    assert images.read(place / "out.png").size == (64, 43)
    settings = images.read_settings(place / "out.png")
    assert settings is not None
    assert settings["settings"]["iterations"] == 3
    assert capsys.readouterr().err.splitlines()[0] == "note: -print_iter: Impasto shows its progress by itself"
