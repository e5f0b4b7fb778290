"""Phones that came into a room, beside those that voted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "room_phones",
        sa.Column("room", SERIAL, autoincrement=False, nullable=False),
        sa.Column("participant", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name=op.f("fk_room_phones_room_rooms")),
        sa.PrimaryKeyConstraint("room", "participant", name=op.f("pk_room_phones")),
    )
    op.execute(
        "INSERT INTO room_phones (room, participant)"
        " SELECT DISTINCT room, participant FROM room_votes"
    )


def downgrade() -> None:
    op.drop_table("room_phones")
