"""Which indicators a city lets the cities of a programme see; given and withdrawn, audited."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.register_models import PeerConsent


@dataclass(frozen=True)
class Consent:
    """A city's consent in a programme; ``given`` is False once it is withdrawn."""

    programme: str
    city: str
    indicators: tuple[str, ...]
    given: bool
    version: int


def give_consent(
    db: Database,
    programme: str,
    city: str,
    indicators: Sequence[str],
    *,
    version: int | None,
    actor: str,
) -> Consent:
    """Let the programme's cities see some indicators; replaces what was given before.

    Raises
    ------
    StoreError
        ``store.stale_save`` if it was saved meanwhile; ``version`` is None for the first time.
    """
    with db.begin() as session:
        serialise(session, f"peers:{programme}")
        row = session.get(PeerConsent, (programme, city))
        if row is None:
            row = PeerConsent(programme=programme, city=city)
            session.add(row)
        else:
            set_committed_value(row, "version", version or 0)
        row.indicators, row.withdrawn_at = sorted(set(indicators)), None
        row.given_at, row.given_by = utc_now(), actor
        session.flush()
        audit.record(
            session, actor=actor, action="peers.share", scope=city, programme=programme,
            indicators=row.indicators,
        )  # fmt: skip
        return _consent(row)


def withdraw_consent(db: Database, programme: str, city: str, *, actor: str) -> bool:
    """Take a consent back at once, whatever was saved meanwhile; tell whether there was one."""
    with db.begin() as session:
        serialise(session, f"peers:{programme}")
        row = session.get(PeerConsent, (programme, city))
        if row is None or row.withdrawn_at is not None:
            return False
        row.withdrawn_at = utc_now()
        audit.record(session, actor=actor, action="peers.withdraw", scope=city, programme=programme)
        return True


def consents(db: Database, programme: str) -> dict[str, Consent]:
    """Return every consent of a programme by city, withdrawn ones included."""
    query = select(PeerConsent).where(PeerConsent.programme == programme)
    with db.read() as session:
        return {row.city: _consent(row) for row in session.scalars(query)}


def _consent(row: PeerConsent) -> Consent:
    shared = tuple(row.indicators)
    return Consent(row.programme, row.city, shared, row.withdrawn_at is None, row.version)
