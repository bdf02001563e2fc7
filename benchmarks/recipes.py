"""Another tool's recipe against Impasto's, both run by Impasto's engine through the same encoder: how long until equal?

What differs is the recipe alone: one scale or a pyramid, where it starts, the optimiser, the texture model. So this says
nothing about the other tool's code, and nothing about the encoder it uses.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from reporting import table
from scoring import Scorer
from torch import Tensor

from impasto import images, painter, texture
from impasto.device import choose_device
from impasto.encoders.base import Encoder
from impasto.errors import NonFiniteLossError
from impasto.online.optimisation import Optimisation, resize
from impasto.online.settings import Settings
from impasto.tensors import to_array

Judge = Callable[[Tensor], Mapping[str, float]]


def neural_style(size: int, iterations: int, init: str) -> Settings:
    """neural-style(-pt) as its defaults have it: one scale, L-BFGS, Gram matrices, content 5 and style 100.

    Losses here are relative to their targets' energy, so its 5 : 100 is kept as the ratio of content to style, 1 : 20.
    Total variation is ours: its own, a pixel sum, has no counterpart.
    """
    return Settings(
        size=size,
        texture="gram",
        optimizer="lbfgs",
        iterations=iterations,
        init=init,
        coarsest=size,
        average=0,
        content_layers=("relu4_2",),
        style_layers=("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
        style_weight=20 / texture.create("gram").gain,
    )


RECIPES = {"neural-style": neural_style}


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


def compare(
    name: str, content: Path, style: Path, ours: Settings, iterations: int, init: str, every: int, scorer: Scorer | None
) -> str:
    """A Markdown table: what each judge says of ours, of the recipe at equal time and at its end, and when it drew level."""
    theirs = replace(RECIPES[name](int(ours.size), iterations, init), encoder=ours.encoder, device=ours.device, seed=ours.seed)
    bench = Bench(content, style, ours)
    values = {"our objective": bench.objective(ours), f"{name}'s objective": bench.objective(theirs)}

    with TemporaryDirectory() as folder:

        def judge(image: Tensor) -> dict[str, float]:
            scores = {what: value(image) for what, value in values.items()}
            if scorer is not None:
                path = Path(folder) / "look.png"
                images.write(images.Picture(images.from_float(to_array(image), bits=8)), path)
                scores |= scorer(content, style, path)
            return scores

        goal = bench.run(ours, judge, every=ours.steps)[-1]
        looks = bench.run(theirs, judge, every, goal.scores)
    at_equal_time = ([look for look in looks if look.seconds <= goal.seconds] or looks[:1])[-1]
    end = looks[-1]
    rows = []
    for what, target in goal.scores.items():
        level = next((look for look in looks if look.scores[what] <= target), None)
        when = f"not in {end.seconds:.1f} s"
        if level is not None:
            when = f"{level.seconds:.1f} s, {level.seconds / goal.seconds:.2g} times ours"
        rows.append([what, target, at_equal_time.scores[what], end.scores[what], when])
    heads = ["judge", f"ours, {goal.seconds:.1f} s", f"{name} at equal time", f"after {end.step} steps", "drew level after"]
    return table(heads, rows)
