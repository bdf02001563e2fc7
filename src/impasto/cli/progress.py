"""What the user sees while painting: a bar on a terminal, one line at the start elsewhere, nothing when quiet. On stderr."""

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

if TYPE_CHECKING:
    from impasto.online.optimisation import Step
    from impasto.online.pyramid import Level


class Progress:
    """`with Progress("photo.jpg") as progress:` `say` what is being loaded, then `show` each step.

    terminal: whether to draw a bar; None to ask stderr.
    """

    def __init__(self, label: str, *, quiet: bool = False, terminal: bool | None = None) -> None:
        self._label = label
        # Braces have a meaning in tqdm's format.
        self._escaped = label.replace("{", "{{").replace("}", "}}")
        self._quiet = quiet
        self._terminal = not quiet and (sys.stderr.isatty() if terminal is None else terminal)
        self._bar: tqdm[Any] | None = None
        self._first: tuple[float, float] | None = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def say(self, text: str) -> None:
        """What is being done while no step is; it disappears again."""
        if not self._terminal:
            return
        if self._bar is None:
            self._bar = tqdm(bar_format=f"{self._escaped}: {{desc}}", leave=False, file=sys.stderr, dynamic_ncols=True)
        self._bar.set_description_str(text)

    def note(self, text: str) -> None:
        """Something to know that is no error; it stays."""
        if not self._quiet:
            tqdm.write(f"note: {text}", file=sys.stderr)

    def show(self, step: "Step", levels: "Sequence[Level]") -> None:
        """A finished step. levels: the whole plan, because a step costs as much as it has pixels."""
        if self._first is None:
            self._begin(step, levels)
        share, now = done_share(step, levels), time.monotonic()
        first_share, first_time = self._first = self._first or (share, now)
        if self._bar is None:
            return
        self._bar.set_description_str(
            f"level {step.level}/{step.levels}, step {step.step}/{step.total}, loss {step.loss:.4g}"
            + (f", {clock((now - first_time) / (share - first_share) * (1 - share))} left" if share > first_share else ""),
            refresh=False,
        )
        self._bar.update(share - self._bar.n)

    def _begin(self, step: "Step", levels: "Sequence[Level]") -> None:
        self._close()
        if self._terminal:
            form = f"{self._escaped} {{percentage:3.0f}}% |{{bar}}| {{desc}}"
            self._bar = tqdm(total=1.0, bar_format=form, leave=False, file=sys.stderr, dynamic_ncols=True)
        elif not self._quiet:
            how = f"in {step.total} steps" if step.step == 1 else f"from step {step.step} of {step.total}"
            print(f"painting {self._label}: {levels[-1].width} x {levels[-1].height} pixels {how}", file=sys.stderr, flush=True)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def done_share(step: "Step", levels: "Sequence[Level]") -> float:
    """How much of the work is done, 0 to 1, counting a step as its level's pixels."""
    before = sum(level.steps for level in levels[: step.level - 1])
    done = sum(level.steps * level.width * level.height for level in levels[: step.level - 1])
    current = levels[step.level - 1]
    done += (step.step - before) * current.width * current.height
    return done / sum(level.steps * level.width * level.height for level in levels)


def clock(seconds: float) -> str:
    """`9 s`, `2:05`, `1:02:05`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
