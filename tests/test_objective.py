"""The objective: its parts, their weights, and nothing computed that does not count."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
import torch

from impasto import content, texture
from impasto.encoders.base import Descriptor, Encoder
from impasto.encoders.slim import Slim
from impasto.errors import InputError
from impasto.objective import Objective, StyleTarget, Weights, total_variation

STYLE = {"relu1_1": 1.0, "relu2_1": 1.0}
CONTENT = {"relu2_2": 1.0}


def narrow_encoder() -> Slim:
    torch.manual_seed(0)
    return Slim({"1_1": 4, "1_2": 4, "2_1": 6, "2_2": 6, "3_1": 8}).eval().requires_grad_(False)


def build(weights: Weights, name: str = "gram", **options: Any) -> tuple[Objective, torch.Tensor, torch.Tensor]:
    arguments = {"content_layers": CONTENT, "style_layers": STYLE, **options}
    objective = Objective(narrow_encoder(), texture.create(name), weights=weights, **arguments)
    photo, style = torch.rand(1, 3, 32, 24), torch.rand(1, 3, 20, 28) ** 2
    objective.set_content(photo)
    objective.set_styles([StyleTarget(objective.represent_style(style))])
    return objective, photo, style


def test_the_photo_has_no_content_loss_and_the_style_no_style_loss() -> None:
    objective, photo, style = build(Weights(1, 1, 0))
    assert objective(photo).content.item() < 1e-8 < objective(photo).style.item()
    objective.set_content(style)
    assert objective(style).style.item() < 1e-8


def test_weights_scale_their_parts() -> None:
    (one, photo, _style), (three, _, _) = build(Weights(1, 1, 1)), build(Weights(3, 5, 7))
    noise = torch.rand_like(photo)
    a, b = one(noise), three(noise)
    assert torch.allclose(b.content, 3 * a.content)
    assert torch.allclose(b.style, 5 * a.style)
    assert torch.allclose(b.tv, 7 * a.tv)
    assert torch.allclose(b.total, b.content + b.style + b.tv)


def lattice(size: int) -> torch.Tensor:
    """A checkerboard of squares of two pixels on grey, 1 x 3 x size x size."""
    line = torch.arange(size) // 2 % 2
    return 0.5 + 0.1 * (line[:, None] ^ line[None]).float().expand(1, 3, size, size)


def test_a_lattice_costs_where_neither_the_photo_nor_a_style_has_it() -> None:
    objective, _, _ = build(Weights(1, 1, 0, 3))
    photo, style = torch.full((1, 3, 64, 64), 0.3), torch.full((1, 3, 64, 64), 0.7)
    objective.set_content(photo)
    plain = StyleTarget(objective.represent_style(style), spectrum=objective.represent_spectrum(style))
    objective.set_styles([plain])
    assert objective(photo).spectrum.item() == objective(style).spectrum.item() == 0
    woven = lattice(64)
    found = objective(woven)
    assert found.spectrum.item() > 0.3
    assert torch.allclose(found.total, found.content + found.style + found.spectrum)
    objective.set_styles([plain, replace(plain, spectrum=objective.represent_spectrum(woven))])
    assert objective(woven).spectrum.item() == 0


def test_pictures_too_small_for_a_window_have_no_spectrum() -> None:
    objective, photo, _ = build(Weights(1, 1, 0, 3))
    objective.set_content(photo[..., :24, :])
    assert objective.content_spectrum is None
    assert objective(photo[..., :24, :]).spectrum.item() == 0


def test_a_part_without_weight_costs_no_layer() -> None:
    objective, photo, _ = build(Weights(0, 1, 0))
    assert objective.layers == tuple(STYLE)
    assert objective(photo).content.item() == 0
    assert objective(photo).tv.item() == 0
    assert build(Weights(1, 0, 0))[0].layers == ("relu2_2",)
    assert build(Weights(1, 1, 0), "steerable")[0].layers == ("relu2_2",)
    assert build(Weights(1, 1, 0), style_layers={**STYLE, "relu2_1": 0.0})[0].layers == ("relu2_2", "relu1_1")
    assert build(Weights(1, 1, 0), content_models={"laplacian": 1.0})[0].layers == tuple(STYLE)


def test_layer_weights_reach_the_texture_model() -> None:
    equal, photo, _ = build(Weights(0, 1, 0))
    uneven = build(Weights(0, 1, 0), style_layers={"relu1_1": 3.0, "relu2_1": 1.0})[0]
    alone = [build(Weights(0, 1, 0), style_layers={layer: 2.0})[0](photo).style.item() for layer in STYLE]
    assert equal(photo).style.item() == pytest.approx(sum(alone) / 2, rel=1e-5)
    assert uneven(photo).style.item() == pytest.approx((3 * alone[0] + alone[1]) / 4, rel=1e-5)


def test_content_models_add_by_their_relative_weights() -> None:
    noise = torch.rand(1, 3, 32, 24)
    weights = {name: 1.0 + number for number, name in enumerate(content.MODELS)}
    alone = {name: build(Weights(2, 0, 0), content_models={name: 5.0})[0](noise).content.item() for name in weights}
    together = build(Weights(2, 0, 0), content_models=weights)[0](noise).content.item()
    mean = sum(weights[name] * alone[name] for name in weights) / sum(weights.values())
    assert together == pytest.approx(mean, rel=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"content_models": {"feature": 1.0}}, "did you mean 'features'"),
        ({"content_models": {"features": 0.0}}, "content models are 0"),
        ({"style_layers": {"relu1_1": 0.0}}, "style layers are 0"),
        ({"content_layers": {"relu9_1": 1.0}}, "unknown layer 'relu9_1'"),
    ],
)
def test_what_cannot_be_meant_is_said(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        build(Weights(), **options)


def test_several_styles_add_by_share() -> None:
    objective, photo, style = build(Weights(0, 1, 0))
    first, second = objective.represent_style(style), objective.represent_style(style.flip(1) ** 3)
    parts = []
    for target in (first, second):
        objective.set_styles([StyleTarget(target)])
        parts.append(objective(photo).style)
    objective.set_styles([StyleTarget(first, share=0.25), StyleTarget(second, share=0.75)])
    assert torch.allclose(objective(photo).style, 0.25 * parts[0] + 0.75 * parts[1])


class Given(Encoder):
    """Sees the same feature maps in every picture: leaves, so that each one's own gradient is known."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptor = Descriptor("given", tuple(STYLE), {}, {}, (), (), 1, (), "", "")
        self.maps: dict[str, torch.Tensor] = {}

    def draw(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.maps = {layer: torch.rand(1, 4, 12, 10, generator=generator).requires_grad_(True) for layer in STYLE}

    def forward(self, image: torch.Tensor, layers: Iterable[str]) -> dict[str, torch.Tensor]:
        return {layer: self.maps[layer] for layer in layers}


@pytest.mark.parametrize("name", [name for name in texture.MODELS if name != "steerable"])
def test_normalized_gradients_are_as_large_as_their_weights_in_every_layer(name: str) -> None:
    encoder, image = Given(), torch.rand(1, 3, 12, 10)
    layers = {"relu1_1": 3.0, "relu2_1": 1.0}
    for weights in (Weights(0, 1, 0), Weights(2, 0, 0)):
        objective = Objective(encoder, texture.create(name), layers, layers, weights, normalize_gradients=True)
        plain = Objective(encoder, texture.create(name), layers, layers, weights)
        encoder.draw(0)
        for one in (objective, plain):
            one.set_content(image)
            one.set_styles([StyleTarget(one.represent_style(image))])
        encoder.draw(1)
        losses = objective(image)
        assert torch.equal(losses.total, plain(image).total)
        losses.total.backward()
        norms = [encoder.maps[layer].grad.abs().sum().item() for layer in layers]
        assert norms[0] / norms[1] == pytest.approx(3, rel=1e-4)
        if not (name == "transport" and weights.style):  # the pixels have their own share
            assert sum(norms) == pytest.approx(1 if weights.style else 2, rel=1e-4)


@pytest.mark.parametrize("name", ["gram", "steerable"])
def test_a_tile_may_be_cut_anywhere(name: str) -> None:
    (torus, photo, _), (plain, _, _) = build(Weights(1, 1, 1), name, wrap=True), build(Weights(1, 1, 1), name)
    torus.set_content(photo)
    moved = photo.roll((16, 8), (2, 3))
    for objective, alike in ((torus, True), (plain, False)):
        before, after = objective(photo), objective(moved)
        assert (abs(before.style.item() - after.style.item()) < 1e-2 * before.style.item()) == alike
        assert (abs(before.tv.item() - after.tv.item()) < 1e-5 * before.tv.item()) == alike


def test_total_variation_of_a_ramp_and_of_a_flat_picture() -> None:
    flat = torch.full((1, 3, 5, 6), 0.3)
    ramp = flat + 0.1 * torch.arange(6.0)
    assert total_variation(flat).item() == 0
    assert torch.allclose(total_variation(ramp), torch.tensor([0.01]))
    assert torch.allclose(total_variation(ramp, wrap=True), torch.tensor([(5 * 0.01 + 0.25) / 6]))
