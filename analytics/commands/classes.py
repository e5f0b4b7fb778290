"""The command ``classes``: which cells were hot again and again, and when."""

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
from analytics.hotspots.classes import hotspot_classes


@console.guarded
def classes(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .parquet.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    cell_m: Annotated[float | None, typer.Option(help="Side of a cell in metres.")] = None,
    period_days: Annotated[
        int | None, typer.Option(help="Length of a period; calendar months by default.")
    ] = None,
    as_json: Json_ = False,
) -> None:
    """Write for every cell whether it is a persistent, emerging, former or intermittent hotspot."""
    check_format(out)
    place, engine, version = open_city(city)
    found = hotspot_classes(
        engine,
        place,
        parse_filters(date_from, date_to, category, source, hours, weekdays, records),
        cell_m=place.cell_m if cell_m is None else cell_m,
        period_days=period_days,
    )
    rows = write_frame(found.to_frame(), out)
    console.put(
        {
            "out": out,
            "cells": rows,
            "classes": found.counts,
            "periods": len(found.periods),
            "periods_recent": found.n_recent,
            "periods_unjudged": found.unjudged,
            "from": found.periods[0][0],
            "to": found.periods[-1][1],
            "n": found.n,
            "cell_m": found.grid.cell_m,
            "version": version.version_id,
        },
        as_json=as_json,
    )
