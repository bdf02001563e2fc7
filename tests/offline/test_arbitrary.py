"""The arbitrary-style transfer network's statistics: a picture's own, and a tile's that are the whole picture's."""

from dataclasses import replace

import pytest
import torch

from impasto.offline.export import reach
from impasto.offline.networks.arbitrary import Shape, Statistics, Transfer

SMALL = Shape((4, 8), 1, (6, 4), 4)


@pytest.mark.parametrize("shape", [SMALL, replace(SMALL, blocks=2)])
@torch.no_grad()
def test_a_tile_with_the_whole_pictures_statistics_is_part_of_the_whole(shape: Shape) -> None:
    torch.manual_seed(0)
    transfer = Transfer(shape).eval()
    image = torch.rand(1, 3, 192, 224)
    told = (torch.eye(3, 4)[None], 0.1 * torch.randn(1, shape.parameters), torch.ones(1))
    statistics = Statistics()
    whole = transfer(image, *told, statistics)
    assert statistics.vector().shape == (1, shape.statistics)

    left, right = 32, 192
    tile, given = image[..., left:right], Statistics(statistics.vector())
    inner = slice(reach(shape), right - left - reach(shape))
    torch.testing.assert_close(transfer(tile, *told, given, (0, left))[..., inner], whole[..., left:right][..., inner])
    own = transfer(tile, *told, at=(0, left))[..., inner]
    assert (own - whole[..., left:right][..., inner]).abs().max() > 1e-3


@torch.no_grad()
def test_the_noise_is_that_of_the_place_and_only_as_much_as_the_style_wants() -> None:
    torch.manual_seed(0)
    transfer = Transfer(SMALL).eval()
    grey, colour, strength = torch.full((1, 3, 64, 64), 0.5), torch.eye(3, 4)[None], torch.ones(1)
    smooth = torch.zeros(1, SMALL.parameters)
    grained = smooth.clone()
    grained[:, -sum(SMALL.grained) :] = 1
    here, there = (transfer(grey, colour, grained, strength, at=at) for at in ((0, 0), (64, 64)))
    assert (here - there).abs().max() > 1e-2
    here, there = (transfer(grey, colour, smooth, strength, at=at) for at in ((0, 0), (64, 64)))
    torch.testing.assert_close(here, there)


@torch.no_grad()
def test_no_frame_is_painted_around_an_even_photo() -> None:
    torch.manual_seed(0)
    transfer = Transfer(SMALL).eval()
    white, smooth = torch.ones(1, 3, 64, 80), torch.zeros(1, SMALL.parameters)
    painted = transfer(white, torch.eye(3, 4)[None], smooth, torch.ones(1))
    torch.testing.assert_close(painted, painted[..., :1, :1].expand_as(painted))
