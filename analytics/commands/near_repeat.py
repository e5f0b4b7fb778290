"""The command ``near-repeat``: the Knox table, the band of risk, labels per event."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

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
from analytics.errors import FilterError
from analytics.exports.frames import check_format, write_frame
from analytics.hotspots.near_repeat import Bands, RiskBand, dated_points, near_repeat
from analytics.hotspots.near_repeat_labels import labelled

USUAL = Bands()
Edge = TypeVar("Edge", int, float)
LABEL_COLUMNS = ["event_id", "occurred_from", "category", "source", "x_m", "y_m", "label"]


@console.guarded
def near_repeat_command(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .parquet.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    space: Annotated[str, typer.Option(help="Edges in metres, right-open.")] = "0,1,200,400",
    time: Annotated[str, typer.Option(help="Edges in days, right-open.")] = "0,7,14",
    permutations: Annotated[int, typer.Option(help="Of the dates.")] = USUAL.permutations,
    seed: Annotated[int, typer.Option(help="Of the permutations.")] = USUAL.seed,
    labels: Annotated[
        Path | None, typer.Option(help="File of events: originator, repeat, near_repeat, single.")
    ] = None,
    as_json: Json_ = False,
) -> None:
    """Write observed and expected pairs of events by distance and days apart, with p."""
    check_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    space_m, time_days = _edges(space, float), _edges(time, int)
    bands = Bands(space_m, time_days, permutations, seed)
    found = near_repeat(engine, place.key, filters, bands, progress=console.progress)
    rows = write_frame(found.table.to_frame(), out)
    if labels is not None:
        events = dated_points(engine, filters)
        named = labelled(events, same_place_m=space_m[1], near_m=space_m[-1], days=time_days[-1])
        write_frame(named[LABEL_COLUMNS], labels)
    console.put(
        {
            "out": out,
            "rows": rows,
            "n": found.table.n,
            "n_left_out": found.n_left_out,
            "risk_band": _told(found.table.risk_band),
            "permutations": permutations,
            "seed": seed,
            "version": version.version_id,
        },
        as_json=as_json,
    )


def _told(band: RiskBand | None) -> dict[str, object] | None:
    if band is None:
        return None
    return {"metres": band.metres, "days": band.days, "ratio": band.ratio, "p": band.p}


def _edges(text: str, number: Callable[[str], Edge]) -> tuple[Edge, ...]:
    try:
        return tuple(number(part) for part in text.split(","))
    except ValueError as error:
        raise FilterError("near_repeat.bands", value=text) from error
