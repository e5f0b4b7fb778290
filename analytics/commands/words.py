"""The command line that gives what a page shows, as text to copy."""

import shlex
from collections.abc import Sequence
from datetime import date

from analytics.events.filters import ALL_HOURS, Filters
from analytics.hotspots.area_sheet import AreaSheet
from analytics.hotspots.areas import AreaCounts
from analytics.hotspots.bandwidths import BandwidthChoice
from analytics.hotspots.classes import HotspotClasses
from analytics.hotspots.near_repeat import NearRepeat
from analytics.hotspots.prospective import ProspectiveMap
from analytics.hotspots.rates import RateSurface
from analytics.hotspots.surface import HotspotSurface, Method
from analytics.hotspots.validity import Holdout, Validity
from analytics.hotspots.zones import PatrolPlan, ZoneOrder


def hotspots_command(surface: HotspotSurface) -> str:
    """Return the ``hotspots`` command for a result's city, filters and method."""
    words = ["python", "-m", "analytics", "hotspots", "--city", surface.city]
    words += filter_words(surface.filters) + method_words(surface.method)
    return shlex.join([*words, "--out", "hotspots.csv"])


def zones_command(plan: PatrolPlan) -> str:
    """Return the ``zones`` command for a plan's city, filters, method and order."""
    words = ["python", "-m", "analytics", "zones", "--city", plan.city]
    words += filter_words(plan.filters) + method_words(plan.method) + order_words(plan.order)
    return shlex.join([*words, "--out", "zones.geojson"])


def report_command(surface: HotspotSurface, plan: PatrolPlan | None = None) -> str:
    """Return the ``report`` command of the bulletin, or of the briefing where a plan is given."""
    page = "zones" if plan else "hotspots"
    words = ["python", "-m", "analytics", "report", page, "--city", surface.city]
    words += filter_words(surface.filters) + method_words(surface.method)
    words += order_words(plan.order) if plan else []
    return shlex.join([*words, "--out", f"{page}.pdf"])


def validate_command(found: Validity) -> str:
    """Return the ``validate`` command for a result's city, filters, method and windows."""
    words = ["python", "-m", "analytics", "validate", "--city", found.city]
    words += filter_words(found.filters) + _holdout_words(found.holdout)
    words += method_words(found.method)
    return shlex.join([*words, "--out", "validity.csv"])


def bandwidths_command(found: BandwidthChoice) -> str:
    """Return the ``bandwidths`` command for a result's city, filters, method and windows."""
    words = ["python", "-m", "analytics", "bandwidths", "--city", found.city]
    words += filter_words(found.filters) + _holdout_words(found.holdout)
    return shlex.join(
        [*words, "--cell-m", f"{found.method.cell_m:g}", *_kernel_words(found.method)]
    )


def concentration_command(surface: HotspotSurface) -> str:
    """Return the ``concentration`` command for a result's city, filters and cell."""
    words = ["python", "-m", "analytics", "concentration", "--city", surface.city]
    words += [*filter_words(surface.filters), "--cell-m", f"{surface.method.cell_m:g}"]
    return shlex.join([*words, "--out", "concentration.csv"])


def cautions_command(surface: HotspotSurface) -> str:
    """Return the ``cautions`` command for a result's city, filters and cell."""
    words = ["python", "-m", "analytics", "cautions", "--city", surface.city]
    words += [*filter_words(surface.filters), "--cell-m", f"{surface.method.cell_m:g}"]
    return shlex.join([*words, "--out", "cautions.csv"])


def rates_command(found: RateSurface) -> str:
    """Return the ``rates`` command for a result's city, filters and method."""
    chosen = found.surface.method
    words = ["python", "-m", "analytics", "rates", "--city", found.surface.city]
    words += filter_words(found.surface.filters)
    words += ["--cell-m", f"{chosen.cell_m:g}", "--bandwidth-m", f"{chosen.bandwidth_m:g}"]
    return shlex.join([*words, *_kernel_words(chosen), "--out", "rates.csv"])


def areas_command(found: AreaCounts) -> str:
    """Return the ``areas`` command for a result's city and filters."""
    words = ["python", "-m", "analytics", "areas", "--city", found.city]
    return shlex.join([*words, *filter_words(found.filters), "--out", "areas.csv"])


def area_sheet_command(found: AreaSheet) -> str:
    """Return the ``area-sheet`` command for a result's city, area and filters."""
    counts = found.counts
    words = ["python", "-m", "analytics", "area-sheet", "--city", counts.city]
    words += ["--area", str(found.area), *filter_words(counts.filters), "--out", "area.csv"]
    return shlex.join(words)


def change_command(city: str, before: Filters, after: Filters, cell_m: float) -> str:
    """Return the ``change`` command for two periods of one selection; dates are given."""
    words = ["python", "-m", "analytics", "change", "--city", city, *filter_words(after)]
    for option, value in (("from", before.date_from), ("to", before.date_to)):
        words += [f"--before-{option}", str(value)]
    return shlex.join([*words, "--cell-m", f"{cell_m:g}", "--out", "change.csv"])


def wdd_command(
    city: str, before: Filters, after: Filters, treated: Sequence[int], control: Sequence[int]
) -> str:
    """Return the ``wdd`` command for two periods and the numbers of the areas compared."""
    words = ["python", "-m", "analytics", "wdd", "--city", city, *filter_words(after)]
    for option, value in (("from", before.date_from), ("to", before.date_to)):
        words += [f"--before-{option}", str(value)]
    for option, numbers in (("treated", treated), ("control", control)):
        for number in numbers:
            words += [f"--{option}-area", str(number)]
    return shlex.join([*words, "--out", "wdd.csv"])


