"""Maturity with its raters, conditions over time, the term beside the strategy."""

from datetime import date

import pytest

from analytics.errors import ProgrammeError
from analytics.programmes.readiness import (
    Facts,
    Rating,
    check_rating,
    eligibility,
    mandate_gap,
    maturity,
)
from analytics.programmes.templates import template

MAY, NOVEMBER = date(2026, 5, 10), date(2026, 11, 10)
ALLIANCE = template("city_data_alliance")


def rating(level, day=MAY, component="use", rater="ana", evidence="acta 12"):
    return Rating(component, day, rater, level, evidence)


def test_maturity_is_mean_and_range_by_component_and_day():
    told = [rating(2), rating(4, rater="bea"), rating(5, NOVEMBER), rating(1, component="quality")]
    found = maturity(told, NOVEMBER).set_index(["component", "rated_on"])
    assert found.loc[("use", MAY), ["level", "low", "high", "n"]].tolist() == [3, 2, 4, 2]
    assert found.loc[("use", NOVEMBER), "is_latest"]
    assert not found.loc[("use", MAY), "is_latest"]
    assert "governance" not in found.index.get_level_values(0)


def test_what_was_rated_later_is_not_seen():
    assert len(maturity([rating(2), rating(5, NOVEMBER)], MAY)) == 1
    assert maturity([rating(5, NOVEMBER)], MAY).empty


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (rating(0), "programme.level"),
        (rating(6), "programme.level"),
        (rating(3, component="charm"), "programme.unknown_component"),
        (rating(3, evidence="  "), "programme.evidence_needed"),
    ],
)
def test_a_rating_that_cannot_be_is_refused(bad, code):
    check_rating(ALLIANCE, rating(3))
    with pytest.raises(ProgrammeError) as caught:
        check_rating(ALLIANCE, bad)
    assert caught.value.code == code


def test_conditions_are_met_not_met_or_not_known():
    facts = Facts(412_000, date(2028, 12, 5), {"ambition": True})
    found = {met.key: met.met for met in eligibility(ALLIANCE, facts, NOVEMBER)}
    assert found == {"population": True, "term": True, "ambition": True, "foundations": None}
    later = {met.key: met.met for met in eligibility(ALLIANCE, facts, date(2026, 12, 6))}
    assert later["term"] is False
    nothing = eligibility(ALLIANCE, Facts(None, None, {}), NOVEMBER)
    assert {met.met for met in nothing} == {None}
    small = eligibility(ALLIANCE, Facts(100_000, None, {}), NOVEMBER)
    assert small[0].met is False


def test_a_strategy_of_three_years_can_outlive_the_term():
    gap = mandate_gap(ALLIANCE, date(2028, 12, 3), date(2027, 3, 3))
    assert (gap.strategy_to, gap.months) == (date(2030, 3, 3), 15)
    assert mandate_gap(ALLIANCE, date(2031, 3, 3), date(2027, 3, 3)).months == -12
    assert mandate_gap(ALLIANCE, None, date(2027, 3, 3)) is None
    assert mandate_gap(template("i_team"), date(2028, 12, 3), date(2027, 3, 3)) is None
