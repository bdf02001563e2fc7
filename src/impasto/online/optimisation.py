"""Image optimisation: the pixels are the unknowns (Gatys et al., arXiv 1508.06576, equation 7), one pyramid level at a time.

Holds the loop and its state, nothing of files or messages. One `step()` is one step of the optimiser.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from impasto.errors import InputError, NonFiniteLossError
from impasto.objective import Losses, Objective
from impasto.online.carry import carry_adam
from impasto.online.lbfgs import ProjectedLBFGS
from impasto.online.pyramid import Level
from impasto.online.targets import Style, Views, resize, style_targets

__all__ = ["Optimisation", "Step", "Style"]

FINAL_RATE = 0.2
"""Share of the learning rate left at the end of a level; it falls linearly."""

BETAS = (0.9, 0.99)


@dataclass(frozen=True)
class Step:
    """One finished step: where the work stands (counted from 1) and the losses before the step."""

    level: int
    levels: int
    step: int
    total: int
    content: float
    style: float
    tv: float
    spectrum: float

    @property
    def loss(self) -> float:
        return self.content + self.style + self.tv + self.spectrum


class Optimisation:
    """A painting in the making.

    content: 1 x 3 x H x W in [0, 1], or None for texture synthesis; styles: at their own sizes; levels: from `pyramid.plan`.
    start: the picture to start from, at any size. objective: built once, its targets are set anew at each level.
    strength: how far the style target lies on the way from the photo's own representation (0) to the style's (1).
    rotations (degrees), scales (factors): further views of each style image that the texture model gets to see.
    Raises InputError where there is no content image and the content weight or the strength asks for one.
    """

    def __init__(
        self,
        content: Tensor | None,
        styles: Sequence[Style],
        start: Tensor,
        objective: Objective,
        levels: Sequence[Level],
        *,
        optimizer: str = "adam",
        rate: float = 0.03,
        average: float = 0.0,
        strength: float = 1.0,
        rotations: Sequence[float] = (),
        scales: Sequence[float] = (),
    ) -> None:
        if content is None and (objective.weights.content or strength < 1):
            raise InputError("there is no content image, which only a content weight of 0 and a strength of 1 can do without")
        self.content, self.styles, self.objective, self.levels = content, styles, objective, levels
        self.kind, self.rate, self.decay, self.strength = optimizer, rate, average, strength
        self.views = Views(tuple(rotations), tuple(scales))
        self.image = start
        self.level = self.step_in_level = self.done = 0
        self.optimizer: torch.optim.Adam | ProjectedLBFGS | None = None
        self.averaged: Tensor | None = None

    @property
    def total(self) -> int:
        """Steps in all."""
        return sum(level.steps for level in self.levels)

    @property
    def finished(self) -> bool:
        return self.level == len(self.levels)

    @property
    def result(self) -> Tensor:
        """The painting so far, 1 x 3 x h x w in [0, 1], at the size of the current level."""
        image = self.image if self.averaged is None else self.averaged
        return image.detach().clamp(0, 1)

    def begin_level(self, image: Tensor) -> None:
        """Sets the targets of the current level and makes `image`, brought to its size, the unknown."""
        level = self.levels[self.level]
        size, content = (level.height, level.width), None
        if self.content is not None:
            content = resize(self.content, *size).contiguous(memory_format=torch.channels_last)
        if content is not None and (self.objective.weights.content or self.objective.weights.spectrum):
            self.objective.set_content(content)
        self.objective.set_styles(style_targets(self.objective, self.styles, content, size, self.strength, self.views))
        self.averaged = None
        image = resize(image, *size)
        if self.content is not None and content is not None and self.strength < 1 and self.level:
            below = self.levels[self.level - 1]
            blurred = resize(resize(self.content, below.height, below.width), *size)
            # The photo's detail that the level below could not hold comes back as far as the photo is wanted.
            image = (image + (1 - self.strength) * (content - blurred)).clamp(0, 1)
        learnt = None
        if isinstance(self.optimizer, torch.optim.Adam):
            learnt = next(iter(self.optimizer.state.values()), None)
        if self.kind == "lbfgs":
            self.image = image.clone(memory_format=torch.contiguous_format).requires_grad_(True)
            self.optimizer = ProjectedLBFGS(self.image, self.rate)
        else:
            self.image = image.clone(memory_format=torch.channels_last).requires_grad_(True)
            self.optimizer = torch.optim.Adam([self.image], lr=self.rate, betas=BETAS, foreach=False)
            if learnt:
                self.optimizer.state[self.image] = carry_adam(learnt, size)

    def step(self) -> Step:
        """One step. Raises NonFiniteLossError, with `result` still the picture before the step."""
        if self.step_in_level == 0:
            self.begin_level(self.image.detach())
        optimizer, level = self.optimizer, self.levels[self.level]
        assert optimizer is not None
        before = self.image.detach().clone()
        if isinstance(optimizer, torch.optim.Adam):
            progress = self.step_in_level / level.steps
            optimizer.param_groups[0]["lr"] = self.rate * (1 - (1 - FINAL_RATE) * progress)
        every = self.objective.texture.refresh_every
        if every and self.step_in_level % every == 0:
            self.objective.refresh(self.image.detach(), self.done)
        evaluated: list[Losses] = []

        def closure() -> Tensor:
            self.image.grad = None
            losses = self.objective(self.image, self.done)
            total = losses.total.sum()
            total.backward()  # type: ignore[no-untyped-call]
            evaluated.append(losses)
            return total.detach()

        optimizer.step(closure)
        self.image.data.clamp_(0, 1)
        losses = evaluated[0]
        numbers = [float(part.detach().sum()) for part in (losses.content, losses.style, losses.tv, losses.spectrum)]
        if not all(map(_finite, numbers)) or not bool(torch.isfinite(self.image.data).all()):
            self.image.data.copy_(before)
            raise NonFiniteLossError(
                f"the loss became {sum(numbers)} at step {self.done + 1}; use a smaller --learning-rate, or --optimizer adam"
            )
        return self._advance(numbers)

    def _advance(self, numbers: Sequence[float]) -> Step:
        """Counts the step, keeps the average, and moves to the next level after the last step of this one."""
        level = self.levels[self.level]
        self.step_in_level += 1
        self.done += 1
        last = self.level == len(self.levels) - 1
        if self.decay and last and self.step_in_level > level.steps // 2:
            current = self.image.detach()
            self.averaged = current.clone() if self.averaged is None else self.averaged.lerp_(current, 1 - self.decay)
        step = Step(self.level + 1, len(self.levels), self.done, self.total, *numbers)
        if self.step_in_level == level.steps:
            self.level, self.step_in_level = self.level + 1, 0
        return step

    def run(self, report: Callable[[Step], None] = lambda step: None) -> Tensor:
        """All remaining steps; `report` is called after each. Returns `result`."""
        while not self.finished:
            report(self.step())
        return self.result

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on exactly here."""
        return {
            "level": self.level,
            "step_in_level": self.step_in_level,
            "done": self.done,
            "image": self.image.detach(),
            "averaged": self.averaged,
            "targets": [target.representation for target in self.objective.styles]
            if self.objective.texture.refresh_every
            else None,
            "optimizer": self.optimizer.state_dict() if self.optimizer and not self.finished else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Goes back to a saved state of the same painting."""
        self.level, self.step_in_level, self.done = state["level"], state["step_in_level"], state["done"]
        device = self.image.device
        saved, self.optimizer, self.image = state["optimizer"], None, state["image"].to(device)
        if saved is None:
            return
        if self.step_in_level == 0:  # between two levels: what was learnt still has the size of the one before
            self.optimizer = ProjectedLBFGS(self.image) if self.kind == "lbfgs" else torch.optim.Adam([self.image])
        else:
            self.begin_level(self.image)
            self.image.data.copy_(state["image"])
            if state["targets"] is not None:
                targets = zip(self.objective.styles, state["targets"], strict=True)
                self.objective.set_styles([replace(target, representation=kept) for target, kept in targets])
        assert self.optimizer is not None
        self.optimizer.load_state_dict(saved)
        self.averaged = None if state["averaged"] is None else state["averaged"].to(device)


def _finite(number: float) -> bool:
    return number - number == 0
