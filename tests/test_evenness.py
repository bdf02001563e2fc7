"""Unevenness: none where tones follow the photo, the patches' variance where it is even, strokes left free."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from impasto import evenness


def patches(seed: int, size: int = 128, cell: int = 32) -> Tensor:
    """A picture of soft patches in [0, 1], 1 x 3 x size x size."""
    torch.manual_seed(seed)
    return F.interpolate(torch.rand(1, 3, size // cell, size // cell), size=(size, size), mode="bicubic").clamp(0, 1)


def test_a_pastiche_whose_tones_follow_the_photo_is_even() -> None:
    photo = patches(0)
    matrix = torch.tensor([[0.2, 0.5, 0.1], [-0.4, 0.3, 0.2], [0.1, 0.1, -0.6]])
    follows = torch.einsum("ij,njhw->nihw", matrix, photo) + 0.3
    ridge = evenness.distance(follows, photo)
    assert ridge < 0.05 * evenness.distance(patches(1), photo)
    assert ridge > 0


def test_where_the_photo_has_one_colour_all_variance_of_the_coarse_copy_counts() -> None:
    image, photo = patches(2, 64), torch.full((1, 3, 64, 64), 0.4)
    coarse = F.avg_pool2d(image, 8).unfold(2, 7, 1).unfold(3, 7, 1).flatten(4)
    expected = coarse.var(-1, correction=0).mean()
    torch.testing.assert_close(evenness.distance(image, photo), expected[None])


def variances(image: Tensor) -> Tensor:
    """Of the colours of each window of 7 cells of 8 px, as one row."""
    return F.avg_pool2d(image, 8).unfold(2, 7, 1).unfold(3, 7, 1).flatten(4).var(-1, correction=0).mean(1).flatten()


def with_mean_variance(wanted: float) -> tuple[Tensor, Tensor, Tensor]:
    """A picture of patches on an even photo, the photo, and the variances of its windows, whose mean is the one wanted."""
    image, photo = patches(2, 64), torch.full((1, 3, 64, 64), 0.4)
    image = image * (wanted / variances(image).mean()).sqrt()
    return image, photo, variances(image)


def test_what_is_free_is_taken_off_each_window() -> None:
    image, photo, found = with_mean_variance(evenness.FREE)
    assert found.min() < evenness.FREE < found.max() < evenness.MINDED
    torch.testing.assert_close(evenness.penalty(image, photo), (found - evenness.FREE).clamp_min(0).mean()[None])


def test_what_the_eye_minds_counts_more_steeply() -> None:
    image, photo, found = with_mean_variance(4 * evenness.MINDED)
    assert found.min() > evenness.MINDED
    expected = (found - evenness.FREE).mean() + evenness.STEEPER * (found - evenness.MINDED).mean()
    torch.testing.assert_close(evenness.penalty(image, photo), expected[None])


def test_strokes_finer_than_a_cell_are_free() -> None:
    photo = torch.full((1, 3, 128, 128), 0.5)
    stripes = (torch.arange(128) // 4 % 2).float().expand(1, 3, 128, 128)
    assert evenness.distance(stripes, photo) < 1e-6
    assert evenness.distance(patches(3), photo) > 1e-2


def test_a_pale_photo_guides_like_one_of_full_contrast() -> None:
    photo, image = patches(4), patches(5)
    torch.testing.assert_close(evenness.distance(image, 0.5 * photo + 0.2), evenness.distance(image, photo))


def test_a_picture_smaller_than_a_window_counts_nothing() -> None:
    small = torch.rand(2, 3, 40, 200, requires_grad=True)
    assert evenness.distance(small, torch.rand(2, 3, 40, 200)).tolist() == [0, 0]
    assert evenness.penalty(small, torch.rand(2, 3, 40, 200)).tolist() == [0, 0]


@pytest.mark.parametrize("even", [True, False])
def test_the_gradient_is_that_of_finite_differences(even: bool) -> None:
    torch.manual_seed(6)
    photo = torch.full((1, 3, 56, 56), 0.5).double() if even else torch.rand(1, 3, 56, 56).double()
    image = torch.rand(1, 3, 56, 56, dtype=torch.double, requires_grad=True)
    (slope,) = torch.autograd.grad(evenness.distance(image, photo).sum(), image)
    step = torch.randn_like(image) * 1e-4
    change = (evenness.distance(image + step, photo) - evenness.distance(image - step, photo)) / 2
    torch.testing.assert_close(change.sum(), (slope * step).sum(), rtol=1e-4, atol=1e-12)
