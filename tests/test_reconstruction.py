"""Reconstructions: what the layers hold of a picture, when a panel has settled, and the figures drawn of it."""

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import impasto
from impasto import figures, images
from impasto.errors import InputError
from impasto.reconstruction import Moment, Reconstruction, settled

torch = pytest.importorskip("torch")


def scene(width: int = 64, height: int = 48) -> np.ndarray:
    """H x W x 3 in [0, 1]: soft blobs, and a sharp square."""
    y, x = np.mgrid[0:height, 0:width] / width
    picture = np.stack([0.5 + 0.3 * np.sin(9 * x + 5 * k) * np.cos(7 * y - k) for k in range(3)], -1)
    picture[10:25, 20:35] = (0.9, 0.2, 0.1)
    return picture


STEPS = 120
"""The first layer settles after 70 to 90, by how a processor rounds."""


@pytest.fixture(scope="module")
def found() -> Reconstruction:
    layers = ("relu3_1", "relu1_1")
    return impasto.reconstruct(scene(), size=64, layers=layers, iterations=STEPS, features=2, device="cpu")


def error(array: np.ndarray, target: np.ndarray) -> float:
    return float(np.sqrt(np.mean((array - target) ** 2)))


def test_there_is_a_panel_for_each_layer_and_for_each_growing_set(found: Reconstruction) -> None:
    assert [panel.layers for panel in found.content] == [("relu1_1",), ("relu3_1",)]
    assert [panel.layers for panel in found.style] == [("relu1_1",), ("relu1_1", "relu3_1")]
    assert [panel.title for panel in found.style] == ["relu1_1", "relu1_1 to relu3_1"]
    assert all(panel.array.shape == (48, 64, 3) for panel in (*found.content, *found.style))
    assert found.picture.size == (64, 48)


def test_a_low_layer_gives_the_picture_back_and_a_style_does_not(found: Reconstruction) -> None:
    low, high = (error(panel.array, scene()) for panel in found.content)
    assert low < 0.02
    assert low < high
    assert all(error(panel.array, scene()) > 0.1 for panel in found.style), "statistics do not say what is where"


def test_losses_fall(found: Reconstruction) -> None:
    for panel in (*found.content, *found.style):
        assert panel.losses[-1] < 0.05 * panel.losses[0]
        assert len(panel.losses) <= STEPS


def test_the_first_layer_settles_before_the_steps_are_used_up(found: Reconstruction) -> None:
    assert len(found.content[0].losses) < STEPS


def test_feature_maps_are_the_strongest_first_and_span_the_range(found: Reconstruction) -> None:
    assert {layer: maps.shape for layer, maps in found.features.items()} == {"relu1_1": (2, 48, 64), "relu3_1": (2, 12, 16)}
    for maps in found.features.values():
        assert maps.min() == 0
        assert maps.max() == pytest.approx(1)


def test_the_same_seed_repeats_it_and_every_step_is_reported() -> None:
    moments: list[Moment] = []
    options: dict[str, Any] = {"size": 48, "layers": ["relu1_1"], "iterations": 5, "device": "cpu"}
    first = impasto.reconstruct(scene(), callback=moments.append, **options)
    again = impasto.reconstruct(scene(), **options)
    other = impasto.reconstruct(scene(), seed=1, **options)
    assert np.array_equal(first.style[0].array, again.style[0].array)
    assert not np.array_equal(first.style[0].array, other.style[0].array)
    assert [(moment.panel, moment.panels) for moment in moments] == [(1, 2)] * 5 + [(2, 2)] * 5
    assert [moment.share for moment in moments[:5]] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])


@pytest.mark.parametrize("texture", ["gram", "sliced", "mrf"])
def test_any_texture_model_will_do(texture: str) -> None:
    found = impasto.reconstruct(scene(), size=48, layers=["relu1_1", "relu2_1"], texture=texture, iterations=3, device="cpu")
    assert len(found.style) == 2
    assert found.settings["reconstruct"]["texture"] == texture


def test_a_model_that_reads_pixels_has_one_style_panel() -> None:
    found = impasto.reconstruct(scene(), size=64, layers=["relu1_1", "relu2_1"], texture="steerable", iterations=2)
    assert len(found.style) == 1
    assert figures.figure(found).width > 2 * 192


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"size": 16}, "size"),
        ({"size": 40}, "needs both sides to be at least 32"),
        ({"iterations": 0}, "iterations"),
        ({"texture": "grom"}, "did you mean 'gram'"),
        ({"layers": ["relu9_1"]}, "unknown layer 'relu9_1'"),
        ({"features": -1}, "features"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        impasto.reconstruct(scene(), **{"device": "cpu", **options})


def test_settled() -> None:
    falling = [0.9**k for k in range(60)]
    assert not settled([])
    assert not settled(falling[:30])
    assert not settled(falling)
    assert settled([*falling, *[falling[-1]] * 40])
    assert settled([1.0, 1e-6]), "what nobody can see has settled at once"


def test_the_figure_has_a_column_for_each_layer_and_rows_for_the_maps(found: Reconstruction) -> None:
    figure = figures.figure(found)
    assert figure.width == 12 + 3 * (192 + 12)
    rows = 2 + 2
    assert figure.height > rows * 192 * 48 // 64
    without = figures.figure(Reconstruction(found.picture, found.content, found.style, {}, found.settings, 1.0))
    assert without.height < 0.6 * figure.height


def test_a_map_is_enlarged_value_by_value() -> None:
    large = figures.enlarged(np.array([[0.0, 1.0], [0.5, 0.25]]), 10, 6)
    assert large.shape == (6, 10, 3)
    assert set(np.unique(large)) == {0.0, 0.25, 0.5, 1.0}
    assert (large[:3, 5:] == 1).all()


def test_the_plot_shows_both_kinds_of_losses(found: Reconstruction) -> None:
    pytest.importorskip("matplotlib")
    plot = figures.plot(found)
    assert plot.width > 1000
    halves = np.split(plot.pixels[:, : plot.width // 2 * 2].astype(int), 2, axis=1)
    assert all((half.max(-1) - half.min(-1) > 60).sum() > 200 for half in halves), "coloured curves in both"


def test_without_matplotlib_the_message_says_what_to_install(found: Reconstruction, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'impasto\[figures\]'"):
        figures.plot(found)


def test_the_figure_needs_no_matplotlib(found: Reconstruction, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert figures.figure(found).width


def test_it_takes_a_path(tmp_path: Path) -> None:
    images.write(images.Picture.from_array(scene()), tmp_path / "photo.png")
    found = impasto.reconstruct(tmp_path / "photo.png", size=48, layers=["relu1_1"], iterations=1, device="cpu")
    assert found.settings["image"]["file"] == "photo.png"
    assert len(found.settings["image"]["sha256"]) == 64
