"""What a city measures of its internationalisation, its values, every change, overrides."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "scorecard_indicators",
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("indicator_id", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("base_value", sa.Double(), nullable=True),
        sa.Column("base_on", sa.Date(), nullable=True),
        sa.Column("target_planned", sa.Double(), nullable=True),
        sa.Column("target_adjusted", sa.Double(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("direction", sa.Integer(), nullable=False),
        sa.Column("maintain", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("variables", JSON, nullable=False),
        sa.Column("sdg_targets", JSON, nullable=False),
        sa.Column("frameworks", JSON, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("own", JSON, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("city", "indicator_id", name=op.f("pk_scorecard_indicators")),
    )
    op.create_table(
        "scorecard_observations",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("indicator_id", sa.String(length=64), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("medium", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("validated_by", sa.String(length=100), nullable=True),
        sa.Column("validated_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_observations")),
        sa.UniqueConstraint(
            "city",
            "indicator_id",
            "period_to",
            name=op.f("uq_scorecard_observations_city_indicator_id_period_to"),
        ),
    )
    op.create_table(
        "scorecard_changes",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_changes")),
    )
    op.create_index(
        op.f("ix_scorecard_changes_city_subject_subject_id"),
        "scorecard_changes",
        ["city", "subject", "subject_id"],
    )
    op.create_table(
        "scorecard_overrides",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("indicator_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_overrides")),
    )
    op.create_index(op.f("ix_scorecard_overrides_city"), "scorecard_overrides", ["city"])


def downgrade() -> None:
    op.drop_table("scorecard_overrides")
    op.drop_table("scorecard_changes")
    op.drop_table("scorecard_observations")
    op.drop_table("scorecard_indicators")
