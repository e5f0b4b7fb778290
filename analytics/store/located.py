"""Where a city's people put records that came without coordinates; the batches stay as they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import LocatedByHand, utc_now


@dataclass(frozen=True)
class HandPlace:
    """One record's place: degrees in EPSG:4326, by whom and when (aware UTC)."""

    event_id: str
    longitude: float
    latitude: float
    placed_at: datetime
    placed_by: str


def locate(
    db: Database, city: str, event_id: str, longitude: float, latitude: float, *, actor: str
) -> None:
    """Remember where a record belongs; a later place replaces it. Audited by id, no content."""
    row = LocatedByHand(
        city=city,
        event_id=event_id,
        longitude=longitude,
        latitude=latitude,
        placed_at=utc_now(),
        placed_by=actor,
    )
    with db.begin() as session:
        serialise(session, f"located:{city}")
        session.merge(row)
        audit.record(session, actor=actor, action="event.locate", scope=city, event=event_id)


def withdraw(db: Database, city: str, event_id: str, *, actor: str) -> bool:
    """Forget a place; return whether there was one. Audited."""
    with db.begin() as session:
        if session.get(LocatedByHand, (city, event_id)) is None:
            return False
        session.execute(
            delete(LocatedByHand).where(
                LocatedByHand.city == city, LocatedByHand.event_id == event_id
            )
        )
        audit.record(session, actor=actor, action="event.unlocate", scope=city, event=event_id)
        return True


def located(db: Database, city: str) -> tuple[HandPlace, ...]:
    """Return the places given in ``city``, by event id."""
    query = select(LocatedByHand).where(LocatedByHand.city == city).order_by(LocatedByHand.event_id)
    with db.read() as session:
        return tuple(
            HandPlace(row.event_id, row.longitude, row.latitude, row.placed_at, row.placed_by)
            for row in session.scalars(query)
        )
