"""A worker process: takes jobs from the queue one by one, claims each, paints it. The networks stay loaded between jobs."""

import contextlib
import logging
import os
import signal
import sys
import threading
from types import FrameType

from sqlalchemy.exc import DBAPIError

from impasto.studio.config import Config
from impasto.studio.desk import Desk
from impasto.studio.easel import perform
from impasto.studio.jobs import Jobs, LeaseLost
from impasto.studio.lease import Lease
from impasto.studio.names import new_name
from impasto.studio.sweep import Sweeper

LOG = logging.getLogger("impasto.studio")
NICENESS = 5
"""Beside a web process on the same machine, previews go first."""

IDLE_SECONDS = 0.1, 0.5
"""Between two looks into a queue that cannot wake anybody up: at first, and at most."""


def work(config: Config, attached: str = "") -> None:
    """Works until a signal. attached: the name that a parent process gave, without which this one ends.

    Raises InputError for a wrong set-up.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s worker: %(message)s")
    desk, stop = Desk(config), threading.Event()
    listen(stop, bool(attached))
    desk.queue.check()
    desk.database.wait()
    name = attached or new_name()
    sweeper = Sweeper(desk, tidying=False)
    presence = threading.Thread(target=be_present, args=(desk.jobs, name, config.lease / 3, stop), daemon=True)
    sweeper.start()
    presence.start()
    try:
        Worker(desk, name, stop).run()
    finally:
        stop.set()
        sweeper.stop()
        presence.join(timeout=5)
        desk.close()


class Worker:
    """The loop. name: of this process, for the rows that it holds."""

    def __init__(self, desk: Desk, name: str, stop: threading.Event) -> None:
        self._desk, self._name, self._stop = desk, name, stop

    def run(self) -> None:
        """Until it is told to stop."""
        pause = IDLE_SECONDS[0]
        while not self._stop.is_set():
            try:
                identity = self._desk.queue.take()
            except Exception:  # each queue has its own kind; it may be back in a moment
                LOG.warning("the queue does not answer; trying again", exc_info=True)
                self._stop.wait(2)
                continue
            if identity is not None:
                self.do(identity)
                pause = IDLE_SECONDS[0]
            elif not self._desk.queue.waits:
                self._stop.wait(pause)
                pause = min(1.3 * pause, IDLE_SECONDS[1])

    def do(self, identity: str) -> None:
        """Paints the job, if it is free."""
        try:
            claimed = self._desk.jobs.claim(identity, self._name)
            if claimed is None:
                return
            row, owner = claimed
            with Lease(self._desk.jobs, identity, owner, self._desk.config.lease, self._stop) as lease:
                perform(self._desk, row, lease)
        except (DBAPIError, LeaseLost):
            # Nothing could be said of the job; its lease runs out, and the sweep gives it to whoever is there.
            LOG.warning("painting %s is left to the sweep", identity, exc_info=True)


def be_present(jobs: Jobs, name: str, seconds: float, stop: threading.Event) -> None:
    """Signs in again and again, and out at the end."""
    while True:
        with contextlib.suppress(DBAPIError):
            jobs.sign_in(name)
        if stop.wait(seconds):
            break
    with contextlib.suppress(DBAPIError):
        jobs.sign_out(name)


def listen(stop: threading.Event, attached: bool) -> None:
    """Ctrl-C and SIGTERM end the worker after its step, a second one at once; so does the parent's end."""

    def receive(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGTERM, receive)
    signal.signal(signal.SIGINT, signal.SIG_IGN if attached else receive)
    if attached:
        with contextlib.suppress(AttributeError, OSError):
            os.nice(NICENESS)

        def until_parent_ends() -> None:
            with contextlib.suppress(OSError, ValueError):
                sys.stdin.buffer.read()
            stop.set()

        threading.Thread(target=until_parent_ends, daemon=True).start()
