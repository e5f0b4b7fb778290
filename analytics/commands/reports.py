"""The command ``report``: a page as a file for people, worded as the page words it."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analytics.access import View
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
from analytics.commands.programmes import AsOf_, Programme_, stored_cohort
from analytics.commands.zones import Bandwidth_, Cell_, Kernel_, Method_
from analytics.datasets import describe
from analytics.errors import FilterError
from analytics.events.filters import Filters
from analytics.exports.reports import Report, check_report_format, report_bytes
from analytics.hotspots.bulletin import bulletin
from analytics.hotspots.surface import Method, hotspot_surface
from analytics.hotspots.zones import ZoneOrder, patrol_zones
from analytics.scorecards.audiences import Audience
from analytics.scorecards.continuity import handover
from analytics.scorecards.office import read_scorecard
from analytics.scorecards.periods import half_year_before, parse
from analytics.settings import load_settings


class Page(StrEnum):
    """What can be reported: bulletin, briefing, a city's scorecard, its handover pack, a cohort."""

    HOTSPOTS = "hotspots"
    ZONES = "zones"
    SCORECARDS = "scorecards"
    HANDOVER = "handover"
    COHORTS = "cohorts"


@console.guarded
def report(  # noqa: PLR0913  # one argument per option
    page: Annotated[
        Page, typer.Argument(help="hotspots, zones (briefing), scorecards, handover, cohorts.")
    ],
    out: Annotated[Path, typer.Option("--out", help="File .pdf, .pptx or .xlsx.")],
    city: City_ = "",
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
    crews: Annotated[int, typer.Option("--crews", help="Of the briefing.")] = 4,
    hectares: Annotated[float, typer.Option("--hectares", help="Of the briefing.")] = 12.0,
    period: Annotated[str, typer.Option("--period", help="Of the scorecard.")] = "",
    audience: Annotated[Audience, typer.Option("--audience", help="Of the scorecard.")] = (
        Audience.ALL
    ),
    programme: Programme_ = "",
    as_of: AsOf_ = None,
    as_json: Json_ = False,
) -> None:
    """Write a page's report in the language of ``LANG``."""
    check_report_format(out)
    told: dict[str, str] = {}
    if page is Page.COHORTS:
        made = _of_cohort(programme, as_of)
    elif page in (Page.SCORECARDS, Page.HANDOVER):
        made = _of_city(city, page, period, audience)
    else:
        filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
        order = ZoneOrder(crews, hectares) if page is Page.ZONES else None
        chosen = (cell_m, bandwidth_m, kernel, method)
        made, told["version"] = _of_map(city, filters, chosen, order)
    console.progress(3, 4)
    _put(made, out, told, as_json=as_json)
    console.progress(4, 4)


def _of_city(city: str, page: Page, period: str, audience: Audience) -> Report:
    from components import handover_report, scorecard_reports
    from components.language import speaking

    place, db = load_settings().city(city), console.database()
    held = handover(db, place.key, date.today())
    with speaking(console.language()):
        if page is Page.HANDOVER:
            return handover_report.handover_report(place, held)
        chosen = parse(period) if period else half_year_before(date.today())
        shown = read_scorecard(db, place.key, chosen, date.today())
        more = handover_report.period_sections(held, chosen)
        return scorecard_reports.scorecard_report(place, shown, audience, more)


def _put(made: Report, out: Path, told: dict[str, str], *, as_json: bool) -> None:
    content = report_bytes(made, out.suffix)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error
    console.put({"out": out, "sentence": made.sentence, **told}, as_json=as_json)


def _of_map(
    city: str,
    filters: Filters,
    chosen: tuple[float | None, float | None, str, str],
    order: ZoneOrder | None,
) -> tuple[Report, str]:
    """Compose the bulletin, or the briefing where crews are ordered; return it with its version."""
    # Drawing and wording take a second to load: no other command waits for them.
    from components import hotspot_reports
    from components.language import speaking

    place, engine, version = open_city(city)
    cell_m, bandwidth_m, kernel, method = chosen
    console.progress(0, 4)
    surface = hotspot_surface(
        engine,
        place,
        filters,
        Method(
            cell_m=place.cell_m if cell_m is None else cell_m,
            bandwidth_m=place.bandwidth_m if bandwidth_m is None else bandwidth_m,
            kernel=kernel,
            method=method,
        ),
    )
    held = describe(engine, place, version, View("points"))
    console.progress(1, 4)
    told = bulletin(engine, place, surface)
    console.progress(2, 4)
    with speaking(console.language()):
        if order is None:
            made = hotspot_reports.bulletin_report(held, surface, held.density_classes, told)
        else:
            plan = patrol_zones(engine, place, surface, order)
            made = hotspot_reports.briefing_report(held, surface, held.density_classes, plan, told)
    return made, version.version_id


def _of_cohort(programme: str, as_of: datetime | None) -> Report:
    from components import cohort_reports
    from components.language import speaking

    found = stored_cohort(programme, as_of)
    with speaking(console.language()):
        return cohort_reports.cohort_report(found, found.cities)
