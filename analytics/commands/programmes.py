"""Commands about programmes: how a cohort stands, and bringing a list of cities in."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.commands import console
from analytics.commands.hotspots import Json_
from analytics.programmes.cohort import CityOnDay, CohortOnDay, cohort_on_day
from analytics.programmes.roster import read_roster
from analytics.programmes.schedule import Milestone
from analytics.programmes.templates import template
from analytics.store import programmes

DAY = ["%Y-%m-%d"]
Programme_ = Annotated[str, typer.Option("--programme", help="Key of the cohort.")]
AsOf_ = Annotated[datetime | None, typer.Option("--as-of", formats=DAY, help="Default: today.")]


@console.guarded
def programme_command(
    programme: Programme_,
    as_of: AsOf_ = None,
    as_json: Json_ = False,
) -> None:
    """Tell how every city of a cohort stood on a day: status, its proof, earned schedule, slips."""
    found = stored_cohort(programme, as_of)
    if as_json:
        console.put(cohort_record(found), as_json=True)
        return
    for city in found.cities:
        console.put(_line(city), as_json=False)


@console.guarded
def cohort_import(
    file: Path,
    programme: Programme_,
    template_key: Annotated[str, typer.Option("--template")],
    starts_on: Annotated[datetime, typer.Option("--start", formats=DAY)],
    name: Annotated[str, typer.Option("--name", help="Default: the key.")] = "",
    cohort: Annotated[str, typer.Option("--cohort", help="Only rows of this cohort.")] = "",
    as_json: Json_ = False,
) -> None:
    """Enrol the cities of a CSV list; rows that name no city for certain are told and left out."""
    read = read_roster(file, starts_on=starts_on.date(), cohort=cohort)
    db, actor = console.database(), console.actor()
    if programme not in {row.key for row in programmes.programmes(db)}:
        programmes.create_programme(
            db, key=programme, name=name or programme, template_key=template_key, actor=actor
        )
    programmes.enrol(db, programme, list(read.cities), actor=actor)
    report = {"enrolled": len(read.cities), "refused": list(read.refused), "programme": programme}
    console.put(report, as_json=as_json)


def stored_cohort(programme: str, as_of: datetime | None) -> CohortOnDay:
    """Return a cohort as it stood on a day, or today.

    Raises
    ------
    StoreError
        ``programme.unknown``.
    """
    db = console.database()
    held = programmes.programme(db, programme)
    day = as_of.date() if as_of else date.today()
    return cohort_on_day(held, template(held.template), programmes.cities(db, programme), day)


def cohort_record(found: CohortOnDay) -> dict[str, Any]:
    """Return a cohort as plain values: what the page shows, with its proof."""
    return {
        "programme": found.programme.key,
        "template": found.template.key,
        "as_of": found.as_of,
        "synthetic": found.programme.synthetic,
        "n": len(found.cities),
        "on_time": found.on_time,
        "events": {key: str(period) for key, period in found.events.items()},
        "cities": [
            {
                "city": city.key,
                "name": city.name,
                "country": city.country,
                "status": city.status,
                "measured": city.measured,
                "slip_days": city.slip_days,
                "p50": city.range[0] if city.range else None,
                "p80": city.range[1] if city.range else None,
                "gates": [
                    _gate(gate, city.country) | {"status": city.gates[gate.key]}
                    for gate in city.milestones
                ],
            }
            for city in found.cities
        ],
    }


def _gate(gate: Milestone, country: str) -> dict[str, Any]:
    return {
        "gate": gate.key,
        "baseline": str(gate.baseline),
        "expected": str(gate.expected),
        "actual": gate.actual,
        "slip_days": gate.slip_days,
        "slip_working_days": gate.slip_working_days(country),
        "moves": gate.moves,
        "margin_days": gate.margin_days,
    }


def _line(city: CityOnDay) -> dict[str, Any]:
    return {
        city.name: f"{city.status.key} ({city.status.rule})",
        "slip_days": city.slip_days,
        "spi_t": round(city.measured.earned.spi_t, 2) if city.measured else None,
    }
