"""What all routes share: the desk, the real-time network, the limits of this web process, and how a route gets at them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypeVar

from fastapi import Depends, Path, Request

from impasto.studio.decoding import Decoder
from impasto.studio.desk import Desk
from impasto.studio.realtime import Realtime
from impasto.studio.schemas import ID
from impasto.studio.web.follow import Follower
from impasto.studio.web.metrics import Metrics
from impasto.studio.web.rates import Buckets, Guests, Slots

Result = TypeVar("Result")
Id = Annotated[str, Path(pattern=ID, description="an id that this API gave")]


class House:
    """One web process."""

    def __init__(self, desk: Desk) -> None:
        limits = desk.limits
        self.desk, self.limits = desk, limits
        self.realtime, self.decoder = Realtime(desk.pictures), Decoder(limits)
        self.metrics = Metrics(desk)
        self.follower = Follower(desk.jobs)
        self.painting = Slots(limits.paint_slots, limits.paint_waiting, "other previews")
        self.uploading = Slots(limits.upload_slots, limits.upload_waiting, "other uploads")
        self.streams = Guests(limits.streams)
        self.reads, self.previews = Buckets(limits.reading), Buckets(limits.previews)
        self.uploads, self.fast, self.jobs = Buckets(limits.uploads), Buckets(limits.fast), Buckets(limits.jobs)
        # Threads of their own, so that slow paintings cannot take those that answer the small questions.
        self._painters = ThreadPoolExecutor(limits.paint_slots + limits.upload_slots, "paint")

    async def heavy(self, work: Callable[[], Result]) -> Result:
        """Runs what takes long in a thread for it. The caller holds a slot."""
        return await asyncio.get_running_loop().run_in_executor(self._painters, work)

    async def aside(self, work: Callable[[], Result]) -> Result:
        """Runs a small piece of work in a thread."""
        return await asyncio.to_thread(work)

    def close(self) -> None:
        """Ends threads and processes."""
        self._painters.shutdown(wait=False, cancel_futures=True)
        self.decoder.close()
        self.desk.close()


def house_of(request: Request) -> House:
    """The house that a request came to."""
    house: House = request.app.state.house
    return house


def client_of(request: Request) -> str:
    """The address that a request came from."""
    return request.client.host if request.client else "?"


def reader(request: Request) -> None:
    """Counts a small question."""
    house_of(request).reads.take(client_of(request))


InHouse = Annotated[House, Depends(house_of)]
Client = Annotated[str, Depends(client_of)]
