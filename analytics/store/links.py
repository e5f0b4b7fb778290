"""Which records of several sources are one incident, and what people decided of pairs."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from analytics.errors import StoreError
from analytics.settings import Settings
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import LinkDecision, LinkRunEntry, utc_now


@dataclass(frozen=True)
class LinkRun:
    """One linkage of a city's records.

    ``path`` is relative to ``home/links`` (event_id, incident_id, probability of the linked
    records), ``checksum`` the SHA-256 of that file; ``run_id`` follows from what went in.
    """

    city: str
    run_id: str
    method: str
    path: str
    checksum: str
    batch_ids: tuple[str, ...]
    thresholds: dict[str, Any] = field(hash=False)
    n_pairs: int
    n_incidents: int
    n_doubtful: int
    created_at: datetime
    created_by: str
    superseded_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """What a person said of two records: whether they tell of the ``same`` incident."""

    one: str
    other: str
    same: bool
    decided_at: datetime
    decided_by: str


def links_folder(settings: Settings) -> Path:
    """Return the folder of the link runs, ``home/links``."""
    return settings.home / "links"


def insert_run(session: Session, run: LinkRun) -> None:
    """Make ``run`` the one that the city's next publication uses, in this transaction."""
    serialise(session, f"link:{run.city}")
    session.execute(
        update(LinkRunEntry)
        .where(LinkRunEntry.city == run.city, LinkRunEntry.superseded_at.is_(None))
        .values(superseded_at=run.created_at)
    )
    session.add(LinkRunEntry(**asdict(run) | {"batch_ids": list(run.batch_ids)}))
    audit.record(
        session,
        actor=run.created_by,
        action="link.run",
        scope=run.city,
        run=run.run_id,
        n_pairs=run.n_pairs,
        n_incidents=run.n_incidents,
        n_doubtful=run.n_doubtful,
    )


def current_run(db: Database, city: str) -> LinkRun | None:
    """Return the run that publications of ``city`` use; None if its records were never linked."""
    query = select(LinkRunEntry).where(
        LinkRunEntry.city == city, LinkRunEntry.superseded_at.is_(None)
    )
    with db.read() as session:
        row = session.scalars(query).one_or_none()
        return None if row is None else _run(row)


def runs(db: Database, city: str) -> list[LinkRun]:
    """Return every run of ``city``, newest first."""
    query = select(LinkRunEntry).where(LinkRunEntry.city == city).order_by(LinkRunEntry.id.desc())
    with db.read() as session:
        return [_run(row) for row in session.scalars(query)]


def decide(db: Database, city: str, pair: tuple[str, str], *, same: bool, actor: str) -> Decision:
    """Remember whether two records tell of the same incident; a later decision replaces it.

    Parameters
    ----------
    db : Database
    city : str
    pair : tuple of str
        Two event ids, in any order.
    same : bool
        True confirms the pair, False rejects it; both win over the rule from the next run on.
    actor : str

    Raises
    ------
    StoreError
        ``links.same_record`` if both ids are one.
    """
    one, other = _ordered(pair)
    made = Decision(one, other, same, utc_now(), actor)
    with db.begin() as session:
        serialise(session, f"link:{city}")
        session.merge(LinkDecision(city=city, **asdict(made)))
        action = "link.confirm" if same else "link.reject"
        audit.record(session, actor=actor, action=action, scope=city, pair=[one, other])
    return made


def withdraw(db: Database, city: str, pair: tuple[str, str], *, actor: str) -> bool:
    """Forget what was decided of two records; return whether there was anything."""
    one, other = _ordered(pair)
    with db.begin() as session:
        found = session.get(LinkDecision, (city, one, other))
        if found is None:
            return False
        session.execute(
            delete(LinkDecision).where(
                LinkDecision.city == city, LinkDecision.one == one, LinkDecision.other == other
            )
        )
        audit.record(session, actor=actor, action="link.withdraw", scope=city, pair=[one, other])
        return True


def decisions(db: Database, city: str) -> list[Decision]:
    """Return what people decided in ``city``, the latest first."""
    query = (
        select(LinkDecision)
        .where(LinkDecision.city == city)
        .order_by(LinkDecision.decided_at.desc(), LinkDecision.one, LinkDecision.other)
    )
    with db.read() as session:
        return [
            Decision(**{f.name: getattr(row, f.name) for f in fields(Decision)})
            for row in session.scalars(query)
        ]


def _ordered(pair: tuple[str, str]) -> tuple[str, str]:
    one, other = sorted(pair)
    if one == other:
        raise StoreError("links.same_record", event=one)
    return one, other


def _run(row: LinkRunEntry) -> LinkRun:
    values = {f.name: getattr(row, f.name) for f in fields(LinkRun)}
    return LinkRun(**values | {"batch_ids": tuple(row.batch_ids)})
