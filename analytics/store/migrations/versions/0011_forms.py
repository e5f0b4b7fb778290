"""What the forms of a city keep: evidence files, changes of notes, versions of what is noted."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _added() -> dict[str, list[sa.Column[Any]]]:
    """Return the columns that tables get; the defaults are for older rows alone."""
    tables: dict[str, list[sa.Column[Any]]] = {
        "coaching_sessions": [
            sa.Column("minutes", sa.Integer(), nullable=True),
            sa.Column("coach", sa.String(length=200), nullable=False, server_default=""),
        ],
        "ratings": [sa.Column("note", sa.Text(), nullable=False, server_default="")],
        "lessons": [],
    }
    for columns in tables.values():
        columns.append(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    return tables


def upgrade() -> None:
    for table, columns in _added().items():
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.add_column(column)
        with op.batch_alter_table(table) as changed:
            for column in columns:
                if not column.nullable:
                    changed.alter_column(column.name, server_default=None)
    op.create_table(
        "evidence_files",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("gate", sa.String(length=100), nullable=False),
        sa.Column("change", SERIAL, nullable=True),
        sa.Column("stored", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("removed_by", sa.String(length=100), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme", "city", "gate"],
            ["gates.programme", "gates.city", "gates.key"],
            name=op.f("fk_evidence_files_programme_city_gate_gates"),
        ),
        sa.ForeignKeyConstraint(
            ["change"], ["gate_changes.id"], name=op.f("fk_evidence_files_change_gate_changes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
        sa.UniqueConstraint("stored", name=op.f("uq_evidence_files_stored")),
    )
    op.create_index(
        op.f("ix_evidence_files_programme_city"), "evidence_files", ["programme", "city"]
    )
    op.create_table(
        "note_changes",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("programme", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme", "city"],
            ["enrolments.programme", "enrolments.city"],
            name=op.f("fk_note_changes_programme_city_enrolments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_changes")),
    )
    op.create_index(op.f("ix_note_changes_programme_city"), "note_changes", ["programme", "city"])


def downgrade() -> None:
    op.drop_table("note_changes")
    op.drop_table("evidence_files")
    for table, columns in _added().items():
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column.name)
