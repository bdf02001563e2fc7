"""What an encoder sees of a tile: the same wherever the tile is cut, and what it sees anyway far from the borders."""

import pytest
import torch

from impasto.encoders import torus
from impasto.encoders.slim import Slim

LAYERS = ("relu1_1", "relu3_1")


@pytest.fixture
def encoder() -> Slim:
    torch.manual_seed(0)
    return Slim({"1_1": 4, "1_2": 4, "2_1": 6, "2_2": 6, "3_1": 8}).eval().requires_grad_(False)


def test_a_tile_that_is_cut_elsewhere_has_the_same_features(encoder: Slim) -> None:
    image = torch.rand(1, 3, 48, 32)
    moved = torus.encode(encoder, image.roll((8, 12), (2, 3)), LAYERS)
    for layer, feature in torus.encode(encoder, image, LAYERS).items():
        stride = encoder.descriptor.strides[layer]
        assert torch.allclose(feature.roll((8 // stride, 12 // stride), (2, 3)), moved[layer], atol=1e-6)


def test_far_from_the_borders_nothing_changes(encoder: Slim) -> None:
    image = torch.rand(1, 3, 96, 80)
    plain = encoder(image, LAYERS)
    for layer, feature in torus.encode(encoder, image, LAYERS).items():
        assert feature.shape == plain[layer].shape
        inside = (..., slice(6, -6), slice(6, -6))
        assert torch.allclose(feature[inside], plain[layer][inside], atol=1e-6)
        assert not torch.allclose(feature, plain[layer], atol=1e-3)


def test_a_side_that_is_no_multiple_of_the_stride_is_covered_to_its_end(encoder: Slim) -> None:
    sizes = {layer: tuple(f.shape[-2:]) for layer, f in torus.encode(encoder, torch.rand(1, 3, 37, 50), LAYERS).items()}
    assert sizes == {"relu1_1": (37, 50), "relu3_1": (10, 13)}


def test_a_picture_smaller_than_the_margin_is_repeated_as_often_as_it_takes() -> None:
    row = torch.arange(3.0).view(1, 1, 1, 3)
    assert torus.surround(row, 4, 2)[0, 0, 0].tolist() == [2, 0, 1, 2, 0, 1, 2, 0, 1]
