"""Painting under observation: one photo and style through one encoder, with a look every so many steps that costs no time."""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from impasto import images, painter
from impasto.device import choose_device
from impasto.encoders.base import Encoder
from impasto.errors import NonFiniteLossError
from impasto.online.optimisation import Optimisation, resize
from impasto.online.settings import Settings

Judge = Callable[[Tensor], Mapping[str, float]]


@dataclass(frozen=True)
class Look:
    """The scores of a painting in the making, after so many seconds of painting (looking excluded)."""

    step: int
    seconds: float
    scores: Mapping[str, float]


class Bench:
    """One photo and one style at one size, through one encoder."""

    def __init__(self, content: Path, style: Path, settings: Settings) -> None:
        self.photo, self.style = images.read(content), images.read(style)
        self.size = images.fit(self.photo.size, settings.size)
        device = str(choose_device(settings.device))
        self.encoder: Encoder = painter.load_encoder(settings.encoder, settings.pooling, device)

    def work(self, settings: Settings) -> Optimisation:
        """The painting that the settings describe, not yet begun."""
        torch.manual_seed(settings.seed)
        return painter.prepare(settings, self.photo, [self.style], self.size, self.encoder)

    def objective(self, settings: Settings) -> Callable[[Tensor], float]:
        """The value of these settings' objective at full size, for any picture."""
        work = self.work(replace(settings, coarsest=max(self.size)))
        work.begin_level(work.content)

        @torch.no_grad()
        def value(image: Tensor) -> float:
            return float(work.objective(image).total.sum())

        return value

    def run(self, settings: Settings, judge: Judge, every: int, goal: Mapping[str, float] | None = None) -> list[Look]:
        """Paints, looking every so many steps and at the end, until every score of the goal was reached at some look."""
        work, seconds, looks = self.work(settings), 0.0, []
        missing = set(goal or {"the end": 0})
        while not work.finished:
            started = time.perf_counter()
            try:
                step = work.step()
            except NonFiniteLossError as error:
                print(f"given up: {error}", file=sys.stderr)
                break
            seconds += time.perf_counter() - started
            if step.step % every == 0 or work.finished:
                width, height = self.size
                looks.append(Look(step.step, seconds, judge(resize(work.result, height, width))))
                missing = {what for what in missing if goal is None or looks[-1].scores[what] > goal[what]}
                if not missing:
                    break
        return looks
