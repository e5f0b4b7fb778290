"""The log nobody can rewrite."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from analytics.store import audit
from analytics.store.database import Database


def log(db: Database, *actions: str, actor: str = "ana", scope: str = "memphis") -> None:
    for action in actions:
        with db.begin() as session:
            audit.record(session, actor=actor, action=action, scope=scope, n=3)


def test_an_entry_says_who_what_where_and_when(db):
    log(db, "batch.commit")
    (entry,) = audit.entries(db)
    assert (entry.actor, entry.action, entry.scope, entry.detail) == (
        "ana",
        "batch.commit",
        "memphis",
        {"n": 3},
    )
    assert entry.at.utcoffset() == timedelta(0)


def test_an_entry_falls_with_its_transaction(db):
    with pytest.raises(KeyError), db.begin() as session:
        audit.record(session, actor="ana", action="x", scope="*")
        raise KeyError
    assert audit.entries(db) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'eve'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE action = 'two'",
    ],
)
def test_entries_can_be_neither_changed_nor_deleted(db, statement):
    log(db, "one", "two")
    before = audit.entries(db)
    with pytest.raises(DBAPIError, match="append-only"), db.begin() as session:
        session.execute(text(statement))
    assert audit.entries(db) == before


def test_entries_can_be_neither_replaced_nor_truncated(db):
    log(db, "one")
    before = audit.entries(db)
    statement = {
        "sqlite": "INSERT OR REPLACE INTO audit_entries"
        " SELECT id, at, 'eve', action, scope, detail FROM audit_entries",
        "postgresql": "TRUNCATE audit_entries",
    }[db.engine.dialect.name]
    with pytest.raises(DBAPIError, match="append-only"), db.begin() as session:
        session.execute(text(statement))
    assert audit.entries(db) == before


def test_entries_are_read_newest_first_and_by_each_filter(db):
    log(db, "one", "two", "three")
    log(db, "two", actor="bea", scope="quito")
    every = audit.entries(db)
    assert [e.action for e in every] == ["two", "three", "two", "one"]
    assert [e.id for e in audit.entries(db, actions=["two"])] == [every[0].id, every[2].id]
    assert audit.entries(db, actor="bea") == audit.entries(db, scope="quito") == every[:1]
    assert audit.entries(db, since=every[2].at) == every[:3]
    assert audit.entries(db, until=every[2].at) == every[3:]
    assert audit.entries(db, limit=2) == every[:2]
