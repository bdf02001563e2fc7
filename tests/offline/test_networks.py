"""The offline networks: the published parameter counts, any size, strength, what each one promises, and their files."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from impasto.encoders.slim import Slim
from impasto.errors import InputError, WeightsError
from impasto.offline import networks
from impasto.offline.networks.adain import AdaIN
from impasto.offline.networks.arbitrary import Shape
from impasto.offline.networks.base import Network
from impasto.offline.networks.both import Arbitrary, colour_map, colour_statistics
from impasto.offline.networks.dumoulin import Dumoulin
from impasto.offline.networks.ghiasi import Ghiasi
from impasto.offline.networks.johnson import Johnson
from impasto.offline.networks.saving import save_model
from impasto.offline.networks.style_swap import StyleSwap, swapped
from impasto.offline.networks.wct import WCT

NAMES = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "4_1", "4_2", "5_1")
TINY = Shape(stem=(4, 8), blocks=1, decoder=(6, 4), projections=4, embedding=8, hidden=16)


@pytest.fixture
def encoder() -> Slim:
    torch.manual_seed(0)
    return Slim({name: 4 + 2 * int(name[0]) for name in NAMES}).eval().requires_grad_(False)


@pytest.fixture(params=networks.NETWORKS)
def network(request: pytest.FixtureRequest, encoder: Slim) -> Network:
    torch.manual_seed(1)
    if request.param == "ghiasi":
        return Ghiasi(encoder.descriptor, looks=encoder, layer="relu4_1").eval()
    network = networks.create(request.param, encoder.descriptor).eval()
    network.attach(encoder)
    return network


def told(network: Network, encoder: Slim, image: Tensor) -> dict[str, Tensor]:
    return {**network.told(image, encoder(image, network.layers or ("relu1_1",))), "number": torch.ones(len(image), 1)}


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def pictures(number: int, height: int, width: int, seed: int = 0) -> Tensor:
    return torch.rand(number, 3, height, width, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_the_pastiche_has_the_photos_size_whatever_it_is(network: Network, encoder: Slim) -> None:
    style = told(network, encoder, pictures(1, 64, 48, 1))
    for size in ((32, 32), (45, 70)):
        photo = pictures(1, *size)
        assert network(photo, told(network, encoder, photo), style, torch.ones(1)).shape == photo.shape


@torch.no_grad()
def test_each_picture_of_a_batch_is_painted_by_itself(network: Network, encoder: Slim) -> None:
    photo, style = pictures(2, 40, 48), pictures(2, 64, 64, 1)
    strength = torch.tensor([1.0, 0.4])
    together = network(photo, told(network, encoder, photo), told(network, encoder, style), strength)
    for i in range(2):
        one = slice(i, i + 1)
        alone = network(photo[one], told(network, encoder, photo[one]), told(network, encoder, style[one]), strength[one])
        assert torch.allclose(alone, together[one], atol=2e-4)


def test_the_published_networks_have_the_published_numbers_of_parameters(encoder: Slim) -> None:
    assert count(Johnson(encoder.descriptor)) == 1_679_235
    dumoulin = Dumoulin(encoder.descriptor, styles=1)
    assert count(dumoulin) == 1_674_432 + 3_206
    assert count(Dumoulin(encoder.descriptor, styles=32)) - count(dumoulin) == 31 * 3_206
    ghiasi = Ghiasi(encoder.descriptor)
    assert ghiasi.transformer.parameters_a_style == 2_758
    assert count(ghiasi.bottleneck) == 768 * 100 + 100
    assert count(ghiasi.heads) == 278_558
    assert count(ghiasi.transformer) == 1_674_432 + 2 * (32 + 64 + 128)


@torch.no_grad()
@pytest.mark.parametrize("name", ["arbitrary", "johnson", "dumoulin"])
def test_at_strength_zero_the_photo_stays(name: str, encoder: Slim) -> None:
    network = networks.create(name, encoder.descriptor)
    network.attach(encoder)
    photo, style = pictures(1, 40, 48), pictures(1, 64, 64, 1)
    pastiche = network(photo, told(network, encoder, photo), told(network, encoder, style), torch.zeros(1))
    assert torch.allclose(pastiche, photo, atol=1e-3)


def test_colours_move_to_the_styles_mean_and_covariance() -> None:
    photo, style = pictures(1, 32, 32), pictures(1, 24, 40, 1) * torch.tensor([0.2, 0.9, 0.5])[:, None, None]
    of_photo, of_style = (dict(zip(("mean", "covariance"), colour_statistics(x), strict=True)) for x in (photo, style))
    for strength in (0.0, 0.5, 1.0):
        affine = colour_map(of_photo, of_style, torch.tensor([strength]))
        moved = affine[..., :3] @ photo.flatten(2) + affine[..., 3:]
        mean, covariance = colour_statistics(moved[..., None])
        assert torch.allclose(mean, torch.lerp(of_photo["mean"], of_style["mean"], strength), atol=1e-4)
        assert torch.allclose(covariance, torch.lerp(of_photo["covariance"], of_style["covariance"], strength), atol=2e-4)


def test_adain_gives_the_styles_moments_and_wct_its_covariance(encoder: Slim) -> None:
    photo, style = torch.randn(2, 12, 20, 20), 3 * torch.randn(2, 12, 30, 17) + 1
    made = AdaIN(encoder.descriptor).transferred(photo, style)
    assert torch.allclose(made.mean((2, 3)), style.mean((2, 3)), atol=1e-4)
    assert torch.allclose(made.std((2, 3), correction=0), style.std((2, 3), correction=0), rtol=1e-3)
    made = WCT(encoder.descriptor).transferred(photo, style)
    rows, goal = (x.flatten(2) - x.flatten(2).mean(2, keepdim=True) for x in (made, style))
    assert torch.allclose(
        rows @ rows.transpose(1, 2) / rows.shape[2], goal @ goal.transpose(1, 2) / goal.shape[2], rtol=1e-2, atol=1e-2
    )


def test_style_swap_puts_a_picture_together_from_the_styles_patches() -> None:
    torch.manual_seed(0)
    style = torch.randn(1, 6, 9, 8)
    assert torch.allclose(swapped(style, style), style, atol=1e-5)
    # Any photo becomes a mean of style patches: nothing beyond the style's range.
    made = StyleSwap.transferred(StyleSwap.__new__(StyleSwap), 10 * torch.randn(2, 6, 7, 7), style.repeat(2, 1, 1, 1))
    assert made.abs().max() <= style.abs().max() + 1e-5


def test_a_new_style_is_learned_by_its_normalisation_parameters_alone(encoder: Slim) -> None:
    network = Dumoulin(encoder.descriptor, styles=3)
    with torch.no_grad():
        network.styles.normal_()
    mean = network.styles.mean(0)
    network.with_new_styles(2)
    assert torch.allclose(network.styles, mean.expand(2, -1))
    learned = [name for name, parameter in network.named_parameters() if parameter.requires_grad]
    assert learned == ["styles"]
    assert network.config() == {"styles": 2}


def test_ghiasis_strength_goes_from_the_photos_embedding_to_the_styles(encoder: Slim) -> None:
    network = Ghiasi(encoder.descriptor, looks=encoder, layer="relu4_1").eval()
    photo, style = pictures(1, 40, 40), pictures(1, 40, 40, 1)
    mine, other = told(network, encoder, photo), told(network, encoder, style)
    with torch.no_grad():
        assert torch.allclose(network(photo, mine, other, torch.zeros(1)), network(photo, mine, mine, torch.ones(1)), atol=1e-6)
    assert not any("looks" in name for name in network.state_dict())


def test_a_file_gives_the_network_back_with_its_shape(encoder: Slim, tmp_path: Path) -> None:
    network = Arbitrary(encoder.descriptor, TINY, ("relu2_1", "relu4_1"))
    save_model(tmp_path / "net.safetensors", network, "slim", {"steps": "7"})
    again = networks.read(tmp_path / "net.safetensors", encoder.descriptor)
    assert isinstance(again, Arbitrary)
    assert (again.shape, again.layers) == (TINY, ("relu2_1", "relu4_1"))
    for name, value in network.state_dict().items():
        assert torch.allclose(again.state_dict()[name], value, atol=2e-3)


def test_wct_and_style_swap_take_a_trained_decoder(encoder: Slim, tmp_path: Path) -> None:
    network = AdaIN(encoder.descriptor)
    save_model(tmp_path / "adain.safetensors", network, "slim", {})
    for name, kind in (("wct", WCT), ("style-swap", StyleSwap)):
        again = networks.read(tmp_path / "adain.safetensors", encoder.descriptor, name)
        assert isinstance(again, kind)
        weight = again.state_dict()["decoder.convs.0.weight"]
        assert torch.allclose(weight, network.state_dict()["decoder.convs.0.weight"], atol=1e-3)


def test_what_is_no_such_network_is_refused_in_one_line(encoder: Slim, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "net.safetensors"
    with pytest.raises(InputError, match="unknown network 'jonson'; did you mean 'johnson'"):
        networks.create("jonson", encoder.descriptor)
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(WeightsError, match="no network that `impasto train` made"):
        networks.read(path, encoder.descriptor)
    save_model(path, Arbitrary(encoder.descriptor, TINY), "slim", {})
    other = Slim({name: 3 for name in NAMES})
    with pytest.raises(WeightsError, match="no 'arbitrary' network of this shape and encoder"):
        networks.read(path, other.descriptor)
