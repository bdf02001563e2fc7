"""Rows as the API shows them. Only links and words; what a row means is decided in `jobs` and `orders`."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select

from impasto.studio import schemas
from impasto.studio.clock import iso
from impasto.studio.desk import Desk
from impasto.studio.jobs import DONE
from impasto.studio.models import PaintingRow, PictureRow, StyleRow
from impasto.studio.orders import Order, told


def picture(row: PictureRow) -> schemas.Picture:
    """A picture with its links."""
    url = f"/api/pictures/{row.id}"
    return schemas.Picture(id=row.id, width=row.width, height=row.height, url=url, thumbnail=f"{url}/thumbnail")


def style(row: StyleRow) -> schemas.Style:
    """A style with its picture."""
    shown = picture(row.picture)
    kind = cast(Any, row.kind)
    return schemas.Style(id=row.id, name=row.name, kind=kind, picture=shown, thumbnail=shown.thumbnail)


def paintings(desk: Desk, rows: Sequence[PaintingRow]) -> list[schemas.Painting]:
    """Paintings with their pictures, which are fetched for all of them at once."""
    orders = [Order.from_dict(row.order) for row in rows]
    wanted = {identity for order in orders for identity in order.pictures}
    with desk.database.read() as session:
        found = {row.id: row for row in session.scalars(select(PictureRow).where(PictureRow.id.in_(wanted)))}
    return [_painting(row, order, found) for row, order in zip(rows, orders, strict=True)]


def painting(desk: Desk, row: PaintingRow) -> schemas.Painting:
    """One of them."""
    return paintings(desk, [row])[0]


def _painting(row: PaintingRow, order: Order, pictures: Mapping[str, PictureRow]) -> schemas.Painting:
    def shown(identity: str | None) -> schemas.Picture | None:
        row = pictures.get(identity) if identity else None
        return None if row is None else picture(row)

    url, done = f"/api/paintings/{row.id}", row.state == DONE
    preview = f"{url}/preview?v={row.preview_step}" if row.preview_key else f"{url}/preview" if done else None
    return schemas.Painting(
        id=row.id,
        kind=cast(Any, row.kind),
        state=cast(Any, row.state),
        cancelling=row.cancelling and row.state == "running",
        created=iso(row.created) or "",
        started=iso(row.started),
        finished=iso(row.finished),
        seconds=row.seconds,
        content=shown(order.content),
        styles=[schemas.UsedStyle(name=one.name, picture=shown(one.picture), weight=one.weight) for one in order.styles],
        settings=told(order),
        progress=None if row.progress is None else schemas.Progress(**row.progress),
        error=row.error,
        picture=f"{url}/picture" if done else None,
        preview=preview,
        thumbnail=f"{url}/thumbnail" if row.thumbnail_key else None,
        width=row.width,
        height=row.height,
    )
