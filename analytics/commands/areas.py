"""The commands ``areas`` and ``area-sheet``: all areas of the city's layer, and one of them."""

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
from analytics.exports.areas import check_area_format, write_areas
from analytics.exports.frames import check_format, write_frame
from analytics.hotspots.area_sheet import area_sheet
from analytics.hotspots.areas import area_counts


@console.guarded
def areas(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .geojson.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    as_json: Json_ = False,
) -> None:
    """Write counts, rates per 1,000 residents with their interval, and events per km² by area."""
    check_area_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    found = area_counts(engine, place, filters)
    rows = write_areas(found, out)
    console.put(
        {
            "out": out,
            "areas": rows,
            "n": found.totals.n,
            "n_in_areas": found.n_in_areas,
            "n_outside_areas": found.n_outside,
            "n_not_located": found.totals.n - found.totals.n_located,
            "n_in_several_areas": found.n_in_several,
            "n_undated_left_out": found.totals.n_undated_left_out,
            "residents_outside_areas": found.residents_outside,
            "areas_repaired": found.areas.repaired,
            "from": found.period[0],
            "to": found.period[1],
            "version": version.version_id,
        },
        as_json=as_json,
    )


@console.guarded
def area_sheet_command(  # noqa: PLR0913  # one argument per option
    city: City_,
    area: Annotated[int, typer.Option("--area", help="Number of the area in its file, from 1.")],
    out: Annotated[Path, typer.Option("--out", help="File .csv or .parquet.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    as_json: Json_ = False,
) -> None:
    """Write one area's totals against earlier periods, categories, sources, hours and streets."""
    check_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    found = area_sheet(engine, place, filters, area)
    rows = write_frame(found.to_frame(), out)
    console.put(
        {
            "out": out,
            "rows": rows,
            **found.row,
            "periods": found.periods.reset_index(names="period").to_dict("records"),
            "version": version.version_id,
        },
        as_json=as_json,
    )
