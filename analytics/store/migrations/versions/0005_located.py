"""Records without coordinates that a city's people put in their place."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "located_by_hand",
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("city", "event_id", name=op.f("pk_located_by_hand")),
    )


def downgrade() -> None:
    op.drop_table("located_by_hand")
