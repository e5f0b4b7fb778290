"""What events can be counted by, and what a single event shows, as columns of the engine."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

TIMED = ("minute", "hour")  # precisions that know the hour
COARSE = ("month", "year")  # precisions whose span ends with the calendar, not with what happened

# The time of a span is that of its start; of an event without a date, null.
GROUPS: dict[str, Callable[[Any], Any]] = {
    "category": lambda events: events.category,
    "source": lambda events: events.source,
    "source_kind": lambda events: events.source_kind,
    "source_category": lambda events: events.source_category,
    "detection": lambda events: events.detection,
    "year": lambda events: events.occurred_from.year(),
    "month": lambda events: events.occurred_from.truncate("M").date(),
    "day": lambda events: events.occurred_from.date(),
    "weekday": lambda events: events.occurred_from.day_of_week.index() + 1,
    "hour": lambda events: events.occurred_from.hour(),
    "is_located": lambda events: events.x_m.notnull(),
    "is_timed": lambda events: events.time_precision.isin(TIMED),
    # Both ends of a span in civil seconds, null for an instant: what aoristic weights are made of.
    "span_from_s": lambda events: (events.to_s > events.from_s).ifelse(events.from_s, None),
    "span_to_s": lambda events: (events.to_s > events.from_s).ifelse(events.to_s, None),
    "is_on_the_hour": lambda events: events.occurred_from == events.occurred_from.truncate("h"),
}
POINT_COLUMNS = (
    "event_id",
    "occurred_from",
    "occurred_to",
    "time_precision",
    "category",
    "source_category",
    "source",
    "source_kind",
    "detection",
    "longitude",
    "latitude",
    "x_m",
    "y_m",
    "location_precision",
    "weight",
)


def without_dictionaries(table: pa.Table) -> pa.Table:
    """Give ENUM columns back as plain text."""
    plain = [
        pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type)
        for f in table.schema
    ]
    return table.cast(pa.schema(plain))
