"""The command that prints a city's scorecard, every number with its proof."""

from datetime import date
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.scorecards.office import facts, read_scorecard
from analytics.scorecards.periods import half_year_before, parse
from analytics.settings import load_settings


@console.guarded
def scorecard_command(
    city: City_,
    period: Annotated[
        str, typer.Option(help="2026, 2026-S1, 2026-Q3 or 2026-06; the last half-year by default.")
    ] = "",
    as_json: Json_ = False,
) -> None:
    """Judge a city's indicators in a period: statuses, scores, ranges, what they rest on."""
    key = load_settings().city(city).key
    chosen = parse(period) if period else half_year_before(date.today())
    shown = facts(read_scorecard(console.database(), key, chosen, date.today()))
    if as_json:
        console.put(shown, as_json=True)
        return
    lists = {name: shown.pop(name) for name in ("dimensions", "indicators")}
    console.put([shown, *lists["dimensions"], *lists["indicators"]], as_json=False)
