"""A city's scorecard: composed by hand, and the demonstration city's through the command."""

from datetime import date

import pytest

from analytics.scorecards.catalogue import load_catalogue
from analytics.scorecards.periods import parse
from analytics.scorecards.scoring import Scorecard, scorecard
from tests.analytics.scorecards.builders import plan, reading

PERIOD = parse("2026-S1")


def composed(plans, readings) -> Scorecard:
    return scorecard("memphis", PERIOD, load_catalogue(), plans, readings, {})


def two_dimensions() -> Scorecard:
    plans = {
        "INS-23": plan("INS-23", 0.0, 10.0),
        "INS-24": plan("INS-24", 0.0, 10.0),
        "INS-33": plan("INS-33", 0.0, 10.0, maintain=True),
        "INS-05": plan("INS-05", None, None),
        "POL-01": plan("POL-01", 0.0, 50.0),
        "POL-02": plan("POL-02", 0.0, 50.0),
        "TER-03": plan("TER-03", 0.0, 4.0, active=False),
    }
    values = [
        reading("INS-23", "2025-S2", value=2.0),
        reading("INS-23", "2026-S1", value=8.0),
        reading("INS-24", "2026-S1", value=4.0),
        reading("INS-33", "2026-S1", value=1.0),
        reading("INS-05", "2025-S2", value=1.0),
        reading("INS-05", "2026-S1", value=9.0),
        reading("POL-01", "2026-S1", value=25.0),
        reading("POL-02", "2026-S1", value=25.0, state="draft"),
    ]
    return composed(plans, values)


def test_scores_are_composed_of_what_belongs_to_them() -> None:
    found = two_dimensions()
    institutional, political, territorial = found.now.dimensions
    assert (institutional.score, institutional.present, institutional.expected) == (60.0, 2, 2)
    assert (political.score, political.present, political.expected) == (None, 1, 2)
    assert (territorial.score, territorial.expected) == (None, 0)
    assert found.now.score is None
    assert found.before.dimensions[0].score is None
    assert [draft.indicator_id for draft in found.drafts] == ["POL-02"]


def test_the_range_is_of_the_score_and_absent_with_it() -> None:
    found = two_dimensions()
    held = found.ranges["institutional"]
    assert held.low <= 60 <= held.high
    assert held.low < held.high
    assert found.ranges["political"].median != found.ranges["political"].median
    assert (found.seed, found.runs) == (42, 1000)
    assert found.influences[0].total > 0


def test_what_moved_counts_what_is_fresh_and_no_effort() -> None:
    (move,) = two_dimensions().moved
    assert (move.assessment.sheet.id, move.before, move.after) == ("INS-23", 2.0, 8.0)
    assert move.score_change == pytest.approx(60.0)


def test_what_was_never_entered_is_late_without_days() -> None:
    found = composed(
        {"POL-04": plan("POL-04", 0.0, 9.0), "POL-11": plan("POL-11", 0.0, 9.0)},
        [reading("POL-04", "2025-Q3", value=1.0)],
    )
    assert [(late.assessment.sheet.id, late.days) for late in found.late] == [
        ("POL-04", (date(2026, 6, 30) - date(2025, 9, 30)).days - 91),
        ("POL-11", None),
    ]


def test_nothing_measured_is_a_scorecard_without_scores() -> None:
    found = composed({}, [])
    assert found.now.score is None
    assert found.ranges == {}
    assert found.balance.management_share is None
