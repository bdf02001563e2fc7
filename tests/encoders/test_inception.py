"""Inception-v3 in torchvision's exact key layout, made thin, against an implementation of its own with real batch norm."""

from collections.abc import Callable, Mapping

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.encoders.inception import InceptionV3, is_inception
from impasto.errors import InputError, WeightsError

Unit = Callable[..., Tensor]


class Maker:
    """Walks the network once to make its state, and again to compute with it, so that the two cannot disagree on a key."""

    def __init__(self, state: dict[str, Tensor], make: bool) -> None:
        self.state, self.make = state, make
        self.random = torch.Generator().manual_seed(0)

    def unit(
        self, x: Tensor, key: str, width: int, kernel: tuple[int, int], stride: int = 1, padding: tuple[int, int] = (0, 0)
    ) -> Tensor:
        if self.make:
            spread = (2 / (x.shape[1] * kernel[0] * kernel[1])) ** 0.5
            self.state[f"{key}.conv.weight"] = torch.randn(width, x.shape[1], *kernel, generator=self.random) * spread
            self.state[f"{key}.bn.weight"] = torch.rand(width, generator=self.random) + 0.5
            self.state[f"{key}.bn.bias"] = torch.randn(width, generator=self.random) * 0.2
            self.state[f"{key}.bn.running_mean"] = torch.randn(width, generator=self.random) * 0.2
            self.state[f"{key}.bn.running_var"] = torch.rand(width, generator=self.random) * 0.01 + 0.2
            self.state[f"{key}.bn.num_batches_tracked"] = torch.tensor(0)
        s = self.state
        x = F.conv2d(x, s[f"{key}.conv.weight"].to(x.dtype), stride=stride, padding=padding)
        mean, variance, gain, bias = (
            s[f"{key}.bn.{part}"].to(x.dtype) for part in ("running_mean", "running_var", "weight", "bias")
        )
        return F.relu(F.batch_norm(x, mean, variance, gain, bias, eps=0.001))

    def mixed_5(self, x: Tensor, name: str) -> Tensor:
        a = self.unit(x, f"{name}.branch1x1", 3, (1, 1))
        b = self.unit(x, f"{name}.branch5x5_1", 2, (1, 1))
        b = self.unit(b, f"{name}.branch5x5_2", 3, (5, 5), padding=(2, 2))
        c = self.unit(x, f"{name}.branch3x3dbl_1", 3, (1, 1))
        c = self.unit(c, f"{name}.branch3x3dbl_2", 4, (3, 3), padding=(1, 1))
        c = self.unit(c, f"{name}.branch3x3dbl_3", 4, (3, 3), padding=(1, 1))
        d = self.unit(F.avg_pool2d(x, 3, stride=1, padding=1), f"{name}.branch_pool", 2, (1, 1))
        return torch.cat([a, b, c, d], 1)

    def mixed_6a(self, x: Tensor) -> Tensor:
        a = self.unit(x, "Mixed_6a.branch3x3", 5, (3, 3), stride=2)
        b = self.unit(x, "Mixed_6a.branch3x3dbl_1", 3, (1, 1))
        b = self.unit(b, "Mixed_6a.branch3x3dbl_2", 4, (3, 3), padding=(1, 1))
        b = self.unit(b, "Mixed_6a.branch3x3dbl_3", 4, (3, 3), stride=2)
        return torch.cat([a, b, F.max_pool2d(x, 3, stride=2)], 1)

    def mixed_6(self, x: Tensor, name: str) -> Tensor:
        a = self.unit(x, f"{name}.branch1x1", 4, (1, 1))
        b = self.unit(x, f"{name}.branch7x7_1", 3, (1, 1))
        b = self.unit(b, f"{name}.branch7x7_2", 3, (1, 7), padding=(0, 3))
        b = self.unit(b, f"{name}.branch7x7_3", 4, (7, 1), padding=(3, 0))
        c = self.unit(x, f"{name}.branch7x7dbl_1", 3, (1, 1))
        c = self.unit(c, f"{name}.branch7x7dbl_2", 3, (7, 1), padding=(3, 0))
        c = self.unit(c, f"{name}.branch7x7dbl_3", 3, (1, 7), padding=(0, 3))
        c = self.unit(c, f"{name}.branch7x7dbl_4", 3, (7, 1), padding=(3, 0))
        c = self.unit(c, f"{name}.branch7x7dbl_5", 4, (1, 7), padding=(0, 3))
        d = self.unit(F.avg_pool2d(x, 3, stride=1, padding=1), f"{name}.branch_pool", 4, (1, 1))
        return torch.cat([a, b, c, d], 1)

    def mixed_7a(self, x: Tensor) -> Tensor:
        a = self.unit(x, "Mixed_7a.branch3x3_1", 4, (1, 1))
        a = self.unit(a, "Mixed_7a.branch3x3_2", 5, (3, 3), stride=2)
        b = self.unit(x, "Mixed_7a.branch7x7x3_1", 4, (1, 1))
        b = self.unit(b, "Mixed_7a.branch7x7x3_2", 4, (1, 7), padding=(0, 3))
        b = self.unit(b, "Mixed_7a.branch7x7x3_3", 4, (7, 1), padding=(3, 0))
        b = self.unit(b, "Mixed_7a.branch7x7x3_4", 4, (3, 3), stride=2)
        return torch.cat([a, b, F.max_pool2d(x, 3, stride=2)], 1)

    def mixed_7(self, x: Tensor, name: str) -> Tensor:
        a = self.unit(x, f"{name}.branch1x1", 5, (1, 1))
        b = self.unit(x, f"{name}.branch3x3_1", 4, (1, 1))
        b2 = self.unit(b, f"{name}.branch3x3_2a", 4, (1, 3), padding=(0, 1))
        b3 = self.unit(b, f"{name}.branch3x3_2b", 4, (3, 1), padding=(1, 0))
        c = self.unit(x, f"{name}.branch3x3dbl_1", 5, (1, 1))
        c = self.unit(c, f"{name}.branch3x3dbl_2", 4, (3, 3), padding=(1, 1))
        c2 = self.unit(c, f"{name}.branch3x3dbl_3a", 4, (1, 3), padding=(0, 1))
        c3 = self.unit(c, f"{name}.branch3x3dbl_3b", 4, (3, 1), padding=(1, 0))
        d = self.unit(F.avg_pool2d(x, 3, stride=1, padding=1), f"{name}.branch_pool", 3, (1, 1))
        return torch.cat([a, b2, b3, c2, c3, d], 1)

    def run(self, image: Tensor) -> dict[str, Tensor]:
        out: dict[str, Tensor] = {}
        x = 2 * image - 1
        out["Conv2d_1a_3x3"] = x = self.unit(x, "Conv2d_1a_3x3", 3, (3, 3), stride=2)
        out["Conv2d_2a_3x3"] = x = self.unit(x, "Conv2d_2a_3x3", 3, (3, 3))
        out["Conv2d_2b_3x3"] = x = self.unit(x, "Conv2d_2b_3x3", 4, (3, 3), padding=(1, 1))
        out["maxpool1"] = x = F.max_pool2d(x, 3, stride=2)
        out["Conv2d_3b_1x1"] = x = self.unit(x, "Conv2d_3b_1x1", 5, (1, 1))
        out["Conv2d_4a_3x3"] = x = self.unit(x, "Conv2d_4a_3x3", 6, (3, 3))
        out["maxpool2"] = x = F.max_pool2d(x, 3, stride=2)
        for name in ("Mixed_5b", "Mixed_5c", "Mixed_5d"):
            out[name] = x = self.mixed_5(x, name)
        out["Mixed_6a"] = x = self.mixed_6a(x)
        for name in ("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"):
            out[name] = x = self.mixed_6(x, name)
        out["Mixed_7a"] = x = self.mixed_7a(x)
        for name in ("Mixed_7b", "Mixed_7c"):
            out[name] = x = self.mixed_7(x, name)
        return out


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    made: dict[str, Tensor] = {}
    Maker(made, make=True).run(torch.rand(1, 3, 80, 80))
    return {
        **made,
        "AuxLogits.conv0.conv.weight": torch.rand(2, 2, 1, 1),
        "fc.weight": torch.rand(3, 14),
        "fc.bias": torch.rand(3),
    }


