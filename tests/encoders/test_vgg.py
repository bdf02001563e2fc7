"""VGG against a slow implementation of its own, written from the paper and the conventions' definitions."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.encoders.vgg import CONVENTIONS, VGG
from impasto.errors import InputError, WeightsError

DEPTHS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
WIDTHS = (4, 5, 6, 7, 8)


def make_state(depths: tuple[int, ...], seed: int = 0) -> dict[str, Tensor]:
    """torchvision's keys: a running index over convolution, ReLU and pooling."""
    generator = torch.Generator().manual_seed(seed)
    state, index, channels = {}, 0, 3
    for depth, width in zip(depths, WIDTHS, strict=False):
        for _ in range(depth):
            spread = (2 / (9 * channels)) ** 0.5
            state[f"features.{index}.weight"] = torch.randn(width, channels, 3, 3, generator=generator) * spread
            state[f"features.{index}.bias"] = torch.randn(width, generator=generator) * 0.1
            index, channels = index + 2, width
        index += 1
    return state


def slowly(
    state: dict[str, Tensor], image: Tensor, depths: tuple[int, ...], convention: str, pooling: str
) -> dict[str, Tensor]:
    """Every layer, pixel windows by `unfold`, in float64."""
    x = image.double()
    if convention == "caffe":
        x = (x * 255).flip(1) - torch.tensor([103.939, 116.779, 123.68], dtype=torch.float64).view(1, 3, 1, 1)
    else:
        x[:, 0] = (x[:, 0] - 0.485) / 0.229
        x[:, 1] = (x[:, 1] - 0.456) / 0.224
        x[:, 2] = (x[:, 2] - 0.406) / 0.225
    out, index = {}, 0
    for block, depth in enumerate(depths, 1):
        for number in range(1, depth + 1):
            weight, bias = state[f"features.{index}.weight"].double(), state[f"features.{index}.bias"].double()
            n, _, h, w = x.shape
            columns = F.unfold(F.pad(x, (1, 1, 1, 1)), 3)
            x = (weight.flatten(1) @ columns + bias[:, None]).view(n, -1, h, w)
            out[f"conv{block}_{number}"] = x
            x = x.clamp(min=0)
            out[f"relu{block}_{number}"] = x
            index += 2
        windows = x[..., : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2].unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)
        if pooling == "max":
            x = windows.amax(-1)
        elif pooling == "average":
            x = 2 * windows.mean(-1)
        else:
            x = 0.78 * windows.square().sum(-1).sqrt()
        out[f"pool{block}"] = x
        index += 1
    return out


@pytest.mark.parametrize("convention", ["torchvision", "caffe"])
@pytest.mark.parametrize("pooling", ["max", "average", "l2"])
@pytest.mark.parametrize("arch", ["vgg16", "vgg19"])
def test_every_layer_agrees_with_the_slow_one(arch: str, pooling: str, convention: str) -> None:
    state = make_state(DEPTHS[arch])
    image = torch.rand(2, 3, 37, 46, generator=torch.Generator().manual_seed(1))
    expected = slowly(state, image, DEPTHS[arch], convention, pooling)
    encoder = VGG(state, convention=convention, pooling=pooling)
    assert encoder.descriptor.layers == tuple(expected)
    got = encoder(image, expected)
    for layer, feature in got.items():
        torch.testing.assert_close(feature.double(), expected[layer], rtol=1e-4, atol=1e-4 * float(expected[layer].abs().max()))


def test_the_same_layer_alone_and_among_others_is_the_same() -> None:
    encoder = VGG(make_state(DEPTHS["vgg19"]))
    image = torch.rand(1, 3, 32, 32)
    everything = encoder(image, encoder.descriptor.layers)
    for layer in ("conv1_1", "conv3_2", "relu3_2", "pool4", "pool5"):
        assert torch.equal(encoder(image, [layer])[layer], everything[layer])
    assert bool((everything["conv3_2"] < 0).any())


def test_nothing_past_the_deepest_layer_is_computed() -> None:
    encoder = VGG(make_state(DEPTHS["vgg19"]))
    seen: list[str] = []
    for name, conv in encoder.convs.items():
        conv.register_forward_hook(lambda *_, name=name: seen.append(name))
    assert list(encoder(torch.rand(1, 3, 16, 16), ["relu2_1", "conv1_2"])) == ["conv1_2", "relu2_1"]
    assert seen == ["conv1_1", "conv1_2", "conv2_1"]
    assert encoder(torch.rand(1, 3, 16, 16), []) == {}


