"""Signed-in sessions that can be ended from the server."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database
from analytics.store.models import SignInSession, User, utc_now
from analytics.store.people import normal_username, revoke_sessions

LIFETIME = timedelta(hours=12)


def start_session(
    db: Database,
    username: str,
    *,
    address: str,
    lifetime: timedelta = LIFETIME,
    now: datetime | None = None,
) -> str:
    """Open a session for a person whose password was just checked.

    Parameters
    ----------
    db : Database
    username : str
    address : str
        Where the person signs in from, as the trusted proxy tells it.
    lifetime : timedelta
        After so long the session ends by itself.
    now : datetime, optional
        Aware moment; the present by default.

    Returns
    -------
    str
        The session's id, 256 random bits; the database holds only its SHA-256.

    Raises
    ------
    StoreError
        ``people.unknown_user`` for an unknown or disabled account.
    """
    session_id = secrets.token_urlsafe(32)
    started = now or utc_now()
    with db.begin() as session:
        user = session.get(User, normal_username(username))
        if user is None or user.disabled_at is not None:
            raise StoreError("people.unknown_user", username=username)
        session.add(
            SignInSession(
                id_sha256=_sha256(session_id),
                username=user.username,
                address=address[:64],
                started_at=started,
                expires_at=started + lifetime,
            )
        )
        audit.record(session, actor=user.username, action="session.start", scope="*")
    return session_id


def session_user(db: Database, session_id: str, *, now: datetime | None = None) -> str | None:
    """Return whose session it is; None if unknown, ended, expired or the account is disabled."""
    query = (
        select(SignInSession.username)
        .join(User, User.username == SignInSession.username)
        .where(
            SignInSession.id_sha256 == _sha256(session_id),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > (now or utc_now()),
            User.disabled_at.is_(None),
        )
    )
    with db.read() as session:
        return session.scalars(query).one_or_none()


def revoke_session(db: Database, session_id: str) -> None:
    """End one session at sign-out; an unknown or ended one is left as it is."""
    with db.begin() as session:
        username = session.scalars(
            update(SignInSession)
            .where(
                SignInSession.id_sha256 == _sha256(session_id), SignInSession.revoked_at.is_(None)
            )
            .values(revoked_at=utc_now())
            .returning(SignInSession.username)
        ).one_or_none()
        if username is not None:
            audit.record(session, actor=username, action="session.end", scope="*")


def revoke_all(db: Database, username: str, *, actor: str | None = None) -> int:
    """End every open session of a person and return how many there were.

    ``actor`` is who does it, for the audit log; the person by default.
    """
    username = normal_username(username)
    with db.begin() as session:
        n = revoke_sessions(session, username)
        audit.record(
            session,
            actor=actor or username,
            action="session.end_all",
            scope="*",
            username=username,
            n=n,
        )
        return n


def _sha256(session_id: str) -> str:
    return hashlib.sha256(session_id.encode("utf-8", errors="replace")).hexdigest()
