"""The calendar file of an evaluation names indicator, moment and owner in the reader's language."""

from dataclasses import replace
from datetime import date

from icalendar import Calendar

from analytics.scorecards.assessing import assess
from analytics.scorecards.evaluation import Due
from analytics.settings import load_settings
from components.language import speaking
from components.scorecard_evaluation import calendar_file, next_due
from tests.analytics.scorecards.builders import plan, reading, sheet

TODAY = date(2026, 11, 24)


def test_every_moment_is_an_event_with_a_uid_that_stays() -> None:
    held = replace(plan("INS-23", 0.0, 9.0), evaluation={"ex_ante_on": "2027-01-15"})
    shown = assess(sheet("INS-23"), held, [reading("INS-23", "2026-S1", value=3.0)], TODAY)
    city = load_settings().city("quimera")
    with speaking("pt"):
        content = calendar_file(city, [shown], TODAY)
        assert content.count(b"BEGIN:VEVENT") > 1
        again = calendar_file(city, [shown], TODAY)
    events = Calendar.from_ical(content).walk("VEVENT")
    before = next(e for e in events if str(e["summary"]).startswith("ex ante"))
    assert str(before["summary"]) == f"ex ante: {sheet('INS-23').short.pt} (RRII)"
    assert before.decoded("dtstart") == date(2027, 1, 15)
    uids = [str(e["uid"]) for e in events]
    assert uids == [str(e["uid"]) for e in Calendar.from_ical(again).walk("VEVENT")]


def test_what_is_late_is_told_from_what_is_to_come() -> None:
    moments = [
        Due("INS-23", "concurrent", date(2026, 9, 30)),
        Due("INS-23", "ex_post", date(2027, 6, 30)),
    ]
    with speaking("en"):
        told = next_due(moments, TODAY).replace("\u00a0", " ")
        assert next_due([], TODAY) == "no day"
    assert told == "concurrent on Sep 30, 2026, overdue; ex post on Jun 30, 2027"
