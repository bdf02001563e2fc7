"""The first tables: pictures, styles, paintings, their uses of pictures, and workers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    _pictures_and_styles()
    op.create_table(
        "paintings",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("started", sa.Float(53), nullable=True),
        sa.Column("finished", sa.Float(53), nullable=True),
        sa.Column("seconds", sa.Float(53), nullable=True),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("picture_key", sa.String(128), nullable=True),
        sa.Column("thumbnail_key", sa.String(128), nullable=True),
        sa.Column("preview_key", sa.String(128), nullable=True),
        sa.Column("preview_step", sa.Integer(), nullable=False),
        sa.Column("checkpoint_key", sa.String(128), nullable=True),
        sa.Column("lease_owner", sa.String(128), nullable=True),
        sa.Column("lease_until", sa.Float(53), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancelling", sa.Boolean(), nullable=False),
        sa.Column("sent", sa.Float(53), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_paintings"),
        sa.UniqueConstraint("id", name="uq_paintings_id"),
    )
    op.create_index("ix_paintings_created", "paintings", ["created"])
    op.create_index("ix_paintings_state", "paintings", ["state", "lease_until"])
    op.create_table(
        "uses",
        sa.Column("painting_id", sa.String(64), nullable=False),
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["painting_id"], ["paintings.id"], name="fk_uses_painting_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name="fk_uses_picture_id"),
        sa.PrimaryKeyConstraint("painting_id", "picture_id", name="pk_uses"),
    )
    op.create_index("ix_uses_picture_id", "uses", ["picture_id"])
    op.create_table(
        "workers",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("seen", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )


def _pictures_and_styles() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("thumbnail_key", sa.String(128), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pictures"),
    )
    op.create_index("ix_pictures_created", "pictures", ["created"])
    op.create_table(
        "styles",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name="fk_styles_picture_id"),
        sa.PrimaryKeyConstraint("id", name="pk_styles"),
    )
    op.create_index("ix_styles_picture_id", "styles", ["picture_id"])


def downgrade() -> None:
    """Takes everything away."""
    for table in ("workers", "uses", "paintings", "styles", "pictures"):
        op.drop_table(table)