def test_the_descriptor_tells_the_truth() -> None:
    encoder = VGG(make_state(DEPTHS["vgg19"]), name="thin")
    about = encoder.descriptor
    image = torch.rand(1, 3, 64, 96)
    for layer, feature in encoder(image, about.layers).items():
        assert feature.shape == (1, about.channels[layer], 64 // about.strides[layer], 96 // about.strides[layer])
    assert about.style_layers == ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
    assert about.content_layers == ("relu4_2",)
    assert about.min_size == 32
    assert encoder(torch.rand(1, 3, 32, 32), ["pool5"])["pool5"].shape[2:] == (1, 1)


def test_a_cut_off_file_serves_the_layers_it_has() -> None:
    whole = make_state(DEPTHS["vgg19"])
    state = {key: value for key, value in whole.items() if int(key.split(".")[1]) <= 21}
    encoder = VGG(state)
    assert encoder.descriptor.layers[-1] == "relu4_2"
    assert encoder.descriptor.min_size == 8
    image = torch.rand(1, 3, 24, 24)
    assert torch.equal(encoder(image, ["relu4_2"])["relu4_2"], VGG(whole)(image, ["relu4_2"])["relu4_2"])
    with pytest.raises(InputError, match="unknown layer 'relu5_1'"):
        encoder(image, ["relu5_1"])


def test_other_key_layouts_mean_the_same() -> None:
    state = make_state(DEPTHS["vgg16"])
    expected = VGG(state)
    places = [layer.removeprefix("conv") for layer in expected.descriptor.layers if layer.startswith("conv")]
    indices = sorted({int(key.split(".")[1]) for key in state})
    named = {
        f"conv{place}.{kind}": state[f"features.{index}.{kind}"]
        for place, index in zip(places, indices, strict=True)
        for kind in ("weight", "bias")
    }
    bare = {key.removeprefix("features."): value for key, value in state.items()}
    image = torch.rand(1, 3, 32, 32)
    for other in (named, bare):
        assert torch.equal(VGG(other)(image, ["relu5_3"])["relu5_3"], expected(image, ["relu5_3"])["relu5_3"])


def test_the_classifier_is_ignored_and_the_state_left_alone() -> None:
    state = {**make_state(DEPTHS["vgg16"]), "classifier.0.weight": torch.rand(2, 2), "classifier.0.bias": torch.rand(2)}
    before = {key: value.clone() for key, value in state.items()}
    encoder = VGG(state, convention="caffe")
    encoder.to(torch.bfloat16)
    assert all(torch.equal(state[key], before[key]) for key in before)
    assert not any(parameter.requires_grad for parameter in encoder.parameters())


def test_bfloat16_comes_near_float32() -> None:
    state = make_state(DEPTHS["vgg19"])
    image = torch.rand(1, 3, 48, 48, generator=torch.Generator().manual_seed(2))
    exact = VGG(state, convention="caffe")(image, ["relu3_1"])["relu3_1"]
    rough = VGG(state, convention="caffe").to(torch.bfloat16)(image, ["relu3_1"])["relu3_1"]
    assert rough.dtype == torch.bfloat16
    assert float((rough.float() - exact).norm() / exact.norm()) < 0.03


@pytest.mark.parametrize("pooling", ["max", "average", "l2"])
def test_gradients_reach_the_picture_and_are_finite(pooling: str) -> None:
    encoder = VGG(make_state(DEPTHS["vgg16"]), pooling=pooling)
    image = torch.full((1, 3, 32, 32), 0.5, requires_grad=True)
    encoder(image, ["relu5_3"])["relu5_3"].sum().backward()
    assert image.grad is not None
    assert bool(image.grad.isfinite().all())
    assert float(image.grad.abs().sum()) > 0


def test_pooling_keeps_the_level_of_the_activations() -> None:
    state = make_state(DEPTHS["vgg19"])
    image = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    level = {kind: float(VGG(state, pooling=kind)(image, ["relu4_1"])["relu4_1"].mean()) for kind in ("max", "average", "l2")}
    assert 0.4 < level["average"] / level["max"] < 2.5
    assert 0.4 < level["l2"] / level["max"] < 2.5


def broken(change: str) -> dict[str, Tensor]:
    state = make_state(DEPTHS["vgg16"])
    if change == "missing layer":
        del state["features.7.weight"], state["features.7.bias"]
    elif change == "missing bias":
        del state["features.7.bias"]
    elif change == "wrong shape":
        state["features.7.weight"] = state["features.7.weight"][:, :2]
    elif change == "not finite":
        state["features.7.weight"][0, 0, 0, 0] = float("nan")
    elif change == "batch normalisation":
        state["features.1.running_mean"] = torch.zeros(4)
    return state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("missing layer", r"features\.7 is missing"),
        ("missing bias", "conv2_2 lacks its weight or its bias"),
        ("wrong shape", r"conv2_2 has shape \(5, 2, 3, 3\), not \(\*, 5, 3, 3\)"),
        ("not finite", "conv2_2 holds values that are not finite"),
        ("batch normalisation", "batch normalisation, which is not supported"),
    ],
)
def test_a_state_that_is_no_whole_vgg(change: str, message: str) -> None:
    with pytest.raises(WeightsError, match=message) as caught:
        VGG(broken(change), name="mine.pth")
    assert "mine.pth" in str(caught.value)


def test_unknown_options_get_a_suggestion() -> None:
    state = make_state((1,))
    with pytest.raises(InputError, match="did you mean 'average'"):
        VGG(state, pooling="avarage")
    with pytest.raises(InputError, match="did you mean 'caffe'"):
        VGG(state, convention="cafe")
    assert set(CONVENTIONS) == {"torchvision", "caffe"}
