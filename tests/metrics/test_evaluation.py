"""`evaluate`: sizes, notes, the judge, what is unavailable, and published measures when their networks are there."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from impasto import images
from impasto.errors import InputError
from impasto.images import Picture
from impasto.metrics import MEASURES, Evaluator, Published, Scores, evaluate
from impasto.metrics.evaluation import SIZE

from .conftest import PHOTO, STYLE, picture

NETWORK_FREE = {"patches", "colours"}
JUDGED = {"gram", "moments", "features", "self_similarity"}


@pytest.fixture(autouse=True)
def _nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.fixture(scope="module")
def photo_picture() -> Picture:
    return picture(PHOTO)


@pytest.fixture(scope="module")
def style_picture() -> Picture:
    return picture(STYLE)


@pytest.fixture(scope="module")
def found(photo_picture: Picture, style_picture: Picture) -> Scores:
    return evaluate(photo_picture, photo_picture, style_picture, judge="random")


def test_every_measure_of_a_pair_is_scored_or_said_to_be_unavailable(found: Scores) -> None:
    of_pairs = {name for name, measure in MEASURES.items() if measure.scope == "pair"}
    assert found.values.keys() | found.unavailable.keys() == of_pairs
    assert not found.values.keys() & found.unavailable.keys()
    assert found.values.keys() >= NETWORK_FREE | JUDGED
    assert {"lpips_alex", "lpips_vgg", "sifid", "cfsd"} <= found.unavailable.keys()
    assert all(np.isfinite(value) for value in found.values.values())


def test_a_score_is_the_mean_of_its_layers(found: Scores) -> None:
    assert set(found.layers) == {"patches", *JUDGED}
    for name, layers in found.layers.items():
        assert found[name] == pytest.approx(np.mean(list(layers.values())))


def test_asking_for_what_is_not_there(found: Scores) -> None:
    with pytest.raises(InputError, match="AlexNet"):
        found["lpips_alex"]
    with pytest.raises(InputError, match="no such measure"):
        found["beauty"]


def test_paths_arrays_and_pictures_score_alike(
    photo_picture: Picture, style_picture: Picture, tmp_path: Path, found: Scores
) -> None:
    images.write(photo_picture, tmp_path / "photo.png")
    images.write(style_picture, tmp_path / "style.png")
    mixed = evaluate(photo_picture.pixels, tmp_path / "photo.png", str(tmp_path / "style.png"), judge="random")
    assert mixed.values == found.values


def test_sizes(photo_picture: Picture, style_picture: Picture) -> None:
    evaluator = Evaluator("random", size=80)
    trio = evaluator.prepare(photo_picture, photo_picture.resized(300, 200), style_picture.resized(700, 500))
    assert max(trio.pastiche.shape) == 80
    assert trio.content.shape == trio.pastiche.shape
    assert max(trio.style.shape) == 80
    assert trio.style.shape[2] / trio.style.shape[3] == pytest.approx(500 / 700, abs=0.01)
    assert not trio.notes
    assert Evaluator("random", size=SIZE).judged_size(photo_picture) == photo_picture.size
    assert Evaluator("random", size="full").judged_size(photo_picture.resized(1000, 750)) == (1000, 750)
    larger = Evaluator("random", style_scale=2).prepare(photo_picture, photo_picture, style_picture)
    assert max(larger.style.shape) == 2 * max(larger.pastiche.shape)


def test_a_content_of_another_shape_is_squeezed_and_it_is_said(photo_picture: Picture, style_picture: Picture) -> None:
    scores = evaluate(photo_picture, photo_picture.resized(80, 80), style_picture, judge="random")
    assert any("squeezed" in note for note in scores.notes)


def test_too_small_a_picture_is_one_line(photo_picture: Picture, style_picture: Picture) -> None:
    with pytest.raises(InputError, match="the pastiche would be judged at 36 x 24 pixels; the judge 'random' needs 32"):
        evaluate(photo_picture.resized(36, 24), photo_picture, style_picture, judge="random")
    with pytest.raises(InputError, match="style scale"):
        Evaluator("random", style_scale=0)


@pytest.mark.parametrize(("judge", "flattered"), [("slim", True), (None, False)])
def test_the_judge_that_painted_is_named_and_never_the_default(
    judge: str | None, flattered: bool, photo_picture: Picture, style_picture: Picture, tmp_path: Path
) -> None:
    images.write(photo_picture, tmp_path / "p.png", settings={"settings": {"method": "online", "encoder": "slim"}})
    scores = evaluate(tmp_path / "p.png", photo_picture, style_picture, judge=judge)
    assert scores.judge == (judge or "random")
    assert any("flatters" in note for note in scores.notes) == flattered


def test_published_measures_appear_with_their_networks(
    alexnet_state: dict[str, Tensor],
    vgg16_state: dict[str, Tensor],
    photo_picture: Picture,
    style_picture: Picture,
    tmp_path: Path,
) -> None:
    pytest.importorskip("torchmetrics")
    torch.save(alexnet_state, tmp_path / "a.pth")
    torch.save(vgg16_state, tmp_path / "v.pth")
    given = Published({"alexnet": tmp_path / "a.pth", "vgg16": tmp_path / "v.pth", "vgg19": tmp_path / "v.pth"})
    evaluator = Evaluator("random", published=given)
    scores = evaluator(photo_picture, photo_picture, style_picture)
    assert scores["lpips_alex"] == scores["lpips_vgg"] == 0
    assert scores["cfsd"] == pytest.approx(0, abs=1e-3)
    other = evaluator(style_picture, photo_picture.resized(*style_picture.size), style_picture)
    assert min(other["lpips_alex"], other["lpips_vgg"]) > 0.01
    assert other["cfsd"] > 10 * scores["cfsd"] + 1e-4
