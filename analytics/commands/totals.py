"""The command that tells which share of a city's records has coordinates."""

from typing import Annotated

import pandas as pd
import typer

from analytics import totals
from analytics.commands import console
from analytics.commands.hotspots import City_, Json_, open_city


@console.guarded
def located_command(
    city: City_,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="source, month or category; all by default.")
    ] = None,
    as_json: Json_ = False,
) -> None:
    """Tell the located share of records by source, month and category."""
    wanted = by or list(totals.LOCATED_BY)
    if set(wanted) - set(totals.LOCATED_BY):
        raise typer.BadParameter("--by source|month|category")
    _place, engine, _version = open_city(city)
    found = totals.located_by(totals.located_share(engine), wanted).astype(object)
    rows = found.where(found.notna(), None).to_dict("records")
    console.put([{k: _plain(v) for k, v in row.items()} for row in rows], as_json=as_json)


def _plain(value: object) -> object:
    return value.date() if isinstance(value, pd.Timestamp) else value
