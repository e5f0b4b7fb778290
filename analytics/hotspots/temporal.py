"""When events happen: hour of day by day of week."""

from dataclasses import dataclass

import pandas as pd

from analytics.events.engine import EventEngine
from analytics.events.filters import Filters

# People round to full hours alike; three times the usual full hour at 00:00 exactly is what
# systems write when nobody noted a time.
MIDNIGHT_FACTOR = 3
MIN_MIDNIGHT_SHARE = 0.01
HOUR_GROUPS = ("weekday", "hour", "is_timed", "is_on_the_hour")


@dataclass(frozen=True, eq=False)
class HourByWeekday:
    """Events by clock hour and weekday.

    ``frame``: weekday (Monday = 1), hour, n; only cells with events. ``n`` is its sum,
    ``n_untimed`` events without a known hour, ``n_midnight`` events at 00:00 to the second that
    were left out because there are too many of them to be true.
    """

    frame: pd.DataFrame
    n: float
    n_untimed: float
    n_midnight: float


def hour_by_weekday(engine: EventEngine, filters: Filters) -> HourByWeekday:
    """Count the selection by clock hour and weekday, without default midnights.

    Returns
    -------
    HourByWeekday
        ``n + n_untimed + n_midnight`` is the number of events selected.
    """
    return without_midnights(engine.counts(filters, HOUR_GROUPS).to_pandas())


def without_midnights(table: pd.DataFrame) -> HourByWeekday:
    """Sum counts grouped by ``HOUR_GROUPS`` to hour × weekday, without default midnights."""
    timed = table[table["is_timed"] & table["hour"].notna()]
    on_the_hour = timed["is_on_the_hour"].astype(bool)
    full_hours = timed[on_the_hour].groupby("hour")["n"].sum().reindex(range(24), fill_value=0.0)
    is_midnight = on_the_hour & (timed["hour"] == 0)
    total, midnight = float(timed["n"].sum()), float(full_hours[0])
    usual = float(full_hours[1:].median())
    heaped = midnight > max(MIDNIGHT_FACTOR * usual, MIN_MIDNIGHT_SHARE * total)
    kept = timed[~is_midnight] if heaped else timed
    frame: pd.DataFrame = kept.groupby(["weekday", "hour"])["n"].sum().reset_index()
    return HourByWeekday(
        frame=frame.astype({"weekday": int, "hour": int}),
        n=float(kept["n"].sum()),
        n_untimed=float(table["n"].sum()) - total,
        n_midnight=midnight if heaped else 0.0,
    )
