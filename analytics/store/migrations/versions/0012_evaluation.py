"""When and how a city evaluates an indicator: the four questions and their days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("scorecard_indicators") as table:
        table.add_column(sa.Column("evaluation", JSON, nullable=True))
    op.execute("UPDATE scorecard_indicators SET evaluation = '{}'")
    with op.batch_alter_table("scorecard_indicators") as table:
        table.alter_column("evaluation", existing_type=JSON, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("scorecard_indicators") as table:
        table.drop_column("evaluation")
