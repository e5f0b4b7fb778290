"""Commands that compute: ``hotspots`` and ``overview``."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.errors import FilterError, StoreError
from analytics.events.engine import EventEngine
from analytics.events.filters import ALL_HOURS, Filters
from analytics.events.publishing import open_version
from analytics.exports.cells import write_cells
from analytics.hotspots.surface import Method, hotspot_surface
from analytics.overview import overview
from analytics.settings import City, load_settings
from analytics.store.batches import VersionRow, current_version

City_ = Annotated[str, typer.Option("--city", help="Key of the city in the settings.")]
Json_ = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
From_ = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])]
To_ = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Inclusive.")]
Categories_ = Annotated[list[str] | None, typer.Option("--category")]
Sources_ = Annotated[list[str] | None, typer.Option("--source")]
Hours_ = Annotated[str | None, typer.Option("--hours", help="18-23 is 18:00–23:59; 22-5 wraps.")]
Weekdays_ = Annotated[str | None, typer.Option("--weekdays", help="1,2 (Monday = 1).")]
Records_ = Annotated[bool, typer.Option("--records", help="Count records, not incidents.")]


@console.guarded
def hotspots(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv, .parquet or .geojson.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    cell_m: Annotated[float | None, typer.Option(help="Side of a cell in metres.")] = None,
    bandwidth_m: Annotated[float | None, typer.Option(help="Bandwidth in metres.")] = None,
    kernel: Annotated[str, typer.Option(help="gaussian or quartic.")] = "gaussian",
    method: Annotated[str, typer.Option(help="binned or exact.")] = "binned",
    as_json: Json_ = False,
) -> None:
    """Write count, density and significance of every cell of the study area."""
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    chosen = Method(
        cell_m=place.cell_m if cell_m is None else cell_m,
        bandwidth_m=place.bandwidth_m if bandwidth_m is None else bandwidth_m,
        kernel=kernel,
        method=method,
    )
    surface = hotspot_surface(engine, place, filters, chosen)
    rows = write_cells(surface, out)
    totals = surface.totals
    console.put(
        {
            "out": out,
            "cells": rows,
            "n": totals.n,
            "n_in_area": surface.n_in_area,
            "n_outside_area": totals.n_located - surface.n_in_area,
            "n_not_located": totals.n - totals.n_located,
            "n_undated_left_out": totals.n_undated_left_out,
            "from": surface.period[0],
            "to": surface.period[1],
            "crs": surface.grid.crs,
            "cell_m": chosen.cell_m,
            "bandwidth_m": chosen.bandwidth_m,
            "kernel": chosen.kernel,
            "method": chosen.method,
            "binning_cell_m": surface.binning_m,
            "significant_cells": int(surface.gi.significant.sum()) if surface.gi else None,
            "version": version.version_id,
        },
        as_json=as_json,
    )


@console.guarded
def overview_command(city: City_, as_json: Json_ = False) -> None:
    """Print the overview page's numbers of the last complete month."""
    place, engine, version = open_city(city)
    result = overview(engine, place)
    console.put(
        {
            "month": result.month,
            "total": result.total,
            "per_1000_residents": result.per_1000,
            "residents": result.residents,
            "categories": result.categories,
            "usual_range": result.usual,
            "freshness": result.freshness.to_dict("records"),
            "as_of": result.as_of,
            "version": version.version_id,
        },
        as_json=as_json,
    )


def open_city(key: str) -> tuple[City, EventEngine, VersionRow]:
    """Open the published version of a city.

    Raises
    ------
    SettingsError
        If the settings have no such city.
    StoreError
        If nothing is published for it yet.
    """
    settings = load_settings()
    place = settings.city(key)
    version = current_version(console.database(), key)
    if version is None:
        raise StoreError("store.nothing_published", city=place.name)
    return place, open_version(settings, version), version


def parse_filters(
    date_from: datetime | None,
    date_to: datetime | None,
    categories: list[str] | None,
    sources: list[str] | None,
    hours: str | None,
    weekdays: str | None,
    records: bool,
) -> Filters:
    """Build Filters from the command line's words.

    Raises
    ------
    FilterError
        If hours or weekdays are not in the documented form.
    """
    return Filters(
        date_from=_day(date_from),
        date_to=_day(date_to),
        categories=tuple(categories or ()),
        sources=tuple(sources or ()),
        hours=_hours(hours),
        weekdays=_weekdays(weekdays),
        records=records,
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _hours(text: str | None) -> tuple[int, int]:
    if text is None:
        return ALL_HOURS
    try:
        first, last = (int(part) for part in text.split("-"))
    except ValueError as error:
        raise FilterError("filter.hours", hours=text) from error
    return first, last


def _weekdays(text: str | None) -> tuple[int, ...]:
    if not text:
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise FilterError("filter.weekdays", weekdays=text) from error
