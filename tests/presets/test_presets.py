"""Every preset is a config that holds, is written about, and paints with the embedded encoder."""

import re
from pathlib import Path

import numpy as np
import pytest

from impasto import presets
from impasto.errors import InputError
from impasto.images import Picture
from impasto.online.settings import make_settings, merge

ROOT = Path(__file__).parents[2]
PROMISED = ("cnnmrf", "gatys", "neural-style-pt", "nnst", "strotss", "style-transfer-pytorch")


def test_the_promised_ones_are_there() -> None:
    assert presets.names() == PROMISED


@pytest.mark.parametrize("name", PROMISED)
def test_it_says_what_it_is_and_its_settings_hold(name: str) -> None:
    assert presets.document(name)["about"]
    make_settings(presets.load(name))


@pytest.mark.parametrize("name", PROMISED)
def test_it_has_its_row_in_the_documentation(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|", (ROOT / "docs" / "presets.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", PROMISED)
def test_it_paints_with_the_embedded_encoder(name: str) -> None:
    painter = pytest.importorskip("impasto.painter")
    random = np.random.default_rng(0)
    y, x = np.mgrid[0:64, 0:80] / 80
    photo, style = (
        Picture.from_array(np.stack([0.5 + 0.4 * np.sin(random.uniform(5, 30) * (x + y * k)) for k in range(3)], -1))
        for _ in range(2)
    )
    steps = {"level_iterations": [6]} if "level_iterations" in presets.load(name) else {"iterations": 6}
    chosen = merge(presets.load(name), {"size": 80, "device": "cpu", **steps})
    painting = painter.Painter(**chosen).paint(photo, style)
    assert painting.size == (80, 64)
    assert np.isfinite(painting.array).all()
    assert all(step.style > 0 for step in painting.steps)
    level = [step for step in painting.steps if step.level == painting.steps[-1].level]
    assert level[-1].style < level[0].style


def test_an_unknown_one() -> None:
    with pytest.raises(InputError, match="unknown preset 'gaty'; did you mean 'gatys'"):
        presets.load("gaty")
