"""The command ``prospective``: where near-repeat risk lies on a day, or in a shift of it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.change import DAY
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
from analytics.errors import FilterError
from analytics.exports.frames import check_format, write_frame
from analytics.hotspots.prospective import Reach, prospective_map
from analytics.settings import City
from analytics.shifts import Shift

USUAL = Reach()


@console.guarded
def prospective(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .parquet.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    on: Annotated[
        datetime | None, typer.Option(formats=DAY, help="By default the day after the last known.")
    ] = None,
    shift: Annotated[
        str | None, typer.Option(help="A shift of the settings; else all day.")
    ] = None,
    cell_m: Annotated[float | None, typer.Option(help="Side of a cell in metres.")] = None,
    reach_m: Annotated[float, typer.Option(help="Metres an event weighs.")] = USUAL.metres,
    weeks: Annotated[int, typer.Option(help="Weeks an event weighs.")] = USUAL.weeks,
    as_json: Json_ = False,
) -> None:
    """Write the near-repeat risk of every cell, summing to 1, for the next day or shift."""
    check_format(out)
    place, engine, version = open_city(city)
    found = prospective_map(
        engine,
        place,
        parse_filters(date_from, date_to, category, source, hours, weekdays, records),
        cell_m=place.cell_m if cell_m is None else cell_m,
        reach=Reach(reach_m, weeks),
        day=on.date() if on else None,
        shift=_shift(place, shift),
    )
    rows = write_frame(found.to_frame(), out)
    console.put(
        {
            "out": out,
            "cells": rows,
            "n": found.n,
            "day": found.day,
            "shift": shift,
            "learned": found.learned,
            "reach_m": reach_m,
            "weeks": weeks,
            "cell_m": found.grid.cell_m,
            "version": version.version_id,
        },
        as_json=as_json,
    )


def _shift(place: City, key: str | None) -> Shift | None:
    if key is None:
        return None
    named = {shift.key: shift for shift in place.shifts}
    if key not in named:
        raise FilterError("prospective.shift", value=key, known=", ".join(named))
    return named[key]
