"""The training loop of the slim encoder: steps, checkpoints, exact resume, validation.

The loss lives in `distillation.py`, the batches in `data.py`, the network in `encoders/slim.py`.
"""

import copy
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from impasto.encoders.base import Encoder
from impasto.encoders.slim import Slim
from impasto.errors import InputError, NonFiniteLossError
from impasto.training.data import Augmentation, Pixels, batch_of_crops
from impasto.training.distillation import LAYERS, Student, Survey, distillation_loss, survey
from impasto.training.whitening import WhitenedAdam

HIDDEN_WIDTHS = {"1_2": 16, "2_2": 32, "3_2": 64, "3_3": 64, "3_4": 64, "4_3": 64, "4_4": 112}
"""Channels of the layers that the teacher says nothing about."""
PLAIN = Augmentation(jitter=0, noise=0, mix=0)


@dataclass(frozen=True)
class EncoderTraining:
    """Settings of a run. size: pixels of a square crop. learning_rate: Adam's, after a warm-up, falling as `rate` says.

    average: decay of the weights' running average, which is what is saved.
    """

    steps: int = 4_000
    batch: int = 8
    size: int = 128
    learning_rate: float = 1.5e-2
    warm_up: int = 100
    average: float = 0.999
    seed: int = 0
    save_every: int = 500

    def __post_init__(self) -> None:
        if min(self.steps, self.batch, self.save_every) < 1 or self.size < 64 or not self.learning_rate > 0:
            raise InputError("training needs positive steps, batch and learning rate, and crops of at least 64 px")

    def rate(self, step: int) -> float:
        """The learning rate of a step: a warm-up, then a cosine to a hundredth."""
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, step / self.steps)))
        return self.learning_rate * (0.01 + 0.99 * cosine) * min(1.0, (step + 1) / self.warm_up)


class EncoderTrainer:
    """Trains a `Slim` against `teacher` on `pictures`; the checkpoint in `folder` makes it resumable to the bit.

    pictures, validation: H x W x 3 uint8 arrays.
    """

    def __init__(
        self,
        teacher: Encoder,
        pictures: Sequence[Pixels],
        validation: Sequence[Pixels],
        folder: Path,
        settings: EncoderTraining,
        device: str = "cpu",
    ) -> None:
        if not pictures:
            raise InputError("no picture to train on; give --images a folder that holds some")
        self.settings, self.folder, self.device = settings, folder, device
        self.pictures, self.validation = pictures, validation
        torch.manual_seed(settings.seed)
        self.teacher = teacher.to(device)
        looks = (batch_of_crops(pictures, 8, 192, settings.seed + 1, i, PLAIN).to(device) for i in range(32))
        self.survey: Survey = survey(self.teacher, looks)
        live = {layer.removeprefix("relu"): width for layer, width in self.survey.widths.items()}
        self.widths = dict(sorted({**HIDDEN_WIDTHS, **live}.items()))
        self.student = Student(self.widths).to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = WhitenedAdam(self.student)
        self.averaged = [p.detach().clone() for p in self.student.parameters()]
        self.step = 0

    def start_from(self, weights: Mapping[str, Tensor]) -> None:
        """Begins from an encoder trained before instead of a random start. weights: what `encoder().state_dict()` holds."""
        self.student.load_folded(weights)
        self.averaged = [p.detach().clone() for p in self.student.parameters()]

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def loss(self, batch: Tensor) -> tuple[Tensor, dict[str, float]]:
        """The distillation loss of a batch, N x 3 x size x size, and its parts by layer."""
        batch = batch.to(self.device).contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            taught = self.teacher(batch, LAYERS)
        seen = self.student.forced(batch, taught, self.survey)
        return distillation_loss(seen, taught, self.teacher, self.survey)

    def train_step(self) -> float:
        """One step of Adam. Returns the loss; raises NonFiniteLossError before the weights are touched."""
        s = self.settings
        self.optimizer.lr = s.rate(self.step)
        loss, _ = self.loss(batch_of_crops(self.pictures, s.batch, s.size, s.seed, self.step))
        if not torch.isfinite(loss):
            raise NonFiniteLossError(
                f"the loss became {loss.item()} at step {self.step}; resume with a smaller --learning-rate"
            )
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        decay = min(s.average, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.averaged, [p.detach() for p in self.student.parameters()], 1 - decay)
        self.step += 1
        return loss.item()

    def encoder(self) -> Slim:
        """The encoder so far, from the averaged weights."""
        averaged = copy.deepcopy(self.student)
        for parameter, value in zip(averaged.parameters(), self.averaged, strict=True):
            parameter.data.copy_(value)
        encoder: Slim = averaged.folded()
        return encoder

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """The relative error by layer on the same crops of the validation pictures every time, with the averaged weights."""
        student, parts = self.encoder(), []
        for start in range(0, min(len(self.validation), 48), 8):
            batch = batch_of_crops(self.validation[start : start + 8], 8, 192, 1, start).to(self.device)
            taught = self.teacher(batch, LAYERS)
            parts.append(distillation_loss(student(batch, LAYERS), taught, self.teacher, self.survey)[1])
        return {layer: round(sum(part[layer] for part in parts) / len(parts), 4) for layer in LAYERS} if parts else {}

    def save(self) -> None:
        """Writes the checkpoint and the averaged weights in half precision, each replaced only when complete."""
        state = {
            "settings": asdict(self.settings),
            "step": self.step,
            "student": self.student.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "averaged": self.averaged,
        }
        partial = self.checkpoint.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(self.checkpoint)
        weights = {name: value.half().contiguous().cpu() for name, value in self.encoder().state_dict().items()}
        partial = self.folder / "slim.part"
        save_file(weights, partial, metadata={"architecture": "slim", "steps": str(self.step)})
        partial.replace(self.folder / "slim.safetensors")

    def resume(self) -> bool:
        """Goes on from the folder's checkpoint, if there is one."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.student.load_state_dict(state["student"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.averaged = state["averaged"]
        self.step = state["step"]
        return True

    def run(self, report: Callable[[int, float, dict[str, float]], None] = lambda step, loss, validation: None) -> None:
        """Trains to the last step, saving as it goes; an interruption saves first. report(step, loss, validation)."""
        log = self.folder / "log.jsonl"
        started = time.monotonic()
        try:
            while self.step < self.settings.steps:
                loss = self.train_step()
                scores: dict[str, float] = {}
                if self.step % self.settings.save_every == 0 or self.step == self.settings.steps:
                    self.save()
                    scores = self.validate()
                    with log.open("a") as file:
                        seconds = round(time.monotonic() - started)
                        file.write(json.dumps({"step": self.step, "loss": loss, "seconds": seconds, **scores}) + "\n")
                report(self.step, loss, scores)
        except KeyboardInterrupt:
            self.save()
            raise
