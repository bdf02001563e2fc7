"""`flicker` and `shimmer`: how restless a painted sequence of frames is, against the content's own frames. No optical flow.

The warping error of Lai et al., "Learning Blind Video Temporal Consistency" (ECCV 2018, arXiv 1808.00449), section 4.1,
compares each frame with the one before, warped along the content's motion. Without the motion two simpler questions can be
answered honestly, and neither says anything of paint that ought to move and does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor

STILL = 2 / 255
"""A pixel of the content stands still when no channel changes by more, which is what coding a video does to it."""

MOVING = 0.1 / 255
"""Mean change of the content below which it does not move, and nothing is relative to it."""


@dataclass(frozen=True)
class Restlessness:
    """flicker: mean |p_t - p_(t-1)| / mean |c_t - c_(t-1)|, 1 for the content itself; None when the content does not move.
    shimmer: mean |p_t - p_(t-1)| where the content stands still, in units of the pixel range; None when it nowhere does.
    """

    flicker: float | None
    shimmer: float | None


def restlessness(frames: Iterable[tuple[Tensor, Tensor]]) -> Restlessness:
    """Of pairs (pastiche, content), N x 3 x H x W in [0, 1], in their order in time. One frame has neither score."""
    change = own = quiet = still = 0.0
    count, previous = 0, None
    for frame in frames:
        if previous is not None:
            painted, filmed = ((now - before).abs() for now, before in zip(frame, previous, strict=True))
            steady = filmed.amax(1, keepdim=True) <= STILL
            change, own, count = change + float(painted.mean()), own + float(filmed.mean()), count + 1
            quiet += float((painted.mean(1, keepdim=True) * steady).sum())
            still += float(steady.sum())
        previous = frame
    moves = count > 0 and own / count >= MOVING
    return Restlessness(change / own if moves else None, quiet / still if still else None)
