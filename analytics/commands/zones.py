"""The command ``zones``: where a number of crews should patrol in one shift."""

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
from analytics.exports.zones import check_zone_format, write_zones
from analytics.hotspots.surface import Method, hotspot_surface
from analytics.hotspots.zones import ZoneOrder, patrol_zones

Crews_ = Annotated[int, typer.Option("--crews", help="How many crews there are.")]
Hectares_ = Annotated[float, typer.Option("--hectares", help="What one crew can cover.")]
Cell_ = Annotated[float | None, typer.Option(help="Side of a cell in metres.")]
Bandwidth_ = Annotated[float | None, typer.Option(help="Bandwidth in metres.")]
Kernel_ = Annotated[str, typer.Option(help="gaussian or quartic.")]
Method_ = Annotated[str, typer.Option(help="binned or exact.")]


@console.guarded
def zones(  # noqa: PLR0913  # one argument per option
    city: City_,
    crews: Crews_,
    hectares: Hectares_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .geojson.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    cell_m: Cell_ = None,
    bandwidth_m: Bandwidth_ = None,
    kernel: Kernel_ = "gaussian",
    method: Method_ = "binned",
    as_json: Json_ = False,
) -> None:
    """Write connected zones that hold most of the incidents expected of a shift."""
    check_zone_format(out)
    order = ZoneOrder(crews, hectares)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    chosen = Method(
        cell_m=place.cell_m if cell_m is None else cell_m,
        bandwidth_m=place.bandwidth_m if bandwidth_m is None else bandwidth_m,
        kernel=kernel,
        method=method,
    )
    plan = patrol_zones(engine, place, hotspot_surface(engine, place, filters, chosen), order)
    write_zones(plan, out)
    console.put(
        {
            "out": out,
            "zones": len(plan.zones),
            "area_ha": plan.area_ha,
            "area_share": plan.area_share,
            "share": plan.share,
            "greedy_share": plan.greedy_share,
            "cells_share": plan.cells_share,
            "expected_per_shift": plan.expected,
            "shifts": plan.shifts,
            "from": plan.period[0],
            "to": plan.period[1],
            "version": version.version_id,
        },
        as_json=as_json,
    )
