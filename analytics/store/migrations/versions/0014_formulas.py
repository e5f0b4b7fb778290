"""The formula of a value and what its variables were."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("scorecard_observations") as table:
        table.add_column(sa.Column("formula", sa.Text(), nullable=True))
        table.add_column(sa.Column("variables", JSON, nullable=True))
    op.execute("UPDATE scorecard_observations SET formula = '', variables = '{}'")
    with op.batch_alter_table("scorecard_observations") as table:
        table.alter_column("formula", existing_type=sa.Text(), nullable=False)
        table.alter_column("variables", existing_type=JSON, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("scorecard_observations") as table:
        table.drop_column("variables")
        table.drop_column("formula")
