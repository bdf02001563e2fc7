"""The encoder's training loop: it learns, resumes to the bit, and what it saves is an encoder."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from impasto import encoders
from impasto.encoders.collaborative import CollaborativeVGG
from impasto.errors import InputError, NonFiniteLossError
from impasto.training.distillation import LAYERS
from impasto.training.encoder import EncoderTrainer, EncoderTraining

SHORT = EncoderTraining(steps=12, batch=2, size=64, warm_up=3, save_every=5)

Make = Callable[..., EncoderTrainer]


@pytest.fixture
def make(pictures: list[np.ndarray], teacher_state: dict[str, Tensor], tmp_path: Path, quick_survey: None) -> Make:
    """make(folder, settings) -> EncoderTrainer over the same pictures and teacher every time."""

    def build(folder: str = "run", settings: EncoderTraining = SHORT) -> EncoderTrainer:
        (tmp_path / folder).mkdir(exist_ok=True)
        return EncoderTrainer(CollaborativeVGG(teacher_state), pictures, pictures[:1], tmp_path / folder, settings)

    return build


def weights(trainer: EncoderTrainer) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in trainer.encoder().state_dict().items()}


def test_the_loss_goes_down(make: Make) -> None:
    trainer = make(settings=EncoderTraining(steps=40, batch=2, size=64, warm_up=3))
    losses = [trainer.train_step() for _ in range(24)]
    assert sum(losses[-4:]) < 0.6 * sum(losses[:4])
    assert all(np.isfinite(losses))


def test_an_interrupted_run_ends_with_the_weights_of_an_unbroken_one(make: Make) -> None:
    unbroken = make("unbroken")
    unbroken.run()

    def interrupt(step: int, loss: float, validation: dict[str, float]) -> None:
        if step == 7:
            raise KeyboardInterrupt

    broken = make("broken")
    with pytest.raises(KeyboardInterrupt):
        broken.run(interrupt)
    resumed = make("broken")
    assert resumed.resume()
    assert resumed.step == 7
    resumed.run()
    expected = weights(unbroken)
    assert all(torch.equal(value, expected[name]) for name, value in weights(resumed).items())


def test_what_is_saved_is_an_encoder_that_sees_as_the_trained_one_does(make: Make, pictures: list[np.ndarray]) -> None:
    trainer = make()
    trainer.run()
    loaded = encoders.load(str(trainer.folder / "slim.safetensors"))
    image = torch.from_numpy(pictures[0]).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        expected, seen = trainer.encoder()(image, LAYERS), loaded(image, LAYERS)
    for layer in LAYERS:
        # Saved in half precision.
        assert (seen[layer] - expected[layer]).norm() < 5e-3 * expected[layer].norm()


def test_the_log_has_a_line_for_every_checkpoint_and_no_partial_file_is_left(make: Make) -> None:
    trainer = make()
    trainer.run()
    lines = [json.loads(line) for line in (trainer.folder / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [5, 10, 12]
    assert set(LAYERS) <= set(lines[0])
    assert sorted(path.name for path in trainer.folder.iterdir()) == ["checkpoint.pt", "log.jsonl", "slim.safetensors"]


def test_a_new_folder_has_nothing_to_resume(make: Make) -> None:
    trainer = make()
    assert not trainer.resume()
    assert trainer.step == 0


def test_a_loss_that_is_no_number_stops_before_the_weights_are_touched(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make()
    trainer.train_step()
    before = weights(trainer)
    monkeypatch.setattr(trainer, "loss", lambda batch: (torch.tensor(float("nan"), requires_grad=True), {}))
    with pytest.raises(NonFiniteLossError, match="step 1"):
        trainer.train_step()
    assert all(torch.equal(value, before[name]) for name, value in weights(trainer).items())


def test_no_picture_and_nonsense_settings_are_refused(teacher_state: dict[str, Tensor], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no picture"):
        EncoderTrainer(CollaborativeVGG(teacher_state), [], [], tmp_path, SHORT)
    for nonsense in ({"steps": 0}, {"batch": 0}, {"size": 16}, {"learning_rate": 0.0}, {"save_every": 0}):
        with pytest.raises(InputError):
            EncoderTraining(**nonsense)


def test_the_learning_rate_warms_up_and_falls() -> None:
    settings = EncoderTraining(steps=1000, warm_up=100, learning_rate=1.0)
    rates = [settings.rate(step) for step in range(1000)]
    highest = rates.index(max(rates))
    assert rates[0] < 0.02
    assert 0.8 < rates[highest] <= 1
    assert 90 <= highest <= 110
    assert all(later <= earlier for earlier, later in pairwise(rates[highest:]))
    assert 0 < rates[-1] < 0.02


def test_an_encoder_trained_before_can_be_begun_from(make: Make, pictures: list[np.ndarray]) -> None:
    first, second = make("first"), make("second", replace(SHORT, seed=1))
    for _ in range(3):
        first.train_step()
    before = weights(first)
    assert any(not torch.allclose(value, before[name]) for name, value in weights(second).items())
    second.start_from(before)
    assert all(torch.allclose(value, before[name], atol=1e-5) for name, value in weights(second).items())


def test_a_narrower_encoder_can_be_begun_from(
    make: Make, teacher_state: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    from impasto.training import encoder as module

    wide = module.HIDDEN_WIDTHS
    monkeypatch.setattr(module, "HIDDEN_WIDTHS", {**wide, "3_2": wide["3_2"] - 5, "3_3": wide["3_3"] - 7})
    narrow = make("narrow")
    monkeypatch.setattr(module, "HIDDEN_WIDTHS", wide)
    grown = make("grown", replace(SHORT, seed=1))
    grown.start_from(weights(narrow))
    image = torch.rand(1, 3, 64, 64)
    before, after = narrow.encoder()(image, ["relu4_1"]), grown.encoder()(image, ["relu4_1"])
    assert torch.allclose(before["relu4_1"], after["relu4_1"], atol=1e-4)
    with pytest.raises(InputError, match="wider network"):
        narrow.start_from(weights(grown))
