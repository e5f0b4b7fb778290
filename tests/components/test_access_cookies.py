"""The token, its key, and the address a request came from."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import StoreError
from components.accounts import client_address
from components.cookies import Claims, cookie_key, read, sign

KEY = "k" * 128
LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
CLAIMS = Claims("ana", "session-1", LATER)


def test_a_token_says_what_was_signed() -> None:
    assert read(KEY, sign(KEY, CLAIMS)) == CLAIMS


def test_a_token_of_another_key_is_nothing() -> None:
    assert read("x" * 128, sign(KEY, CLAIMS)) is None


def test_an_expired_token_is_nothing() -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert read(KEY, sign(KEY, Claims("ana", "session-1", before))) is None


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_token_changed_anywhere_is_nothing_or_the_same(place: int, letter: str) -> None:
    token = sign(KEY, CLAIMS)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    # The last base64 letter of a part may differ in bits that carry nothing.
    assert read(KEY, changed) in (None, CLAIMS)


@pytest.mark.parametrize("missing", ["sub", "sid", "exp"])
def test_a_token_without_a_claim_is_nothing(missing: str) -> None:
    payload = {"sub": "ana", "sid": "session-1", "exp": LATER}
    del payload[missing]
    assert read(KEY, jwt.encode(payload, KEY, algorithm="HS256")) is None


def test_an_unsigned_token_is_nothing() -> None:
    payload = {"sub": "ana", "sid": "session-1", "exp": LATER}
    assert read(KEY, jwt.encode(payload, "", algorithm="none")) is None


@given(st.text(max_size=60))
def test_any_text_can_be_offered_as_a_token(text: str) -> None:
    assert read(KEY, text) is None


def test_the_key_is_long_random_and_its_owners_alone(tmp_path: Path) -> None:
    first, second = cookie_key(tmp_path / "one"), cookie_key(tmp_path / "two")
    assert len(bytes.fromhex(first)) == 64
    assert first != second
    made = tmp_path / "one" / "secrets" / "cookie.key"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [path.name for path in made.parent.iterdir()] == ["cookie.key"]


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    assert cookie_key(tmp_path) == cookie_key(tmp_path)


def test_servers_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(cookie_key, [tmp_path] * 8))) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_others_can_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    cookie_key(tmp_path)
    (tmp_path / "secrets" / "cookie.key").chmod(mode)
    with pytest.raises(StoreError, match=r"access\.key_readable"):
        cookie_key(tmp_path)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    cookie_key(tmp_path)
    (tmp_path / "secrets" / "cookie.key").write_text("short")
    with pytest.raises(StoreError, match=r"access\.key_short"):
        cookie_key(tmp_path)


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("203.0.113.9", "", [], "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", [], "203.0.113.9"),
        (None, "", [], "127.0.0.1"),
        (None, "198.51.100.7", ["127.0.0.1"], "198.51.100.7"),
        ("10.0.0.2", "198.51.100.7", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.2", "192.0.2.66, 198.51.100.7", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.2", "198.51.100.7, 10.0.0.3", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.2", "nonsense", ["10.0.0.0/8"], "10.0.0.2"),
        ("10.0.0.2", "", ["10.0.0.0/8"], "10.0.0.2"),
        ("2001:db8::5", "198.51.100.7", ["2001:db8::/32"], "198.51.100.7"),
    ],
)
def test_the_address_is_the_rightmost_hop_no_proxy_of_ours_wrote(
    peer: str | None, forwarded: str, trusted: list[str], expected: str
) -> None:
    assert client_address(peer, forwarded, trusted) == expected


@given(st.text(max_size=80))
def test_a_stranger_cannot_choose_its_address(forwarded: str) -> None:
    assert client_address("203.0.113.9", forwarded, ["10.0.0.0/8"]) == "203.0.113.9"


@given(st.text(max_size=80))
def test_what_a_client_writes_in_front_changes_nothing(written: str) -> None:
    forwarded = f"{written}, 198.51.100.7"
    assert client_address("10.0.0.2", forwarded, ["10.0.0.0/8"]) == "198.51.100.7"
