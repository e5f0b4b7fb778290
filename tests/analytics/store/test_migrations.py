"""Migrations: what they add up to, and which database may be moved when."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, inspect, text

from analytics.errors import StoreError
from analytics.programmes.readiness import Rating
from analytics.settings import Settings
from analytics.store import (
    audit,
    challenge_scores,
    challenges,
    database,
    people,
    programme_notes,
    programmes,
    room_votes,
    rooms,
    scorecards,
)
from analytics.store.database import migrate, open_database
from analytics.store.models import Base
from analytics.store.programme_notes import LessonRow, SessionRow
from analytics.store.programmes import NewCity
from analytics.store.scorecard_values import Plan

VERSIONS = Path(database.__file__).parent / "migrations" / "versions"
NEWEST = max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
NEXT = f"{int(NEWEST) + 1:04d}"
NEXT_REVISION = f"""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{NEXT}", "{NEWEST}", None, None
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


@pytest.fixture(autouse=True)
def migrated_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what is tested here, and not its statements of an earlier run."""
    monkeypatch.setattr(database, "command", command)


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The program one migration later; ``undo`` goes back to the present."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(database.__file__).parent / "migrations", folder)
    (folder / "versions" / f"{NEXT}_language.py").write_text(NEXT_REVISION)
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
        assert (caught.value.details["found"], caught.value.details["needed"]) == (NEWEST, NEXT)
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
    migrate(settings, NEWEST)
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
        assert caught.value.details["found"] == NEXT


def test_rows_of_cohorts_rooms_and_scorecards_outlive_the_newest_migration(settings, db):
    programmes.create_programme(
        db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
    )
    day, here = date(2026, 4, 14), ("alliance", "solana")
    programmes.enrol(db, "alliance", [NewCity("solana", "Solana", "CL", day)], actor="ana")
    held = SessionRow("coaching", day, 6, 8, True)
    programme_notes.hold_session(db, *here, held, actor="ana")
    programme_notes.rate(db, *here, [Rating("use", day, "ana", 3, "acta")], actor="ana")
    programme_notes.learn(db, *here, LessonRow("Slow.", False, day), actor="ana")
    room = rooms.open_room(db, *here, actor="ana")
    room_votes.vote(db, room.id, "phone", {"use": 4})
    challenges.pose(db, *here, title="R", weights={"ease": 1}, finalists=1, key="r", actor="ana")
    challenges.propose(db, "r", ["A"], actor="ana")
    sheet = pd.DataFrame([("A", "ease", 4)], columns=["proposal", "criterion", "score"])
    challenge_scores.score(db, "r", "bea", sheet, actor="ana")
    scorecards.save_plan(db, "memphis", Plan("i01"), actor="ana")

    def stored(database):
        return (
            programmes.cities(database, "alliance"),
            programme_notes.notes(database, *here),
            room_votes.tally(database, room.id),
            [row.scores.to_dict() for row in challenges.challenges(database, "alliance")],
            scorecards.plans(database, "memphis"),
        )

    before = stored(db)
    db.close()
    migrate(settings, "0009")
    migrate(settings)
    again = open_database(settings)
    assert stored(again) == before
    (session,) = programme_notes.notes(again, *here).sessions
    programme_notes.hold_session(again, *here, replace(session, minutes=60), actor="ana")
    assert [row.minutes for row in programme_notes.notes(again, *here).sessions] == [60]
    again.close()


def test_phones_of_a_room_from_before_the_seats_are_those_that_voted(settings, db):
    programmes.create_programme(
        db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
    )
    new = NewCity("solana", "Solana", "CL", date(2026, 4, 14))
    programmes.enrol(db, "alliance", [new], actor="ana")
    room = rooms.open_room(db, "alliance", "solana", actor="ana")
    for phone in ("one", "two", "idle"):
        room_votes.sit(db, room.id, phone)
    for phone in ("one", "two"):
        room_votes.vote(db, room.id, phone, {"use": 4, "quality": 2})
    counted = room_votes.tally(db, room.id)
    assert (counted.phones, counted.entered) == (2, 3)
    db.close()
    migrate(settings, "0015")
    migrate(settings)
    again = open_database(settings)
    assert room_votes.tally(again, room.id) == replace(counted, entered=2)
    room_votes.sit(again, room.id, "one")
    room_votes.sit(again, room.id, "three")
    assert room_votes.tally(again, room.id) == replace(counted, entered=3)
    again.close()
