"""One progress bar over many pictures: on a terminal a bar, elsewhere one line at the start, nothing when quiet. On stderr."""

import sys
import time
from types import TracebackType
from typing import Any

from tqdm import tqdm

from impasto.cli.progress import clock


class Tally:
    """`with Tally("sheet", quiet=...) as tally:` `say` what is being loaded, `begin(12)`, then `show` as the work goes on.

    terminal: whether to draw a bar; None to ask stderr.
    """

    def __init__(self, label: str, *, quiet: bool = False, terminal: bool | None = None) -> None:
        # Braces have a meaning in tqdm's format.
        self._escaped = label.replace("{", "{{").replace("}", "}}")
        self._label, self._quiet = label, quiet
        self._terminal = not quiet and (sys.stderr.isatty() if terminal is None else terminal)
        self._bar: tqdm[Any] | None = None
        self._total, self._began = 1, 0.0

    def __enter__(self) -> "Tally":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def say(self, text: str) -> None:
        """What is being done while no picture is; it disappears again."""
        if not self._terminal:
            return
        if self._bar is None:
            self._bar = tqdm(bar_format=f"{self._escaped}: {{desc}}", leave=False, file=sys.stderr, dynamic_ncols=True)
        self._bar.set_description_str(text)

    def note(self, text: str) -> None:
        """Something to know that is no error; it stays."""
        if not self._quiet:
            tqdm.write(f"note: {text}", file=sys.stderr)

    def begin(self, total: int, what: str) -> None:
        """From here on `total` pictures are made. what: their name in the plural."""
        self._close()
        self._total, self._began = total, time.monotonic()
        if self._terminal:
            form = f"{self._escaped} {{percentage:3.0f}}% |{{bar}}| {{desc}}"
            self._bar = tqdm(total=total, bar_format=form, leave=False, file=sys.stderr, dynamic_ncols=True)
        elif not self._quiet:
            print(f"{self._label}: {total} {what}", file=sys.stderr, flush=True)

    def show(self, done: float, text: str) -> None:
        """So many pictures are done, parts of one counted; text: what is being done."""
        if self._bar is None:
            return
        taken = time.monotonic() - self._began
        left = f", {clock(taken / done * (self._total - done))} left" if done > 0 else ""
        self._bar.set_description_str(text + left, refresh=False)
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
