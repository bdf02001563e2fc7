"""Followers of paintings: one look at the database a tick for all of them together, whoever paints and wherever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from impasto.studio.jobs import Jobs

TICK = 0.25
"""Seconds between two looks."""


class Follower:
    """Tells when a painting's version changes."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._seen: dict[str, int | None] = {}
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def changes(self, identity: str, beat: float) -> AsyncIterator[bool]:
        """True at once and at each change, False after `beat` seconds without one. Ends when the server does."""
        event = asyncio.Event()
        self._waiting.setdefault(identity, set()).add(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield True
            while not self._closed:
                try:
                    await asyncio.wait_for(event.wait(), beat)
                except TimeoutError:
                    yield False
                else:
                    event.clear()
                    if not self._closed:
                        yield True
        finally:
            self._waiting[identity].discard(event)
            if not self._waiting[identity]:
                del self._waiting[identity]
                self._seen.pop(identity, None)

    def close(self) -> None:
        """Ends all."""
        self._closed = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    async def _look(self) -> None:
        while self._waiting and not self._closed:
            identities = list(self._waiting)
            with contextlib.suppress(Exception):  # the database may be away for a moment
                versions = await asyncio.to_thread(self._jobs.versions, identities)
                for identity in identities:
                    version = versions.get(identity)
                    if self._seen.get(identity, -1) != version:
                        self._seen[identity] = version
                        for event in self._waiting.get(identity, ()):
                            event.set()
            await asyncio.sleep(TICK)
