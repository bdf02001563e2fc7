"""SSIM and MS-SSIM: torchmetrics against the paper's own formula, and what is said where there is none."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import Tensor

from impasto.errors import InputError
from impasto.metrics import structure

pytest.importorskip("torchmetrics")


def by_the_paper(first: np.ndarray, second: np.ndarray) -> float:
    """Wang et al. 2004, equation 13, with an 11 x 11 window, over all places, the picture continued by its reflection."""

    def mean(x: np.ndarray) -> np.ndarray:
        return gaussian_filter(x, 1.5, radius=5, mode="mirror")

    a, b = mean(first), mean(second)
    variances = mean(first**2) - a**2, mean(second**2) - b**2
    covariance = mean(first * second) - a * b
    quality = (2 * a * b + 0.01**2) * (2 * covariance + 0.03**2)
    return float((quality / ((a**2 + b**2 + 0.01**2) * (sum(variances) + 0.03**2))).mean())


def test_it_is_the_papers_formula(photo: Tensor) -> None:
    noisy = (photo + 0.2 * torch.rand(photo.shape, generator=torch.Generator().manual_seed(0))).clamp(0, 1)
    planes = [structure.luminance(x)[0, 0].double().numpy() for x in (noisy, photo)]
    assert structure.similarity("ssim", noisy, photo) == pytest.approx(by_the_paper(*planes), abs=1e-4)


@pytest.mark.parametrize("name", ["ssim", "ms_ssim"])
def test_the_same_picture_is_1_and_a_blur_less(name: str) -> None:
    picture = torch.rand(1, 3, 180, 190, generator=torch.Generator().manual_seed(0))
    blurred = torch.nn.functional.avg_pool2d(picture, 5, 1, 2)
    assert structure.similarity(name, picture, picture) == pytest.approx(1, abs=1e-4)
    assert 0 <= structure.similarity(name, blurred, picture) < 0.9


def test_a_negative_has_a_score_and_no_nan() -> None:
    picture = torch.rand(1, 3, 180, 190, generator=torch.Generator().manual_seed(0))
    assert structure.similarity("ms_ssim", 1 - picture, picture) == pytest.approx(0, abs=0.05)


def test_colour_does_not_matter_as_long_as_the_luminance_stays() -> None:
    grey = torch.full((1, 3, 32, 32), 0.5)
    tinted = grey + torch.tensor([0.114, 0.0, -0.299])[:, None, None] * 0.5
    assert structure.similarity("ssim", tinted, grey) == pytest.approx(1, abs=1e-5)


def test_what_is_too_small_is_said(photo: Tensor) -> None:
    assert "176 pixels" in structure.why_not("ms_ssim", photo)
    assert structure.why_not("ssim", photo) == ""
    with pytest.raises(InputError, match="176 pixels"):
        structure.similarity("ms_ssim", photo, photo)


def test_176_pixels_are_enough() -> None:
    picture = torch.rand(1, 3, 176, 176)
    assert structure.similarity("ms_ssim", picture, picture) == pytest.approx(1, abs=1e-4)


def test_without_torchmetrics_it_is_unavailable(photo: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "impasto[evaluate]" in structure.why_not("ssim", photo)
