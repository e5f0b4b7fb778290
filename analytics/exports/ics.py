"""Dates as a calendar file (RFC 5545) to download or to subscribe to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Entry:
    """A day or a span of days, both ends inside; ``uid`` stays when the date moves."""

    uid: str
    title: str
    first: date
    last: date


def calendar_bytes(
    name: str, entries: Iterable[Entry], *, made_at: datetime | None = None
) -> bytes:
    """Write entries as whole-day events.

    Parameters
    ----------
    name : str
        Shown as the calendar's name.
    entries : iterable of Entry
    made_at : datetime, optional
        Aware; default now.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Cabildo//ES")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}@cabildo")
        event.add("dtstamp", made_at or datetime.now(UTC))
        event.add("summary", entry.title)
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + timedelta(days=1))
        calendar.add_component(event)
    return bytes(calendar.to_ical())
