"""The token in the browser's cookie and the key that signs it; no Streamlit.

A token names a person and a session of the sessions table, so it is worth nothing once that
session is revoked, wherever the cookie was copied to.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import jwt

from analytics.errors import StoreError

KEY_BYTES = 64
ALGORITHM = "HS256"


@dataclass(frozen=True)
class Claims:
    """What a valid token says."""

    username: str
    session_id: str
    expires: datetime


def cookie_key(home: Path) -> str:
    """Return the signing key of this installation, made on first use.

    Parameters
    ----------
    home : Path
        ``CABILDO_HOME``; the key is ``secrets/cookie.key``, 64 random bytes as hexadecimal digits,
        readable by its owner alone.

    Raises
    ------
    StoreError
        If others may read the key, or it is shorter than it must be.
    """
    path = home / "secrets" / "cookie.key"
    if not path.exists():
        _make_key(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreError("access.key_readable", file=str(path), mode=f"{mode:04o}")
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 2 * KEY_BYTES:
        raise StoreError("access.key_short", file=str(path), n=len(key), minimum=2 * KEY_BYTES)
    return key


def sign(key: str, claims: Claims) -> str:
    """Return the claims as a signed JSON Web Token (HS256)."""
    payload = {"sub": claims.username, "sid": claims.session_id, "exp": claims.expires}
    return jwt.encode(payload, key, algorithm=ALGORITHM)


def read(key: str, token: str) -> Claims | None:
    """Return the claims of a token; None if it is forged, expired, incomplete or no token."""
    try:
        payload = jwt.decode(
            token, key, algorithms=[ALGORITHM], options={"require": ["sub", "sid", "exp"]}
        )
    except jwt.InvalidTokenError:
        return None
    expires = datetime.fromtimestamp(payload["exp"], UTC)
    return Claims(str(payload["sub"]), str(payload["sid"]), expires)


def _make_key(path: Path) -> None:
    """Create the key whole or not at all: two servers starting together agree on one key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other server was first; its key is the key
    finally:
        draft.unlink()
