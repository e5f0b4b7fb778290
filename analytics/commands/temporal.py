"""The command ``temporal``: the hours of the week, the months, or the shifts of a selection."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import (
    Categories_,
    City_,
    From_,
    Hours_,
    Json_,
    Records_,
    Sources_,
    To_,
    Weekdays_,
    open_city,
    parse_filters,
)
from analytics.exports.frames import check_format, write_frame
from analytics.hotspots.aoristic_week import aoristic_week
from analytics.hotspots.trends import monthly_trend


class By(StrEnum):
    """What the rows of the file are."""

    HOUR = "hour"
    SHIFT = "shift"
    MONTH = "month"


@console.guarded
def temporal(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .parquet.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    by: Annotated[By, typer.Option(help="Hours of the week, shifts, or months.")] = By.HOUR,
    as_json: Json_ = False,
) -> None:
    """Write expected events by weekday and hour (aoristic), by shift, or counts by month."""
    check_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    told: dict[str, object]
    if by is By.MONTH:
        trend = monthly_trend(engine, filters)
        frame = trend.to_frame()
        signals = [
            {"kind": signal.kind, "rises": signal.rises, "months": trend.months_of(signal)}
            for signal in trend.signals
        ]
        told = {"median": trend.median, "judged": trend.is_judged, "signals": signals}
    else:
        week = aoristic_week(engine, filters)
        frame = week.to_frame() if by is By.HOUR else week.by_shift(place.shifts)
        told = {
            "n_spans": week.n_spans,
            "n_uninformative": week.n_uninformative,
            "n_undated": week.n_undated,
        }
    rows = write_frame(frame, out)
    console.put(
        {"out": out, "rows": rows, "n": frame["n"].sum(), **told, "version": version.version_id},
        as_json=as_json,
    )
