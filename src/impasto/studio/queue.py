"""The queue between the web process and the workers: Huey on a file, or on Redis for many machines, behind three functions.

It only wakes workers up. What it forgets is sent again (`sweep`), and what it delivers twice is claimed once (`jobs`).
"""

import json
import logging
from pathlib import Path
from typing import Any

from huey import RedisHuey, SqliteHuey  # type: ignore[import-untyped, unused-ignore]
from huey.registry import Message  # type: ignore[import-untyped, unused-ignore]
from huey.serializer import Serializer  # type: ignore[import-untyped, unused-ignore]

from impasto.errors import InputError
from impasto.studio.config import Config

NAME, WAIT_SECONDS = "impasto", 1


class Plain(Serializer):  # type: ignore[misc, unused-ignore]
    """Messages as JSON: a queue that somebody else can write to must not be able to run code here, as pickles do."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(data))


class Queue:
    """Ids of jobs, first in, first out. Raises InputError for an URL that cannot be used."""

    def __init__(self, config: Config) -> None:
        logging.getLogger("huey").setLevel(logging.WARNING)
        options = {"results": False, "utc": True, "serializer": Plain()}
        if config.queue:
            self._huey = RedisHuey(NAME, url=config.queue, blocking=True, read_timeout=WAIT_SECONDS, **options)
        else:
            Path(config.queue_url).parent.mkdir(parents=True, exist_ok=True)
            self._huey = SqliteHuey(NAME, filename=config.queue_url, timeout=20, strict_fifo=True, **options)
        self._taken: list[str] = []
        self._paint = self._huey.task(name="paint")(self._taken.append)

    def check(self) -> None:
        """Raises InputError where nobody answers."""
        try:
            self._huey.pending_count()
        except Exception as error:  # each storage has a family of its own
            why = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"the queue does not answer ({why}); start it, or mend --queue") from error

    def send(self, identity: str) -> None:
        """Wakes a worker up for a job."""
        self._paint(identity)

    def take(self) -> str | None:
        """The next job's id, waiting for a moment where the storage can; None when there is none."""
        task = self._huey.dequeue()
        if task is None:
            return None
        self._huey.execute(task)
        return self._taken.pop() if self._taken else None

    @property
    def waits(self) -> bool:
        """Whether `take` waits by itself."""
        return bool(self._huey.storage.blocking)

    def pending(self) -> int:
        """How many it holds."""
        return int(self._huey.pending_count())
