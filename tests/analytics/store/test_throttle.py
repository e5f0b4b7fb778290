"""Waits after failed sign-ins, with the clock in the test's hand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from analytics.store import throttle
from analytics.store.database import Database
from analytics.store.models import Throttle

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fail(db: Database, n: int, *, username: str = "ana", address: str = "10.0.0.7") -> None:
    for _ in range(n):
        throttle.record_failure(db, username=username, address=address, now=NOON)


def wait(db: Database, after_s: float = 0, *, username: str = "ana", address: str = "else") -> int:
    return throttle.wait_seconds(
        db, username=username, address=address, now=NOON + timedelta(seconds=after_s)
    )


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (5, 0), (6, 30), (7, 60), (8, 120), (9, 240), (10, 480), (11, 900), (40, 900)],
)
def test_an_account_has_five_free_failures_then_the_wait_doubles_to_15_minutes(
    db, failures, seconds
):
    fail(db, failures)
    assert wait(db) == seconds


def test_an_address_has_thirty_free_failures_whatever_the_accounts(db):
    for n in range(30):
        fail(db, 1, username=f"phone{n}")
    assert wait(db, username="new", address="10.0.0.7") == 0
    fail(db, 1, username="phone30")
    assert wait(db, username="new", address="10.0.0.7") == 30
    assert wait(db, username="new", address="10.0.0.8") == 0


def test_the_wait_runs_out(db):
    fail(db, 6)
    assert [wait(db, s) for s in (0, 0.5, 29, 29.9, 30, 31)] == [30, 30, 1, 1, 0, 0]


def test_failures_leave_the_window_after_an_hour(db):
    fail(db, 40)
    assert wait(db, 3600) == 0
    throttle.record_failure(
        db, username="ana", address="10.0.0.7", now=NOON + timedelta(seconds=3600)
    )
    assert wait(db, 3600) == 0
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Throttle)) == 2


def test_the_longer_wait_of_account_and_address_holds(db):
    fail(db, 7, username="ana", address="10.0.0.9")
    fail(db, 31, username="bea", address="10.0.0.7")
    assert wait(db, username="ana", address="10.0.0.7") == 60


def test_accounts_are_counted_whether_they_exist_or_not(db, ana):
    fail(db, 7, username=ana, address="10.0.0.1")
    fail(db, 7, username="nobody", address="10.0.0.2")
    assert wait(db, username=ana) == wait(db, username="nobody") == 60


def test_the_spelling_of_a_username_opens_no_second_counter(db):
    fail(db, 6, username="ana")
    assert wait(db, username=" ANA ") == 30


def test_a_success_clears_the_account_and_not_the_address(db):
    fail(db, 31)
    throttle.clear(db, username="ana")
    assert wait(db, username="ana") == 0
    assert wait(db, username="other", address="10.0.0.7") == 30


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.7", "10.0.0.7", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("", " ", True),
    ],
)
def test_addresses_count_by_what_one_person_holds(db, one, other, same):
    for n in range(31):
        fail(db, 1, username=f"phone{n}", address=one)
    assert (wait(db, username="new", address=other) == 30) is same


def test_an_admitted_attempt_counts_until_it_is_cleared(db):
    for _ in range(6):
        admission = throttle.admit(db, username="ana", address="10.0.0.7", now=NOON)
        assert admission.wait_seconds == 0
    assert throttle.admit(db, username="ana", address="10.0.0.7", now=NOON).wait_seconds == 30
    throttle.clear(db, username="ana", failure_id=admission.failure_id)
    assert wait(db) == 0
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Throttle)) == 5


def test_a_refused_attempt_does_not_lengthen_the_wait(db):
    fail(db, 6)
    for _ in range(10):
        throttle.admit(db, username="ana", address="10.0.0.7", now=NOON)
    assert wait(db) == 30


def test_of_many_guesses_at_the_same_moment_only_the_free_ones_pass(db):
    def guess(_: int) -> int:
        return throttle.admit(db, username="ana", address="10.0.0.7", now=NOON).wait_seconds

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(guess, range(24)))
    assert sorted(waits) == [0] * 6 + [30] * 18


def test_the_table_holds_neither_usernames_nor_addresses(db):
    fail(db, 1, username="my secret password")
    with db.read() as session:
        subjects = session.scalars(select(Throttle.subject)).all()
    assert {len(s) for s in subjects} == {64}
    assert "secret" not in str(subjects)
