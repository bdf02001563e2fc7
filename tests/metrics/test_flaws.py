"""`unevenness` and `weave`: what the photo and the style have costs nothing, what neither has costs what it is."""

import math

import pytest
import torch
from torch import Tensor

from impasto import evenness
from impasto.metrics import Evaluator, flaws

from .conftest import PHOTO, STYLE, picture


def cloud(size: int = 128) -> Tensor:
    """Soft waves of deviation 0.1 over the picture, 1 x 1 x size x size."""
    wave = (torch.arange(size) * (2 * math.pi / 64)).sin()
    return 0.2 * (wave[:, None] * wave)[None, None]


def test_a_cloud_on_an_even_photo_is_as_uneven_as_it_varies() -> None:
    photo = torch.full((1, 3, 128, 128), 0.5)
    found = flaws.unevenness(photo + cloud(), photo)
    assert 0.05 < found < cloud().std()
    assert flaws.unevenness(photo + 0.5 * cloud(), photo) == pytest.approx(found / 2, rel=1e-3)
    assert flaws.unevenness(photo, photo) == pytest.approx(0, abs=1e-3)
    assert flaws.unevenness(photo + cloud(), photo + 0.3 * cloud()) < 0.3 * found


def test_a_weave_is_one_unless_photo_or_style_have_it() -> None:
    torch.manual_seed(0)
    plain, other = torch.rand(2, 1, 3, 128, 128)
    woven = 0.5 + 0.2 * (torch.arange(128) * (2 * math.pi / 4)).sin().expand(1, 3, 128, 128)
    assert flaws.weave(woven, 0.5 + 0.01 * plain, 0.5 + 0.01 * other) > 0.1
    assert flaws.weave(woven, woven, 0.5 + 0.01 * other) == flaws.weave(woven, 0.5 + 0.01 * plain, woven) == 0


def test_a_photo_has_neither_and_a_small_one_says_why() -> None:
    photo, style, evaluator = picture(PHOTO), picture(STYLE), Evaluator("random")
    found = evaluator(photo, photo, style)
    assert found["weave"] == 0
    assert found["unevenness"] < 0.3 * evaluator(style, photo, style)["unevenness"]
    small = evaluator(photo.resized(60, 40), photo, style)
    assert f"needs {evenness.LEAST} pixels on the shorter side, and there are 40" in small.unavailable["unevenness"]
