"""The loop of the offline networks: it learns, resumes to the bit, says what goes wrong, and saves what it learned."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from impasto.errors import InputError, NonFiniteLossError
from impasto.offline import networks
from impasto.offline.networks.both import Arbitrary
from impasto.training.arbitrary import Step, StylisationTrainer
from impasto.training.pool import GivenStyles
from impasto.training.settings import StylisationTraining
from impasto.training.stylisation import Stylisation, StylisationLoss
from impasto.training.validation import Validation

Make = Callable[..., StylisationTrainer]


def weights(trainer: StylisationTrainer) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in trainer.trained().state_dict().items()}


def test_the_loss_goes_down(make: Make, quick: StylisationTraining) -> None:
    trainer = make(settings=replace(quick, steps=60, learning_rate=5e-3))
    losses = [trainer.train_step()[0]["total"] for _ in range(40)]
    assert sum(losses[-8:]) < 0.75 * sum(losses[:8]), losses


def test_a_pupil_comes_nearer_to_its_teacher(make: Make, encoder: Any, network: Arbitrary, quick: StylisationTraining) -> None:
    torch.manual_seed(9)
    teacher = Arbitrary(encoder.descriptor, network.shape)
    trainer = make(settings=replace(quick, steps=60, imitation_weight=1e4), teacher=teacher)

    def difference() -> float:
        batch, share = trainer.pool.draw(trainer.step), torch.ones(trainer.settings.batch)
        return trainer._imitation(trainer.network(batch.photo, batch.photo_told, batch.style_told, share), batch, share).item()

    before = difference()
    for _ in range(25):
        trainer.train_step()
    assert difference() < 0.7 * before
    assert not any(parameter.requires_grad for parameter in teacher.parameters())


def test_an_interrupted_run_ends_with_the_weights_of_an_unbroken_one(make: Make) -> None:
    unbroken = make("unbroken")
    unbroken.run()
    broken = make("broken")
    with pytest.raises(KeyboardInterrupt):
        broken.run(stop=lambda: broken.step == 6)
    assert broken.step == 7
    resumed = make("broken")
    assert resumed.resume()
    assert resumed.step == 7
    resumed.run()
    expected = weights(unbroken)
    assert all(torch.equal(value, expected[name]) for name, value in weights(resumed).items())


def test_what_is_saved_paints_as_the_trained_network_does(make: Make, encoder: Any, pictures: list[np.ndarray]) -> None:
    trainer = make(validation=Validation([(pictures[0], pictures[4])]))
    reports: list[Step] = []
    trainer.run(reports.append)
    read = networks.read(trainer.model, encoder.descriptor)
    assert isinstance(read, Arbitrary)
    assert trainer.validation is not None
    expected, sheet = trainer.validation.look(trainer.trained(), trainer.stylisation)
    scores, _ = trainer.validation.look(read, Stylisation(encoder, read, trainer.settings))
    assert scores == pytest.approx(expected, rel=2e-2)  # saved in half precision
    assert sheet.width > sheet.height
    assert [report.number for report in reports if report.validation is not None] == [5, 10, 12]
    assert reports[-1].validation == pytest.approx(expected)
    lines = [json.loads(line) for line in (trainer.folder / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [5, 10, 12]
    assert lines[-1]["validation_total"] == pytest.approx(expected["total"])
    left = {path.name for path in trainer.folder.iterdir()}
    assert left == {"arbitrary.safetensors", "checkpoint.pt", "events", "log.jsonl", "pastiches.jpg"}
    assert list((trainer.folder / "events").iterdir())


def test_a_loss_that_is_no_number_stops_before_the_weights_are_touched(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make()
    trainer.train_step()
    before = weights(trainer)
    original = trainer.stylisation.__call__

    def spoilt(self: Stylisation, pastiche: Tensor, batch: Any, strength: float = 1.0) -> StylisationLoss:
        loss = original(pastiche, batch, strength)
        return StylisationLoss(loss.total * float("nan"), loss.parts * float("nan"))

    monkeypatch.setattr(Stylisation, "__call__", spoilt)
    with pytest.raises(NonFiniteLossError, match="loss became nan at step 1; resume with a smaller --learning-rate"):
        trainer.train_step()
    assert all(torch.equal(value, before[name]) for name, value in weights(trainer).items())


def test_a_gradient_that_is_no_number_is_found_behind_a_good_loss(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make()
    original = trainer.stylisation.__call__

    def spoilt(self: Stylisation, pastiche: Tensor, batch: Any, strength: float = 1.0) -> StylisationLoss:
        loss = original(pastiche, batch, strength)
        # The root's value at 0 is 0, its slope infinite.
        return StylisationLoss(loss.total + (pastiche * 0).sum().sqrt(), loss.parts)

    monkeypatch.setattr(Stylisation, "__call__", spoilt)
    with pytest.raises(NonFiniteLossError, match="gradient of the loss"):
        trainer.train_step()


def test_a_loss_that_leaps_is_warned_of_early(make: Make) -> None:
    trainer = make()
    for step in range(1, 60):
        trainer.step = step
        assert not trainer._watch(2.0)
    assert "leapt to 9 from 2" in trainer._watch(9.0)
    assert not trainer._watch(3.0)


def test_memory_that_runs_out_is_said_with_what_would_fit(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make()

    def exhausted(step: int) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(trainer.pool, "draw", exhausted)
    with pytest.raises(MemoryError, match="memory ran out with --batch 2 and --size 64; try --batch 1"):
        trainer.train_step()


def test_only_what_is_to_be_learned_is_learned(make: Make, network: Arbitrary, pictures: list[np.ndarray]) -> None:
    network.prediction.requires_grad_(False)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    trainer = make(network=network, styles=GivenStyles(pictures[4:5]), calibrate=False)
    for _ in range(2):
        trainer.train_step()
    after = trainer.trained().state_dict()
    changed = {name.split(".")[0] for name, value in before.items() if not torch.equal(value, after[name])}
    assert changed == {"transfer"}


def test_each_part_of_a_network_learns_at_its_pace(make: Make, network: Arbitrary) -> None:
    parts = network.paces()
    assert sorted(id(value) for _, values in parts for value in values) == sorted(id(value) for value in network.parameters())
    before = [[value.clone() for value in values] for _, values in parts]
    trainer = make(network=network)
    trainer.train_step()
    moved = [
        max((value - old).abs().max().item() for value, old in zip(values, olds, strict=True))
        for (_, values), olds in zip(parts, before, strict=True)
    ]
    # Adam's first step moves what has a gradient by the learning rate.
    rate = trainer.settings.rate(0)
    assert moved == pytest.approx([pace * rate for pace, _ in parts], rel=0.05)
    assert len(set(moved)) == 2


def test_texture_and_content_models_that_cannot_be_batched_are_refused(make: Make, quick: StylisationTraining) -> None:
    with pytest.raises(InputError, match="'neighbours'; choose one of covariance, gram"):
        make(settings=replace(quick, texture="neighbours"))
    with pytest.raises(InputError, match="'self-similarity'; choose one of normalised"):
        make(settings=replace(quick, content="self-similarity"))


@pytest.mark.parametrize("texture", ["gram", "moments", "covariance"])
@pytest.mark.parametrize("content", ["features", "laplacian"])
def test_other_objectives_train_too(make: Make, quick: StylisationTraining, texture: str, content: str) -> None:
    trainer = make(settings=replace(quick, texture=texture, content=content, partial=1.0))
    assert np.isfinite(trainer.train_step()[0]["total"])


def test_nonsense_settings_are_refused() -> None:
    for nonsense in (
        {"steps": 0},
        {"batch": 0},
        {"size": 32},
        {"learning_rate": 0.0},
        {"style_weight": 0.0},
        {"content_weight": -1.0},
        {"seed": -1},
    ):
        with pytest.raises(InputError):
            StylisationTraining(**nonsense)


def test_the_learning_rate_warms_up_and_falls_and_the_strength_is_mostly_full() -> None:
    settings = StylisationTraining(steps=1000, warm_up=100, learning_rate=1.0)
    rates = [settings.rate(step) for step in range(1000)]
    highest = rates.index(max(rates))
    assert rates[0] < 0.02
    assert 90 <= highest <= 110
    assert all(later <= earlier for earlier, later in pairwise(rates[highest:]))
    assert 0.01 < rates[-1] < 0.03
    strengths = [settings.strength(step) for step in range(400)]
    assert abs(sum(strength == 1 for strength in strengths) / 400 - (1 - settings.partial)) < 0.05
    assert min(strengths) >= 0.1
