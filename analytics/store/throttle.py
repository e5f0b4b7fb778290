"""Slowing down guessing of passwords and room codes, with release by time.

Failures of the last hour count. The first few are free; each one beyond doubles the wait. Known
and unknown accounts are the same to this module, and nobody is ever locked out for good.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from analytics.store.database import Database, serialise
from analytics.store.models import Throttle, utc_now
from analytics.store.people import normal_username

WINDOW = timedelta(hours=1)
FREE_FAILURES_ACCOUNT = 5
FREE_FAILURES_ADDRESS = 30  # thirty phones behind one town hall's address are normal
FREE_WRONG_CODES = 30  # of rooms; right ones never count, however many phones come in
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 900


@dataclass(frozen=True)
class Admission:
    """Whether a password may be checked now: ``wait_seconds`` is 0, or how long to wait.

    An admitted attempt is counted as failed beforehand under ``failure_id`` until
    :func:`clear` takes it back.
    """

    wait_seconds: int
    failure_id: int | None = None


def admit(db: Database, *, username: str, address: str, now: datetime | None = None) -> Admission:
    """Ask leave to check one password: the wait is looked up and the attempt counted at once.

    Counting before checking is what stops many guesses sent at the same moment. A refused
    attempt is not counted. Call :func:`clear` when the password was right.
    """
    now = now or utc_now()
    with db.begin() as session:
        serialise(session, "throttle")
        wait = _wait_seconds(session, username, address, now)
        return Admission(wait) if wait else Admission(0, _insert(session, username, address, now))


def wait_seconds(db: Database, *, username: str, address: str, now: datetime | None = None) -> int:
    """Return how many whole seconds must pass before the next password is checked; 0 is none.

    Parameters
    ----------
    db : Database
    username, address : str
        The account tried and where from; the longer of both waits holds. IPv6 addresses count
        by their /64 network, the smallest that one household or office is given.
    now : datetime, optional
        Aware moment; the present by default.
    """
    with db.read() as session:
        return _wait_seconds(session, username, address, now or utc_now())


def record_failure(
    db: Database, *, username: str, address: str, now: datetime | None = None
) -> None:
    """Count one failed sign-in against the account and the address."""
    with db.begin() as session:
        _insert(session, username, address, now or utc_now())


def clear(db: Database, *, username: str, failure_id: int | None = None) -> None:
    """Forget the account's failures after a success; the address's stay.

    ``failure_id`` takes back the one that :func:`admit` had counted for this attempt.
    """
    with db.begin() as session:
        session.execute(delete(Throttle).where(Throttle.subject == _account(username)))
        session.execute(delete(Throttle).where(Throttle.id == failure_id))


def code_wait(session: Session, address: str, now: datetime) -> int:
    """Return how many seconds an address must wait before it may try another room code."""
    return _longest_wait(session, {_codes(address): FREE_WRONG_CODES}, now)


def count_wrong_code(session: Session, address: str, now: datetime) -> None:
    """Count one wrong room code against the address, in the transaction that looked it up."""
    session.execute(delete(Throttle).where(Throttle.at <= now - WINDOW))
    session.add(Throttle(subject=_codes(address), at=now))


def _wait_seconds(session: Session, username: str, address: str, now: datetime) -> int:
    limits = {_account(username): FREE_FAILURES_ACCOUNT, _address(address): FREE_FAILURES_ADDRESS}
    return _longest_wait(session, limits, now)


def _longest_wait(session: Session, limits: dict[str, int], now: datetime) -> int:
    query = (
        select(Throttle.subject, func.count(), func.max(Throttle.at))
        .where(Throttle.subject.in_(limits), Throttle.at > now - WINDOW)
        .group_by(Throttle.subject)
    )
    waits = [
        (last - now).total_seconds() + _wait_after(n - limits[subject])
        for subject, n, last in session.execute(query)
        if n > limits[subject]
    ]
    return max(0, math.ceil(max(waits, default=0)))


def _wait_after(excess: int) -> int:
    return int(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(excess - 1, 30)))


def _insert(session: Session, username: str, address: str, now: datetime) -> int:
    """Store a failure for both subjects; return the id of the address's."""
    session.execute(delete(Throttle).where(Throttle.at <= now - WINDOW))
    by_address = Throttle(subject=_address(address), at=now)
    session.add_all([Throttle(subject=_account(username), at=now), by_address])
    session.flush()
    return by_address.id


def _account(username: str) -> str:
    # Hashed: people type passwords into the wrong field.
    return _sha256("account:" + normal_username(username))


def _codes(address: str) -> str:
    return _sha256("codes:" + _address(address))


def _address(address: str) -> str:
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return _sha256("address:" + address.strip())
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return _sha256(f"address:{parsed.ipv4_mapped}")
        return _sha256(f"address:{IPv6Network((int(parsed), 64), strict=False)}")
    return _sha256(f"address:{parsed}")


def _sha256(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", errors="replace")).hexdigest()
