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


def plan(size: tuple[int, int], coarsest: int, iterations: int) -> list[Level]:
    """Levels from a longer side of about `coarsest` by factors of two up to exactly `size` (width, height).

    The steps sum to `iterations`; a short run drops coarse levels rather than leaving a level without a step.
    """
    longer = max(size)
    scales = [1.0]
    while longer * scales[0] / 2 >= coarsest * 0.75 and len(scales) < iterations:
        scales.insert(0, scales[0] / 2)
    fewest = max(1, min(FEWEST, iterations // (2 * len(scales))))
    spare = iterations - fewest * len(scales)
    shares = [FALLOFF**k for k in range(len(scales))]
    steps = [fewest + int(spare * share / sum(shares)) for share in shares]
    steps[0] += iterations - sum(steps)
    sizes = [(max(1, round(size[0] * scale)), max(1, round(size[1] * scale))) for scale in scales]
    return [Level(width, height, count) for (width, height), count in zip(sizes, steps, strict=True)]
