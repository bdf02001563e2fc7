"""Whole methods: ArtFID and SIFID with networks in place, the ends of the scales, and what is passed over."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from impasto import images
from impasto.encoders.base import Encoder
from impasto.metrics import Evaluator, Published, frechet, lpips, survey
from impasto.metrics.pairs import Pair
from impasto.tensors import to_tensor

from .conftest import PHOTO, STYLE, picture

pytest.importorskip("torchmetrics")


class Colours(Encoder):
    """Stands for Inception: its features are the values that it is given."""

    def forward(self, image: Tensor, layers: object) -> dict[str, Tensor]:
        return dict.fromkeys([frechet.SIFID_LAYER, frechet.POOLED_LAYER], 2 * image - 1)


class WithNetworks(Published):
    """Published networks without files: a random AlexNet, and `Colours`."""

    alexnet: Encoder

    def missing(self, *names: str) -> str:
        return "" if {"alexnet", "lpips_alex", "inception_v3", "art_inception"} >= set(names) else "needs what is not here"

    def encoder(self, name: str, device: torch.device) -> Encoder:
        return self.alexnet if name == "alexnet" else Colours()


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    """Two methods with two pastiches each, the second method's nearer to the style's colours."""
    photo, style = picture(PHOTO, 120), picture(STYLE, 120)
    found = []
    for name, one in (("photo", photo), ("style", style), ("upright", style.resized(80, 120))):
        images.write(one, tmp_path / f"{name}.png")
    for method, share in (("weak", 0.1), ("strong", 0.8)):
        for number, look in enumerate(("style", "upright")):
            start = images.as_float(photo)
            mixed = start + share * (images.as_float(style.resized(*photo.size)) - start) * (1 - 0.2 * number)
            images.write(images.Picture.from_array(mixed), tmp_path / f"{method}{number}.png")
            paths = (f"{method}{number}.png", "photo.png", f"{look}.png")
            found.append(Pair(*(tmp_path / path for path in paths), method))
    return found


@pytest.fixture
def evaluator(alexnet_state: dict[str, Tensor]) -> Evaluator:
    networks = WithNetworks()
    object.__setattr__(networks, "alexnet", lpips.AlexNet(alexnet_state))
    return Evaluator("random", published=networks)


def test_art_fid_is_made_of_its_parts(pairs: list[Pair], evaluator: Evaluator) -> None:
    found = survey.survey(evaluator, pairs)
    assert found.methods == ("weak", "strong")
    for method in found.methods:
        own = [pair for pair in pairs if pair.method == method]
        trios = [evaluator.prepare(pair.pastiche, pair.content, pair.style) for pair in own]
        painted, looks = (torch.cat([getattr(trio, role).mean((2, 3)) for trio in trios]) for role in ("pastiche", "style"))
        fid = frechet.frechet_distance(painted, looks)
        assert found.sets[method]["fid"] == pytest.approx(fid, rel=1e-4)
        distances = found.values(method, "lpips_alex")
        assert found.sets[method]["art_fid"] == pytest.approx((1 + sum(distances) / 2) * (1 + fid), rel=1e-4)
    assert found.sets["strong"]["fid"] < found.sets["weak"]["fid"]
    assert sum("compare only at equal numbers" in note for note in found.notes) == 1
    assert {"sifid", "lpips_alex", "fid", "art_fid"} <= set(found.measured())
    assert found.unavailable.keys() >= {"cfsd", "lpips_vgg"}


def test_sifid_of_a_pair(pairs: list[Pair], evaluator: Evaluator) -> None:
    scores = evaluator(pairs[0].pastiche, pairs[0].content, pairs[0].style)
    trio = evaluator.prepare(pairs[0].pastiche, pairs[0].content, pairs[0].style)
    assert scores["sifid"] == pytest.approx(frechet.sifid(trio.pastiche, trio.style, Colours()), rel=1e-4)


def test_one_pastiche_is_no_set(pairs: list[Pair], evaluator: Evaluator) -> None:
    found = survey.survey(evaluator, pairs[:1])
    assert "at least two pastiches" in found.unavailable["art_fid"]
    assert not found.sets


def test_the_ends_come_once_for_each_content_and_style(pairs: list[Pair]) -> None:
    ends = [pair for pair in survey.with_ends(pairs) if pair not in pairs]
    assert [pair.method for pair in ends] == [survey.PHOTO, survey.PHOTO, survey.STYLE, survey.STYLE]
    assert all(pair.pastiche == (pair.content if pair.method == survey.PHOTO else pair.style) for pair in ends)


def test_frames_of_different_sizes_are_one_line(pairs: list[Pair], evaluator: Evaluator, tmp_path: Path) -> None:
    images.write(picture(PHOTO, 80), pairs[1].pastiche)
    with pytest.raises(Exception, match="the frames differ in size: 120 x"):
        survey.add_restlessness(survey.Survey(evaluator), "weak", pairs[:2])


def test_flicker_is_of_the_frames_as_they_are_judged(pairs: list[Pair], evaluator: Evaluator) -> None:
    found = survey.Survey(evaluator)
    still = [Pair(pair.pastiche, pairs[0].content, pair.style, pair.method) for pair in pairs[:2]]
    survey.add_restlessness(found, "weak", still)
    first, second = (to_tensor(images.read(pair.pastiche)) for pair in still)
    assert found.sets["weak"]["shimmer"] == pytest.approx(float((first - second).abs().mean()), rel=1e-4)
    assert "does not move" in found.unavailable["flicker"]
