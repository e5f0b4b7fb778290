"""Rooms of the live poll and the votes in them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.String(length=100), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("stored_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_rooms_programme_enrolments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("code", name=op.f("uq_rooms_code")),
    )
    op.create_index(op.f("ix_rooms_programme_city"), "rooms", ["programme", "city"])
    op.create_table(
        "room_votes",
        sa.Column("room", SERIAL, autoincrement=False, nullable=False),
        sa.Column("participant", sa.String(length=64), nullable=False),
        sa.Column("component", sa.String(length=100), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name=op.f("fk_room_votes_room_rooms")),
        sa.PrimaryKeyConstraint("room", "participant", "component", name=op.f("pk_room_votes")),
    )


def downgrade() -> None:
    op.drop_table("room_votes")
    op.drop_table("rooms")
