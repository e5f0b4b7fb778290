"""What the monthly bulletin tells besides the map: change, hours, sources, validity."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters, month_span
from analytics.hotspots.change import ChangeMap, Dates, change_map, e_test, period_before
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.temporal import HourByWeekday, hour_by_weekday
from analytics.hotspots.validity import Validity, holdout_like, validate
from analytics.settings import City


@dataclass(frozen=True, eq=False)
class Compared:
    """The period against an earlier one: ``against`` is ``period`` (before it) or ``year``.

    ``n_before`` and ``n_after`` are all incidents of the selection, located or not; ``rate_ratio``
    is the later rate per day over the earlier (NaN where nothing was recorded before), ``p`` that
    of the e-test. ``cells`` tests each cell of the map.
    """

    against: str
    before: Dates
    n_before: float
    n_after: float
    rate_ratio: float
    p: float
    cells: ChangeMap

    @property
    def n_rose(self) -> int:
        """Cells that rose beyond chance."""
        return int((self.cells.significant & (self.cells.rate_ratio > 1)).sum())

    @property
    def n_fell(self) -> int:
        """Cells that fell beyond chance."""
        return int((self.cells.significant & (self.cells.rate_ratio < 1)).sum())


@dataclass(frozen=True, eq=False)
class Bulletin:
    """A map's surroundings; ``by_source`` has columns source, detection, n.

    ``validity`` is None where it cannot be judged, and ``refusal`` then says why.
    """

    compared: tuple[Compared, ...]
    hours: HourByWeekday
    by_source: pd.DataFrame
    validity: Validity | None
    refusal: AnalyticsError | None


def bulletin(engine: EventEngine, city: City, surface: HotspotSurface) -> Bulletin:
    """Gather what the bulletin tells of a surface's selection.

    The period is compared with the one of the same length before it and with the same days a year
    earlier, each only where the data reach back that far. The validity is that of a map of the
    same length, filters and method up to the period's last day.

    Parameters
    ----------
    engine : EventEngine
        The one that ``surface`` was made from.
    city : City
        Gives CRS (projected, metres) and boundary.
    surface : HotspotSurface
        With cells.
    """
    held = engine.period()
    validity, refusal = _validity(engine, city, surface, held)
    return Bulletin(
        compared=tuple(
            _compared(engine, city, surface, against, before)
            for against, before in earlier_periods(surface.period)
            if held[0] <= before[0]
        ),
        hours=hour_by_weekday(engine, surface.filters),
        by_source=engine.counts(surface.filters, ("source", "detection")).to_pandas(),
        validity=validity,
        refusal=refusal,
    )


def earlier_periods(period: Dates) -> tuple[tuple[str, Dates], ...]:
    """Return the periods to compare with: whole months stay whole months.

    ``year`` is left out where a period longer than a year would meet itself.
    """
    first, last = period
    whole = month_span(first, last) == period
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    start = date(first.year - (months >= first.month), (first.month - months - 1) % 12 + 1, 1)
    before = period_before(period)
    if whole and months <= 12:
        before = month_span(start, before[1])
    year = _year_earlier(first), _year_earlier(last)
    if whole:
        year = month_span(*year)
    found = (("period", before), ("year", year))
    return tuple(pair for pair in found if pair[1][1] < first)[: 1 if year == before else 2]


def _year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))


def _compared(
    engine: EventEngine, city: City, surface: HotspotSurface, against: str, before: Dates
) -> Compared:
    filters = surface.filters
    cells = change_map(
        engine, city, filters, before=before, after=surface.period, cell_m=surface.grid.cell_m
    )
    counts = [_count(engine, filters, days) for days in (before, surface.period)]
    days = [(last - first).days + 1 for first, last in (before, surface.period)]
    p = e_test(np.array(counts[:1]), np.array(counts[1:]), *days)
    rates = [n / d for n, d in zip(counts, days, strict=True)]
    return Compared(
        against=against,
        before=before,
        n_before=counts[0],
        n_after=counts[1],
        rate_ratio=rates[1] / rates[0] if rates[0] else float("nan"),
        p=float(p[0]),
        cells=cells,
    )


def _count(engine: EventEngine, filters: Filters, days: Dates) -> float:
    return engine.totals(replace(filters, date_from=days[0], date_to=days[1])).n


def _validity(
    engine: EventEngine, city: City, surface: HotspotSurface, held: Dates
) -> tuple[Validity | None, AnalyticsError | None]:
    last = min(surface.period[1], held[1])
    holdout = holdout_like(surface.days, (last - held[0]).days + 1)
    filters = replace(surface.filters, date_from=None, date_to=last)
    try:
        return validate(engine, city, filters, surface.method, holdout), None
    except AnalyticsError as refusal:
        return None, refusal
