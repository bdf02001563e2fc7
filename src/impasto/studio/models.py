"""The tables: pictures, styles, paintings, and who is at work. A painting's row is its job, its gallery entry and its state."""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from impasto.studio.clock import now

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
Seconds = Float(53)
Sequence = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """What all tables share: names for their constraints, so that a migration can speak of them."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Seconds}


class PictureRow(Base):
    """A picture as it is kept: decoded, brought to size, without metadata. key, thumbnail_key: in the storage.

    sha256: of the kept file, which a painting's metadata and its checkpoint name.
    """

    __tablename__ = "pictures"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    media: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128))
    thumbnail_key: Mapped[str] = mapped_column(String(128))
    created: Mapped[float] = mapped_column(default=now(), index=True)


class StyleRow(Base):
    """A style that is kept by name: a `sample` of ours, or a `user`'s."""

    __tablename__ = "styles"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16))
    picture_id: Mapped[str] = mapped_column(ForeignKey("pictures.id"), index=True)
    created: Mapped[float] = mapped_column(default=now())
    picture: Mapped[PictureRow] = relationship(lazy="joined")


class PaintingRow(Base):
    """A painting, from the order to the finished picture.

    number: the order of creation. order: all that was asked for, as `orders.Order` reads it. version: goes up at each change,
    for followers. lease_owner, lease_until: who paints it, and until when that is believed. sent: when it last went into the
    queue. The keys are the storage's.
    """

    __tablename__ = "paintings"

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    method: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    created: Mapped[float] = mapped_column(default=now(), index=True)
    started: Mapped[float | None]
    finished: Mapped[float | None]
    seconds: Mapped[float | None]
    order: Mapped[dict[str, Any]] = mapped_column("request", JSON)
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    width: Mapped[int | None]
    height: Mapped[int | None]
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    picture_key: Mapped[str | None] = mapped_column(String(128))
    thumbnail_key: Mapped[str | None] = mapped_column(String(128))
    preview_key: Mapped[str | None] = mapped_column(String(128))
    preview_step: Mapped[int] = mapped_column(default=0)
    checkpoint_key: Mapped[str | None] = mapped_column(String(128))
    lease_owner: Mapped[str | None] = mapped_column(String(128))
    lease_until: Mapped[float | None]
    attempts: Mapped[int] = mapped_column(default=0)
    cancelling: Mapped[bool] = mapped_column(default=False)
    sent: Mapped[float | None]

    __table_args__ = (Index("ix_paintings_state", "state", "lease_until"),)


class UseRow(Base):
    """A painting needs this picture: it must not be removed while that painting is there."""

    __tablename__ = "uses"

    painting_id: Mapped[str] = mapped_column(ForeignKey("paintings.id", ondelete="CASCADE"), primary_key=True)
    picture_id: Mapped[str] = mapped_column(ForeignKey("pictures.id"), primary_key=True, index=True)


class WorkerRow(Base):
    """A worker process that is alive, by its last sign of life."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    seen: Mapped[float]
