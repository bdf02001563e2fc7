"""What a painting looks like: its picture, preview and thumbnail, and the stream of events while it is made."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import StreamingResponse

from impasto.studio import codec, schemas
from impasto.studio.faults import Conflict, NotFound
from impasto.studio.gallery import preview_of
from impasto.studio.jobs import DONE, ENDED
from impasto.studio.models import PaintingRow
from impasto.studio.web import shapes
from impasto.studio.web.answers import DESCRIBED, binary
from impasto.studio.web.house import House, Id, InHouse, reader

router = APIRouter(prefix="/api/paintings/{identity}", tags=["results"], responses=DESCRIBED)
SILENCE = 15.0
"""Seconds after which an idle stream sends a comment, so that nobody on the way takes it for dead."""

PNG, WEBP = binary(codec.PNG, _409="It is not done yet."), binary(codec.WEBP, _409="There is none yet.")
EVENT = {"type": "object", "properties": {name: {"type": "string"} for name in ("event", "id", "data")}}
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": EVENT}}, "description": "`data` is the painting's JSON."}
}
KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/picture", response_class=Response, responses=PNG, dependencies=[Depends(reader)])
def picture(
    house: InHouse, identity: Id, download: Annotated[bool, Query(description="as a file to be saved")] = False
) -> Response:
    """The finished picture in full: PNG with its settings inside."""
    row = house.desk.jobs.find(identity)
    if row.state != DONE or row.picture_key is None:
        raise Conflict(f"the painting is {row.state}, so there is no picture of it")
    headers = {**KEPT, "Content-Disposition": f'attachment; filename="impasto-{row.number}.png"'} if download else KEPT
    return Response(house.desk.storage.get(row.picture_key), media_type=codec.PNG, headers=headers)


@router.get("/preview", response_class=Response, responses=WEBP, dependencies=[Depends(reader)])
def preview(
    house: InHouse, identity: Id, v: Annotated[int | None, Query(description="the step, so that a new one is fetched")] = None
) -> Response:
    """The painting so far, or the finished one, at the size of a screen."""
    for chance in (True, False):
        row = house.desk.jobs.find(identity)
        try:
            data = preview_of(house.desk, row)
        except NotFound:  # a newer one has just taken its place
            if not chance:
                raise
            continue
        headers = KEPT if v is not None or row.state in ENDED else {"Cache-Control": "no-cache"}
        return Response(data, media_type=codec.WEBP, headers=headers)
    raise AssertionError("the second chance answers or raises")


@router.get("/thumbnail", response_class=Response, responses=WEBP, dependencies=[Depends(reader)])
def thumbnail(house: InHouse, identity: Id) -> Response:
    """The finished picture, small."""
    row = house.desk.jobs.find(identity)
    if row.thumbnail_key is None:
        raise Conflict(f"the painting is {row.state}, so there is no thumbnail of it")
    return Response(house.desk.storage.get(row.thumbnail_key), media_type=codec.WEBP, headers=KEPT)


@router.get("/events", response_class=StreamingResponse, responses=EVENTS, dependencies=[Depends(reader)])
async def events(house: InHouse, identity: Id) -> StreamingResponse:
    """Server-sent events: `painting` with the painting's JSON at once and at every change, until it has ended."""
    await asyncio.to_thread(house.desk.jobs.find, identity)
    place = house.streams.take()
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(told(house, identity, place), media_type="text/event-stream", headers=headers)


async def told(house: House, identity: str, place: "object") -> AsyncIterator[str]:
    """The stream. It frees its place at the end."""
    sent = 0
    try:
        async for changed in house.follower.changes(identity, SILENCE):
            if not changed:
                yield ": still here\n\n"
                continue
            try:
                row, painting = await asyncio.to_thread(look, house, identity)
            except NotFound:
                yield "event: deleted\ndata: {}\n\n"
                return
            if row.version == sent:
                continue
            sent = row.version
            yield f"event: painting\nid: {row.version}\ndata: {json.dumps(painting.model_dump())}\n\n"
            if row.state in ENDED:
                return
    finally:
        house.streams.leave(place)


def look(house: House, identity: str) -> tuple[PaintingRow, schemas.Painting]:
    """The painting now. Raises NotFound."""
    row = house.desk.jobs.find(identity)
    return row, shapes.painting(house.desk, row)
