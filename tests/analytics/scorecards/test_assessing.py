"""Statuses with their proof: each rule, what is not assessed, and two values never merged."""

from datetime import date

import pytest

from analytics.scorecards.assessing import Assessment, assess, interval_of
from analytics.store.scorecard_overrides import Override
from tests.analytics.scorecards.builders import plan, reading, sheet

ON = date(2026, 6, 30)
NOW = date(2026, 11, 24)


def judge(identity: str, base: float | None, target: float | None, *readings, **changes):
    return assess(sheet(identity), plan(identity, base, target, **changes), readings, ON)


def test_a_count_is_judged_by_the_required_pace_and_shows_what_growth_says() -> None:
    # Two and a half of four years: 62.5 % of the time, 6 of 12 on the way; then zero base.
    found = judge("INS-23", 3.0, 15.0, reading("INS-23", "2026-S1", value=9.0))
    assert found.rule_status == "acceleration"
    assert found.proof.linear == pytest.approx(0.8, abs=0.002)
    assert found.score == 50.0
    assert found.proof.rule == "pace"
    zero = judge("INS-23", 0.0, 10.0, reading("INS-23", "2026-S1", value=1.0))
    assert (zero.status, zero.proof.other_status) == ("limited", "on_track")
    switched = judge("INS-23", 1.0, 10.0, reading("INS-23", "2026-S1", value=4.0), method="cagr")
    assert (switched.proof.method, switched.status) == ("cagr", "acceleration" if
            switched.proof.cagr < 0.95 else "on_track")  # fmt: skip
    assert switched.proof.other_status == "limited"


def test_a_met_target_is_achieved_and_a_fall_is_deterioration() -> None:
    met = judge("INS-23", 3.0, 15.0, reading("INS-23", "2026-S1", value=16.0))
    fell = judge("INS-23", 3.0, 15.0, reading("INS-23", "2026-S1", value=2.0))
    assert (met.status, met.score) == ("achieved", 100.0)
    assert (fell.status, fell.score) == ("deterioration", 0.0)


def test_a_falling_target_is_met_from_above() -> None:
    found = judge("INS-23", 20.0, 5.0, reading("INS-23", "2026-S1", value=5.0))
    assert (found.status, found.score) == ("achieved", 100.0)


def test_a_survey_whose_interval_holds_the_target_cannot_tell() -> None:
    sure = judge("INS-02", 20.0, 60.0, reading("INS-02", "2026-S1", value=30.0, sample_size=400))
    small = judge("INS-02", 20.0, 60.0, reading("INS-02", "2026-S1", value=50.0, sample_size=12))
    assert sure.status == "limited"
    assert small.status == "cannot_tell"
    assert (small.proof.n, round(small.proof.low or 0), round(small.proof.high or 0)) == (
        12,
        25,
        75,
    )
    assert small.score == 75.0
    count = reading("INS-09", "2026-S1", value=9.0, sample_size=12)
    assert interval_of(sheet("INS-09"), count) is None


def test_what_is_to_be_kept_is_judged_by_tolerance_and_stays_out_of_scores() -> None:
    kept = judge("INS-23", 20.0, 20.0, reading("INS-23", "2026-S1", value=19.0), maintain=True)
    lost = judge("INS-23", 20.0, 20.0, reading("INS-23", "2026-S1", value=18.9), maintain=True)
    assert (kept.status, lost.status) == ("achieved", "deterioration")
    assert kept.score is None


def test_ordinal_and_binary_rules() -> None:
    level = judge("INS-13", 0.0, 2.0, reading("INS-13", "2026-S1", low=2, medium=5, high=3))
    assert (level.status, level.proof.n) == ("acceleration", 10)
    assert level.score == pytest.approx(55.0)
    yes = judge("TER-13", None, None, reading("TER-13", "2026-S1", yes=True))
    no = judge("TER-13", None, None, reading("TER-13", "2026-S1", yes=False))
    assert (yes.status, yes.score, no.status, no.score) == ("achieved", 100.0, "not_achieved", 0.0)


def test_effort_and_text_are_never_good_or_bad() -> None:
    effort = judge("INS-05", None, None, reading("INS-05", "2026-S1", value=4.0))
    text = judge("TER-07", None, None, reading("TER-07", "2026-S1", text="a", judgement="b"))
    assert (effort.status, effort.score) == ("context", None)
    assert (text.status, text.score) == ("narrative", None)
    assert judge("TER-07", None, None).status == "not_assessed"


def test_what_is_not_there_is_not_assessed_and_not_zero() -> None:
    never = judge("INS-23", 3.0, 15.0)
    assert (never.status, never.data, never.score, never.age_months) == (
        "not_assessed", "never", None, None,
    )  # fmt: skip
    aimless = judge("INS-23", 3.0, None, reading("INS-23", "2026-S1", value=9.0))
    assert (aimless.status, aimless.proof.rule, aimless.score) == (
        "not_assessed", "no_target", None,
    )  # fmt: skip
    draft = reading("INS-23", "2026-S1", value=9.0, state="draft")
    later = reading("INS-23", "2026-S2", value=9.0)
    assert judge("INS-23", 3.0, 15.0, draft, later).status == "not_assessed"


def test_a_pace_needs_a_full_period_of_the_indicator() -> None:
    value = reading("INS-23", "2026-S1", value=9.0)
    found = judge("INS-23", 3.0, 15.0, value, base_on=date(2025, 12, 31))
    assert (found.status, found.proof.linear) == ("too_early", None)
    quarterly = reading("INS-27", "2026-S1", value=9.0)
    judged = judge("INS-27", 3.0, 15.0, quarterly, base_on=date(2025, 12, 31))
    assert judged.status == "achieved" or judged.proof.rule == "pace"


def test_old_data_are_late_whatever_the_performance_and_leave_the_score_after_two_periods() -> None:
    states = [
        judge("INS-27", 3.0, 15.0, reading("INS-27", period, value=14.0))
        for period in ("2026-S1", "2025-S2", "2025-Q3")
    ]
    assert [a.data for a in states] == ["fresh", "stale", "dropped"]
    assert {a.status for a in states} == {"on_track"}
    assert [a.score is None for a in states] == [False, False, True]


def test_the_arrow_needs_three_points() -> None:
    values = [reading("INS-23", f"{year}-S1", value=5.0 * (year - 2022)) for year in (2024, 2025)]
    assert judge("INS-23", 3.0, 15.0, *values).trend.sign is None
    values.append(reading("INS-23", "2026-S1", value=20.0))
    assert judge("INS-23", 3.0, 15.0, *values).trend.sign == 1


def test_an_override_stands_beside_the_rule() -> None:
    kept = Override(1, "INS-23", "on_track", "firma", NOW, None, "eva")  # type: ignore[arg-type]
    found: Assessment = assess(
        sheet("INS-23"),
        plan("INS-23", 3.0, 15.0),
        [reading("INS-23", "2026-S1", value=2.0)],
        ON,
        kept,
    )
    assert (found.status, found.rule_status) == ("on_track", "deterioration")
