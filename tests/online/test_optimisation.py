"""The loop: it converges, it is deterministic, it stops and goes on to the bit, and it never hides a NaN."""

import pytest
import torch

from impasto import texture
from impasto.encoders.slim import Slim
from impasto.errors import NonFiniteLossError
from impasto.objective import Objective, Weights
from impasto.online.optimisation import Optimisation, Style
from impasto.online.pyramid import plan

SIZE = (48, 40)


def make(optimizer: str = "adam", iterations: int = 12, weights: Weights | None = None, average: float = 0.5) -> Optimisation:
    torch.manual_seed(0)
    encoder = Slim({"1_1": 4, "1_2": 4, "2_1": 6, "2_2": 6, "3_1": 8}).eval().requires_grad_(False)
    objective = Objective(
        encoder, texture.create("covariance"), {"relu3_1": 1.0}, {"relu1_1": 1.0, "relu2_1": 1.0}, weights or Weights()
    )
    photo, style = torch.rand(1, 3, 40, 48), torch.rand(1, 3, 30, 60) ** 2
    rate = 0.03 if optimizer == "adam" else 1.0
    levels = plan(SIZE, 24, iterations)
    return Optimisation(photo, [Style(style)], photo, objective, levels, optimizer=optimizer, rate=rate, average=average)


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_the_loss_falls_within_the_last_level(optimizer: str) -> None:
    steps = []
    work = make(optimizer, iterations=40)
    work.run(steps.append)
    last = [step.loss for step in steps if step.level == step.levels]
    assert last[-1] < 0.8 * last[0]
    assert work.result.shape == (1, 3, 40, 48)
    assert work.result.min() >= 0
    assert work.result.max() <= 1


def test_steps_are_counted_through_the_levels() -> None:
    steps = []
    make(iterations=12).run(steps.append)
    assert [step.step for step in steps] == list(range(1, 13))
    assert [step.level for step in steps] == sorted(step.level for step in steps)
    assert {step.total for step in steps} == {12}
    assert steps[-1].level == steps[-1].levels == 2


def test_the_same_seed_paints_the_same_picture() -> None:
    assert torch.equal(make().run(), make().run())


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
@pytest.mark.parametrize("stop", [1, 6, 7, 8, 11])
def test_a_stopped_painting_goes_on_to_the_bit(optimizer: str, stop: int) -> None:
    whole = make(optimizer).run()
    first = make(optimizer)
    for _ in range(stop):
        first.step()
    second = make(optimizer)
    second.restore(first.state())
    assert second.done == stop
    assert torch.equal(second.run(), whole)


def test_a_loss_that_is_not_finite_is_said_and_the_picture_kept() -> None:
    work = make(weights=Weights(content=float("inf")))
    before = work.result.clone()
    with pytest.raises(NonFiniteLossError, match=r"at step 1;.*--learning-rate"):
        work.step()
    assert torch.isfinite(work.result).all()
    assert before.shape == (1, 3, 40, 48)


def test_averaging_differs_from_the_last_iterate_but_not_by_much() -> None:
    last, averaged = make(average=0.0).run(), make(average=0.7).run()
    difference = (last - averaged).abs().mean().item()
    assert 0 < difference < 0.05


def test_strength_leads_from_the_photo_to_the_style() -> None:
    change = []
    for strength in (0.0, 0.5, 1.0):
        work = make(weights=Weights(tv=0), iterations=30)
        work.strength = strength
        change.append((work.run() - work.content).abs().mean().item())
    assert change[0] < 0.06 < change[1] < change[2]


def test_a_step_begins_before_its_matches_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    work, told = make(iterations=3), []
    model = work.objective.texture
    model.refresh_every = 1
    monkeypatch.setattr(model, "begin_step", lambda step: told.append(("begin", step)))
    monkeypatch.setattr(model, "refresh", lambda features, representation, weights: told.append("refresh") or representation)
    work.step()
    work.step()
    assert told == [("begin", 0), "refresh", ("begin", 0), ("begin", 1), "refresh", ("begin", 1)]


@pytest.mark.parametrize("name", ["mrf", "neighbours"])
def test_matches_and_both_targets_of_a_weak_style_come_back_from_a_stop(name: str) -> None:
    def begun() -> Optimisation:
        work = make(iterations=9)
        work.objective.texture = texture.create(name)
        work.strength = 0.6
        return work

    whole, first, second = begun().run(), begun(), begun()
    for _ in range(7):
        first.step()
    second.restore(first.state())
    assert torch.equal(second.run(), whole)
