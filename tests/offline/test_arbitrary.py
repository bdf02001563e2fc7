"""The arbitrary-style transfer network's statistics: a picture's own, and a tile's that are the whole picture's."""

from dataclasses import replace

import pytest
import torch

from impasto.offline.export import reach
from impasto.offline.networks.arbitrary import Shape, Statistics, Transfer

SMALL = Shape((4, 8), 1, (6, 4))


@pytest.mark.parametrize("shape", [SMALL, replace(SMALL, blocks=2)])
@torch.no_grad()
def test_a_tile_with_the_whole_pictures_statistics_is_part_of_the_whole(shape: Shape) -> None:
    torch.manual_seed(0)
    transfer = Transfer(shape).eval()
    image = torch.rand(1, 3, 192, 224)
    told = (torch.eye(3, 4)[None], 0.1 * torch.randn(1, 2 * sum(shape.modulated)), torch.ones(1))
    statistics = Statistics()
    whole = transfer(image, *told, statistics)
    assert statistics.vector().shape == (1, shape.statistics)

    left, right = 32, 192
    tile, given = image[..., left:right], Statistics(statistics.vector())
    inner = slice(reach(shape), right - left - reach(shape))
    torch.testing.assert_close(transfer(tile, *told, given)[..., inner], whole[..., left:right][..., inner])
    own = transfer(tile, *told)[..., inner]
    assert (own - whole[..., left:right][..., inner]).abs().max() > 1e-3
