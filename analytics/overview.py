"""What a mayor asks first: how many against last year and per resident, what changed, how fresh."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.stats import binomtest, false_discovery_control

from analytics.access import SUPPRESSION_K
from analytics.errors import SourceError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters, month_span, whole_months
from analytics.settings import City

SIGNIFICANCE = 0.05
USUAL_SHARE = 0.8  # the usual range of a month holds the middle 80 % of the months before it
MIN_MONTHS_FOR_USUAL = 12
FRESHNESS_DAYS = 30  # days shown per source


@dataclass(frozen=True)
class Change:
    """Two counts of the same span of months, one year apart.

    ``ratio`` with its 95 % interval is after/before per day; NaN where ``before`` is 0.
    ``p`` is two-sided, from the exact conditional binomial test of two Poisson counts.
    """

    key: str
    before: int
    after: int
    ratio: float
    ratio_low: float
    ratio_high: float
    p: float
    q: float

    @property
    def is_significant(self) -> bool:
        """Whether the change is more than chance explains (q ≤ .05)."""
        return self.q <= SIGNIFICANCE


@dataclass(frozen=True, eq=False)
class Overview:
    """The numbers of the overview page.

    ``monthly``: columns month (first day), n, is_complete. ``usual``: low and high of the months
    before, or None below twelve. ``freshness``: columns source, last (date), days_ago, n_days, day
    lists of the last 30 days in ``received`` (source, day, n). ``per_1000`` is None without
    population.
    """

    city: str
    month: date
    total: Change
    has_last_year: bool
    categories: tuple[Change, ...]
    residents: int | None
    per_1000: float | None
    monthly: pd.DataFrame
    usual: tuple[float, float] | None
    freshness: pd.DataFrame
    received: pd.DataFrame
    located_share: float
    as_of: date


def overview(engine: EventEngine, city: City, *, shareable_only: bool = False) -> Overview:
    """Compute the overview of a city's last complete month.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives the population layer, if any.
    shareable_only : bool
        Count only groups (month × category × source) of at least five located events: the
        surface view.

    Returns
    -------
    Overview
        Counts of incidents; rates per 1,000 residents and month.

    Raises
    ------
    TooFewEventsError
        If no month is complete.
    """
    by_month = _monthly(engine, shareable_only)
    complete = by_month[by_month["is_complete"]]
    if complete.empty:
        raise TooFewEventsError("overview.no_complete_month", n=0, minimum=1)
    month = complete["month"].iloc[-1]
    earlier = _a_year_before(month)
    has_last_year = bool((complete["month"] == earlier).any())
    categories = _category_changes(engine, month, earlier, shareable_only) if has_last_year else ()
    totals = complete.set_index("month")["n"]
    n, before = int(totals[month]), int(totals.get(earlier, 0))
    residents = count_residents(city.population) if city.population else None
    window = _month_filters(month)
    located = engine.totals(window, shareable_only=shareable_only)
    freshness, received = _freshness(engine, shareable_only)
    return Overview(
        city=city.key,
        month=month,
        total=compare("total", before, n, _days(earlier), _days(month)),
        has_last_year=has_last_year,
        categories=categories,
        residents=residents,
        per_1000=1000 * n / residents if residents else None,
        monthly=by_month,
        usual=_usual(complete["n"].to_numpy()[:-1]),
        freshness=freshness,
        received=received,
        located_share=located.n_located / located.n if located.n else float("nan"),
        as_of=engine.period(shareable_only=shareable_only)[1],
    )


def compare(key: str, before: int, after: int, days_before: int, days_after: int) -> Change:
    """Compare two Poisson counts over spans of different length.

    Given the sum, ``after`` is binomial with share π = days_after / (days_before + days_after)
    under no change; the exact interval of π turns into one of the rate ratio
    (Przyborowski & Wilenski 1940).

    Returns
    -------
    Change
        With ``q`` equal to ``p``; :func:`adjust` corrects a family.
    """
    n = before + after
    if n == 0:
        return Change(key, before, after, np.nan, np.nan, np.nan, 1.0, 1.0)
    test = binomtest(after, n, days_after / (days_before + days_after))
    interval = test.proportion_ci(0.95, method="exact")
    low, high = (_ratio(share, days_before, days_after) for share in (interval.low, interval.high))
    ratio = (after / days_after) / (before / days_before) if before else np.nan
    return Change(key, before, after, ratio, low, high, float(test.pvalue), float(test.pvalue))


def adjust(changes: list[Change]) -> tuple[Change, ...]:
    """Benjamini–Hochberg over a family of changes, largest absolute difference first."""
    if not changes:
        return ()
    q = false_discovery_control([change.p for change in changes])
    adjusted = [
        Change(c.key, c.before, c.after, c.ratio, c.ratio_low, c.ratio_high, c.p, float(value))
        for c, value in zip(changes, q, strict=True)
    ]
    return tuple(sorted(adjusted, key=lambda c: (-abs(c.after - c.before), c.key)))


@lru_cache(maxsize=32)
def _residents(path: Path, _mtime_ns: int) -> int:
    layer = gpd.read_file(path)
    if "population" not in layer:
        raise SourceError(
            "source.missing_column", key="population", file=path.name, column="population", found=""
        )
    return round(float(layer["population"].sum()))


def count_residents(path: Path) -> int:
    """Sum the ``population`` property of a layer of points or polygons.

    Raises
    ------
    SourceError
        If the file is absent or has no ``population`` property; names the file.
    """
    if not path.exists():
        raise SourceError("source.absent", file=path.name)
    return _residents(path, path.stat().st_mtime_ns)


def _monthly(engine: EventEngine, shareable_only: bool) -> pd.DataFrame:
    table: pd.DataFrame = engine.counts(
        Filters(), ("month",), shareable_only=shareable_only
    ).to_pandas()
    table = table.dropna(subset=["month"])
    first, last = engine.period(shareable_only=shareable_only)
    # A month without events is a month of 0, not a month that is missing.
    every = pd.date_range(first.replace(day=1), last, freq="MS").rename("month")
    n = table.set_index(pd.to_datetime(table["month"]))["n"].reindex(every, fill_value=0.0)
    table = n.reset_index()
    table["month"] = table["month"].dt.date
    table["is_complete"] = table["month"].isin(whole_months((first, last)))
    return table


def _category_changes(
    engine: EventEngine, month: date, earlier: date, shareable_only: bool
) -> tuple[Change, ...]:
    counts = [
        engine.counts(_month_filters(m), ("category",), shareable_only=shareable_only)
        .to_pandas()
        .set_index("category")["n"]
        for m in (earlier, month)
    ]
    keys = sorted(set(counts[0].index) | set(counts[1].index))
    before, after = (series.reindex(keys, fill_value=0).round().astype(int) for series in counts)
    return adjust(
        [compare(key, before[key], after[key], _days(earlier), _days(month)) for key in keys]
    )


def _freshness(engine: EventEngine, shareable_only: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    as_of = engine.period(shareable_only=shareable_only)[1]
    window = Filters(date_from=as_of - timedelta(days=FRESHNESS_DAYS - 1), date_to=as_of)
    received = engine.counts(window, ("source", "day"), shareable_only=shareable_only).to_pandas()
    received["day"] = pd.to_datetime(received["day"]).dt.date
    if shareable_only:
        # Groups are of months; a day of one may hold fewer than k, and only that it came is told.
        received["n"] = received["n"].where(received["n"] >= SUPPRESSION_K)
    last = engine.last_days(shareable_only=shareable_only)
    frame = pd.DataFrame({"source": list(last), "last": list(last.values())})
    frame["days_ago"] = [(as_of - day).days for day in frame["last"]]
    days = received.groupby("source")["day"].nunique()
    frame["n_days"] = frame["source"].map(days).fillna(0).astype(int)
    return frame, received


def _usual(earlier: np.ndarray) -> tuple[float, float] | None:
    if len(earlier) < MIN_MONTHS_FOR_USUAL:
        return None
    tail = (1 - USUAL_SHARE) / 2
    low, high = np.quantile(earlier[-3 * MIN_MONTHS_FOR_USUAL :], [tail, 1 - tail])
    return float(low), float(high)


def _ratio(share: float, days_before: int, days_after: int) -> float:
    return (share / (1 - share)) * (days_before / days_after) if share < 1 else float("inf")


def _month_filters(month: date) -> Filters:
    first, last = month_span(month, month)
    return Filters(date_from=first, date_to=last)


def _days(month: date) -> int:
    return int(pd.Timestamp(month).days_in_month)


def _a_year_before(month: date) -> date:
    return month.replace(year=month.year - 1)
