"""The sweep: finds what queue and workers have lost, and sends it again; removes what has had its time. One a process.

Every step holds or does not as one statement in the database, so any number of sweeps may run at once.
"""

import logging
import shutil
import threading
import time

from impasto.studio.desk import Desk
from impasto.studio.faults import NotFound

LOG = logging.getLogger("impasto.studio")
RESEND_SECONDS = 5.0
"""A queued job that nobody took for this long is looked for in the queue."""

TIDY_SECONDS = 600.0
ORPHANED_FILE_SECONDS = 6 * 3600.0
"""Age after which a file that no row names is removed: a process died between writing it and saying so."""

DAY = 86_400.0


class Sweeper:
    """Sweeps again and again, in a thread. tidying: removes what has had its time, too."""

    def __init__(self, desk: Desk, tidying: bool = True) -> None:
        self._desk, self._tidying = desk, tidying
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, after the sweep that is under way."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        pause, until_tidy = min(2.0, self._desk.config.lease / 4), 0.0
        while not self._stopped.wait(pause):
            until_tidy -= pause
            try:
                resend(self._desk)
                if self._tidying and until_tidy <= 0:
                    until_tidy = TIDY_SECONDS
                    tidy(self._desk)
            except Exception:  # the database or the queue may be away for a while; the next sweep finds out
                LOG.exception("a sweep failed; the next one follows")


def resend(desk: Desk) -> int:
    """Puts into the queue what is queued in the database and missing there. Returns how many."""
    lost = desk.jobs.recover()
    waiting = desk.jobs.waiting(RESEND_SECONDS)
    # Jobs that merely wait for a worker are in the queue already, and need no second entry.
    if not set(waiting) - set(lost) or desk.queue.pending() >= len(waiting):
        waiting = [identity for identity in waiting if identity in lost]
    for identity in waiting:
        desk.submit(identity)
    return len(waiting)


def tidy(desk: Desk) -> None:
    """Removes paintings and unused uploads whose days are over, and files that belong to nothing."""
    if desk.config.retention:
        for identity in desk.jobs.old(desk.config.retention * DAY):
            try:
                desk.forget(identity)
            except NotFound:
                continue
        desk.pictures.forget_unused(desk.config.retention * DAY)
    for folder in desk.config.folder.glob("work-*"):
        if time.time() - folder.stat().st_mtime > ORPHANED_FILE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
    orphans = [key for key, age in desk.storage.keys().items() if age > ORPHANED_FILE_SECONDS]
    if orphans:
        named = desk.named_keys()
        desk.storage.remove(*(key for key in orphans if key not in named))
