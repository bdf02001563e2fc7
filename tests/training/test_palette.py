"""The distance of colours: zero for the same ones wherever they lie, and the shift where all of them move."""

import math

import torch

from impasto.training import palette


def test_colours_count_and_not_where_they_are() -> None:
    torch.manual_seed(0)
    small = torch.rand(2, 3, 16, 16)
    image = torch.nn.functional.interpolate(small, scale_factor=palette.CELL)
    shuffled = small.flatten(2)[..., torch.randperm(256)].reshape(small.shape)
    target = palette.represent(torch.nn.functional.interpolate(shuffled, scale_factor=palette.CELL))
    assert palette.distance(image, target).max() < 1e-10
    assert palette.distance(1 - image, target).min() > 1e-4


def test_the_distance_of_a_shift_is_its_square_averaged_over_the_directions() -> None:
    torch.manual_seed(1)
    image, shift = torch.rand(1, 3, 32, 32), torch.tensor([0.1, -0.2, 0.05])
    target = palette.represent(image)
    expected = (palette.directions() @ shift).square().mean() / (target.square().mean() + palette.ENERGY)
    found = palette.distance(image + shift[None, :, None, None], target)
    torch.testing.assert_close(found, expected[None], rtol=1e-3, atol=1e-6)
    # Evenly over the sphere: a third of the square, whatever the shift.
    assert math.isclose((palette.directions() @ shift).square().mean() / shift.square().sum(), 1 / 3, rel_tol=0.15)


def test_two_palettes_of_one_mean_and_covariance_differ() -> None:
    torch.manual_seed(2)
    gaussian = torch.randn(1, 1, 64, 64)
    two = torch.sign(torch.randn(1, 1, 64, 64))
    first, second = (
        0.5 + 0.1 * x.repeat_interleave(4, 2).repeat_interleave(4, 3).expand(1, 3, 256, 256) for x in (gaussian, two)
    )
    assert palette.distance(first, palette.represent(second)) > 1e-4
