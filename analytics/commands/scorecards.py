"""The command that prints a city's scorecard, every number with its proof."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.errors import FilterError
from analytics.exports.ics import Entry, calendar_bytes
from analytics.scorecards.evaluation import Due, calendar_of
from analytics.scorecards.office import facts, read_assessments, read_scorecard
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


@console.guarded
def scorecard_calendar(
    city: City_,
    out: Annotated[Path | None, typer.Option("--out", help="File .ics.")] = None,
    as_json: Json_ = False,
) -> None:
    """List when a city's indicators are to be evaluated: ex ante, concurrent, ex post."""
    chosen, today = load_settings().city(city), date.today()
    db = console.database()
    shown = read_assessments(db, chosen.key, half_year_before(today), today)
    found = calendar_of(tuple(shown), today)
    if out is not None:
        names = {a.sheet.id: (a.sheet.short.of(console.language()), a.plan.owner) for a in shown}
        entries = [_event(chosen.key, due, *names[due.indicator_id]) for due in found]
        title = console.word("evaluation.calendar", city=chosen.name)
        try:
            out.write_bytes(calendar_bytes(title, entries))
        except OSError as error:
            problem = error.strerror
            raise FilterError("export.not_written", file=str(out), problem=problem) from error
    console.put(found, as_json=as_json)


def _event(city: str, due: Due, name: str, owner: str) -> Entry:
    moment = console.word(f"evaluation.moment.{due.moment}")
    title = console.word("evaluation.event", moment=moment, name=name, owner=owner)
    return Entry(f"{city}-{due.indicator_id}-{due.moment}-{due.on}", title, due.on, due.on)
