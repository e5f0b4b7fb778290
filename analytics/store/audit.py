"""The audit log: who did what, where, when. Ids and counts only, never content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.store.database import Database
from analytics.store.models import AuditEntry, utc_now

EVERYWHERE = "*"


@dataclass(frozen=True)
class AuditRow:
    """One entry as read: ``at`` is UTC, ``detail`` holds ids and counts."""

    id: int
    at: datetime
    actor: str
    action: str
    scope: str
    detail: dict[str, Any]


def record(session: Session, *, actor: str, action: str, scope: str, **detail: Any) -> None:
    """Add one entry to the transaction of ``session``: it stands or falls with the change.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        The session that makes the change.
    actor : str
        Username, or ``cli:<system user>``.
    action : str
        What was done, as ``<thing>.<verb>``; the display text is ``action.<thing>.<verb>``.
    scope : str
        City or programme key, or ``*``.
    **detail
        Ids and counts, JSON-serialisable; never names, passwords or record content.
    """
    session.add(
        AuditEntry(at=utc_now(), actor=actor, action=action, scope=scope, detail=dict(detail))
    )


def entries(
    db: Database,
    *,
    actions: Sequence[str] = (),
    actor: str | None = None,
    scope: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 500,
) -> list[AuditRow]:
    """Read the log, newest first.

    Parameters
    ----------
    db : Database
    actions : sequence of str
        Only these actions; empty is all.
    actor, scope : str, optional
        Only this actor, only this scope.
    since, until : datetime, optional
        Aware moments, ``since`` inclusive, ``until`` exclusive.
    limit : int
        At most so many entries.

    Returns
    -------
    list of AuditRow
    """
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if actions:
        query = query.where(AuditEntry.action.in_(actions))
    if actor is not None:
        query = query.where(AuditEntry.actor == actor)
    if scope is not None:
        query = query.where(AuditEntry.scope == scope)
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    with db.read() as session:
        return [
            AuditRow(e.id, e.at, e.actor, e.action, e.scope, e.detail)
            for e in session.scalars(query)
        ]
