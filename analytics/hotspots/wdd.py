"""Did an intervention work? The weighted displacement difference (WDD).

WDD = (T₁ − T₀) − (C₁ − C₀), treated against control area, after against before; its variance is
the sum of the four counts (Wheeler & Ratcliffe 2018, *Crime Science* 7:11). Areas around both take
up what may have been displaced. Periods of unequal length are turned to the length of the later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from scipy.stats import norm

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.change import Dates, check_periods

LEVEL = 0.95
MIN_COUNT = 5  # of each count: below, the normal approximation misleads
ROLES = ("treated", "control", "near_treated", "near_control")
SLIVER_M2 = 1.0  # what reprojection leaves between neighbours is no overlap
Counts = tuple[float, float]  # before, after


@dataclass(frozen=True)
class Difference:
    """A difference of differences in events per later period, with its standard error."""

    estimate: float
    se: float

    @property
    def z(self) -> float:
        """Estimate over standard error."""
        return self.estimate / self.se

    @property
    def p(self) -> float:
        """Two-sided p of the normal approximation."""
        return float(2 * norm.sf(abs(self.z)))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval."""
        reach = float(norm.ppf((1 + LEVEL) / 2)) * self.se
        return self.estimate - reach, self.estimate + reach


@dataclass(frozen=True)
class Intervention:
    """WDD of an intervention: ``local``, ``displaced`` around it (None if not asked), ``total``.

    ``counts`` are events before and after by role, as counted; ``before`` and ``after`` first and
    last day of the periods.
    """

    counts: Mapping[str, Counts]
    before: Dates
    after: Dates
    local: Difference
    displaced: Difference | None
    total: Difference

    @property
    def is_small(self) -> bool:
        """Whether a count is under five, too small for the normal approximation."""
        return min(min(pair) for pair in self.counts.values()) < MIN_COUNT

    def to_frame(self) -> pd.DataFrame:
        """Return a row per area: area, n_before, n_after."""
        rows = [(role, *pair) for role, pair in self.counts.items()]
        return pd.DataFrame(rows, columns=["area", "n_before", "n_after"])


def difference(treated: Counts, control: Counts, *, before_weight: float = 1.0) -> Difference:
    """Compute one weighted displacement difference.

    Parameters
    ----------
    treated, control : (float, float)
        Events before and after.
    before_weight : float
        Length of the earlier period over that of the later: its counts are divided by it.

    Raises
    ------
    TooFewEventsError
        ``wdd.empty`` if all four counts are 0.
    """
    (t0, t1), (c0, c1) = treated, control
    variance = t1 + c1 + (t0 + c0) / before_weight**2
    if not variance > 0:
        raise TooFewEventsError("wdd.empty", n=0, minimum=1)
    estimate = (t1 - t0 / before_weight) - (c1 - c0 / before_weight)
    return Difference(estimate, float(np.sqrt(variance)))


def intervention(
    engine: EventEngine,
    filters: Filters,
    areas: Mapping[str, shapely.Geometry],
    *,
    before: Dates,
    after: Dates,
) -> Intervention:
    """Count events in treated and control areas before and after, and compare the changes.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    filters : Filters
        Types, sources, hours and weekdays; its dates are replaced by the two periods.
    areas : mapping
        ``treated`` and ``control``, and both or neither of ``near_treated`` and ``near_control``:
        polygons in the city's CRS that share no area.
    before, after : (date, date)
        First and last day, both included; the periods share no day.

    Raises
    ------
    FilterError
        ``change.overlap`` for periods, ``wdd.overlap`` for areas that meet, ``wdd.areas`` if one of
        a pair is missing.
    TooFewEventsError
        ``wdd.empty`` if a pair of areas holds no event at all.
    """
    check_periods(before, after)
    _check_areas(areas)
    counts = {role: [0.0, 0.0] for role in areas}
    for i, (first, last) in enumerate((before, after)):
        asked = replace(filters, date_from=first, date_to=last)
        xy_m, weights = engine.weighted_points(asked)
        for role, area in areas.items():
            counts[role][i] = float(weights[shapely.contains_xy(area, *xy_m.T)].sum())
    pairs = {role: (told[0], told[1]) for role, told in counts.items()}
    weight = _days(before) / _days(after)
    local = difference(pairs["treated"], pairs["control"], before_weight=weight)
    displaced, total = None, local
    if "near_treated" in pairs:
        displaced = difference(pairs["near_treated"], pairs["near_control"], before_weight=weight)
        total = Difference(
            local.estimate + displaced.estimate, float(np.hypot(local.se, displaced.se))
        )
    return Intervention(pairs, before, after, local, displaced, total)


def _days(period: Dates) -> int:
    first, last = period
    return (last - first).days + 1


def _check_areas(areas: Mapping[str, shapely.Geometry]) -> None:
    pairs = ({"treated", "control"}, {"near_treated", "near_control"})
    if not pairs[0] <= set(areas) or len(pairs[1] & set(areas)) == 1:
        raise FilterError("wdd.areas", given=", ".join(areas), known=", ".join(ROLES))
    roles = list(areas)
    for i, one in enumerate(roles):
        for other in roles[i + 1 :]:
            if shapely.area(shapely.intersection(areas[one], areas[other])) > SLIVER_M2:
                raise FilterError("wdd.overlap", one=one, other=other)
