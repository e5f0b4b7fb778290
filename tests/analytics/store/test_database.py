"""First start, transactions and sudden death."""

import multiprocessing
import os
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import text

from analytics.errors import StoreError
from analytics.settings import Settings
from analytics.store import audit, people
from analytics.store.database import open_database
from analytics.store.models import Batch
from tests.analytics.store.conftest import CONFIG

SPAWN = multiprocessing.get_context("spawn")


def refusal(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(StoreError, check=lambda error: error.code == code)


def start_at_once(settings: Settings, barrier: Barrier, name: str) -> None:
    barrier.wait()
    db = open_database(settings)
    with db.begin() as session:
        audit.record(session, actor=name, action="started", scope="*")


def die_before_commit(settings: Settings) -> None:
    db = open_database(settings)
    with db.begin() as session:
        audit.record(session, actor="dying", action="batch.commit", scope="*")
        session.execute(text("UPDATE users SET name = 'half'"))
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def test_opening_twice_gives_the_same_database(settings, db):
    assert open_database(settings) is db


def test_many_threads_opening_an_empty_database_get_one(settings):
    with ThreadPoolExecutor(8) as pool:
        opened = set(pool.map(lambda _: open_database(settings), range(8)))
    assert len(opened) == 1
    opened.pop().close()


def test_four_processes_starting_at_once_on_an_empty_database_all_work(settings):
    barrier = SPAWN.Barrier(4)
    starting = [
        SPAWN.Process(target=start_at_once, args=(settings, barrier, f"p{n}")) for n in range(4)
    ]
    for process in starting:
        process.start()
    for process in starting:
        process.join(60)
    assert [process.exitcode for process in starting] == [0] * 4
    db = open_database(settings)
    assert sorted(e.actor for e in audit.entries(db)) == ["p0", "p1", "p2", "p3"]
    db.close()


def test_a_process_killed_before_its_commit_leaves_no_half_record(settings, db, ana):
    before = audit.entries(db)
    process = SPAWN.Process(target=die_before_commit, args=(settings,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert audit.entries(db) == before
    assert people.person_of(db, ana).name == "Ana Rivas"
    people.disable_user(db, ana, actor="cli:root")


def test_an_exception_rolls_the_whole_transaction_back(db, ana):
    with pytest.raises(ZeroDivisionError), db.begin() as session:
        session.execute(text("UPDATE users SET name = 'half'"))
        1 / 0  # noqa: B018
    assert people.person_of(db, ana).name == "Ana Rivas"


def test_what_a_reading_session_changes_is_not_kept(db, ana):
    with db.read() as session:
        session.execute(text("UPDATE users SET name = 'lost'"))
    assert people.person_of(db, ana).name == "Ana Rivas"


def test_sixteen_writers_at_once_lose_nothing(db):
    def write(n: int) -> None:
        with db.begin() as session:
            found = session.query(Batch).count()
            audit.record(session, actor=f"w{n}", action="x", scope="*", found=found)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))
    assert {e.actor for e in audit.entries(db)} == {f"w{n}" for n in range(16)}


def test_the_home_is_created_for_its_owner_only(settings, db):
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_databases_that_several_processes_cannot_share_are_refused(make_settings, home, url):
    with refusal("store.unsupported_database"):
        open_database(make_settings(CONFIG.format(url=url)))


def test_a_file_that_is_no_database_is_refused_by_name(make_settings, tmp_path):
    file = tmp_path / "notes.db"
    file.write_text("these are my notes " * 100)
    with refusal("store.unreachable") as caught:
        open_database(make_settings(CONFIG.format(url=f"sqlite:///{file}")))
    assert "notes.db" in caught.value.details["database"]
    assert file.read_text().startswith("these are my notes")


def test_a_server_that_does_not_answer_is_named_without_its_password(make_settings, tmp_path):
    url = f"postgresql://cabildo:hidden-word@/cabildo?host={tmp_path}"
    with refusal("store.unreachable") as caught:
        open_database(make_settings(CONFIG.format(url=url)))
    assert "hidden-word" not in str(caught.value)
    assert "cabildo:***@" in caught.value.details["database"]