def test_the_layout_is_torchvisions(state: Mapping[str, Tensor]) -> None:
    """94 convolutions before the classifier, as in the paper's network."""
    assert sum(key.endswith(".conv.weight") and "Aux" not in key for key in state) == 94


def test_every_block_agrees_with_the_one_with_real_batch_norm(state: dict[str, Tensor]) -> None:
    image = torch.rand(2, 3, 99, 116, generator=torch.Generator().manual_seed(1))
    expected = Maker(state, make=False).run(image.double())
    encoder = InceptionV3(state)
    assert encoder.descriptor.layers == tuple(expected)
    for layer, feature in encoder(image, expected).items():
        torch.testing.assert_close(feature.double(), expected[layer], rtol=1e-3, atol=1e-4 * float(expected[layer].abs().max()))


def test_the_descriptor_tells_the_truth(state: dict[str, Tensor]) -> None:
    encoder = InceptionV3(state)
    about = encoder.descriptor
    features = encoder(torch.rand(1, 3, 299, 299), about.layers)
    assert {layer: feature.shape[1] for layer, feature in features.items()} == about.channels
    assert {layer: feature.shape[2] for layer, feature in features.items() if "Mixed_5" in layer} == dict.fromkeys(
        ("Mixed_5b", "Mixed_5c", "Mixed_5d"), 35
    )
    assert features["Mixed_6e"].shape[2:] == (17, 17)
    assert features["Mixed_7c"].shape[2:] == (8, 8)
    assert (about.strides["Mixed_5d"], about.strides["Mixed_6e"], about.strides["Mixed_7c"]) == (8, 16, 32)
    assert set(about.style_layers + about.content_layers) <= set(about.layers)


