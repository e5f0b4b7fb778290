"""Signed in or not: the only file that knows streamlit-authenticator.

The library keeps the cookie and the signed-in state; passwords, sessions and the throttle are
Cabildo's own, in the database. Who is signed in is asked of the sessions table at every run, so
sign-out, a changed password and a disabled person end every copy of a cookie at once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from uuid import uuid4

import extra_streamlit_components as stx
import streamlit as st
from streamlit_authenticator.models import AuthenticationModel, CookieModel

from analytics.access import Principal
from analytics.errors import NotAllowedError
from analytics.settings import load_settings
from analytics.store import people, sessions, throttle
from analytics.store.database import Database, open_database
from components import cookies, language

COOKIE = "cabildo"
LIFETIME = timedelta(hours=12)
LOCALHOST = "127.0.0.1"  # Streamlit says None for it
SESSION = "session_id"
ERRAND = "cookie_errand"
ENDED = "session_ended"
LEFT = "session_left"


class SessionCookie(CookieModel):  # type: ignore[misc]  # the library is untyped
    """The library's cookie with a session id in its token.

    The browser's part is a component that reruns the page when it answers; unlike the library,
    this one is mounted only for an errand: to write the cookie, or to delete it.
    """

    def __init__(self, key: str) -> None:
        self.cookie_name = COOKIE
        self.cookie_key = key
        self.cookie_expiry_days = LIFETIME / timedelta(days=1)
        self.token = None
        self.exp_date = None

    def write(self, token: str, errand: str) -> None:
        """Have the browser keep ``token`` for :data:`LIFETIME`, over TLS alone where there is."""
        secure = (st.context.url or "").startswith("https:")
        stx.CookieManager(key=f"{errand}_jar").set(
            COOKIE,
            token,
            key=errand,
            max_age=LIFETIME.total_seconds(),
            secure=secure,
            same_site="strict",
        )

    def erase(self, errand: str) -> None:
        """Have the browser drop the cookie."""
        jar = stx.CookieManager(key=f"{errand}_jar")
        jar.cookies.setdefault(COOKIE, "")  # the library fails on a cookie it has not seen
        jar.delete(COOKIE, key=errand)

    def _token_decode(self) -> dict[str, Any] | bool:
        """Read the token the way the library expects it."""
        claims = cookies.read(self.cookie_key, str(self.token))
        if claims is None:
            return False
        return {
            "username": claims.username,
            "session_id": claims.session_id,
            "exp_date": claims.expires.timestamp(),
        }


class Accounts(AuthenticationModel):  # type: ignore[misc]  # the library is untyped
    """The library's sign-in against the store: it never holds anybody else's data."""

    def __init__(self, db: Database, key: str) -> None:
        super().__init__({"usernames": {}}, auto_hash=False, secret_key=key)
        self._db = db

    def check_credentials(self, username: str, password: str) -> bool:
        """Tell whether the person exists, is not disabled and gave the right password."""
        if not people.check_password(self._db, username, password):
            return False
        principal = people.principal_of(self._db, username)
        if principal is not None:
            self.credentials["usernames"][username] = {"name": principal.name}
        return principal is not None


def resume() -> Principal | None:
    """Return who is signed in in this browser, by its session or by its cookie.

    A session that ended elsewhere takes everything the page remembered with it. Must be called in
    every run, at the same place: the cookie's component lives where it is called.
    """
    settings = load_settings()
    db = open_database(settings)
    cookie = SessionCookie(cookies.cookie_key(settings.home))
    _run_errand(cookie)
    st.session_state.setdefault("logout", None)  # the library reads it before it writes it
    if SESSION in st.session_state:
        who = _principal(db, st.session_state[SESSION])
        if who is None:
            _forget()
            st.session_state[ENDED] = True
        return who
    claims = cookie.get_cookie() or {}
    who = _principal(db, claims.get("session_id", ""))
    if who is None or who.username != claims["username"]:
        return None
    st.session_state[SESSION] = who.session_id
    return who


def principal() -> Principal:
    """Return who is signed in, asked anew of the database: fragments call this too.

    Raises
    ------
    NotAllowedError
        If nobody is, or the session was revoked.
    """
    who = _principal(_database(), st.session_state.get(SESSION, ""))
    if who is None:
        raise NotAllowedError("access.signed_out")
    return who


def enter(username: str, password: str) -> None:
    """Sign a person in: check, start a session, send its cookie.

    Raises
    ------
    NotAllowedError
        ``access.wrong_credentials``, the same whatever was wrong, or ``access.throttled`` with
        ``seconds`` to wait.
    """
    db, username = _database(), people.normal_username(username)
    admission = _admit(db, username)
    key = cookies.cookie_key(load_settings().home)
    if not Accounts(db, key).login(username, password):
        raise NotAllowedError("access.wrong_credentials")
    throttle.clear(db, username=username, failure_id=admission.failure_id)
    _begin(db, username)


def change_password(current: str, wanted: str) -> None:
    """Change the password of who is signed in; every other session of the person ends.

    Raises
    ------
    NotAllowedError
        ``access.wrong_password`` or ``access.throttled``; ``access.signed_out``.
    StoreError
        ``people.password_length``.
    """
    db, who = _database(), principal()
    admission = _admit(db, who.username)
    if not people.check_password(db, who.username, current):
        raise NotAllowedError("access.wrong_password")
    throttle.clear(db, username=who.username, failure_id=admission.failure_id)
    people.set_password(db, who.username, wanted, actor=who.username)
    _begin(db, who.username)


def leave() -> None:
    """Sign out: revoke the session, delete the cookie, forget everything but the language."""
    sessions.revoke_session(_database(), st.session_state.get(SESSION, ""))
    _forget()
    _send_browser(None)


def just_left() -> bool:
    """Tell, once, that a person signed out and the browser has dropped the cookie.

    Not before: widgets bound to the address hold on to it until they are gone from the page.
    """
    return bool(st.session_state.pop(LEFT, False))


def session_ended() -> bool:
    """Tell, once, whether the session was ended elsewhere while the page was open."""
    return bool(st.session_state.pop(ENDED, False))


def client_address(peer: str | None, forwarded: str, trusted: Sequence[str]) -> str:
    """Return the address a request came from.

    Parameters
    ----------
    peer : str or None
        Address of the TCP connection; None, or what is no address, is this machine.
    forwarded : str
        ``X-Forwarded-For``: believed only when a trusted proxy brings it, and only as far back
        as trusted proxies wrote it, to its rightmost untrusted hop.
    trusted : sequence of str
        Addresses and networks of the installation's own proxies.
    """
    networks = [ip_network(text, strict=False) for text in trusted]
    address = _parsed(peer) or _parsed(LOCALHOST)
    for hop in map(_parsed, reversed(forwarded.split(","))):
        if hop is None or not any(address in network for network in networks):
            break
        address = hop
    return str(address)


def visitor_address() -> str:
    """Return the address that this session comes from; see :func:`client_address`."""
    forwarded = ",".join(st.context.headers.get_all("X-Forwarded-For"))
    return client_address(st.context.ip_address, forwarded, load_settings().trusted_proxies)


def _parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address((text or "").strip())
    except ValueError:
        return None


def _principal(db: Database, session_id: str) -> Principal | None:
    username = sessions.session_user(db, session_id)
    return people.principal_of(db, username, session_id) if username else None


def _admit(db: Database, username: str) -> throttle.Admission:
    admission = throttle.admit(db, username=username, address=visitor_address())
    if admission.wait_seconds:
        raise NotAllowedError("access.throttled", seconds=admission.wait_seconds)
    return admission


def _begin(db: Database, username: str) -> None:
    """Start a session and have its cookie written."""
    session_id = sessions.start_session(db, username, address=visitor_address(), lifetime=LIFETIME)
    st.session_state[SESSION] = session_id
    claims = cookies.Claims(username, session_id, datetime.now(UTC) + LIFETIME)
    _send_browser(cookies.sign(cookies.cookie_key(load_settings().home), claims))


def _send_browser(token: str | None) -> None:
    """Plan the cookie's writing (a token) or deletion (None) for the next run."""
    st.session_state[ERRAND] = {"name": f"cookie_{uuid4().hex}", "token": token}


def _run_errand(cookie: SessionCookie) -> None:
    """Keep the cookie's component on the page until the browser says it is done.

    A run that ends early (a page switch, a rerun) would take it away before it worked.
    """
    errand = st.session_state.get(ERRAND)
    if errand is None:
        return
    if st.session_state.get(errand["name"]):
        del st.session_state[ERRAND]
        st.session_state[LEFT] = errand["token"] is None
    elif errand["token"] is None:
        cookie.erase(errand["name"])
    else:
        cookie.write(errand["token"], errand["name"])


def _forget() -> None:
    for key in set(st.session_state) - {language.SESSION_KEY}:
        del st.session_state[key]


def _database() -> Database:
    return open_database(load_settings())
