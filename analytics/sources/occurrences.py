"""When each event happened: dates, times and end dates of a row joined into a span."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.sources.cells import first_fault
from analytics.sources.dates import (
    DAY,
    HOUR,
    MINUTE,
    MONTH,
    READ,
    UNKNOWN,
    UNREADABLE,
    YEAR,
    ClockCells,
    DateCells,
)
from analytics.sources.moment_texts import NONE, Ints

FIRST_YEAR = 1900
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US

Moments = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Occurrences:
    """Spans in naive local civil time, datetime64[us]; NaT where not dated.

    ``occurred_from`` equals ``occurred_to`` where the minute is known, otherwise the span is
    half-open. ``precision`` indexes ``dates.PRECISIONS``. ``reason`` is the quarantine reason or
    an empty text, ``role`` names the column at fault.
    """

    occurred_from: Moments
    occurred_to: Moments
    precision: Ints
    reason: npt.NDArray[np.str_]
    role: npt.NDArray[np.str_]


def join_moments(
    dates: DateCells,
    *,
    clocks: ClockCells | None,
    ends: DateCells | None,
    zone: str,
    written_zone: str,
    now: datetime,
) -> Occurrences:
    """Join the date, the time and the end of every row.

    A readable time column wins over a time inside the date column. A written offset from UTC
    belongs to the time it stands beside; a date whose time comes from elsewhere keeps its day.

    Parameters
    ----------
    dates : DateCells
    clocks, ends : optional
        Of the time and the end column, where the file has them.
    zone, written_zone : str
        IANA zones of the city, and of moments that state no offset.
    now : datetime
        Local civil time, naive; more than a day later is implausible.

    Returns
    -------
    Occurrences
    """
    start, precision = _starts(dates, clocks, zone, written_zone)
    finish = _finishes(start, precision)
    dated = dates.state == READ
    faults = [("date", "unreadable_date", dates.state == UNREADABLE)]
    if clocks is not None:
        faults.append(("time", "unreadable_time", clocks.state == UNREADABLE))
    faults.append(("date", "implausible_date", dated & _implausible(start, now)))
    if ends is not None:
        told, end_precision = _starts(ends, None, zone, written_zone)
        known = dated & (ends.state == READ)
        finish = np.where(known, _finishes(told, end_precision), finish)
        faults += [
            ("end", "unreadable_date", ends.state == UNREADABLE),
            ("end", "implausible_date", known & _implausible(told, now)),
            ("end", "end_before_start", known & (finish < start)),
        ]
    never = np.datetime64("NaT", "us")
    masks = [mask for _, _, mask in faults]
    return Occurrences(
        np.where(dated, start, never),
        np.where(dated, finish, never),
        np.where(dated, precision, UNKNOWN),
        first_fault(masks, [reason for _, reason, _ in faults]),
        first_fault(masks, [role for role, _, _ in faults]),
    )


def _starts(
    dates: DateCells, clocks: ClockCells | None, zone: str, written_zone: str
) -> tuple[Moments, Ints]:
    micro, precision, offset = dates.microseconds, dates.precision, dates.offset_min
    if clocks is not None:
        told = (clocks.state == READ) & (precision <= DAY)
        micro = np.where(told, clocks.microseconds, micro)
        precision = np.where(told, clocks.precision, precision)
        offset = np.where(told, clocks.offset_min, offset)
    timed = micro != NONE
    start = dates.day.astype("datetime64[us]") + np.where(timed, micro, 0).astype("timedelta64[us]")
    return _to_local(start, np.where(timed, offset, np.nan), timed, zone, written_zone), precision


def _to_local(
    moments: Moments,
    offset: npt.NDArray[np.float64],
    timed: npt.NDArray[np.bool_],
    zone: str,
    written_zone: str,
) -> Moments:
    """Move moments that state an offset, or are of another zone, to the city's civil time."""
    aware = timed & ~np.isnan(offset) & ~np.isnat(moments)
    shifted = moments.copy()
    if aware.any():
        utc = moments[aware] - (offset[aware] * MINUTE_US).astype("timedelta64[us]")
        shifted[aware] = _civil(pd.DatetimeIndex(utc).tz_localize("UTC"), zone)
    foreign = timed & np.isnan(offset) & ~np.isnat(moments)
    if written_zone != zone and foreign.any():
        written = pd.DatetimeIndex(moments[foreign]).tz_localize(
            written_zone, ambiguous=np.ones(foreign.sum(), bool), nonexistent="shift_forward"
        )
        shifted[foreign] = _civil(written, zone)
    return shifted


def _civil(moments: pd.DatetimeIndex, zone: str) -> Moments:
    local = moments.tz_convert(ZoneInfo(zone)).tz_localize(None)
    return np.asarray(local).astype("datetime64[us]")


def _finishes(start: Moments, precision: Ints) -> Moments:
    """Return the end of the minute, hour, day, month or year that begins at ``start``."""
    month, year = start.astype("datetime64[M]"), start.astype("datetime64[Y]")
    ends = {
        MINUTE: start,
        HOUR: start + np.timedelta64(HOUR_US, "us"),
        DAY: start + np.timedelta64(24 * HOUR_US, "us"),
        MONTH: (month + 1).astype("datetime64[us]"),
        YEAR: (year + 1).astype("datetime64[us]"),
    }
    return np.select([precision == code for code in ends], list(ends.values()), start)


def _implausible(moments: Moments, now: datetime) -> npt.NDArray[np.bool_]:
    first = np.datetime64(FIRST_YEAR - 1970, "Y")
    last = np.datetime64(now + timedelta(days=1), "us")
    return (moments < first) | (moments > last)
