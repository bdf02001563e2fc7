"""Paintings: previews and fast ones at once, online ones as jobs; lists, cancelling, deleting."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from impasto.studio import codec, schemas
from impasto.studio.gallery import keep_fast
from impasto.studio.models import PaintingRow
from impasto.studio.orders import Order
from impasto.studio.schemas import ID
from impasto.studio.web import requests, shapes
from impasto.studio.web.answers import DESCRIBED, binary, refusals
from impasto.studio.web.house import Client, House, Id, InHouse, reader

router = APIRouter(prefix="/api", tags=["paintings"], responses=DESCRIBED)
IMAGES = binary(codec.JPEG)
ENDED = refusals(_409="It has ended already.")


@router.post("/previews", response_class=Response, responses=IMAGES)
async def preview(house: InHouse, client: Client, request: Request, wanted: schemas.PreviewRequest) -> Response:
    """What the painting would look like, at once: JPEG from the real-time network. Nothing is kept."""
    house.previews.take(client)
    async with house.painting.one():
        if await request.is_disconnected():  # the slider has moved on
            return Response(status_code=204)
        order_of = partial(requests.preview_order, house.desk, wanted)
        made = await house.heavy(lambda: house.realtime.preview(order_of()))
    house.metrics.painting.observe(made.seconds["paint"])
    timing = ", ".join(f"{part};dur={1000 * seconds:.1f}" for part, seconds in made.seconds.items())
    return Response(made.data, media_type=made.media, headers={"Server-Timing": timing})


@router.post("/paintings", status_code=201)
async def paint(house: InHouse, client: Client, wanted: schemas.PaintingRequest) -> schemas.Painting:
    """Paints and keeps a picture: done at return with the method `fast`, a queued job with `online`."""
    if wanted.method == "fast":
        house.fast.take(client)
        async with house.painting.one():
            return await house.heavy(partial(paint_now, house, wanted))
    house.jobs.take(client)
    return await house.aside(lambda: queue(house, requests.painting_order(house.desk, wanted)))


@router.post("/reconstructions", status_code=201)
def reconstruct(house: InHouse, client: Client, wanted: schemas.ReconstructionRequest) -> schemas.Painting:
    """How it works, for this very picture: a job whose picture is the labelled figure of what the encoder's layers hold."""
    house.jobs.take(client)
    return queue(house, requests.reconstruction_order(house.desk, wanted))


@router.get("/paintings", dependencies=[Depends(reader)])
def listed(
    house: InHouse,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
    before: Annotated[str | None, Query(pattern=ID, description="`next` of the page before")] = None,
) -> schemas.Paintings:
    """The gallery, newest first."""
    rows = house.desk.jobs.page(limit + 1, before)
    further = rows[limit - 1].id if len(rows) > limit else None
    return schemas.Paintings(paintings=shapes.paintings(house.desk, rows[:limit]), next=further)


@router.get("/paintings/{identity}", dependencies=[Depends(reader)])
def one(house: InHouse, identity: Id) -> schemas.Painting:
    """One painting, in whatever state it is."""
    return shapes.painting(house.desk, house.desk.jobs.find(identity))


@router.post("/paintings/{identity}/cancel", responses=ENDED)
def cancel(house: InHouse, identity: Id) -> schemas.Painting:
    """Cancels a job: at once while it waits, after its step while it runs."""
    return shapes.painting(house.desk, house.desk.jobs.cancel(identity))


@router.delete("/paintings/{identity}", status_code=204)
def remove(house: InHouse, identity: Id) -> Response:
    """Deletes a painting with all its files; a job that runs is stopped."""
    house.desk.forget(identity)
    return Response(status_code=204)


def queue(house: House, order: Order) -> schemas.Painting:
    """A new job. Raises Fault."""
    house.desk.pictures.make_room(0)
    row = house.desk.jobs.create(order)
    house.desk.submit(row.id)
    return shapes.painting(house.desk, row)


def paint_now(house: House, wanted: schemas.PaintingRequest) -> schemas.Painting:
    """Paints by the real-time network and keeps the result. Raises Fault, InputError."""
    order = requests.painting_order(house.desk, wanted)
    painting = house.realtime.paint(order)
    house.metrics.painting.observe(painting.seconds)
    row: PaintingRow = keep_fast(house.desk, order, painting)
    return shapes.painting(house.desk, row)
