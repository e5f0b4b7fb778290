"""Migrations: what they add up to, and which database may be moved when."""

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, inspect, text

from analytics.errors import StoreError
from analytics.settings import Settings
from analytics.store import audit, database, people
from analytics.store.database import migrate, open_database
from analytics.store.models import Base

NEXT_REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "0004", "0003", None, None
def upgrade():
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("language", sa.String(2), server_default="es"))
def downgrade():
    with op.batch_alter_table("users") as users:
        users.drop_column("language")
"""


def refusal(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(StoreError, check=lambda error: error.code == code)


def run(settings: Settings, statement: str) -> None:
    """Execute one statement behind the store's back."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The program one migration later; ``undo`` goes back to the present."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(database.__file__).parent / "migrations", folder)
    (folder / "versions" / "0004_language.py").write_text(NEXT_REVISION)
    monkeypatch.setattr(database, "MIGRATIONS", str(folder))
    return monkeypatch


def test_the_migrations_add_up_to_the_models(db):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_and_up_again_with_data_leaves_a_working_empty_store(settings, db, ana):
    db.close()
    migrate(settings, "base")
    migrate(settings, "head")
    again = open_database(settings)
    assert people.everyone(again) == []
    assert audit.entries(again) == []
    people.add_user(again, username=ana, name="Ana", password="a" * 12, actor="cli:root")
    assert [e.action for e in audit.entries(again)] == ["user.add"]
    again.close()


def test_down_leaves_nothing_of_ours(settings, db, ana):
    migrate(settings, "base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    if db.engine.dialect.name == "postgresql":
        with db.read() as session:
            functions = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'audit%'"
            assert session.scalar(text(functions)) == 0


def test_migrating_to_the_newest_schema_twice_keeps_the_data(settings, db, ana):
    migrate(settings)
    migrate(settings, "0001")
    assert people.usernames(db) == [ana]


def test_an_unknown_revision_is_refused(settings):
    with refusal("store.unknown_revision"):
        migrate(settings, "9999")


def test_a_database_whose_schema_was_taken_down_counts_as_empty(settings):
    migrate(settings)
    migrate(settings, "base")
    db = open_database(settings)
    assert people.everyone(db) == []
    db.close()


def test_tables_of_somebody_else_are_refused_and_left_alone(settings):
    settings.home.mkdir()
    run(settings, "CREATE TABLE theirs (a INTEGER)")
    with refusal("store.foreign_database"):
        open_database(settings)
    run(settings, "INSERT INTO theirs VALUES (1)")


def test_an_older_database_is_moved_on_sqlite_and_refused_on_postgresql(settings, request):
    db = open_database(settings)
    people.add_user(db, username="ana", name="Ana", password="a" * 12, actor="cli:root")
    db.close()
    request.getfixturevalue("newer")
    if db.engine.dialect.name == "postgresql":
        with refusal("store.schema_behind") as caught:
            open_database(settings)
        assert (caught.value.details["found"], caught.value.details["needed"]) == ("0003", "0004")
        migrate(settings)
    moved = open_database(settings)
    with moved.read() as session:
        assert session.execute(text("SELECT username, language FROM users")).all() == [
            ("ana", "es")
        ]
    moved.close()


def test_one_step_down_keeps_the_data_of_the_older_schema(settings, request):
    newer = request.getfixturevalue("newer")
    db = open_database(settings)
    people.add_user(db, username="ana", name="Ana", password="a" * 12, actor="cli:root")
    db.close()
    migrate(settings, "0003")
    newer.undo()
    older = open_database(settings)
    assert people.usernames(older) == ["ana"]
    assert "language" not in {c["name"] for c in inspect(older.engine).get_columns("users")}
    older.close()


def test_a_database_of_a_newer_program_is_refused(settings, request):
    newer = request.getfixturevalue("newer")
    migrate(settings)
    newer.undo()
    for move in (open_database, migrate):
        with refusal("store.schema_ahead") as caught:
            move(settings)
        assert caught.value.details["found"] == "0004"
