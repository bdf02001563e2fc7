"""One progress bar over many pictures: on a terminal a bar, elsewhere one line at the start, nothing when quiet. On stderr."""

import time

from impasto.cli.bar import Bar
from impasto.cli.progress import clock


class Tally(Bar):
    """`with Tally("sheet", quiet=...) as tally:` `say` what is being loaded, `begin(12)`, then `show` as the work goes on."""

    _total, _began = 1, 0.0

    def begin(self, total: int, what: str) -> None:
        """From here on `total` pictures are made. what: their name in the plural."""
        self._total, self._began = total, time.monotonic()
        self._open(total, f"{self._label}: {total} {what}")

    def show(self, done: float, text: str) -> None:
        """So many pictures are done, parts of one counted; text: what is being done."""
        taken = time.monotonic() - self._began
        left = f", {clock(taken / done * (self._total - done))} left" if done > 0 else ""
        self._move(done, text + left)
