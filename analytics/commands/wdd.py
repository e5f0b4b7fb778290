"""The command ``wdd``: whether an intervention worked, and whether anything was displaced."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import shapely
import typer

from analytics.commands import console
from analytics.commands.change import DAY, periods_of
from analytics.commands.hotspots import (
    Categories_,
    City_,
    Hours_,
    Json_,
    Records_,
    Sources_,
    Weekdays_,
    open_city,
    parse_filters,
)
from analytics.exports.frames import check_format, write_frame
from analytics.hotspots.area_layer import joined, read_areas
from analytics.hotspots.grids import read_area
from analytics.hotspots.wdd import ROLES, Difference, Intervention, intervention
from analytics.settings import City

Number_ = Annotated[
    list[int] | None, typer.Option(help="Number in the city's layer of areas, in place of a file.")
]
Treated_ = Annotated[Path | None, typer.Option(help="File of polygons where it took place.")]
Control_ = Annotated[Path | None, typer.Option(help="File of polygons like it, untouched.")]
Area_ = Annotated[Path | None, typer.Option(help="Polygons where displacement may show.")]


@console.guarded
def wdd(  # noqa: PLR0913  # one argument per option
    city: City_,
    date_from: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day of it.")],
    date_to: Annotated[datetime, typer.Option("--to", formats=DAY, help="Inclusive.")],
    treated: Treated_ = None,
    control: Control_ = None,
    treated_area: Number_ = None,
    control_area: Number_ = None,
    out: Annotated[Path | None, typer.Option("--out", help="File .csv or .parquet.")] = None,
    before_from: Annotated[
        datetime | None,
        typer.Option(formats=DAY, help="By default as many days, up to the day before --from."),
    ] = None,
    before_to: Annotated[datetime | None, typer.Option(formats=DAY, help="Inclusive.")] = None,
    near_treated: Area_ = None,
    near_control: Area_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    as_json: Json_ = False,
) -> None:
    """Compare the change in a treated area with that in a control area, with its interval."""
    if out is not None:
        check_format(out)
    before, after = periods_of(date_from, date_to, before_from, before_to)
    place, engine, version = open_city(city)
    files = (treated, control, near_treated, near_control)
    drawn = _areas(place, files, (treated_area, control_area))
    found = intervention(
        engine,
        parse_filters(None, None, category, source, hours, weekdays, records),
        drawn,
        before=before,
        after=after,
    )
    if out is not None:
        write_frame(found.to_frame(), out)
    console.put(
        {
            **_effects(found),
            "before": before,
            "after": after,
            "out": out,
            "version": version.version_id,
        },
        as_json=as_json,
    )


def _areas(
    place: City, files: Sequence[Path | None], numbers: Sequence[list[int] | None]
) -> dict[str, shapely.Geometry]:
    """Each role's area: its file, or its areas of the city's layer."""
    drawn = {
        role: read_area(path, place.crs, f"cities.{place.key}.crs")
        for role, path in zip(ROLES, files, strict=True)
        if path is not None
    }
    for role, chosen in zip(ROLES, numbers, strict=False):
        if chosen:
            drawn[role] = joined(read_areas(place), chosen)
    return drawn


def _effects(found: Intervention) -> dict[str, object]:
    return {
        "counts": found.counts,
        "local": _told(found.local),
        "displaced": _told(found.displaced),
        "total": _told(found.total),
        "small_counts": found.is_small,
    }


def _told(found: Difference | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "wdd": found.estimate,
        "se": found.se,
        "z": found.z,
        "p": found.p,
        "interval": found.interval,
    }
