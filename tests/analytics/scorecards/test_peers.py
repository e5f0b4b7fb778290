"""Peers: what is compared, when a city is said to be ahead, that no order tells a rank."""

from datetime import date
from itertools import permutations

import pytest

from analytics.scorecards.assessing import assess
from analytics.scorecards.peers import Peer, anonymised, compare, order_of
from analytics.scorecards.periods import parse
from analytics.scorecards.progress import wilson
from tests.analytics.scorecards.builders import plan, reading, sheet

DAY = parse("2026-S1").last
SCORED = ("INS-23", "INS-20", "INS-24", "POL-04")
PEERS = [Peer("a", "Alba", own=True), Peer("b", "Brisa"), Peer("c", "Cumbre")]


def city(*values: float, survey: float | None = None):
    given = dict(zip(SCORED, values, strict=False))
    found = {
        key: assess(sheet(key), plan(key, 0, 100), [reading(key, "2026-S1", value=value)], DAY)
        for key, value in given.items()
    }
    if survey is not None:
        held = reading("INS-02", "2026-S1", value=survey, sample_size=12)
        found["INS-02"] = assess(sheet("INS-02"), plan("INS-02", 0, 100), [held], DAY)
    return found


def told(*cities):
    return compare(list(zip(PEERS, cities, strict=False)))


def test_a_city_that_leads_in_everything_is_ahead_and_the_other_is_not():
    found = told(city(90, 80, 85, 90), city(10, 20, 15, 10))
    assert [(pair.one, pair.other, pair.share) for pair in found.ahead] == [(0, 1, 1.0)]
    assert (found.pairs, found.common) == (1, 4)


def test_cities_that_lead_in_turn_cannot_be_told_apart():
    assert told(city(90, 10, 90, 10), city(10, 90, 10, 90)).ahead == ()
    assert told(city(50, 50, 50, 50), city(50, 50, 50, 50)).ahead == ()


def test_whoever_is_ahead_is_so_in_whatever_order_the_cities_stand():
    values = {"a": city(90, 80, 85, 90), "b": city(60, 20, 70, 30), "c": city(10, 15, 12, 10)}
    for order in permutations(PEERS):
        found = compare([(peer, values[peer.key]) for peer in order])
        names = {(found.cities[p.one].key, found.cities[p.other].key) for p in found.ahead}
        assert {("a", "c"), ("a", "b")} <= names
        assert ("c", "a") not in names
        assert found.cities == order


def test_only_what_two_cities_share_is_shown_and_only_what_all_share_is_weighed():
    found = told(city(90, 80, 85), city(10, 20), city(30))
    assert {row.sheet.id for row in found.rows} == {"INS-23", "INS-20"}
    assert [v.city for row in found.rows if row.sheet.id == "INS-20" for v in row.values] == [0, 1]
    assert found.common == 1
    assert found.pairs == 3


def test_a_survey_comes_with_its_wilson_interval_and_a_count_without():
    found = told(city(90, survey=75), city(10, survey=25))
    rows = {row.sheet.id: row.values for row in found.rows}
    low, high = wilson(9, 12)
    assert (rows["INS-02"][0].low, rows["INS-02"][0].high) == pytest.approx((100 * low, 100 * high))
    assert rows["INS-02"][0].n == 12
    assert (rows["INS-23"][0].low, rows["INS-23"][0].high) == (None, None)


def test_without_another_city_nothing_is_judged():
    alone = told(city(90, 80))
    assert (alone.rows, alone.ahead, alone.pairs, alone.influences) == ((), (), 0, ())
    assert told(city(90), {}).common == 0


def test_an_anonymous_city_leaves_neither_name_nor_key_and_no_alphabet():
    many = [Peer("own", "Propia", own=True)] + [Peer(f"k{i}", f"Nombre {i}") for i in range(30)]
    ordered = order_of(many, "programa|2026-S1", hidden=True)
    hidden = anonymised(ordered, "programa|2026-S1")
    assert hidden[0] == many[0]
    assert all(peer.anonymous and peer.key == "" for peer in hidden[1:])
    assert [peer.name for peer in hidden[1:4]] == ["A", "B", "C"]
    assert len({peer.name for peer in hidden}) == 31
    assert [p.name for p in ordered[1:]] != sorted(p.name for p in ordered[1:])
    assert order_of(many, "otro", hidden=True) != ordered
    plain = order_of(many, "x", hidden=False)
    assert [p.name for p in plain[1:]] == sorted(p.name for p in many[1:])


def test_an_old_value_is_judged_at_the_periods_end_as_everywhere():
    late = assess(
        sheet("INS-23"), plan("INS-23", 0, 100), [reading("INS-23", "2023-S1", value=9)], DAY
    )
    assert late.score is None
    assert date(2026, 6, 30) == DAY
    assert compare([(PEERS[0], {"INS-23": late}), (PEERS[1], city(10))]).common == 0
