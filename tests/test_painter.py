"""The front door in Python: what the command line does not try."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import impasto
from impasto.errors import InputError
from impasto.images import Picture
from impasto.texture import MODELS


def scene(seed: int, width: int = 80, height: int = 64) -> np.ndarray:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    return np.stack([0.5 + 0.3 * np.sin(random.uniform(5, 40) * x + random.uniform(5, 40) * y) for _ in range(3)], -1)


@pytest.fixture
def quick(tmp_path: Path) -> dict[str, Any]:
    """Settings for painting in a fraction of a second: few steps of an untrained slim encoder, a few channels wide."""
    import torch
    from safetensors.torch import save_file

    from impasto.encoders.slim import Slim

    torch.manual_seed(0)
    names = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "4_1", "4_2", "5_1")
    save_file(Slim({name: 4 + 2 * int(name[0]) for name in names}).state_dict(), tmp_path / "tiny.safetensors")
    return {"encoder": str(tmp_path / "tiny.safetensors"), "iterations": 8, "coarsest": 48, "device": "cpu"}


def test_a_mask_may_be_an_array_and_a_whole_picture_none(quick: dict[str, Any]) -> None:
    photo = scene(0)
    mask = np.zeros((64, 80), bool)
    mask[:, :40] = True
    painting = impasto.paint(photo, scene(1), masks=[(mask, None)], size=80, **quick)
    assert np.allclose(painting.array[:, 42:], photo[:, 42:], atol=1e-3)
    assert np.abs(painting.array[:, :38] - photo[:, :38]).mean() > 0.005
    with pytest.raises(InputError, match="masks are pairs"):
        impasto.paint(photo, scene(1), masks=["mask.png"], size=80, **quick)  # type: ignore[list-item]


@pytest.fixture
def _in_bfloat16(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on processors and GPUs that are fast at it, whatever this one is."""
    from impasto import painter

    monkeypatch.setattr(painter, "has_fast_bfloat16", lambda device: True)
    painter.load_encoder.cache_clear()
    yield
    painter.load_encoder.cache_clear()


@pytest.mark.usefixtures("_in_bfloat16")
@pytest.mark.parametrize("texture", sorted(MODELS))
def test_every_texture_model_paints_in_bfloat16(texture: str, quick: dict[str, Any]) -> None:
    photo = scene(0)
    content = {"covariance": "normalised", "mrf": "laplacian", "transport": "self-similarity"}.get(texture, "features")
    few = {"size": 80, "texture": texture, "content_models": {content: 1.0}, "learning_rate": 0.02, "spectrum_weight": 1.0}
    painting = impasto.paint(photo, scene(1), **{**quick, "encoder": "slim", **few, "iterations": 4})
    assert np.isfinite(painting.array).all()
    assert 0.002 < np.abs(painting.array - photo).mean() < 0.5


def test_a_canvas_shows_what_the_finished_painting_will_be(quick: dict[str, Any]) -> None:
    shown: list[Picture] = []
    painting = impasto.paint(
        scene(0), scene(1), size=80, color="keep", callback=lambda step, canvas: shown.append(canvas.picture()), **quick
    )
    assert np.array_equal(shown[-1].pixels, painting.picture().pixels)


def test_a_painter_with_a_presets_settings_may_be_told_otherwise(quick: dict[str, Any]) -> None:
    from impasto import presets

    painter = impasto.Painter(**{**presets.load("cnnmrf"), "size": 80})
    painting = painter.paint(scene(0), scene(1), **quick)
    assert len(painting.steps) == 8
    assert painting.settings["settings"]["texture"] == "mrf"


def test_a_texture_has_the_size_asked_for_and_the_styles_colours(quick: dict[str, Any]) -> None:
    style = scene(1) * [1.0, 0.7, 0.3]
    texture = impasto.synthesize(style, (70, 50), **quick)
    assert texture.size == (70, 50)
    assert texture.alpha is None
    assert np.allclose(texture.array.mean((0, 1)), style.mean((0, 1)), atol=0.06)
    assert texture.settings["size"] == [70, 50]
    assert "content" not in texture.settings
    assert all(step.content == 0 for step in texture.steps)


def test_a_texture_repeats_by_its_seed_and_differs_by_another(quick: dict[str, Any]) -> None:
    one, same, other = (impasto.synthesize(scene(1), (48, 48), seed=seed, **quick).array for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert np.abs(one - other).mean() > 0.01


def test_a_tile_continues_over_its_borders(quick: dict[str, Any]) -> None:
    seams = {}
    for tileable in (False, True):
        texture = impasto.synthesize(scene(1), (64, 64), tileable=tileable, **{**quick, "iterations": 40})
        array = texture.array
        inside = np.abs(np.diff(array, axis=1)).mean()
        seams[tileable] = np.abs(array[:, 0] - array[:, -1]).mean() / inside
        assert texture.settings["tileable"] is tileable
    assert seams[True] < 0.6 * seams[False]


def test_a_texture_can_be_gone_on_with(quick: dict[str, Any]) -> None:
    states: list[Any] = []

    def keep(step: Any, canvas: Any) -> None:
        if step.step == 5:
            states.append(copy.deepcopy(canvas.state()))

    painter = impasto.Painter(**quick)
    whole = painter.synthesize(scene(1), (48, 48), callback=keep)
    assert np.array_equal(painter.synthesize(scene(1), (48, 48), resume=states[0]).array, whole.array)


def test_a_texture_that_is_too_small(quick: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="20 x 20 pixels"):
        impasto.synthesize(scene(1), (20, 20), **quick)
