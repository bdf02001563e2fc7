"""The style pictures' generator at a tiny size: repeatable, alive, no two alike. Whether they are beautiful, eyes decide."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("scipy", reason="the style generator needs scipy (pip install scipy)")

import paint_styles

EXAMPLES = Path(__file__).parents[2] / "examples"
SIZE = 80


@pytest.fixture(scope="module")
def pictures() -> dict[str, np.ndarray]:
    """Every style painted once, tiny."""
    return {name: np.asarray(paint_styles.paint(name, SIZE)) for name in paint_styles.STYLES}


def test_every_picture_is_rgb_with_the_longer_side_asked_for(pictures: dict[str, np.ndarray]) -> None:
    for name, picture in pictures.items():
        assert picture.dtype == np.uint8, name
        assert picture.shape[2] == 3, name
        assert max(picture.shape[:2]) == SIZE, name


def test_no_picture_is_flat_or_burnt_out(pictures: dict[str, np.ndarray]) -> None:
    for name, picture in pictures.items():
        assert picture.std() > 25, f"{name} has no contrast"
        steps = np.abs(np.diff(picture.astype(int), axis=1)).mean()
        assert steps > 4, f"{name} has no texture"
        assert np.mean((picture == 0) | (picture == 255)) < 0.2, f"{name} is clipped"


def test_styles_differ(pictures: dict[str, np.ndarray]) -> None:
    small = {name: np.asarray(Image.fromarray(p).resize((16, 16)), float) for name, p in pictures.items()}
    names = list(small)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(small[one] - small[other]).mean() > 15, f"{one} and {other} look alike"


@pytest.mark.parametrize("name", ["ink", "engraving"])
def test_a_seed_decides_the_picture(name: str, pictures: dict[str, np.ndarray]) -> None:
    again = np.asarray(paint_styles.paint(name, SIZE))
    other = np.asarray(paint_styles.paint(name, SIZE, seed=1))
    assert np.array_equal(again, pictures[name])
    assert not np.array_equal(other, pictures[name])


def test_the_command_writes_the_pictures_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["paint_styles.py", "ink", "-o", str(tmp_path), "--size", str(SIZE)])
    paint_styles.main()
    assert [path.name for path in tmp_path.iterdir()] == ["ink.jpg"]
    with Image.open(tmp_path / "ink.jpg") as picture:
        assert max(picture.size) == SIZE


def test_the_command_refuses_an_unknown_style(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["paint_styles.py", "oil", "-o", str(tmp_path)])
    with pytest.raises(SystemExit) as stop:
        paint_styles.main()
    assert stop.value.code == 2
    assert "no style is called oil" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_stored_pictures_are_complete_and_small() -> None:
    files = {path.stem: path.stat().st_size for path in (EXAMPLES / "styles").glob("*.jpg")}
    assert set(files) == set(paint_styles.STYLES)
    assert max(files.values()) <= 250_000
    assert sum(files.values()) <= 2_000_000
