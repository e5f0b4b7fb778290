"""Moments as the two databases keep them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from analytics.store.database import Database
from analytics.store.models import Throttle


def kept(db: Database, moment: datetime) -> datetime:
    with db.begin() as session:
        row = Throttle(subject="x", at=moment)
        session.add(row)
        session.flush()
        identity = row.id
    with db.read() as session:
        return session.get_one(Throttle, identity).at


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moment=st.datetimes(
        min_value=datetime(1900, 1, 1),
        max_value=datetime(2200, 1, 1),
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_a_moment_comes_back_the_same_and_in_utc(db, moment):
    found = kept(db, moment)
    assert found == moment
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(db):
    with pytest.raises(StatementError, match="naive datetime 2026-03-01T12:00:00"):
        kept(db, datetime(2026, 3, 1, 12))
