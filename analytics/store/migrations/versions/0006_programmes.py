"""Programmes: cohorts, their cities and gates, coaching, ratings, lessons, challenges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "programmes",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("template", sa.String(length=100), nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_programmes")),
    )
    op.create_table(
        "enrolments",
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("residents", sa.Double(), nullable=True),
        sa.Column("term_ends", sa.Date(), nullable=True),
        sa.Column("judged", JSON, nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.key"], name=op.f("fk_enrolments_programme_programmes")
        ),
        sa.PrimaryKeyConstraint("programme", "city", name=op.f("pk_enrolments")),
    )
    op.create_table(
        "challenges",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("weights", JSON, nullable=False),
        sa.Column("finalists", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_challenges_programme_city_enrolments"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_challenges")),
    )
    op.create_index(op.f("ix_challenges_programme"), "challenges", ["programme"], unique=False)
    op.create_table(
        "coaching_sessions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("mayor_present", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_coaching_sessions_programme_city_enrolments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_sessions")),
    )
    op.create_index(
        op.f("ix_coaching_sessions_programme_city"),
        "coaching_sessions",
        ["programme", "city"],
        unique=False,
    )
    op.create_table(
        "commitments",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_commitments_programme_city_enrolments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
    )
    op.create_index(
        op.f("ix_commitments_programme_city"), "commitments", ["programme", "city"], unique=False
    )
    op.create_table(
        "gates",
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("baseline_first", sa.Date(), nullable=False),
        sa.Column("baseline_last", sa.Date(), nullable=False),
        sa.Column("expected", sa.String(length=30), nullable=False),
        sa.Column("actual", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_gates_programme_city_enrolments"),
        ),
        sa.PrimaryKeyConstraint("programme", "city", "key", name=op.f("pk_gates")),
    )
    op.create_table(
        "lessons",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_lessons_programme_city_enrolments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    op.create_index(
        op.f("ix_lessons_programme_city"), "lessons", ["programme", "city"], unique=False
    )
    op.create_table(
        "ratings",
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("component", sa.String(length=100), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("rater", sa.String(length=100), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_ratings_programme_city_enrolments"),
        ),
        sa.PrimaryKeyConstraint(
            "programme", "city", "component", "rated_on", "rater", name=op.f("pk_ratings")
        ),
    )
    op.create_table(
        "gate_changes",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("gate", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme", "city", "gate"],
            ["gates.programme", "gates.city", "gates.key"],
            name=op.f("fk_gate_changes_programme_city_gate_gates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_changes")),
    )
    op.create_index(
        op.f("ix_gate_changes_programme_city_gate"),
        "gate_changes",
        ["programme", "city", "gate"],
        unique=False,
    )
    op.create_table(
        "proposals",
        sa.Column("challenge", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge"], ["challenges.key"], name=op.f("fk_proposals_challenge_challenges")
        ),
        sa.PrimaryKeyConstraint("challenge", "name", name=op.f("pk_proposals")),
    )
    op.create_table(
        "criterion_scores",
        sa.Column("challenge", sa.String(length=100), nullable=False),
        sa.Column("proposal", sa.String(length=200), nullable=False),
        sa.Column("criterion", sa.String(length=100), nullable=False),
        sa.Column("evaluator", sa.String(length=100), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge", "proposal"],
            ["proposals.challenge", "proposals.name"],
            name=op.f("fk_criterion_scores_challenge_proposal_proposals"),
        ),
        sa.PrimaryKeyConstraint(
            "challenge", "proposal", "criterion", "evaluator", name=op.f("pk_criterion_scores")
        ),
    )


def downgrade() -> None:
    op.drop_table("criterion_scores")
    op.drop_table("proposals")
    op.drop_index(op.f("ix_gate_changes_programme_city_gate"), table_name="gate_changes")
    op.drop_table("gate_changes")
    op.drop_table("ratings")
    op.drop_index(op.f("ix_lessons_programme_city"), table_name="lessons")
    op.drop_table("lessons")
    op.drop_table("gates")
    op.drop_index(op.f("ix_commitments_programme_city"), table_name="commitments")
    op.drop_table("commitments")
    op.drop_index(op.f("ix_coaching_sessions_programme_city"), table_name="coaching_sessions")
    op.drop_table("coaching_sessions")
    op.drop_index(op.f("ix_challenges_programme"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_table("enrolments")
    op.drop_table("programmes")