def overview_command(city: str) -> str:
    """Return the ``overview`` command for a city."""
    return shlex.join(["python", "-m", "analytics", "overview", "--city", city])


def method_words(chosen: Method) -> list[str]:
    """Return the options that make the density the same way."""
    words = ["--cell-m", f"{chosen.cell_m:g}", "--bandwidth-m", f"{chosen.bandwidth_m:g}"]
    if chosen.kernel != "gaussian":
        words += ["--kernel", chosen.kernel]
    return words if chosen.method == "binned" else [*words, "--method", chosen.method]


def order_words(order: ZoneOrder) -> list[str]:
    """Return the options that ask for the same zones."""
    return ["--crews", str(order.crews), "--hectares", f"{order.hectares:g}"]


def filter_words(filters: Filters) -> list[str]:
    """Return the options that select the same events."""
    words: list[str] = []
    if filters.date_from:
        words += ["--from", filters.date_from.isoformat()]
    if filters.date_to:
        words += ["--to", filters.date_to.isoformat()]
    for option, values in (("--category", filters.categories), ("--source", filters.sources)):
        for value in values:
            words += [option, value]
    if filters.hours != ALL_HOURS:
        words += ["--hours", "{}-{}".format(*filters.hours)]
    if filters.weekdays:
        words += ["--weekdays", ",".join(map(str, filters.weekdays))]
    return [*words, "--records"] if filters.records else words


def _holdout_words(holdout: Holdout) -> list[str]:
    words = ["--train-days", str(holdout.train_days), "--test-days", str(holdout.test_days)]
    return [*words, "--windows", str(holdout.windows)]


def _kernel_words(method: Method) -> list[str]:
    return [] if method.kernel == "gaussian" else ["--kernel", method.kernel]


def temporal_command(city: str, filters: Filters, *, by: str = "hour") -> str:
    """Return the ``temporal`` command for a city, filters and kind of rows."""
    words = ["python", "-m", "analytics", "temporal", "--city", city, *filter_words(filters)]
    words += ["--by", by] if by != "hour" else []
    return shlex.join([*words, "--out", f"{by}.csv"])


def near_repeat_command(found: NearRepeat) -> str:
    """Return the ``near-repeat`` command for a result's city, filters and bands."""
    bands = found.table.bands
    words = ["python", "-m", "analytics", "near-repeat", "--city", found.city]
    words += filter_words(found.filters)
    words += ["--space", ",".join(f"{edge:g}" for edge in bands.space_m)]
    words += ["--time", ",".join(map(str, bands.time_days))]
    words += ["--permutations", str(bands.permutations), "--seed", str(bands.seed)]
    return shlex.join([*words, "--out", "near-repeat.csv"])


def classes_command(found: HotspotClasses) -> str:
    """Return the ``classes`` command for a result's city, filters and cells."""
    words = ["python", "-m", "analytics", "classes", "--city", found.city]
    words += [*filter_words(found.filters), "--cell-m", f"{found.grid.cell_m:g}"]
    return shlex.join([*words, "--out", "classes.csv"])


def prospective_command(found: ProspectiveMap) -> str:
    """Return the ``prospective`` command for a result's city, filters, shift and cells."""
    words = ["python", "-m", "analytics", "prospective", "--city", found.city]
    words += [*filter_words(found.filters), "--cell-m", f"{found.grid.cell_m:g}"]
    words += ["--shift", found.shift.key] if found.shift else []
    return shlex.join([*words, "--out", "prospective.csv"])


def programme_command(programme: str, as_of: date) -> str:
    """Return the ``programme`` command for a cohort on a day."""
    words = ["python", "-m", "analytics", "programme", "--programme", programme]
    return shlex.join([*words, "--as-of", as_of.isoformat(), "--json"])


def cohort_report_command(programme: str, as_of: date) -> str:
    """Return the ``report cohorts`` command for a cohort on a day."""
    words = ["python", "-m", "analytics", "report", "cohorts", "--programme", programme]
    return shlex.join([*words, "--as-of", as_of.isoformat(), "--out", "cohorts.pdf"])


def scorecard_command(city: str, period: str) -> str:
    """Return the ``scorecard`` command for a city and a period."""
    words = ["python", "-m", "analytics", "scorecard", "--city", city, "--period", period]
    return shlex.join([*words, "--json"])


def workbook_command(city: str, office: str, period: str) -> str:
    """Return the command that writes an office's workbook of a period."""
    words = ["python", "-m", "analytics", "scorecard-template", "--city", city]
    words += ["--office", office] if office else []
    return shlex.join([*words, "--period", period, "--out", "values.xlsx"])


def evaluation_command(city: str) -> str:
    """Return the command that lists when a city's indicators are to be evaluated."""
    return shlex.join(["python", "-m", "analytics", "scorecard-calendar", "--city", city])


def layout_command(city: str, period: str) -> str:
    """Return the command that writes a city's indicators in the Mexican layout."""
    words = ["python", "-m", "analytics", "scorecard-layout", "--city", city]
    return shlex.join([*words, "--period", period, "--out", "layout.xlsx"])


def scorecard_report_command(city: str, period: str, audience: str) -> str:
    """Return the ``report`` command for a city's scorecard, a period and an audience."""
    words = ["python", "-m", "analytics", "report", "scorecards", "--city", city]
    words += ["--period", period] + (["--audience", audience] if audience != "all" else [])
    return shlex.join([*words, "--out", "scorecard.pdf"])


def handover_command(city: str) -> str:
    """Return the ``report`` command for a city's handover pack."""
    words = ["python", "-m", "analytics", "report", "handover", "--city", city]
    return shlex.join([*words, "--out", "handover.pdf"])
