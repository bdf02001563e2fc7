"""The training loop of the offline method's networks: steps, averages, checkpoints, exact resume, on one device or many.

The loss lives in `stylisation.py`, the batches in `pool.py`, the settings in `settings.py`, the networks in `offline/`.
"""

import copy
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from impasto.encoders.base import Encoder
from impasto.errors import NonFiniteLossError
from impasto.offline.networks.base import Network
from impasto.offline.networks.saving import save_model
from impasto.training.data import Pixels
from impasto.training.devices import number_format, out_of_memory
from impasto.training.logbook import Logbook
from impasto.training.pool import Pool, Styles
from impasto.training.settings import StylisationTraining
from impasto.training.stylisation import Batch, Stylisation
from impasto.training.validation import Validation

if TYPE_CHECKING:
    from lightning_fabric import Fabric

CALIBRATION, SURVEYED = 5, 24
"""Which stream of random numbers, and batches of eight styles, a network is calibrated on."""

CURVE_EVERY = 10
JUMP, SETTLED = 4.0, 50
"""A loss so many times its running mean, after so many steps, deserves a warning."""


@dataclass(frozen=True)
class Step:
    """A finished step. losses: `content`, `style` and `total`. warning: a line for the user, or nothing.

    validation: the same of the held-out pairs where the run was saved at this step, empty where there are none.
    """

    number: int
    losses: Mapping[str, float]
    warning: str = ""
    validation: Mapping[str, float] | None = None

    def lines(self, steps: int) -> list[str]:
        """What the user should read of it: a warning, and the losses where the run was saved."""
        told = [self.warning] if self.warning else []
        if self.validation is not None:
            losses = ", ".join(f"{name} {value:.4f}" for name, value in self.losses.items())
            scores = ", ".join(f"{name} {value:.4f}" for name, value in self.validation.items())
            told.append(f"step {self.number} of {steps}: {losses}{scores and '; validation: '}{scores}")
        return told


def no_report(step: Step) -> None:
    """Says nothing."""


