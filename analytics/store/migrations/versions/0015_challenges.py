"""Versions of scores, so that a stale sheet of an evaluator is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("criterion_scores") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("criterion_scores") as table:
        table.alter_column("version", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("criterion_scores") as table:
        table.drop_column("version")
