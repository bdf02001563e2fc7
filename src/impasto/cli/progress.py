"""What the user sees while painting: a bar on a terminal, one line at the start elsewhere, nothing when quiet. On stderr."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from impasto.cli.bar import Bar
from impasto.online.pyramid import done_share

if TYPE_CHECKING:
    from impasto.online.optimisation import Step
    from impasto.online.pyramid import Level


class Progress(Bar):
    """`with Progress("photo.jpg") as progress:` `say` what is being loaded, then `show` each step."""

    _first: tuple[float, float] | None = None

    def show(self, step: "Step", levels: "Sequence[Level]") -> None:
        """A finished step. levels: the whole plan, because a step costs as much as it has pixels."""
        if self._first is None:
            how = f"in {step.total} steps" if step.step == 1 else f"from step {step.step} of {step.total}"
            self._open(1.0, f"painting {self._label}: {levels[-1].width} x {levels[-1].height} pixels {how}")
        share, now = done_share(step, levels), time.monotonic()
        first_share, first_time = self._first = self._first or (share, now)
        self._move(
            share,
            f"level {step.level}/{step.levels}, step {step.step}/{step.total}, loss {step.loss:.4g}"
            + (f", {clock((now - first_time) / (share - first_share) * (1 - share))} left" if share > first_share else ""),
        )


def clock(seconds: float) -> str:
    """`9 s`, `2:05`, `1:02:05`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