class StylisationTrainer:
    """Trains `network` with an objective seen through `encoder`; the checkpoint in `folder` makes it resumable to the bit.

    photos: H x W x 3 uint8 arrays. fabric: launched. Parameters that need no gradient stay as they are.
    calibrate: whether the network begins here, or has been trained before. teacher: a trained network that is told the same,
    whose pastiches are imitated; a smaller network finds its way sooner so than by the objective alone.
    """

    def __init__(
        self,
        fabric: "Fabric",
        network: Network,
        encoder: Encoder,
        photos: Sequence[Pixels],
        styles: Styles,
        folder: Path,
        settings: StylisationTraining,
        validation: Validation | None = None,
        calibrate: bool = True,
        teacher: Network | None = None,
    ) -> None:
        self.fabric, self.settings, self.folder, self.validation = fabric, settings, folder, validation
        self.encoder_name = encoder.descriptor.name
        encoder = encoder.to(device=fabric.device, dtype=number_format(fabric), memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = network.to(fabric.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.stylisation = Stylisation(encoder, network, settings)
        self.teacher = None if teacher is None else _fixed(teacher, fabric)
        if self.teacher:
            self.teacher.attach(self.stylisation.encoder)
        lanes = range(fabric.global_rank * settings.batch, (fabric.global_rank + 1) * settings.batch)
        workers = 8 if fabric.device.type == "cuda" else 0
        self.pool = Pool(photos, styles, self.stylisation, settings, lanes, fabric.device, workers)
        if calibrate:
            self._calibrate(styles)
        learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.averaged = [parameter.detach().clone() for parameter in learned]
        self.optimizer = torch.optim.Adam(_groups(network), lr=settings.learning_rate, betas=(0.9, 0.99))
        self._module, self._optimizer = fabric.setup(self.network, self.optimizer)
        self.step, self._mean = 0, 0.0

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    @property
    def model(self) -> Path:
        return self.folder / f"{self.network.architecture}.safetensors"

    def _calibrate(self, styles: Styles) -> None:
        told = []
        for number in range(SURVEYED):
            keys = [[self.settings.seed, CALIBRATION, lane, number] for lane in range(8)]
            crops = torch.stack([styles.draw(key, self.settings.size) for key in keys])
            told.append(self.stylisation.look(crops.to(self.fabric.device)).told())
        self.network.calibrate(told)

    def _learned(self, network: Network) -> list[Tensor]:
        return [parameter.data for parameter in network.parameters() if parameter.requires_grad]

    def train_step(self, stop: bool = False) -> tuple[dict[str, float], bool]:
        """One step of Adam: the losses, the mean over all processes, and whether any of them was asked to stop.

        Raises NonFiniteLossError before the weights are touched, MemoryLimitError.
        """
        s = self.settings
        with out_of_memory(s.batch, s.size):
            batch, strength = self.pool.draw(self.step), s.strength(self.step)
            share = torch.full((s.batch,), strength, device=self.fabric.device)
            pastiche = self._module(batch.photo, batch.photo_told, batch.style_told, share)
            loss = self.stylisation(pastiche, batch, strength)
            self.fabric.backward(loss.total + self._imitation(pastiche, batch, share))
        told: Any = self.fabric.all_reduce(torch.cat([loss.parts, loss.parts.new_tensor([float(stop)])]), reduce_op="mean")
        norm = self.fabric.clip_gradients(self._module, self._optimizer, max_norm=s.clip, error_if_nonfinite=False)
        content, style, total, stopping = told.tolist()
        if norm is None or not (torch.isfinite(told).all() and torch.isfinite(norm)):
            self._optimizer.zero_grad()
            raise self._not_finite(total, norm)
        for group in self.optimizer.param_groups:
            group["lr"] = s.rate(self.step) * group["pace"]
        self._optimizer.step()
        self._optimizer.zero_grad()
        decay = min(s.average, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.averaged, self._learned(self.network), 1 - decay)
        self.step += 1
        return {"content": content, "style": style, "total": total}, stopping > 0

    def _imitation(self, pastiche: Tensor, batch: Batch, share: Tensor) -> Tensor:
        """What a step's pastiches lose by differing from the teacher's: Hinton et al., arXiv 1503.02531, on pixels."""
        if self.teacher is None:
            return pastiche.new_zeros(())
        with torch.no_grad():
            goal: Tensor = self.teacher(batch.photo, batch.photo_told, batch.style_told, share)
        return self.settings.imitation_weight * (pastiche.float() - goal.float()).square().mean()

    def trained(self) -> Network:
        """The network so far, with the averaged weights, in evaluation mode."""
        network: Network = copy.deepcopy(self.network)
        for value, averaged in zip(self._learned(network), self.averaged, strict=True):
            value.copy_(averaged)
        network.eval().requires_grad_(False)
        return network

    def save(self) -> None:
        """Writes the checkpoint and the averaged weights in half precision, each replaced only when complete."""
        if not self.fabric.is_global_zero:
            return
        state = {
            "step": self.step,
            "mean": self._mean,
            "network": self.network.state_dict(),
            "averaged": self.averaged,
            "optimizer": self.optimizer.state_dict(),
        }
        partial = self.checkpoint.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(self.checkpoint)
        facts = {"steps": str(self.step), "training": json.dumps(asdict(self.settings))}
        save_model(self.model, self.trained(), self.encoder_name, facts)

    def resume(self) -> bool:
        """Goes on from the folder's checkpoint, if there is one."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, map_location=self.fabric.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.averaged, self.step, self._mean = state["averaged"], state["step"], state["mean"]
        return True

    def run(self, report: Callable[[Step], None] = no_report, stop: Callable[[], bool] = lambda: False) -> None:
        """Trains to the last step, saving as it goes. Asked to stop, it saves after the step and raises KeyboardInterrupt."""
        logbook = Logbook(self.folder) if self.fabric.is_global_zero else None
        try:
            while self.step < self.settings.steps:
                losses, stopping = self.train_step(stop())
                warning = self._watch(losses["total"])
                due = stopping or self.step % self.settings.save_every == 0 or self.step == self.settings.steps
                scores = self._keep(logbook, losses) if due else None
                if logbook and self.step % CURVE_EVERY == 0:
                    logbook.scalars(self.step, {**losses, "rate": self.settings.rate(self.step)})
                report(Step(self.step, losses, warning, scores))
                if stopping and self.step < self.settings.steps:
                    raise KeyboardInterrupt
        finally:
            if logbook:
                logbook.close()

    def _keep(self, logbook: Logbook | None, losses: Mapping[str, float]) -> dict[str, float]:
        """Saves, and validates where there is something to validate on."""
        self.save()
        scores: dict[str, float] = {}
        if logbook and self.validation:
            scores, sheet = self.validation.look(self.trained(), self.stylisation)
            logbook.pastiches(self.step, sheet)
        if logbook:
            logbook.line(self.step, {**losses, **{f"validation_{name}": score for name, score in scores.items()}})
        return scores

    def _watch(self, total: float) -> str:
        """A warning where the loss leaps, which is often the last step before it is no number any more."""
        mean, self._mean = self._mean, total if self.step == 1 else self._mean + 0.02 * (total - self._mean)
        if self.step > SETTLED and total > JUMP * mean:
            leap = f"step {self.step}: the loss leapt to {total:.3g} from {mean:.3g}"
            return f"{leap}; if it goes on, resume with a smaller --learning-rate"
        return ""

    def _not_finite(self, total: float, norm: Tensor | None) -> NonFiniteLossError:
        what = f"gradient of the loss {total:.4g} became {norm}" if math.isfinite(total) else f"loss became {total}"
        return NonFiniteLossError(f"the {what} at step {self.step}; resume with a smaller --learning-rate or --precision 32")


def _groups(network: Network) -> list[dict[str, Any]]:
    """What is learned, for an optimiser, each part with its pace."""
    parts = [(pace, [value for value in values if value.requires_grad]) for pace, values in network.paces()]
    return [{"params": values, "pace": pace} for pace, values in parts if values]


def _fixed(teacher: Network, fabric: "Fabric") -> Network:
    """On the device, learning nothing."""
    placed: Network = teacher.to(fabric.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return placed.eval().requires_grad_(False)
