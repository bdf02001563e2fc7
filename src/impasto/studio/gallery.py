"""What becomes of a finished painting: its files, its row, and how it is shown."""

from typing import Any

from impasto.images import Picture
from impasto.painting import Painting
from impasto.studio import codec
from impasto.studio.clock import now
from impasto.studio.desk import Desk
from impasto.studio.faults import Conflict
from impasto.studio.jobs import DONE
from impasto.studio.models import PaintingRow
from impasto.studio.orders import Order

PREVIEW = 1024
"""Longer side of a preview, in pixels."""


def keep_fast(desk: Desk, order: Order, painting: Painting) -> PaintingRow:
    """A painting that was made at once, with its files and its row. Raises Full, NotFound."""
    values = keep_files(desk, painting.picture(), dict(painting.settings) | named(order))
    ended = {"state": DONE, "started": now() - painting.seconds, "finished": now(), "seconds": painting.seconds}
    try:
        return desk.jobs.create(order, **ended, **values)
    except BaseException:
        desk.storage.remove(values["picture_key"], values["thumbnail_key"])
        raise


def keep_files(desk: Desk, picture: Picture, settings: dict[str, object]) -> dict[str, Any]:
    """Puts the picture and its thumbnail into the storage; what the row must know of them. Raises Full."""
    whole = codec.with_settings(picture, settings)
    small = codec.webp(picture, codec.THUMBNAIL, codec.THUMBNAIL_QUALITY)
    desk.pictures.make_room(len(whole) + len(small))
    key = desk.storage.put("paintings", whole, ".png")
    try:
        thumbnail = desk.storage.put("paintings", small, ".webp")
    except BaseException:
        desk.storage.remove(key)
        raise
    size = {"width": picture.width, "height": picture.height, "bytes": len(whole) + len(small)}
    return {"picture_key": key, "thumbnail_key": thumbnail, **size}


def named(order: Order) -> dict[str, object]:
    """The styles' names, for the picture's metadata."""
    return {"studio": {"styles": [style.name for style in order.styles]}}


def preview_of(desk: Desk, row: PaintingRow) -> bytes:
    """WebP: the painting so far, or the finished one. Raises Conflict where there is nothing to see."""
    if row.preview_key is not None:
        return desk.storage.get(row.preview_key)
    if row.state == DONE and row.picture_key is not None:
        return codec.webp(codec.decode(desk.storage.get(row.picture_key)), PREVIEW)
    raise Conflict(f"the painting is {row.state}, and there is nothing to see of it yet")
