"""The command ``change``: which cells changed beyond chance between two periods."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
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
from analytics.hotspots.change import Dates, change_map, period_before

DAY = ["%Y-%m-%d"]


@console.guarded
def change(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .parquet.")],
    date_from: Annotated[datetime, typer.Option("--from", formats=DAY)],
    date_to: Annotated[datetime, typer.Option("--to", formats=DAY, help="Inclusive.")],
    before_from: Annotated[
        datetime | None,
        typer.Option(formats=DAY, help="By default as many days, up to the day before --from."),
    ] = None,
    before_to: Annotated[datetime | None, typer.Option(formats=DAY, help="Inclusive.")] = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    cell_m: Annotated[float | None, typer.Option(help="Side of a cell in metres.")] = None,
    as_json: Json_ = False,
) -> None:
    """Write counts of both periods, rate ratio and corrected e-test of every cell."""
    before, after = periods_of(date_from, date_to, before_from, before_to)
    check_format(out)
    place, engine, version = open_city(city)
    found = change_map(
        engine,
        place,
        parse_filters(None, None, category, source, hours, weekdays, records),
        before=before,
        after=after,
        cell_m=place.cell_m if cell_m is None else cell_m,
    )
    rows = write_frame(found.to_frame(), out)
    rose = found.significant & (found.rate_ratio > 1)
    console.put(
        {
            "out": out,
            "cells": rows,
            "n_before": float(found.n_before.sum()),
            "n_after": float(found.n_after.sum()),
            "before": before,
            "after": after,
            "cells_rose": int(rose.sum()),
            "cells_fell": int((found.significant & ~rose).sum()),
            "cell_m": found.grid.cell_m,
            "version": version.version_id,
        },
        as_json=as_json,
    )


def periods_of(
    date_from: datetime,
    date_to: datetime,
    before_from: datetime | None,
    before_to: datetime | None,
) -> tuple[Dates, Dates]:
    """Return the periods before and after; as many days before where none are given.

    Raises
    ------
    typer.BadParameter
        If only one end of the period before is given.
    """
    if (before_from is None) != (before_to is None):
        raise typer.BadParameter("--before-from and --before-to go together")
    after = date_from.date(), date_to.date()
    if before_from and before_to:
        return (before_from.date(), before_to.date()), after
    return period_before(after), after
