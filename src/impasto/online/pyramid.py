"""The coarse-to-fine plan: which sizes are painted one after the other, and with how many steps.

Painting coarse levels first is what lets deep layers place large strokes (Gatys et al., "Controlling Perceptual Factors in
Neural Style Transfer", arXiv 1611.07865, section 6).
"""

from dataclasses import dataclass

FALLOFF = 0.38
"""Steps of a level relative to the one below it, beyond the fewest."""

FEWEST = 12
"""Steps that even the finest level of a large painting gets, if there are enough for all."""


@dataclass(frozen=True)
class Level:
    """One size of the pyramid: width, height in pixels and the number of steps."""

    width: int
    height: int
    steps: int


def plan(size: tuple[int, int], coarsest: int, iterations: int, least: int = 1) -> list[Level]:
    """Levels from a longer side of about `coarsest` by factors of two up to exactly `size` (width, height).

    least: a shorter side below which no coarse level goes, because the encoder would see nothing in it.
    The steps sum to `iterations`; a short run drops coarse levels rather than leaving a level without a step.
    """
    scales = [1.0]
    while len(scales) < iterations:
        next_scale = scales[0] / 2
        if max(size) * next_scale < coarsest * 0.75 or min(size) * next_scale < least:
            break
        scales.insert(0, next_scale)
    fewest = max(1, min(FEWEST, iterations // (2 * len(scales))))
    spare = iterations - fewest * len(scales)
    shares = [FALLOFF**k for k in range(len(scales))]
    steps = [fewest + int(spare * share / sum(shares)) for share in shares]
    steps[0] += iterations - sum(steps)
    sizes = [(max(1, round(size[0] * scale)), max(1, round(size[1] * scale))) for scale in scales]
    return [Level(width, height, count) for (width, height), count in zip(sizes, steps, strict=True)]
