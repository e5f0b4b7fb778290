"""Sessions that the server can end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from analytics.errors import StoreError
from analytics.store import audit, people, sessions
from analytics.store.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def session_id(db: Database, ana: str) -> str:
    return sessions.start_session(db, ana, address="10.0.0.7")


def test_a_session_names_its_person(db, session_id):
    assert sessions.session_user(db, session_id) == "ana"


@pytest.mark.parametrize("made_up", ["", "x", "a" * 43, "\0", "\ud800"])
def test_a_made_up_id_is_nobody(db, session_id, made_up):
    assert sessions.session_user(db, made_up) is None


def test_the_database_never_holds_the_id(db, session_id):
    with db.read() as session:
        row = session.execute(text("SELECT * FROM sign_in_sessions")).one()
    assert session_id not in str(row)


def test_a_session_ends_by_itself_after_twelve_hours(db, ana):
    session_id = sessions.start_session(db, ana, address="", now=NOON)
    last = NOON + timedelta(hours=12) - timedelta(microseconds=1)
    assert sessions.session_user(db, session_id, now=last) == "ana"
    assert sessions.session_user(db, session_id, now=NOON + timedelta(hours=12)) is None


def test_sign_out_ends_that_session_only(db, ana, session_id):
    other = sessions.start_session(db, ana, address="10.0.0.8")
    sessions.revoke_session(db, session_id)
    assert sessions.session_user(db, session_id) is None
    assert sessions.session_user(db, other) == "ana"


def test_a_new_password_ends_every_session(db, ana, session_id):
    people.set_password(db, ana, "another long password", actor="ana")
    assert sessions.session_user(db, session_id) is None


def test_disabling_ends_every_session_also_after_enabling(db, ana, session_id):
    people.disable_user(db, ana, actor="cli:root")
    assert sessions.session_user(db, session_id) is None
    people.enable_user(db, ana, actor="cli:root")
    assert sessions.session_user(db, session_id) is None


def test_an_administrator_ends_all_sessions_of_one_person(db, ana, session_id):
    people.add_user(db, username="bea", name="Bea", password="a" * 12, actor="cli:root")
    theirs = sessions.start_session(db, "bea", address="")
    sessions.start_session(db, ana, address="")
    assert sessions.revoke_all(db, ana, actor="bea") == 2
    assert sessions.session_user(db, session_id) is None
    assert sessions.session_user(db, theirs) == "bea"
    newest = audit.entries(db)[0]
    assert (newest.actor, newest.action, newest.detail) == (
        "bea",
        "session.end_all",
        {"username": "ana", "n": 2},
    )


def test_signing_out_twice_is_audited_once(db, session_id):
    sessions.revoke_session(db, session_id)
    sessions.revoke_session(db, session_id)
    assert len(audit.entries(db, actions=["session.end"])) == 1


@pytest.mark.parametrize("username", ["nobody", "closed"])
def test_unknown_and_disabled_people_get_no_session(db, username):
    people.add_user(db, username="closed", name="C", password="a" * 12, actor="cli:root")
    people.disable_user(db, "closed", actor="cli:root")
    with pytest.raises(StoreError, match=r"people\.unknown_user"):
        sessions.start_session(db, username, address="")


def test_finding_the_person_is_one_query_by_index(db, session_id):
    queries = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: queries.append(given[2:4]))
    sessions.session_user(db, session_id)
    (select,) = [q for q in queries if not q[0].startswith("BEGIN")]
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = str(connection.exec_driver_sql(explain + select[0], select[1]).all())
    assert "SCAN s" not in plan
    assert "Seq Scan" not in plan
