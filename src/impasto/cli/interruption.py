"""Ctrl-C (and SIGTERM) while painting: at once while nothing is lost by it, after the step while there is work to keep.

It only listens; what is kept is `sitting`'s business.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

_NOTICE = b"\nstopping after this step; Ctrl-C again stops at once\n"


class Interrupted(KeyboardInterrupt):
    """Painting was interrupted; `str(error)` says what was kept."""


class Interruption:
    """`with Interruption() as stop:` listens until its end.

    working: set it once there is work to keep. requested: whether to stop after this step. A second signal stops at once.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.working = self.requested = self._held = False
        self._quiet = quiet
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._previous[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Inside, something is being saved: a signal is remembered and acted on afterwards."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._held:
            self.requested = True
        elif not self.working or self.requested:
            raise KeyboardInterrupt
        else:
            self.requested = True
            if not self._quiet and sys.stderr.isatty():
                # Not print: the signal may have come in the middle of one.
                os.write(2, _NOTICE)
