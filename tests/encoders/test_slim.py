"""The slim encoder: layers, widths from weights, and the fused convolution against plain operations."""

import pytest
import torch
import torch.nn.functional as F

from impasto.encoders.convolution import convolve
from impasto.encoders.slim import Slim, from_state_dict
from impasto.errors import InputError

WIDTHS = {"1_1": 4, "1_2": 4, "2_1": 6, "2_2": 6, "3_1": 8}


@pytest.fixture
def encoder() -> Slim:
    torch.manual_seed(0)
    return Slim(WIDTHS).eval().requires_grad_(False)


def test_layers_have_the_promised_shapes(encoder: Slim) -> None:
    features = encoder(torch.rand(1, 3, 37, 50), encoder.descriptor.layers)
    for layer, feature in features.items():
        stride = encoder.descriptor.strides[layer]
        assert feature.shape == (1, encoder.descriptor.channels[layer], 37 // stride, 50 // stride)


def test_nothing_past_the_last_layer_is_computed(encoder: Slim) -> None:
    with torch.no_grad():
        encoder.convs["conv2_1"].weight.fill_(float("nan"))
    features = encoder(torch.rand(1, 3, 16, 16), ["relu1_2"])
    assert list(features) == ["relu1_2"]
    assert torch.isfinite(features["relu1_2"]).all()


def test_widths_come_from_the_weights(encoder: Slim) -> None:
    again = from_state_dict({key: value.half() for key, value in encoder.state_dict().items()})
    assert again.descriptor.channels == encoder.descriptor.channels
    image = torch.rand(1, 3, 32, 32)
    assert torch.allclose(again(image, ["relu3_1"])["relu3_1"], encoder(image, ["relu3_1"])["relu3_1"], atol=1e-2)


def test_an_unknown_layer_gets_a_suggestion(encoder: Slim) -> None:
    with pytest.raises(InputError, match="did you mean 'relu2_1'"):
        encoder(torch.rand(1, 3, 16, 16), ["relu2-1"])


def test_bfloat16_takes_pictures_as_they_are_and_comes_near_float32(encoder: Slim) -> None:
    image = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(2), requires_grad=True)
    exact = encoder(image, ["relu3_1"])["relu3_1"]
    rough = encoder.to(torch.bfloat16)(image, ["relu3_1"])["relu3_1"]
    assert rough.dtype == torch.bfloat16
    assert ((rough.float() - exact).norm() / exact.norm()).item() < 0.03
    (gradient,) = torch.autograd.grad(rough.float().square().sum(), image)
    assert gradient.dtype == torch.float32
    assert gradient.abs().sum() > 0


@pytest.mark.parametrize("size", [(8, 11), (3, 3), (2, 5)])
def test_the_fused_convolution_equals_plain_operations(size: tuple[int, int]) -> None:
    torch.manual_seed(1)
    x = torch.randn(2, 3, *size, dtype=torch.double, requires_grad=True)
    weight, bias = torch.randn(4, 3, 3, 3, dtype=torch.double), torch.randn(4, dtype=torch.double)
    fused = convolve(x, weight, bias)
    plain = F.relu(F.conv2d(F.pad(x, (1,) * 4, mode="reflect"), weight, bias))
    assert torch.equal(fused, plain)
    gradient = torch.randn_like(fused)
    ours, theirs = (torch.autograd.grad(y, x, gradient, retain_graph=True)[0] for y in (fused, plain))
    assert torch.allclose(ours, theirs)


def test_weights_that_train_get_their_gradient() -> None:
    x, weight = torch.rand(1, 3, 8, 8), torch.rand(2, 3, 3, 3, requires_grad=True)
    convolve(x, weight, torch.zeros(2)).sum().backward()
    assert weight.grad is not None
    assert weight.grad.abs().sum() > 0
