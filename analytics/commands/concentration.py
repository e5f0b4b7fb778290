"""The command ``concentration``: what share of the area holds what share of the events."""

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
from analytics.hotspots.concentration import concentration as measure
from analytics.hotspots.surface import Method, hotspot_surface


@console.guarded
def concentration(  # noqa: PLR0913  # one argument per option
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
    as_json: Json_ = False,
) -> None:
    """Write the 80-20 curve; print the generalised Gini and the areas that hold 25, 50, 80 %."""
    check_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    method = Method(place.cell_m if cell_m is None else cell_m, place.bandwidth_m)
    surface = hotspot_surface(engine, place, filters, method)
    assert surface.n is not None  # the command line sees cells
    found = measure(surface.n, surface.grid.study, cell_m=method.cell_m)
    rows = write_frame(found.curve, out)
    console.put(
        {
            "out": out,
            "rows": rows,
            "n": found.n,
            "cells": found.n_cells,
            "area_for": found.area_for,
            "in_fifth": found.in_fifth,
            "gini": found.gini,
            "cell_m": found.cell_m,
            "version": version.version_id,
        },
        as_json=as_json,
    )
