"""The command ``cautions``: what each hotspot is made of, and how much of all has a place."""

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
from analytics.hotspots.cautions import FLAGS
from analytics.hotspots.cautions import cautions as take_apart
from analytics.hotspots.surface import Method, hotspot_surface


@console.guarded
def cautions_command(  # noqa: PLR0913  # one argument per option
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
    """Write each hotspot's sources and detected share; print which to read with care."""
    check_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    method = Method(place.cell_m if cell_m is None else cell_m, place.bandwidth_m)
    found = take_apart(engine, filters, hotspot_surface(engine, place, filters, method))
    rows = write_frame(found.to_frame(), out)
    console.put(
        {
            "out": out,
            "rows": rows,
            "hotspots": len(found.clusters),
            "detected_share": found.detected,
            "located_share": found.located,
            "located_by_source": found.located_by_source.to_dict("records"),
            "flagged": {flag: [each.number for each in found.flagged(flag)] for flag in FLAGS},
            "cell_m": method.cell_m,
            "version": version.version_id,
        },
        as_json=as_json,
    )
