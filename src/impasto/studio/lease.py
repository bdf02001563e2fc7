"""A worker's hold on one job: renewed in a thread while it paints, told of progress, and lost when somebody else has it."""

import logging
import threading
import time
from typing import Any

from sqlalchemy.exc import DBAPIError

from impasto.studio import database
from impasto.studio.faults import Full
from impasto.studio.jobs import Jobs, LeaseLost

LOG = logging.getLogger("impasto.studio")


class Cancelled(Exception):
    """Somebody cancelled the painting."""


class Stopped(Exception):
    """This worker is to end; the job goes back into the queue."""


class Lease:
    """`with Lease(...) as lease:` keeps a claimed job. stop: set when the worker is to end."""

    def __init__(self, jobs: Jobs, identity: str, owner: str, seconds: float, stop: threading.Event) -> None:
        self.identity, self.owner = identity, owner
        self._jobs, self._seconds, self._stop = jobs, seconds, stop
        self._renewed = time.monotonic()
        self._lost = self._cancelling = False
        self._over = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> "Lease":
        self._beating.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._beating.join()

    @property
    def stopping(self) -> bool:
        """Whether the worker is to end."""
        return self._stop.is_set()

    def check(self) -> None:
        """To be called between steps. Raises LeaseLost, Cancelled."""
        if self._lost or time.monotonic() - self._renewed > self._seconds:
            raise LeaseLost
        if self._cancelling:
            raise Cancelled

    def tell(self, **values: Any) -> bool:
        """Keeps progress and the like; whether the database took it. Raises LeaseLost, Cancelled, and Full for a full disc."""
        try:
            self._cancelling = self._jobs.tell(self.identity, self.owner, **values)
        except LeaseLost:
            self._lost = True
            raise
        except DBAPIError as error:
            if database.is_full(error):
                raise Full("the studio's disc is full: free some space, then try again") from error
            LOG.warning("the database did not answer; the painting goes on: %s", " ".join(str(error.orig).split()))
            return False
        self._renewed = time.monotonic()
        self.check()
        return True

    def _beat(self) -> None:
        while not self._over.wait(self._seconds / 3):
            try:
                self._cancelling = self._jobs.beat(self.identity, self.owner)
                self._renewed = time.monotonic()
            except LeaseLost:
                self._lost = True
                return
            except DBAPIError as error:
                LOG.warning("the database did not answer: %s", " ".join(str(error.orig).split()))
