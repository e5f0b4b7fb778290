"""The moments of an evaluation as days: late, next, ahead; ends of months; refusals."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError
from analytics.scorecards.assessing import assess
from analytics.scorecards.evaluation import Due, calendar_of, check_evaluation, moments
from tests.analytics.scorecards.builders import plan, reading, sheet

TODAY = date(2026, 11, 24)


def of(moment: str, months: float = 3.0):
    held = sheet("INS-23")
    return replace(held, typology=replace(held.typology, moment=moment, period_months=months))


def days(found: list[Due]) -> list[tuple[str, str]]:
    return [(due.moment, due.on.isoformat()) for due in found]


def test_a_quarterly_indicator_is_late_since_one_day_and_due_on_those_after() -> None:
    found = moments(of("concurrent"), plan("INS-23", 0, 9), date(2026, 6, 30), TODAY)
    assert days(found) == [
        ("concurrent", "2026-09-30"),
        ("concurrent", "2026-12-31"),
        ("concurrent", "2027-03-31"),
        ("concurrent", "2027-06-30"),
        ("concurrent", "2027-09-30"),
    ]


def test_before_and_after_are_the_citys_days_or_the_targets() -> None:
    bare = plan("INS-23", 0, 9, target_on=date(2027, 12, 31))
    assert days(moments(of("ex_post"), bare, None, TODAY)) == [("ex_post", "2027-12-31")]
    named = replace(bare, evaluation={"ex_ante_on": "2026-12-01", "ex_post_on": "2028-03-01"})
    assert days(moments(of("ex_post"), named, None, TODAY)) == [
        ("ex_ante", "2026-12-01"),
        ("ex_post", "2028-03-01"),
    ]
    assert moments(of("ex_post"), replace(bare, target_on=None), None, TODAY) == []
    past = replace(bare, target_on=date(2026, 1, 1), evaluation={"ex_ante_on": "2025-01-01"})
    assert moments(of("ex_post"), past, None, TODAY) == []
    assert [d.moment for d in moments(of("", 12), named, None, TODAY)][-1] == "ex_post"


def test_without_a_stated_moment_it_is_measured_in_its_rhythm() -> None:
    found = moments(of("", 12), plan("INS-23", 0, 9), date(2025, 12, 31), TODAY)
    assert days(found) == [("concurrent", "2026-12-31")]
    weekly = moments(of("concurrent", 0.25), plan("INS-23", 0, 9), date(2026, 11, 10), TODAY)
    assert [d.on.isoformat() for d in weekly[:3]] == ["2026-11-17", "2026-11-24", "2026-12-01"]
    assert len(weekly) == 12


@given(
    st.sampled_from(["", "concurrent", "ex_post", "both"]),
    st.sampled_from([0.25, 1.0, 3.0, 12.0]),
    st.dates(date(2015, 1, 1), TODAY),
)
def test_moments_stand_in_order_and_at_most_one_is_late(moment, months, latest) -> None:
    found = moments(of(moment, months), plan("INS-23", 0, 9), latest, TODAY)
    assert [due.on for due in found] == sorted(due.on for due in found)
    assert len({(due.moment, due.on) for due in found}) == len(found)
    assert sum(due.on < TODAY for due in found) <= 1


def test_the_calendar_of_a_city_is_in_the_order_of_the_days() -> None:
    shown = tuple(
        assess(sheet(key), plan(key, 0.0, 9.0), [reading(key, period, value=3.0)], TODAY)
        for key, period in (("INS-23", "2026-S1"), ("INS-09", "2025-S2"))
    )
    found = calendar_of(shown, TODAY)
    assert {due.indicator_id for due in found} == {"INS-23", "INS-09"}
    assert [due.on for due in found] == sorted(due.on for due in found)


def test_days_out_of_order_and_endless_answers_are_refused() -> None:
    held = plan("INS-23", 0, 9)
    check_evaluation(replace(held, evaluation={"what": "x", "ex_ante_on": "2026-01-01"}))
    wrong = {"ex_ante_on": "2027-01-01", "ex_post_on": "2027-01-01"}
    for evaluation, code in ((wrong, "plan.evaluation_days"), ({"how": "x" * 1001}, "plan.answer")):
        with pytest.raises(FilterError) as refused:
            check_evaluation(replace(held, evaluation=evaluation))
        assert refused.value.code == code
