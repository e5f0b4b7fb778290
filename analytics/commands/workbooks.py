"""The commands of an office's workbook: made for a period, and its values taken in as drafts."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.errors import FilterError
from analytics.scorecards.office import EntryDesk
from analytics.scorecards.periods import half_year_before, parse
from analytics.settings import load_settings


@console.guarded
def scorecard_template(
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .xlsx.")],
    office: Annotated[str, typer.Option("--office", help="Who answers; all by default.")] = "",
    period: Annotated[
        str, typer.Option(help="2026, 2026-S1, 2026-Q3 or 2026-06; the last half-year by default.")
    ] = "",
    as_json: Json_ = False,
) -> None:
    """Write the workbook in which an office fills in a period's values."""
    desk = _desk(city)
    chosen = parse(period) if period else half_year_before(desk.today)
    content = desk.template(office, chosen, word=console.word, language=console.language())
    try:
        out.write_bytes(content)
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error
    console.put({"out": out, "offices": desk.offices()}, as_json=as_json)


@console.guarded
def scorecard_fill(
    file: Annotated[Path, typer.Argument(help="A workbook of scorecard-template, filled in.")],
    city: City_,
    as_json: Json_ = False,
) -> None:
    """Keep a workbook's values as drafts; with one fault none is kept, and every fault is told."""
    found = _desk(city).enter_template(file)
    for fault in found.faults:
        told = console.word(f"error.{fault.error.code}", **fault.error.details)
        typer.echo(f"{fault.place}: {told}", err=True)
    if found.faults:
        raise typer.Exit(console.REFUSED)
    console.put({"file": file.name, "drafts": len(found.readings)}, as_json=as_json)


def _desk(city: str) -> EntryDesk:
    key = load_settings().city(city).key
    return EntryDesk(console.database(), key, console.actor(), date.today())
