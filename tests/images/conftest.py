"""Pictures that the tests of the images floor share. Real files are made by the tests themselves."""

from pathlib import Path

import numpy as np
import pytest

from impasto.images import Picture


def _scene(height: int, width: int) -> np.ndarray:
    """A smooth RGB picture, float in [0, 1], whose eight orientations all differ."""
    rows, columns = np.mgrid[0:height, 0:width]
    red = columns / max(width - 1, 1)
    green = rows / max(height - 1, 1)
    blue = 0.5 + 0.5 * np.sin(0.11 * columns + 0.23 * rows)
    return np.stack([red, green, blue], axis=-1)


@pytest.fixture
def scene8() -> np.ndarray:
    """48 x 64 x 3, uint8."""
    return np.rint(_scene(48, 64) * 255).astype(np.uint8)


@pytest.fixture
def scene16() -> np.ndarray:
    """48 x 64 x 3, uint16, using low bits that 8 bits cannot hold."""
    return np.rint(_scene(48, 64) * 65535).astype(np.uint16)


@pytest.fixture
def picture(scene8: np.ndarray) -> Picture:
    """An 8-bit picture without alpha."""
    return Picture.from_array(scene8)


@pytest.fixture
def translucent(scene8: np.ndarray) -> Picture:
    """An 8-bit picture whose alpha rises from left (0) to right (255)."""
    alpha = np.tile(np.linspace(0, 255, 64).round().astype(np.uint8), (48, 1))
    return Picture(scene8, alpha)


@pytest.fixture
def no_leftovers(tmp_path: Path):
    """Fails the test if a hidden or temporary file is left in `tmp_path` at its end."""
    yield
    assert not [path.name for path in tmp_path.rglob("*") if path.name.startswith(".") or path.suffix == ".tmp"]
