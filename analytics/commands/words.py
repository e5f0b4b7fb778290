"""The command line that gives what a page shows, as text to copy."""

import shlex

from analytics.events.filters import ALL_HOURS, Filters
from analytics.hotspots.area_sheet import AreaSheet
from analytics.hotspots.areas import AreaCounts
from analytics.hotspots.rates import RateSurface
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.validity import Validity


def hotspots_command(surface: HotspotSurface) -> str:
    """Return the ``hotspots`` command for a result's city, filters and method."""
    chosen = surface.method
    words = ["python", "-m", "analytics", "hotspots", "--city", surface.city]
    words += filter_words(surface.filters)
    words += ["--cell-m", f"{chosen.cell_m:g}", "--bandwidth-m", f"{chosen.bandwidth_m:g}"]
    if chosen.kernel != "gaussian":
        words += ["--kernel", chosen.kernel]
    if chosen.method != "binned":
        words += ["--method", chosen.method]
    return shlex.join([*words, "--out", "hotspots.csv"])


def validate_command(found: Validity) -> str:
    """Return the ``validate`` command for a result's city, filters, method and windows."""
    chosen, holdout = found.method, found.holdout
    words = ["python", "-m", "analytics", "validate", "--city", found.city]
    words += filter_words(found.filters)
    words += ["--train-days", str(holdout.train_days), "--test-days", str(holdout.test_days)]
    words += ["--windows", str(holdout.windows)]
    words += ["--cell-m", f"{chosen.cell_m:g}", "--bandwidth-m", f"{chosen.bandwidth_m:g}"]
    if chosen.kernel != "gaussian":
        words += ["--kernel", chosen.kernel]
    return shlex.join([*words, "--out", "validity.csv"])


def rates_command(found: RateSurface) -> str:
    """Return the ``rates`` command for a result's city, filters and method."""
    chosen = found.surface.method
    words = ["python", "-m", "analytics", "rates", "--city", found.surface.city]
    words += filter_words(found.surface.filters)
    words += ["--cell-m", f"{chosen.cell_m:g}", "--bandwidth-m", f"{chosen.bandwidth_m:g}"]
    if chosen.kernel != "gaussian":
        words += ["--kernel", chosen.kernel]
    return shlex.join([*words, "--out", "rates.csv"])


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


def overview_command(city: str) -> str:
    """Return the ``overview`` command for a city."""
    return shlex.join(["python", "-m", "analytics", "overview", "--city", city])


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


def scorecard_command(city: str, period: str) -> str:
    """Return the ``scorecard`` command for a city and a period."""
    words = ["python", "-m", "analytics", "scorecard", "--city", city, "--period", period]
    return shlex.join([*words, "--json"])
