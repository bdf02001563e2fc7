"""The objective: its parts, their weights, and nothing computed that does not count."""

import torch

from impasto import texture
from impasto.encoders.slim import Slim
from impasto.objective import Objective, StyleTarget, Weights, total_variation

STYLE = ("relu1_1", "relu2_1")


def build(weights: Weights) -> tuple[Objective, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    encoder = Slim({"1_1": 4, "1_2": 4, "2_1": 6, "2_2": 6, "3_1": 8}).eval().requires_grad_(False)
    objective = Objective(encoder, texture.create("gram"), {"relu2_2": 1.0}, STYLE, weights)
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


def test_a_part_without_weight_costs_no_layer() -> None:
    objective, photo, _ = build(Weights(0, 1, 0))
    assert objective.layers == STYLE
    assert objective(photo).content.item() == 0
    assert objective(photo).tv.item() == 0
    assert build(Weights(1, 0, 0))[0].layers == ("relu2_2",)


def test_several_styles_add_by_share() -> None:
    objective, photo, style = build(Weights(0, 1, 0))
    first, second = objective.represent_style(style), objective.represent_style(style.flip(1) ** 3)
    parts = []
    for target in (first, second):
        objective.set_styles([StyleTarget(target)])
        parts.append(objective(photo).style)
    objective.set_styles([StyleTarget(first, share=0.25), StyleTarget(second, share=0.75)])
    assert torch.allclose(objective(photo).style, 0.25 * parts[0] + 0.75 * parts[1])


def test_total_variation_of_a_ramp_and_of_a_flat_picture() -> None:
    flat = torch.full((1, 3, 5, 6), 0.3)
    ramp = flat + 0.1 * torch.arange(6.0)
    assert total_variation(flat).item() == 0
    assert torch.allclose(total_variation(ramp), torch.tensor([0.01]))
