"""A config comes back as it was, or one line says what is wrong with it."""

from pathlib import Path

import numpy as np
import pytest

from impasto import images
from impasto.errors import InputError
from impasto.images import Picture
from impasto.online.settings import Settings, make_settings
from impasto.presets.config import dump, read


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(
            size="full",
            strength=1 / 3,
            encoder='a "strange"\\name é.pth',
            style_layers=("relu1_1:256", "relu2_1"),
            style_weights=(1.0, 1e-7),
            level_iterations=(1000, 500),
            style_rotations=(-90.0, 90.0),
            normalize_gradients=True,
            learning_rate=0.02,
        ),
    ],
)
def test_what_is_written_is_read_back(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "my.toml").write_text(dump(settings), encoding="utf-8")
    assert make_settings(read(tmp_path / "my.toml")) == settings


def test_a_painting_is_a_config(tmp_path: Path) -> None:
    settings = Settings(strength=0.5, style_layers=("relu1_1:2",))
    picture = Picture(np.zeros((4, 4, 3), np.uint8))
    images.write(picture, tmp_path / "painting.jpg", settings={"settings": settings.as_dict()})
    assert make_settings(read(tmp_path / "painting.jpg")) == settings
    images.write(picture, tmp_path / "plain.png")
    with pytest.raises(InputError, match="is a picture without Impasto's settings"):
        read(tmp_path / "plain.png")
    images.write(picture, tmp_path / "old.png", settings={"settings": {"brush": 1}})
    with pytest.raises(InputError, match="was painted by another version: unknown setting 'brush'"):
        read(tmp_path / "old.png")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 2\n[settings]\n", "is of version 2, and this Impasto reads version 1; print a new one"),
        ("[settings]\nseed = 1\n", "does not say its version; begin it with: version = 1"),
        ("version = 1\nseed = 1\n", "has 'seed' at its top, where it means nothing; write it under [settings]"),
        ("version = 1\n[setings]\n", "has 'setings' at its top, where it means nothing; did you mean 'settings'?"),
        ("version = 1\nsettings = 3\n", "settings must be a table"),
        ("version = 1\n[settings]\nstrenth = 1\n", "unknown setting 'strenth'; did you mean 'strength'?"),
        ("version = 1\n[settings]\nstrength = 2\n", "--strength is 2; it must be a number"),
        ("version = 1\n[settings]\ntexture = 2\n", "--texture is 2; it must be a word"),
        ("version = 1\n[settings\n", "is no TOML"),
        ("dear diary", "is no TOML"),
        ("", "does not say its version"),
    ],
)
def test_a_wrong_one(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "my.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "my.toml")
    assert said in str(caught.value)
    assert "my.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_that_is_not_there_and_one_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "my.toml").touch()
    with pytest.raises(InputError, match=r"cannot be read \(no such file or directory\); did you mean 'my\.toml'\?"):
        read(tmp_path / "mu.toml")
    (tmp_path / "noise").write_bytes(bytes(range(128, 256)))
    with pytest.raises(InputError, match="is neither TOML nor a painting"):
        read(tmp_path / "noise")
