"""The loss is zero at the copy, relative to the teacher, and reaches into the wide channels; folding changes nothing."""

import pytest
import torch
from torch import Tensor

from impasto.encoders.collaborative import CollaborativeVGG
from impasto.training.distillation import (
    LAYERS,
    Student,
    Survey,
    as_teacher,
    distillation_loss,
    relative_error,
    survey,
)

IMAGE = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def teacher(teacher_state: dict[str, Tensor]) -> CollaborativeVGG:
    return CollaborativeVGG(teacher_state)


def copied(taught: dict[str, Tensor], seen_by: Survey) -> dict[str, Tensor]:
    """What a perfect student would see: the live channels, divided by their scale."""
    return {layer: feature[:, seen_by.alive[layer]] / seen_by.scale[layer] for layer, feature in taught.items()}


def test_the_error_is_zero_at_the_copy_and_one_at_nothing() -> None:
    feature = torch.rand(3, 4, 5, 5)
    assert relative_error(feature, feature) == 0
    # A twentieth of the mean energy is added below the line, so that dark pictures cannot explode.
    assert relative_error(torch.zeros_like(feature), feature).item() == pytest.approx(1, abs=0.06)


def test_the_error_does_not_depend_on_the_teachers_scale() -> None:
    teacher, student = torch.rand(2, 4, 5, 5), torch.rand(2, 4, 5, 5)
    once, larger = relative_error(student, teacher), relative_error(100 * student, 100 * teacher)
    assert torch.allclose(once, larger, rtol=1e-4)


def test_every_picture_counts_much_alike_whatever_its_contrast() -> None:
    teacher = torch.rand(2, 4, 5, 5)
    teacher[1] *= 4  # sixteen times the energy
    faint, strong = (teacher * torch.tensor(halved)[:, None, None, None] for halved in ([0.5, 1.0], [1.0, 0.5]))
    assert 1 < relative_error(strong, teacher) / relative_error(faint, teacher) < 2


def test_the_survey_finds_dead_channels_and_the_scale(teacher_state: dict[str, Tensor]) -> None:
    teacher_state["conv31.weight"][2] = 0
    teacher_state["conv31.bias"][2] = -1
    teacher = CollaborativeVGG(teacher_state)
    found = survey(teacher, [IMAGE])
    assert 2 not in found.alive["relu3_1"].tolist()
    assert found.widths["relu3_1"] == len(found.alive["relu3_1"]) < 8
    assert found.scale["relu2_1"] == pytest.approx(teacher(IMAGE, ["relu2_1"])["relu2_1"].square().mean().sqrt().item())


def test_the_loss_is_zero_for_a_perfect_student_and_by_layer_for_a_poor_one(teacher: CollaborativeVGG) -> None:
    taught = teacher(IMAGE, LAYERS)
    seen_by = survey(teacher, [IMAGE])
    loss, by_layer = distillation_loss(copied(taught, seen_by), taught, teacher, seen_by)
    assert loss.item() < 1e-6
    assert set(by_layer) == set(LAYERS)
    poor = copied(taught, seen_by)
    poor["relu3_1"] = poor["relu3_1"] * 0.5
    loss, by_layer = distillation_loss(poor, taught, teacher, seen_by)
    assert loss.item() > 0.02
    assert by_layer["relu3_1"] == pytest.approx(0.25, abs=0.02)
    assert by_layer["relu2_1"] < 1e-6


def test_channels_go_back_to_their_places(teacher: CollaborativeVGG) -> None:
    seen_by = Survey({"relu1_1": torch.tensor([0, 3])}, {"relu1_1": 2.0})
    full = as_teacher("relu1_1", torch.ones(1, 2, 3, 3), teacher, seen_by)
    assert full.mean((0, 2, 3)).tolist() == [2, 0, 0, 2]


def test_folding_the_contrast_into_the_first_layer_changes_nothing() -> None:
    torch.manual_seed(0)
    student = Student({"1_1": 4, "1_2": 4, "2_1": 6, "2_2": 6, "3_1": 5})
    torch.nn.init.uniform_(student.convs["conv1_1"].bias)
    layers = ["relu1_1", "relu3_1"]
    with torch.no_grad():
        before, after = student(IMAGE, layers), student.folded()(IMAGE, layers)
    for layer in layers:
        assert torch.allclose(before[layer], after[layer], rtol=1e-4, atol=1e-5)


def test_a_forced_block_sees_the_teachers_features_and_in_half_of_the_batch_its_own(teacher: CollaborativeVGG) -> None:
    images = torch.cat([IMAGE[:1], IMAGE[:1].flip(3)])
    taught = teacher(images, LAYERS)
    seen_by = survey(teacher, [images])
    torch.manual_seed(0)
    hidden = {"1_2": 4, "2_2": 4, "3_2": 4, "3_3": 4, "3_4": 4, "4_3": 4, "4_4": 4}
    live = {layer.removeprefix("relu"): width for layer, width in seen_by.widths.items()}
    student = Student(dict(sorted({**hidden, **live}.items())))
    before = student.forced(images, taught, seen_by)
    torch.nn.init.zeros_(student.convs["conv1_1"].weight)
    after = student.forced(images, taught, seen_by)
    assert not torch.equal(before["relu1_1"], after["relu1_1"])
    assert torch.equal(before["relu2_1"][0], after["relu2_1"][0])
    assert not torch.equal(before["relu2_1"][1], after["relu2_1"][1])
    after["relu2_1"][1].sum().backward()
    assert student.convs["conv1_1"].weight.grad is None