def test_the_smallest_size_is_torchvisions_75(state: dict[str, Tensor]) -> None:
    encoder = InceptionV3(state)
    assert encoder.descriptor.min_size == 75
    assert encoder(torch.rand(1, 3, 75, 75), ["Mixed_7c"])["Mixed_7c"].shape[2:] == (1, 1)
    with pytest.raises(RuntimeError):
        encoder(torch.rand(1, 3, 74, 74), ["Mixed_7c"])


def test_a_file_that_ends_at_ghiasis_block_serves_it(state: dict[str, Tensor]) -> None:
    image = torch.rand(1, 3, 80, 80)
    cut = InceptionV3({key: value for key, value in state.items() if not key.startswith(("Mixed_7", "fc", "Aux"))})
    assert cut.descriptor.layers[-1] == "Mixed_6e"
    assert cut.descriptor.min_size == 43
    assert cut(torch.rand(1, 3, 43, 43), ["Mixed_6e"])["Mixed_6e"].shape[2:] == (1, 1)
    assert torch.equal(cut(image, ["Mixed_6e"])["Mixed_6e"], InceptionV3(state)(image, ["Mixed_6e"])["Mixed_6e"])
    with pytest.raises(InputError, match="unknown layer 'Mixed_7c'"):
        cut(image, ["Mixed_7c"])


def test_damage_is_named(state: dict[str, Tensor]) -> None:
    lacking = {key: value for key, value in state.items() if key != "Mixed_6c.branch7x7_2.conv.weight"}
    with pytest.raises(WeightsError, match=r"'mine' is damaged: Mixed_6c\.branch7x7_2\.conv\.weight is missing"):
        InceptionV3(lacking, name="mine")
    lacking = {key: value for key, value in state.items() if key != "Mixed_6c.branch7x7_2.bn.running_var"}
    with pytest.raises(WeightsError, match=r"running_var is missing"):
        InceptionV3(lacking)
    wild = {**state, "Conv2d_2a_3x3.bn.bias": torch.full((3,), float("inf"))}
    with pytest.raises(WeightsError, match="not finite"):
        InceptionV3(wild)
    narrow = {**state, "Conv2d_2a_3x3.conv.weight": torch.rand(3, 2, 3, 3)}
    with pytest.raises(WeightsError, match=r"Conv2d_2a_3x3 has shape \(3, 2, 3, 3\), not \(\*, 3, "):
        InceptionV3(narrow)
    assert not is_inception({"features.0.weight": torch.rand(1)})


def test_it_has_no_other_pooling(state: dict[str, Tensor]) -> None:
    with pytest.raises(InputError, match="no average pooling"):
        InceptionV3(state, pooling="average")
