"""How much at once, and how often: token buckets for each client, and slots with a short line of those who wait."""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator

from impasto.studio.faults import TooMany
from impasto.studio.limits import Rate

CLIENTS = 4096
"""Clients that are remembered; the one that was silent for longest is forgotten first."""


class Buckets:
    """A token bucket for each client."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> None:
        """Takes one token. Raises TooMany, which says when there will be one."""
        moment = time.monotonic()
        level, then = self._levels.pop(client, (self._rate.burst, moment))
        level = min(self._rate.burst, level + (moment - then) * self._rate.per_second)
        self._levels[client] = (level - 1 if level >= 1 else level), moment
        if len(self._levels) > CLIENTS:
            self._levels.popitem(last=False)
        if level < 1:
            raise TooMany("that is too fast: wait a moment", retry_after=(1 - level) / self._rate.per_second)


PATIENCE = 10.0
"""Seconds that anybody waits for a slot; a slow machine says so then, instead of letting clients hang."""


class Slots:
    """So many at once; so many may wait for a while, and whoever comes then is sent away."""

    def __init__(self, slots: int, waiting: int, what: str) -> None:
        self._free, self._waiting, self._most, self._what = asyncio.Semaphore(slots), 0, waiting, what

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Holds a slot. Raises TooMany where the line is full, or moves too slowly."""
        busy = f"the studio is busy with {self._what}: try again in a moment"
        if self._free.locked() and self._waiting >= self._most:
            raise TooMany(busy, retry_after=1)
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError:
            raise TooMany(busy, retry_after=3) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


class Guests:
    """So many at once, and nobody waits: for what lasts long."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._present: set[object] = set()

    def take(self) -> object:
        """A place. Raises TooMany where all are taken."""
        if len(self._present) >= self._most:
            raise TooMany("too many follow paintings at once: ask for the painting itself instead", retry_after=5)
        place = object()
        self._present.add(place)
        return place

    def leave(self, place: object) -> None:
        """Gives it back."""
        self._present.discard(place)
