"""The pictures that paintings are made from: taken in, handed out in any size, and let go when nothing needs them any more."""

import base64
import hashlib

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from impasto.images import Picture
from impasto.studio import codec
from impasto.studio.cache import Cache
from impasto.studio.clock import now
from impasto.studio.database import Database
from impasto.studio.decoding import Upload
from impasto.studio.faults import Full, NotFound
from impasto.studio.models import PaintingRow, PictureRow, StyleRow, UseRow
from impasto.studio.storage import Storage

SIZES = (64, 128, 256, 384, 512, 768, 1024, 1536, 2048)
"""Sizes of copies; one that is asked for between two of them gets the smaller."""

COPIES_BYTES = 64 * 2**20
ORPHAN_SECONDS = 3600.0
"""An upload from which nobody painted within this time makes room for others when there is none."""


def picture_id(data: bytes) -> str:
    """Of an uploaded file: the same bytes give the same id."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest())[:24].decode("ascii")


class Pictures:
    """Rows and files of pictures. quota: bytes for all pictures and paintings together, 0 for no bound."""

    def __init__(self, database: Database, storage: Storage, quota: int = 0) -> None:
        self._database, self._storage, self._quota = database, storage, quota
        self._copies: Cache[tuple[bytes, str]] = Cache(COPIES_BYTES, lambda copy: len(copy[0]))

    def find(self, identity: str) -> PictureRow:
        """Raises NotFound."""
        with self._database.read() as session:
            return find(session, identity)

    def keep(self, identity: str, upload: Upload, kind: str = "upload") -> PictureRow:
        """The row of a new picture, or of the same one that was there. Raises Full."""
        size = len(upload.data) + len(upload.thumbnail)
        if kind == "upload":
            self.make_room(size)
        key = self._storage.put("pictures", upload.data, codec.SUFFIXES[upload.media])
        thumbnail = None
        try:
            thumbnail = self._storage.put("pictures", upload.thumbnail, ".webp")
            row = PictureRow(id=identity, kind=kind, width=upload.width, height=upload.height, bytes=size, media=upload.media)
            row.sha256, row.key, row.thumbnail_key = upload.sha256, key, thumbnail
            with self._database.begin() as session:
                session.add(row)
            return row
        except IntegrityError:  # somebody sent the same picture at the same time
            self._storage.remove(key, thumbnail)
            return self.find(identity)
        except BaseException:
            self._storage.remove(key, thumbnail)
            raise

    def make_room(self, size: int) -> None:
        """Raises Full where the quota has no room for so many bytes, not even without the uploads that nobody used."""
        if not self._quota or self.used() + size <= self._quota:
            return
        self.forget_unused(ORPHAN_SECONDS)
        if self.used() + size > self._quota:
            raise Full(f"the studio's quota of {self._quota / 1e6:.3g} MB is used up: delete paintings, then try again")

    def used(self) -> int:
        """Bytes that pictures and paintings take."""
        with self._database.read() as session:
            return sum(int(session.scalar(select(func.sum(table.bytes))) or 0) for table in (PictureRow, PaintingRow))

    def forget_unused(self, seconds: float) -> int:
        """Removes uploads older than that from which no painting and no style was made. Returns how many."""
        unused = (
            select(PictureRow)
            .where(PictureRow.kind == "upload", PictureRow.created < now() - seconds)
            .where(~exists().where(UseRow.picture_id == PictureRow.id), ~exists().where(StyleRow.picture_id == PictureRow.id))
        )
        try:
            with self._database.begin() as session:
                rows = list(session.scalars(unused))
                for row in rows:
                    session.delete(row)
        except IntegrityError:  # somebody began to use one of them just now
            return 0
        for row in rows:
            self._storage.remove(row.key, row.thumbnail_key)
        return len(rows)

    def read(self, row: PictureRow, longest: int | None = None) -> Picture:
        """The picture itself, no larger than `longest`, with the hash that identifies it."""
        picture = codec.decode(self._storage.get(row.key), longest)
        return Picture(picture.pixels, picture.alpha, sha256=row.sha256)

    def copy(self, row: PictureRow, size: int | None) -> tuple[bytes, str]:
        """(bytes, media type) of the picture, or of a copy whose longer side is at most `size`."""
        if size is None:
            return self._storage.get(row.key), row.media
        longest = max((side for side in SIZES if side <= size), default=SIZES[0])
        return self._copies.get((row.key, longest), lambda: codec.shown(self.read(row, longest), longest))

    def thumbnail(self, row: PictureRow) -> bytes:
        """WebP."""
        return self._copies.get(row.thumbnail_key, lambda: (self._storage.get(row.thumbnail_key), codec.WEBP))[0]


def find(session: Session, identity: str) -> PictureRow:
    """The row of a picture. Raises NotFound."""
    row = session.get(PictureRow, identity)
    if row is None:
        raise NotFound("there is no such picture (any more); upload it again")
    return row
