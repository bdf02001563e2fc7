"""The script that makes the documentation's pictures, at a tiny size, and its judges."""

import sys
from pathlib import Path

import numpy as np
import pytest

from impasto import images

pytest.importorskip("torch")

import docs_pictures
import judges

EXAMPLES = Path(__file__).parents[2] / "examples"


def pixels(name: str) -> np.ndarray:
    picture = images.read(EXAMPLES / f"{name}.jpg")
    return picture.resized(*images.fit(picture.size, 256)).pixels


def test_the_photo_scores_one_and_the_style_itself_nothing() -> None:
    photo, style = pixels("photos/pagoda"), pixels("styles/night")
    assert judges.style_score(photo, style, photo) == pytest.approx(1)
    assert judges.style_score(style, style, photo) < 0.01
    assert judges.content_score(photo, photo) == pytest.approx(1)
    assert judges.content_score(style, photo) < 0.5


def test_a_blur_of_the_style_is_not_taken_for_it() -> None:
    photo, style = pixels("photos/pagoda"), pixels("styles/night")
    blurred = np.broadcast_to(style.mean((0, 1)).astype(np.uint8), style.shape)
    half = ((style.astype(int) + photo[: style.shape[0]].mean((0, 1))) / 2).astype(np.uint8)
    assert judges.style_score(half, style, photo) < judges.style_score(np.ascontiguousarray(blurred), style, photo)


@pytest.mark.parametrize("name", ["masks", "mix", "textures"])
def test_a_picture_is_made(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["docs_pictures.py", "--only", name, "-o", str(tmp_path), "--size", "64", "--iterations", "2"]
    monkeypatch.setattr(sys, "argv", words)
    docs_pictures.main()
    made = tmp_path / f"{name}.jpg"
    assert made.stat().st_size <= docs_pictures.LIMIT
    assert images.read(made).width > 1000


def test_every_picture_of_how_it_works_is_made_by_the_script() -> None:
    text = (EXAMPLES.parent / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    script = (EXAMPLES / "docs_pictures.py").read_text(encoding="utf-8")
    shown = [line.split("images/")[1].split(")")[0] for line in text.splitlines() if line.startswith("![")]
    assert shown
    assert not [name for name in shown if f'"{name}"' not in script]
