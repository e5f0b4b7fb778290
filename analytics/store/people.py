"""People who may sign in: accounts, passwords, assignments."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import bcrypt
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.access import ROLES, Assignment, Principal
from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import RoleAssignment, SignInSession, User, utc_now

PASSWORD_BYTES = (12, 72)  # bcrypt reads no further than 72
# 2^12 rounds: about a quarter of a second on a server core of 2026, so a stolen table costs years
# to search, while thirty people signing in at once wait seconds. Raise it as machines get faster:
# old hashes keep their own cost.
BCRYPT_COST = 12
# No colon: "cli:<system user>" in the audit log can never be a person's name.
USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class Person:
    """An account as administrators see it; ``version`` goes back with a save."""

    username: str
    name: str
    assignments: tuple[Assignment, ...]
    created_at: datetime
    disabled_at: datetime | None
    version: int


def add_user(db: Database, *, username: str, name: str, password: str, actor: str) -> None:
    """Add a person who can sign in and has no rights yet.

    Parameters
    ----------
    db : Database
    username : str
        Case does not matter: a-z, 0-9 and ``. _ @ -``, at most 64.
    name : str
        As shown to others, at most 200 characters.
    password : str
        12–72 bytes of UTF-8 after NFKC, so that every keyboard writes the same bytes.
    actor : str
        Who does it, for the audit log.

    Raises
    ------
    StoreError
        ``people.username_form``, ``people.name_form``, ``people.password_length`` or
        ``people.exists``.
    """
    username = normal_username(username)
    if not USERNAME.fullmatch(username):
        raise StoreError("people.username_form", username=username)
    password_hash = _hash(password)
    with db.begin() as session:
        serialise(session, "people")
        if session.get(User, username) is not None:
            raise StoreError("people.exists", username=username)
        session.add(
            User(
                username=username,
                name=_name(name),
                password_hash=password_hash,
                created_at=utc_now(),
            )
        )
        _record(session, actor, "user.add", username)


def rename_user(db: Database, username: str, name: str, *, version: int, actor: str) -> None:
    """Change the shown name of a person as it was read at ``version``.

    Raises
    ------
    StoreError
        ``store.stale_save`` if somebody else saved meanwhile; ``people.unknown_user``;
        ``people.name_form``.
    """
    with db.begin() as session:
        user = _user(session, username)
        # The version the form was filled from, not the one just read, must still be stored.
        set_committed_value(user, "version", version)
        user.name = _name(name)
        _record(session, actor, "user.rename", user.username)


def assign(db: Database, *, username: str, role: str, scope: str, actor: str) -> None:
    """Give a person a role in a scope; having it already is no error and no audit entry.

    Raises
    ------
    StoreError
        ``people.unknown_role``, ``people.empty_scope`` or ``people.unknown_user``.
    """
    if role not in ROLES:
        raise StoreError("people.unknown_role", role=role, known=", ".join(ROLES))
    if not scope.strip():
        raise StoreError("people.empty_scope", role=role)
    with db.begin() as session:
        serialise(session, "people")
        user = _user(session, username)
        if session.get(RoleAssignment, (user.username, role, scope)) is None:
            session.add(
                RoleAssignment(
                    username=user.username,
                    role=role,
                    scope=scope,
                    assigned_at=utc_now(),
                    assigned_by=actor,
                )
            )
            _record(session, actor, "user.assign", user.username, scope, role=role)


def unassign(db: Database, *, username: str, role: str, scope: str, actor: str) -> None:
    """Take a role in a scope from a person.

    Raises
    ------
    StoreError
        ``people.not_assigned`` if the person does not hold it; ``people.unknown_user``.
    """
    with db.begin() as session:
        serialise(session, "people")
        user = _user(session, username)
        held = session.get(RoleAssignment, (user.username, role, scope))
        if held is None:
            raise StoreError("people.not_assigned", username=user.username, role=role, scope=scope)
        session.delete(held)
        _record(session, actor, "user.unassign", user.username, scope, role=role)


def disable_user(db: Database, username: str, *, actor: str) -> None:
    """Close an account: its sessions end now and no sign-in succeeds.

    Raises
    ------
    StoreError
        ``people.unknown_user``.
    """
    with db.begin() as session:
        user = _user(session, username, lock=True)
        if user.disabled_at is None:
            user.disabled_at = utc_now()
            _record(session, actor, "user.disable", user.username)
        revoke_sessions(session, user.username)


def enable_user(db: Database, username: str, *, actor: str) -> None:
    """Reopen a closed account with the password and assignments it had.

    Raises
    ------
    StoreError
        ``people.unknown_user``.
    """
    with db.begin() as session:
        user = _user(session, username, lock=True)
        if user.disabled_at is not None:
            user.disabled_at = None
            _record(session, actor, "user.enable", user.username)


def set_password(db: Database, username: str, password: str, *, actor: str) -> None:
    """Replace a person's password; every session of the person ends.

    Raises
    ------
    StoreError
        ``people.password_length`` or ``people.unknown_user``.
    """
    password_hash = _hash(password)
    with db.begin() as session:
        user = _user(session, username, lock=True)
        user.password_hash = password_hash
        revoke_sessions(session, user.username)
        _record(session, actor, "user.password", user.username)


def check_password(db: Database, username: str, password: str) -> bool:
    """Tell whether the password is the person's; never true for a disabled account.

    Unknown and disabled people cost the same bcrypt round as a wrong password, so that the
    answer's time says nothing about who exists.
    """
    with db.read() as session:
        query = select(User.password_hash).where(
            User.username == normal_username(username), User.disabled_at.is_(None)
        )
        stored = session.scalars(query).one_or_none()
    dummy = _dummy_hash(BCRYPT_COST)  # before the choice: its first making takes time as well
    given = _bytes(password)
    low, high = PASSWORD_BYTES
    matches = bcrypt.checkpw(given[:high], (stored or dummy).encode())
    return matches and stored is not None and low <= len(given) <= high


def principal_of(db: Database, username: str, session_id: str = "") -> Principal | None:
    """Return the person with the assignments held now; None if unknown or disabled."""
    person = person_of(db, username)
    if person is None or person.disabled_at is not None:
        return None
    return Principal(person.username, person.name, person.assignments, session_id)


def person_of(db: Database, username: str) -> Person | None:
    """Return one account; None if unknown."""
    return next(iter(_people(db, normal_username(username))), None)


def everyone(db: Database) -> list[Person]:
    """Return every account, disabled ones too, by username."""
    return _people(db, None)


def usernames(db: Database) -> list[str]:
    """Return the usernames that may sign in, in order."""
    query = select(User.username).where(User.disabled_at.is_(None)).order_by(User.username)
    with db.read() as session:
        return list(session.scalars(query))


def normal_username(username: str) -> str:
    """Return the one spelling under which a username is stored; what no database takes is '?'."""
    spelled = unicodedata.normalize("NFKC", username).strip().casefold().replace("\0", "?")
    return spelled.encode("utf-8", errors="replace").decode()


def revoke_sessions(session: Session, username: str) -> int:
    """End every open session of a person in this transaction; return how many."""
    ended = session.scalars(
        update(SignInSession)
        .where(SignInSession.username == username, SignInSession.revoked_at.is_(None))
        .values(revoked_at=utc_now())
        .returning(SignInSession.id_sha256)
    )
    return len(ended.all())


def _people(db: Database, username: str | None) -> list[Person]:
    """Read accounts with their assignments in one query."""
    query = (
        select(User, RoleAssignment)
        .outerjoin(RoleAssignment, RoleAssignment.username == User.username)
        .order_by(User.username, RoleAssignment.role, RoleAssignment.scope)
    )
    if username is not None:
        query = query.where(User.username == username)
    found: dict[User, list[Assignment]] = {}
    with db.read() as session:
        for user, held in session.execute(query):
            roles = found.setdefault(user, [])
            if held is not None:
                roles.append(Assignment(held.role, held.scope))
        return [
            Person(u.username, u.name, tuple(roles), u.created_at, u.disabled_at, u.version)
            for u, roles in found.items()
        ]


def _user(session: Session, username: str, *, lock: bool = False) -> User:
    user = session.get(User, normal_username(username), with_for_update=lock)
    if user is None:
        raise StoreError("people.unknown_user", username=username)
    return user


def _record(
    session: Session, actor: str, action: str, username: str, scope: str = "*", **detail: str
) -> None:
    audit.record(session, actor=actor, action=action, scope=scope, username=username, **detail)


def _name(name: str) -> str:
    name = name.strip()
    if not (1 <= len(name) <= 200 and name.isprintable()):
        raise StoreError("people.name_form", n=len(name))
    return name


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", errors="replace")


def _hash(password: str) -> str:
    given = _bytes(password)
    low, high = PASSWORD_BYTES
    if not low <= len(given) <= high:
        raise StoreError("people.password_length", n=len(given), low=low, high=high)
    return bcrypt.hashpw(given, bcrypt.gensalt(BCRYPT_COST)).decode()


@cache
def _dummy_hash(cost: int) -> str:
    return bcrypt.hashpw(b"nobody has this password", bcrypt.gensalt(cost)).decode()
