"""Link runs and what people decided of pairs of records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "link_decisions",
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("one", sa.String(length=64), nullable=False),
        sa.Column("other", sa.String(length=64), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("city", "one", "other", name=op.f("pk_link_decisions")),
    )
    op.create_table(
        "link_runs",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("batch_ids", JSON, nullable=False),
        sa.Column("thresholds", JSON, nullable=False),
        sa.Column("n_pairs", sa.BigInteger(), nullable=False),
        sa.Column("n_incidents", sa.BigInteger(), nullable=False),
        sa.Column("n_doubtful", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_runs")),
    )
    op.create_index(op.f("ix_link_runs_city"), "link_runs", ["city"], unique=False)
    op.create_index(
        "uq_link_runs_current",
        "link_runs",
        ["city"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("link_runs")
    op.drop_table("link_decisions")
