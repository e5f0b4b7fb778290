"""The command ``rates``: events per 1,000 residents and 30 days, cell by cell."""

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
from analytics.hotspots.rates import rate_surface
from analytics.hotspots.surface import Method, hotspot_surface


@console.guarded
def rates(  # noqa: PLR0913  # one argument per option
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
    bandwidth_m: Annotated[float | None, typer.Option(help="Bandwidth in metres.")] = None,
    population_bandwidth_m: Annotated[
        float | None, typer.Option(help="Of the residents; that of the events by default.")
    ] = None,
    kernel: Annotated[str, typer.Option(help="gaussian or quartic.")] = "gaussian",
    as_json: Json_ = False,
) -> None:
    """Write the density of events over that of residents for every cell of the study area."""
    check_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    chosen = Method(
        cell_m=place.cell_m if cell_m is None else cell_m,
        bandwidth_m=place.bandwidth_m if bandwidth_m is None else bandwidth_m,
        kernel=kernel,
    )
    surface = hotspot_surface(engine, place, filters, chosen)
    found = rate_surface(surface, place, population_bandwidth_m=population_bandwidth_m)
    rows = write_frame(found.to_frame(), out)
    console.put(
        {
            "out": out,
            "cells": rows,
            "cells_unpopulated": found.n_unpopulated,
            "n": surface.totals.n,
            "residents": found.residents,
            "residents_in_area": found.residents_in_area,
            "from": surface.period[0],
            "to": surface.period[1],
            "bandwidth_m": chosen.bandwidth_m,
            "population_bandwidth_m": found.population_bandwidth_m,
            "kernel": chosen.kernel,
            "version": version.version_id,
        },
        as_json=as_json,
    )
