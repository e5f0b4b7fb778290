"""Calendar files read back by the library that subscribers use."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from analytics.exports.ics import Entry, calendar_bytes


def test_days_and_periods_come_back_as_whole_days():
    made = calendar_bytes(
        "Alianza, Ñuble",
        [
            Entry("a.b.visit", "Ñuble: visita", date(2026, 4, 30), date(2026, 4, 30)),
            Entry("a.b.meeting", "Encuentro; líderes", date(2026, 10, 1), date(2026, 12, 31)),
        ],
        made_at=datetime(2026, 4, 1, tzinfo=UTC),
    )
    calendar = Calendar.from_ical(made)
    assert calendar["x-wr-calname"] == "Alianza, Ñuble"
    visit, meeting = calendar.walk("VEVENT")
    assert (visit["uid"], visit["summary"]) == ("a.b.visit@cabildo", "Ñuble: visita")
    assert (visit.decoded("dtstart"), visit.decoded("dtend")) == (
        date(2026, 4, 30),
        date(2026, 5, 1),
    )
    assert meeting["summary"] == "Encuentro; líderes"
    assert meeting.decoded("dtend") == date(2027, 1, 1)


def test_an_empty_calendar_is_still_one():
    assert Calendar.from_ical(calendar_bytes("A", [])).walk("VEVENT") == []
