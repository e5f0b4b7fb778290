"""Who sees what of a peer: own city whole, others what they share while they share it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st

from analytics import loaders
from analytics.access import Assignment, Principal
from analytics.demo.cohort import COHORT, add_cohort
from analytics.demo.peers import PEERS, add_peers
from analytics.demo.scorecard import fill_scorecard
from analytics.errors import FilterError, NotAllowedError
from analytics.scorecards.peers import Peers
from analytics.scorecards.periods import parse
from analytics.settings import load_settings
from analytics.store import peer_consents
from analytics.store.database import Database, open_database

CITY = "quimera"
PERIOD = parse("2026-S1")
UNTIL = date(2026, 10, 31)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("peers") / "home"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(folder))
        environment.delenv("CABILDO_CONFIG", raising=False)
        db = open_database(load_settings())
        add_cohort(db, shown_on=date(2026, 11, 21), seed=1)
        fill_scorecard(db, CITY, until=UNTIL, seed=1)
        assert add_peers(db, CITY, COHORT, until=UNTIL, seed=1)
        assert not add_peers(db, CITY, COHORT, until=UNTIL, seed=1)
        yield db
        db.close()
        st.cache_resource.clear()


def person(role: str, scope: str = CITY) -> Principal:
    return Principal(role, role, (Assignment(role, scope),))


def asked(who: Principal, city: str = CITY, *, hidden: bool = False) -> Peers:
    return loaders.peers(who, COHORT, city, PERIOD, hidden=hidden)


def shown_of(found: Peers, key: str) -> set[str]:
    (at,) = [i for i, peer in enumerate(found.cities) if peer.key == key]
    return {row.sheet.id for row in found.rows for value in row.values if value.city == at}


def test_a_mayor_sees_of_others_no_more_than_they_share(filled: Database) -> None:
    found = asked(person("mayor"))
    assert {peer.key for peer in found.cities} == {CITY, *PEERS}
    given = peer_consents.consents(filled, COHORT)
    for peer in PEERS:
        assert shown_of(found, peer) <= set(given[peer].indicators)
    assert [peer.own for peer in found.cities] == [True, False, False, False]
    assert found.common > 5


def test_a_coach_of_the_programme_sees_what_is_shared_and_no_city_whole(filled: Database) -> None:
    found = asked(person("coach", COHORT))
    given = peer_consents.consents(filled, COHORT)
    assert {peer.key for peer in found.cities} == {CITY, *PEERS}
    assert not any(peer.own for peer in found.cities)
    assert all(
        shown_of(found, peer.key) <= set(given[peer.key].indicators) for peer in found.cities
    )


@pytest.mark.parametrize("role", ["analyst", "admin"])
def test_who_reads_no_indicators_compares_none(filled: Database, role: str) -> None:
    for ask in (
        lambda: asked(person(role)),
        lambda: loaders.own_consent(person(role), COHORT, CITY),
        lambda: loaders.peer_programmes(person(role), CITY),
        lambda: loaders.consent_desk(person(role), CITY),
    ):
        with pytest.raises(NotAllowedError):
            ask()


@pytest.mark.parametrize("role", ["mayor", "coach", "editor", "validator"])
def test_nobody_compares_in_the_name_of_another_city(filled: Database, role: str) -> None:
    with pytest.raises(NotAllowedError):
        asked(person(role, "otra"))
    with pytest.raises(NotAllowedError):
        asked(person(role, "otra"), city="otra")
    with pytest.raises(NotAllowedError):
        loaders.own_consent(person(role, "otra"), COHORT, CITY)


def test_only_who_validates_gives_a_citys_consent(filled: Database) -> None:
    for role in ("mayor", "coach", "editor"):
        with pytest.raises(NotAllowedError):
            loaders.consent_desk(person(role), CITY)
    desk = loaders.consent_desk(person("validator"), CITY)
    with pytest.raises(FilterError, match=r"peers\.nothing"):
        desk.give(COHORT, (), None)
    with pytest.raises(FilterError, match=r"entry\.unknown"):
        desk.give(COHORT, ("NO-99",), None)


def test_names_and_keys_are_left_out_of_an_anonymous_answer(filled: Database) -> None:
    found = asked(person("mayor"), hidden=True)
    assert {peer.key for peer in found.cities} == {CITY, ""}
    assert sorted(peer.name for peer in found.cities[1:]) == ["A", "B", "C"]
    plain = asked(person("mayor"))
    assert len(found.ahead) == len(plain.ahead)
    assert found.common == plain.common


def test_a_withdrawn_city_is_gone_at_once_and_its_own_view_stays(filled: Database) -> None:
    assert peer_consents.withdraw_consent(filled, COHORT, PEERS[0], actor="v")
    assert PEERS[0] not in {peer.key for peer in asked(person("mayor")).cities}
    assert peer_consents.withdraw_consent(filled, COHORT, CITY, actor="v")
    assert CITY in {peer.key for peer in asked(person("mayor")).cities}
    assert CITY not in {peer.key for peer in asked(person("coach", COHORT)).cities}
