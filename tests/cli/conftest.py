"""Pictures and a tiny encoder for painting in a fraction of a second, and a command line to call."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from impasto import images
from impasto.cli.main import main

Call = Callable[..., int]


@pytest.fixture(scope="session")
def encoder_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained slim encoder, a few channels wide."""
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    from impasto.encoders.slim import Slim

    torch.manual_seed(0)
    names = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "4_1", "4_2", "5_1")
    encoder = Slim({name: 4 + 2 * int(name[0]) for name in names})
    path = tmp_path_factory.mktemp("encoder") / "tiny.safetensors"
    save_file(encoder.state_dict(), path)
    return path


def scene(seed: int, width: int = 96, height: int = 64) -> images.Picture:
    """Soft blobs of colour, another for each seed."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    waves = [sum(np.sin(random.uniform(-20, 20) * x + random.uniform(-20, 20) * y + k) for k in range(4)) for _ in range(3)]
    return images.Picture.from_array((0.5 + 0.12 * np.stack(waves, -1)).clip(0, 1))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with `photo.png`, `style.png` and `other.png`; names are relative to it."""
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(("photo.png", "style.png", "other.png")):
        images.write(scene(seed), tmp_path / name)
    return tmp_path


@pytest.fixture
def paint(place: Path, encoder_file: Path) -> Call:
    """`paint("photo.png", "style.png", "-o", "out.png")` with few steps of a tiny encoder; returns the exit code."""

    def call(*words: str) -> int:
        quick = ("--encoder", str(encoder_file), "--size", "96", "--iterations", "8", "--coarsest", "48", "--device", "cpu")
        # The last of two like options counts, so that a test may choose others.
        return main(["paint", *quick, *words])

    return call
