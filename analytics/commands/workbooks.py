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
from analytics.scorecards.workbook_reading import Fault
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
    _write(out, content)
    console.put({"out": out, "offices": desk.offices()}, as_json=as_json)


@console.guarded
def scorecard_fill(
    file: Annotated[Path, typer.Argument(help="A workbook of scorecard-template, filled in.")],
    city: City_,
    as_json: Json_ = False,
) -> None:
    """Keep a workbook's values as drafts; with one fault none is kept, and every fault is told."""
    found = _desk(city).enter_template(file)
    _tell(found.faults)
    console.put({"file": file.name, "drafts": len(found.readings)}, as_json=as_json)


@console.guarded
def scorecard_layout(
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .xlsx.")],
    period: Annotated[
        str, typer.Option(help="2026, 2026-S1, 2026-Q3 or 2026-06; the last half-year by default.")
    ] = "",
    as_json: Json_ = False,
) -> None:
    """Write a city's indicators in the layout of the Mexican transparency laws."""
    desk = _desk(city)
    chosen = parse(period) if period else half_year_before(desk.today)
    title = load_settings().city(city).name
    _write(out, desk.layout(title, chosen, console.spanish))
    console.put({"out": out, "period": chosen.key}, as_json=as_json)


@console.guarded
def scorecard_layout_import(
    file: Annotated[Path, typer.Argument(help="A workbook in the layout.")],
    city: City_,
    dimension: Annotated[
        str, typer.Option(help="Of indicators that the catalogue does not have.")
    ] = "",
    category: Annotated[str, typer.Option(help="Of those indicators.")] = "",
    as_json: Json_ = False,
) -> None:
    """Keep the plans and values of a workbook in the layout; with one fault nothing is kept."""
    place = (dimension, category) if dimension or category else None
    found = _desk(city).enter_layout(file, place)
    _tell(found.faults)
    told = {"rows": found.rows, "plans": len(found.plans), "drafts": len(found.readings)}
    console.put({"file": file.name} | told, as_json=as_json)


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error


def _tell(faults: tuple[Fault, ...]) -> None:
    """Name every fault by its cell and end, if there is one."""
    for fault in faults:
        told = console.word(f"error.{fault.error.code}", **fault.error.details)
        typer.echo(f"{fault.place}: {told}", err=True)
    if faults:
        raise typer.Exit(console.REFUSED)


def _desk(city: str) -> EntryDesk:
    key = load_settings().city(city).key
    return EntryDesk(console.database(), key, console.actor(), date.today())
