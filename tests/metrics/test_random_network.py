"""The random judge: the same numbers for ever, layers as its descriptor says, and what its filters see."""

import hashlib

import pytest
import torch
from torch import Tensor

from impasto.metrics import draws
from impasto.metrics.random_network import LAYERS, RandomNetwork, draw_filters


def test_its_filters_are_the_same_everywhere() -> None:
    """Rounded to two digits, so that a last bit of another machine's arithmetic changes nothing."""
    filters = draw_filters()
    assert filters.shape == (96, 3, 7, 7)
    digest = hashlib.sha256((filters * 100).round().to(torch.int16).numpy().tobytes()).hexdigest()
    assert digest[:16] == "c56ea65bc97000fb"


def test_half_of_them_see_no_colour_but_pattern() -> None:
    network, flat = RandomNetwork(), torch.full((1, 3, 64, 64), 0.9)
    response = network(flat, ["scale1"])["scale1"]
    assert response[:, ::2].abs().max() < 1e-4
    assert response[:, 1::2].amax() > 0.1


def test_layers_are_as_described(photo: Tensor) -> None:
    network = RandomNetwork()
    for layer, feature in network(photo, LAYERS).items():
        stride = network.descriptor.strides[layer]
        assert feature.shape[1:] == (network.descriptor.channels[layer], photo.shape[2] // stride, photo.shape[3] // stride)
        assert feature.min() >= 0


def test_the_smallest_picture() -> None:
    network = RandomNetwork()
    least = network.descriptor.min_size
    assert network(torch.rand(1, 3, least, least), ["scale16"])["scale16"].shape[-1] == 2


def test_a_picture_half_the_size_looks_the_same_one_layer_up(photo: Tensor) -> None:
    network = RandomNetwork()
    half = torch.nn.functional.avg_pool2d(photo, 2)
    assert torch.allclose(network(photo, ["scale2"])["scale2"], network(half, ["scale1"])["scale1"], atol=1e-5)


def test_directions_are_unit_vectors_orthogonal_where_they_can_be() -> None:
    few, many = draws.directions(3, 5, 8), draws.directions(3, 9, 2)
    assert torch.allclose(few @ few.T, torch.eye(5), atol=1e-5)
    assert torch.allclose(many.norm(dim=1), torch.ones(9), atol=1e-5)
    assert torch.equal(few, draws.directions(3, 5, 8))


def test_uniform_and_normal_numbers() -> None:
    assert draws.uniform(0, 2).tolist() == pytest.approx([0.8444218515250481, 0.7579544029403025])
    numbers = draws.normal(0, 20_000)
    assert float(numbers.mean()) == pytest.approx(0, abs=0.03)
    assert float(numbers.std()) == pytest.approx(1, abs=0.03)
