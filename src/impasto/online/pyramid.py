"""The coarse-to-fine plan: which sizes are painted one after the other, and with how many steps.

Painting coarse levels first is what lets deep layers place large strokes (Gatys et al., "Controlling Perceptual Factors in
Neural Style Transfer", arXiv 1611.07865, section 6).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.online.optimisation import Step

FALLOFF = 0.38
"""Steps of a level relative to one of half its size, beyond the fewest."""

FEWEST = 12
"""Steps that even the finest level of a large painting gets, if there are enough for all."""


@dataclass(frozen=True)
class Level:
    """One size of the pyramid: width, height in pixels and the number of steps."""

    width: int
    height: int
    steps: int


def plan(
    size: tuple[int, int],
    coarsest: int,
    iterations: int,
    least: int = 1,
    ratio: float = 2.0,
    each: Sequence[int] | None = None,
) -> list[Level]:
    """Levels from a longer side of about `coarsest` by factors of `ratio` up to exactly `size` (width, height).

    least: a shorter side below which no coarse level goes, because the encoder would see nothing in it.
    The steps sum to `iterations`; a short run drops coarse levels rather than leaving a level without a step.
    each: the steps of each level instead, from the coarsest; the last number holds for all further levels.
    """
    scales = scales_between(size, coarsest, least, ratio)
    if each is None:
        scales = scales[-iterations:]
        steps = spread(iterations, len(scales), FALLOFF ** math.log2(ratio))
    else:
        steps = [each[min(index, len(each) - 1)] for index in range(len(scales))]
    sizes = [(max(1, round(size[0] * scale)), max(1, round(size[1] * scale))) for scale in scales]
    return [Level(width, height, count) for (width, height), count in zip(sizes, steps, strict=True)]


def scales_between(size: tuple[int, int], coarsest: int, least: int, ratio: float) -> list[float]:
    """The levels' sizes relative to the last one's, ascending to 1."""
    scales = [1.0]
    # A level may fall short of the coarsest by half a step: 100 is near enough to 128 where the next would be 200.
    shortest = coarsest * (1 + 1 / ratio) / 2
    while True:
        scale = ratio ** -len(scales)
        if max(size) * scale < shortest or min(size) * scale < least:
            return scales
        scales.insert(0, scale)


def spread(iterations: int, levels: int, falloff: float) -> list[int]:
    """How many of the steps each level gets: the more, the coarser, and a few for the finest."""
    fewest = max(1, min(FEWEST, iterations // (2 * levels)))
    spare = iterations - fewest * levels
    shares = [falloff**k for k in range(levels)]
    steps = [fewest + int(spare * share / sum(shares)) for share in shares]
    steps[0] += iterations - sum(steps)
    return steps


def done_share(step: "Step", levels: Sequence[Level]) -> float:
    """How much of the work is done after a step, 0 to 1, a step counting as much as its level has pixels."""
    costs = [(level.steps, level.width * level.height) for level in levels]
    before = costs[: step.level - 1]
    in_level = step.step - sum(steps for steps, _ in before)
    done = sum(steps * pixels for steps, pixels in before) + in_level * costs[step.level - 1][1]
    return done / sum(steps * pixels for steps, pixels in costs)
