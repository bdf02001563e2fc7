"""What a score is for: real paintings of a real photo come out in the order in which everybody would put them."""

import pytest

import impasto
from impasto.images import Picture
from impasto.metrics import MEASURES, Evaluator, Scores

from .conftest import PHOTO, STYLE, picture

pytest.importorskip("torchmetrics")
STRENGTHS = (0.3, 0.6, 1.0)
STYLE_MEASURES = ("patches", "colours", "gram", "moments")
CONTENT_MEASURES = ("ssim", "features", "self_similarity")
QUICK = {"size": 96, "iterations": 40, "coarsest": 96, "device": "cpu"}


@pytest.fixture(scope="module")
def scores() -> dict[str, Scores]:
    """Of the photo, of the style image, of paintings of three strengths, and of the fast method's."""
    photo, style, evaluator = picture(PHOTO), picture(STYLE), Evaluator("random")
    pastiches: dict[str, Picture] = {"photo": photo, "style": style}
    for strength in STRENGTHS:
        pastiches[f"online {strength}"] = impasto.paint(photo, style, strength=strength, **QUICK).picture()
    pastiches["fast"] = impasto.paint(photo, style, method="fast", size=96).picture()
    return {name: evaluator(pastiche, photo, style) for name, pastiche in pastiches.items()}


def badness(scores: dict[str, Scores], measure: str) -> dict[str, float]:
    """{pastiche: the score, turned so that lower is better}."""
    sign = -1 if MEASURES[measure].higher else 1
    return {name: sign * found[measure] for name, found in scores.items()}


@pytest.mark.parametrize("measure", STYLE_MEASURES)
def test_the_photo_is_the_worst_style_and_the_style_image_the_best(scores: dict[str, Scores], measure: str) -> None:
    bad = badness(scores, measure)
    assert max(bad, key=lambda name: bad[name]) == "photo"
    assert min(bad, key=lambda name: bad[name]) == "style"
    assert bad["style"] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("measure", CONTENT_MEASURES)
def test_the_photo_is_the_best_content_and_the_style_image_the_worst(scores: dict[str, Scores], measure: str) -> None:
    bad = badness(scores, measure)
    assert min(bad, key=lambda name: bad[name]) == "photo"
    assert max(bad, key=lambda name: bad[name]) == "style"
    assert bad["photo"] == pytest.approx(-1 if MEASURES[measure].higher else 0, abs=1e-4)


@pytest.mark.parametrize("measure", STYLE_MEASURES)
def test_online_is_above_fast_on_style(scores: dict[str, Scores], measure: str) -> None:
    bad = badness(scores, measure)
    assert bad["online 1.0"] < bad["fast"]


@pytest.mark.parametrize("measure", [*STYLE_MEASURES, *CONTENT_MEASURES])
def test_more_strength_is_more_style_and_less_content(scores: dict[str, Scores], measure: str) -> None:
    bad = badness(scores, measure)
    by_strength = [bad[f"online {strength}"] for strength in STRENGTHS]
    assert by_strength == sorted(by_strength, reverse=measure in STYLE_MEASURES)
    assert len(set(by_strength)) == len(STRENGTHS)
