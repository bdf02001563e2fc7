"""Styles by name: the samples that come with the package, and those that users keep."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from impasto.studio import codec
from impasto.studio.database import Database
from impasto.studio.decoding import Upload
from impasto.studio.faults import Conflict, Full, NotFound
from impasto.studio.models import PictureRow, StyleRow
from impasto.studio.pictures import Pictures, find, picture_id

SAMPLES = Path(__file__).parent / "samples"
MOST = 500
"""Styles that users may keep."""


class Styles:
    """Rows of styles."""

    def __init__(self, database: Database, pictures: Pictures) -> None:
        self._database, self._pictures = database, pictures

    def add_samples(self) -> None:
        """Puts the samples into the database and the storage where they are not there yet."""
        with self._database.read() as session:
            known = set(session.scalars(select(StyleRow.id).where(StyleRow.kind == "sample")))
        for path in sorted(SAMPLES.glob("*.jpg")):
            identity = f"sample-{path.stem}"
            if identity not in known:
                self._add_sample(identity, path)

    def _add_sample(self, identity: str, path: Path) -> None:
        data = path.read_bytes()
        picture = codec.decode(data)
        thumbnail = codec.webp(picture, codec.THUMBNAIL, codec.THUMBNAIL_QUALITY)
        upload = Upload(data, codec.JPEG, thumbnail, picture.width, picture.height)
        try:
            row = self._pictures.find(picture_id(data))
        except NotFound:
            row = self._pictures.keep(picture_id(data), upload, kind="sample")
        try:
            with self._database.begin() as session:
                session.add(StyleRow(id=identity, name=path.stem.capitalize(), kind="sample", picture_id=row.id))
        except IntegrityError:
            return  # another process was quicker

    def all(self) -> Sequence[StyleRow]:
        """The samples by name, then the users', newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(StyleRow)).all()
        return sorted(rows, key=lambda row: (row.kind != "sample", row.name if row.kind == "sample" else -row.created))

    def find(self, identity: str) -> StyleRow:
        """Raises NotFound."""
        with self._database.read() as session:
            row = session.get(StyleRow, identity)
        if row is None:
            raise NotFound("there is no such style (any more); choose another")
        return row

    def add(self, picture: str, name: str) -> StyleRow:
        """Keeps a picture as a style. Raises NotFound, Full."""
        with self._database.begin() as session:
            if len(session.scalars(select(StyleRow.id).where(StyleRow.kind == "user")).all()) >= MOST:
                raise Full(f"the studio keeps {MOST} styles at most: delete one, then try again")
            row = StyleRow(id=secrets.token_urlsafe(12), name=name, kind="user", picture_id=find(session, picture).id)
            session.add(row)
            session.flush()
            session.refresh(row)
            assert isinstance(row.picture, PictureRow)
        return row

    def remove(self, identity: str) -> None:
        """Forgets a user's style; its picture stays for the paintings made with it. Raises NotFound, Conflict."""
        row = self.find(identity)
        if row.kind != "user":
            raise Conflict("the samples cannot be deleted; only styles that you saved can")
        with self._database.begin() as session:
            session.execute(delete(StyleRow).where(StyleRow.id == identity))
