"""Rooms on both databases: codes, votes that change, closing, thirty voices at once, storing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from analytics.errors import NotAllowedError, ProgrammeError, StoreError
from analytics.store import audit, programme_notes, programmes, room_votes, rooms, throttle
from analytics.store.programmes import NewCity
from analytics.store.room_models import RoomPhone, RoomVote

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
FIVE = ("governance", "quality", "use", "capacity", "transparency")
HALL = "192.0.2.1"


@pytest.fixture
def cohort(db):
    programmes.create_programme(
        db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
    )
    new = [NewCity(key, key.title(), "CL", date(2026, 4, 14)) for key in ("solana", "otra")]
    programmes.enrol(db, "alliance", new, actor="ana")
    return db


@pytest.fixture
def room(cohort):
    return rooms.open_room(cohort, "alliance", "solana", actor="ana")


def code_of(error):
    return error.value.code


def test_a_room_has_a_code_without_confusing_letters_and_opens_once(cohort, room):
    assert len(room.code) == rooms.CODE_LENGTH
    assert not set(room.code) & set("0O1IL")
    assert rooms.open_room(cohort, "alliance", "solana", actor="bea") == room
    assert rooms.open_room(cohort, "alliance", "otra", actor="bea").code != room.code
    assert rooms.newest_room(cohort, "alliance", "solana") == room
    with pytest.raises(StoreError) as error:
        rooms.open_room(cohort, "alliance", "nadie", actor="ana")
    assert code_of(error) == "programme.unknown_city"


def test_a_programme_that_rates_nothing_has_no_rooms(db):
    programmes.create_programme(db, key="tech", name="T", template_key="govtech_latam", actor="ana")
    programmes.enrol(db, "tech", [NewCity("solana", "S", "CL", date(2026, 4, 14))], actor="ana")
    with pytest.raises(StoreError) as error:
        rooms.open_room(db, "tech", "solana", actor="ana")
    assert code_of(error) == "room.no_components"


def test_a_code_lets_in_however_it_is_typed_until_it_expires(cohort, room):
    typed = f" {room.code[:3].lower()}-{room.code[3:]} "
    assert rooms.enter(cohort, typed, address=HALL) == room
    late = room.expires_at
    just = late - timedelta(seconds=1)
    assert rooms.enter(cohort, room.code, address=HALL, now=just) == room
    with pytest.raises(StoreError) as error:
        rooms.enter(cohort, room.code, address=HALL, now=late)
    assert code_of(error) == "room.over"
    with pytest.raises(StoreError) as error:
        room_votes.vote(cohort, room.id, "p", {"use": 3}, now=late)
    assert code_of(error) == "room.over"
    assert rooms.open_room(cohort, "alliance", "solana", actor="ana", now=late).id != room.id


def test_the_rooms_of_a_day_are_each_citys_newest_in_use_or_of_that_day(cohort, room):
    other = rooms.open_room(cohort, "alliance", "otra", actor="ana")
    assert rooms.rooms_of_day(cohort, "alliance", room.held_on) == [other, room]
    assert rooms.rooms_of_day(cohort, "another", room.held_on) == []
    rooms.move(cohort, room.id, "closed", actor="ana")
    (told,) = rooms.rooms_of_day(cohort, "alliance", room.held_on + timedelta(days=1))
    assert told == other
    assert [r.state for r in rooms.rooms_of_day(cohort, "alliance", room.held_on)] == [
        "open", "closed",
    ]  # fmt: skip
    again = rooms.open_room(cohort, "alliance", "solana", actor="ana")
    assert rooms.rooms_of_day(cohort, "alliance", room.held_on) == [other, again]
    over = room.held_on + timedelta(days=1)
    assert rooms.rooms_of_day(cohort, "alliance", over, now=again.expires_at) == []


@pytest.mark.parametrize("code", ["", "XXXXXX", "\x00", "'; --", "Ñ" * 5000])
def test_a_code_that_was_never_given_is_unknown(cohort, room, code):
    with pytest.raises(StoreError) as error:
        rooms.enter(cohort, code, address=HALL)
    assert code_of(error) == "room.unknown"


def test_two_hundred_phones_behind_one_address_come_in_and_only_guesses_are_slowed(cohort, room):
    for _ in range(200):
        rooms.enter(cohort, room.code, address=HALL, now=NOW)
    for _ in range(throttle.FREE_WRONG_CODES + 1):
        with pytest.raises(StoreError):
            rooms.enter(cohort, "ZZZZZZ", address=HALL, now=NOW)
    for code in (room.code, "ZZZZZZ"):
        with pytest.raises(NotAllowedError) as error:
            rooms.enter(cohort, code, address=HALL, now=NOW)
        assert error.value.details == {"seconds": throttle.FIRST_WAIT_S}
    assert rooms.enter(cohort, room.code, address="192.0.2.2", now=NOW) == room
    after = NOW + timedelta(seconds=throttle.FIRST_WAIT_S)
    assert rooms.enter(cohort, room.code, address=HALL, now=after) == room
    # Guessing codes locks nobody out of signing in from that address.
    assert throttle.wait_seconds(cohort, username="ana", address=HALL, now=NOW) == 0


def test_guesses_sent_at_the_same_moment_gain_nothing(cohort, room):
    def guess(n):
        with pytest.raises((StoreError, NotAllowedError)) as error:
            rooms.enter(cohort, f"ZZZ{n:03d}", address=HALL, now=NOW)
        return code_of(error)

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(guess, range(60)))
    assert said.count("room.unknown") == throttle.FREE_WRONG_CODES + 1


def test_a_vote_is_one_per_phone_partial_and_changes_until_the_room_is_closed(cohort, room):
    room_votes.vote(cohort, room.id, "one", {"use": 2, "quality": 5})
    room_votes.vote(cohort, room.id, "two", {"use": 4})
    room_votes.vote(cohort, room.id, "one", {"use": 3})
    assert room_votes.own_vote(cohort, room.id, "one") == {"use": 3}
    assert room_votes.own_vote(cohort, room.id, "three") == {}
    counted = room_votes.tally(cohort, room.id)
    assert (counted.phones, counted.entered, counted.counts) == (2, 2, {"use": (0, 0, 1, 1, 0)})
    assert counted.mean("use") == 3.5
    assert counted.mean("quality") is None
    rooms.move(cohort, room.id, "revealed", actor="ana")
    room_votes.vote(cohort, room.id, "two", {"use": 5})
    rooms.move(cohort, room.id, "closed", actor="ana")
    with pytest.raises(StoreError) as error:
        room_votes.vote(cohort, room.id, "two", {"use": 1})
    assert code_of(error) == "room.over"
    assert room_votes.own_vote(cohort, room.id, "two") == {"use": 5}
    assert not rooms.takes_votes(cohort, room.id)
    with pytest.raises(StoreError) as error:
        rooms.move(cohort, room.id, "revealed", actor="ana")
    assert code_of(error) == "room.over"


@pytest.mark.parametrize(
    ("levels", "kind", "code"),
    [
        ({}, StoreError, "room.empty_vote"),
        ({"use": 0}, ProgrammeError, "programme.level"),
        ({"use": 6}, ProgrammeError, "programme.level"),
        ({"use": 3, "charm": 3}, ProgrammeError, "programme.unknown_component"),
    ],
)
def test_a_vote_that_cannot_be_is_refused_and_the_one_before_stays(
    cohort, room, levels, kind, code
):
    room_votes.vote(cohort, room.id, "one", {"use": 2})
    with pytest.raises(kind) as error:
        room_votes.vote(cohort, room.id, "one", levels)
    assert code_of(error) == code
    assert room_votes.own_vote(cohort, room.id, "one") == {"use": 2}


def test_thirty_phones_at_once_lose_no_vote(cohort, room):
    def send(n):
        rooms.enter(cohort, room.code, address=HALL)
        for level in (1, 1 + n % 5):
            room_votes.vote(cohort, room.id, f"phone {n}", dict.fromkeys(FIVE, level))

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(send, range(30)))
    assert room_votes.tally(cohort, room.id) == room_votes.Tally(
        30, 30, dict.fromkeys(FIVE, (6,) * 5)
    )


def test_a_phone_that_came_in_is_counted_once_beside_those_that_voted(cohort, room):
    other = rooms.open_room(cohort, "alliance", "otra", actor="ana")
    for phone in ("one", "two", "one"):
        room_votes.sit(cohort, room.id, phone)
    room_votes.vote(cohort, room.id, "one", {"use": 2})
    room_votes.vote(cohort, room.id, "three", {"use": 4})
    counted = room_votes.tally(cohort, room.id)
    assert (counted.phones, counted.entered, counted.mean("use")) == (2, 3, 3.0)
    assert room_votes.tally(cohort, other.id) == room_votes.Tally(0, 0, {})
    rooms.move(cohort, room.id, "closed", actor="ana")
    with pytest.raises(StoreError) as error:
        room_votes.sit(cohort, room.id, "late")
    assert code_of(error) == "room.over"
    assert room_votes.tally(cohort, room.id).entered == 3


def test_thirty_phones_come_in_at_once_and_the_seats_have_a_bound(cohort, room, monkeypatch):
    monkeypatch.setattr(room_votes, "MOST_PHONES", 30)
    with ThreadPoolExecutor(30) as pool:
        list(pool.map(lambda n: room_votes.sit(cohort, room.id, str(n % 30)), range(60)))
    assert room_votes.tally(cohort, room.id).entered == 30
    for refused in (room_votes.sit, lambda *a: room_votes.vote(*a, {"use": 4})):
        with pytest.raises(StoreError) as error:
            refused(cohort, room.id, "one too many")
        assert code_of(error) == "room.full"
    room_votes.sit(cohort, room.id, "7")


def test_a_room_holds_two_hundred_phones_and_is_full_at_its_bound(cohort, room, monkeypatch):
    monkeypatch.setattr(room_votes, "MOST_PHONES", 200)
    for n in range(200):
        room_votes.vote(cohort, room.id, str(n), {"use": 4})
    with pytest.raises(StoreError) as error:
        room_votes.vote(cohort, room.id, "one too many", {"use": 4})
    assert code_of(error) == "room.full"
    room_votes.vote(cohort, room.id, "7", {"use": 5})
    assert room_votes.tally(cohort, room.id).counts == {"use": (0, 0, 0, 199, 1)}


def test_a_closed_room_becomes_the_self_assessment_once(cohort, room):
    room_votes.vote(cohort, room.id, "one", {"use": 2, "quality": 5})
    room_votes.vote(cohort, room.id, "two", {"use": 4})
    with pytest.raises(StoreError) as error:
        rooms.store(cohort, room.id, actor="ana")
    assert code_of(error) == "room.still_open"
    rooms.move(cohort, room.id, "closed", actor="ana")
    for _ in range(2):
        rooms.store(cohort, room.id, actor="ana")
    kept = programme_notes.notes(cohort, "alliance", "solana").ratings
    assert sorted((r.component, r.level, r.origin, r.rated_on) for r in kept) == [
        ("quality", 5, "self", room.held_on),
        ("use", 2, "self", room.held_on),
        ("use", 4, "self", room.held_on),
    ]
    assert rooms.room(cohort, room.id).stored


def test_an_empty_room_is_not_stored(cohort, room):
    rooms.move(cohort, room.id, "closed", actor="ana")
    with pytest.raises(StoreError) as error:
        rooms.store(cohort, room.id, actor="ana")
    assert code_of(error) == "room.empty_vote"


def test_the_audit_tells_of_rooms_and_never_of_votes_or_phones(cohort, room):
    room_votes.vote(cohort, room.id, "one", {"use": 2})
    rooms.move(cohort, room.id, "revealed", actor="ana")
    rooms.move(cohort, room.id, "closed", actor="ana")
    rooms.move(cohort, room.id, "closed", actor="ana")
    rooms.store(cohort, room.id, actor="ana")
    told = [row for row in audit.entries(cohort) if row.action.startswith("room.")]
    assert [row.action for row in reversed(told)] == [
        "room.open", "room.reveal", "room.close", "room.store",
    ]  # fmt: skip
    assert all(set(row.detail) <= {"city", "room", "n"} for row in told)


def test_the_store_never_holds_a_phones_id_and_follows_none_from_room_to_room(cohort, room):
    other = rooms.open_room(cohort, "alliance", "otra", actor="ana")
    for held in (room, other):
        room_votes.vote(cohort, held.id, "a phone", {"use": 2})
    with cohort.read() as session:
        voted = session.scalars(select(RoomVote.participant)).all()
        kept = session.scalars(select(RoomPhone.participant)).all()
    assert sorted(voted) == sorted(kept)
    assert len(set(kept)) == 2
    assert not any("phone" in text for text in kept)


@given(st.lists(st.integers(0, 50), min_size=5, max_size=5))
def test_the_mean_is_that_of_the_single_votes(counts):
    levels = [level for level, n in enumerate(counts, 1) for _ in range(n)]
    expected = sum(levels) / len(levels) if levels else None
    assert room_votes.mean_level(tuple(counts)) == expected


@given(st.text())
def test_a_normal_code_is_short_plain_and_stays_itself(text):
    code = rooms.normal_code(text)
    assert len(code) <= 12
    assert code.isascii()
    assert rooms.normal_code(code) == code
