"""How far an indicator has come on the way to its target: pace, status, trend, freshness.

Default is the linear required pace; Open SDG's growth rates (Statistics Canada, after Eurostat:
sdg-build ``ProgressMeasure``) are a switch, the UN Statistics Division's projection stands beside.
Performance and the state of the data are two values and are never merged.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics.errors import FilterError

Method = Literal["linear", "cagr"]
METHODS: tuple[Method, ...] = ("linear", "cagr")
ON_TRACK, SOME, NONE = 0.95, 0.60, 0.0
WITHOUT_TARGET = (0.015, 0.005, 0.0)  # growth per year in the desired direction
ZERO_BASE = 0.001
LIMIT_POWER = 4.44
Z_95 = 1.959963984540054
UN_ON_TRACK, UN_STAGNATION = 0.95, 0.10
TREND_MINIMUM, RUN_CHART_MINIMUM, RUN_SHIFT, RUN_TREND = 3, 10, 6, 5
DEAD_BAND = 0.05
FRESH, DUE, DROPPED = 1.0, 1.5, 2.0  # age in periods of the indicator
_WITH_TARGET = ((-0.6, -5.0), (0.6, 0.0), (1.3, 5.0))
_NO_TARGET = ((-0.02, -5.0), (0.0, -2.5), (0.005, 0.0), (0.015, 2.5), (0.02, 5.0))


@dataclass(frozen=True)
class Path:
    """Base, latest and target of an indicator; moments in decimal years.

    ``direction`` is +1 where more is better, −1 where less is.
    """

    base: float
    latest: float
    target: float
    base_at: float
    latest_at: float
    target_at: float
    direction: int = 1


@dataclass(frozen=True)
class Trend:
    """Whether the series moves beyond the dead band: +1, −1, 0; None below three points."""

    sign: int | None
    n: int
    change: float
    dead_band: float


def linear_ratio(path: Path) -> float:
    """Return the achieved pace over the required pace, both per year since the base.

    Raises
    ------
    FilterError
        ``progress.target_is_base`` if there is no way to go, ``progress.dates`` if the base is not
        before the latest value and the target.
    """
    _check_dates(path)
    if path.target == path.base:
        raise FilterError("progress.target_is_base", value=path.base)
    achieved = (path.latest - path.base) / (path.latest_at - path.base_at)
    return achieved / ((path.target - path.base) / (path.target_at - path.base_at))


def growth(first: float, last: float, years: float) -> float:
    """Return the compound growth per year; a zero end is read as 0.001, as Open SDG does.

    Raises
    ------
    FilterError
        ``progress.signs`` if the ends have different signs.
    """
    first, last = first or ZERO_BASE, last or ZERO_BASE
    if first * last < 0:
        raise FilterError("progress.signs", first=first, last=last)
    return float((last / first) ** (1 / years) - 1)


def cagr_ratio(path: Path) -> float:
    """Return Open SDG's R: growth so far over the growth that leads to the target.

    Raises
    ------
    FilterError
        As :func:`linear_ratio` and :func:`growth`.
    """
    _check_dates(path)
    needed = growth(path.base, path.target, path.target_at - path.base_at)
    if needed == 0:
        raise FilterError("progress.target_is_base", value=path.base)
    return (
        path.direction * growth(path.base, path.latest, path.latest_at - path.base_at) / abs(needed)
    )


def un_ratio(path: Path) -> float | None:
    """Return the UN Statistics Division's CR: projected distance over distance to the target.

    None where the base is zero: a growth rate from nothing means nothing.
    """
    _check_dates(path)
    if path.base == 0 or path.target == path.base:
        return None
    rate = growth(path.base, path.latest, path.latest_at - path.base_at)
    projected = path.latest * (1 + rate) ** (path.target_at - path.latest_at)
    return float((projected - path.base) / (path.target - path.base))


def un_status(ratio: float) -> str:
    """Place CR by the UN's cuts: ``on_track``, ``acceleration``, ``stagnation``."""
    if ratio >= UN_ON_TRACK:
        return "on_track"
    return "acceleration" if ratio >= UN_STAGNATION else "stagnation"


def status_of(ratio: float) -> str:
    """Place a ratio of paces: ``on_track``, ``acceleration``, ``limited``, ``deterioration``."""
    return _place(ratio, (ON_TRACK, SOME, NONE))


def status_without_target(rate: float, factor: float = 1.0) -> str:
    """Place growth per year in the desired direction; ``factor`` shrinks the positive cuts."""
    return _place(rate, tuple(cut * factor for cut in WITHOUT_TARGET))


def limit_factor(base: float, limit: float) -> float:
    """Return by how much a natural limit shrinks what growth can be asked (Open SDG's C)."""
    if base <= limit:
        return float(1 - (base / limit) ** LIMIT_POWER)
    if base < 2 * limit:
        return float(1 - ((2 * limit - base) / limit) ** LIMIT_POWER)
    return 1.0


def score(ratio: float) -> float:
    """Return Open SDG's score −5…+5 of a ratio of paces."""
    return _through(ratio, _WITH_TARGET)


def score_without_target(rate: float) -> float:
    """Return Open SDG's score −5…+5 of growth per year in the desired direction."""
    return _through(rate, _NO_TARGET)


def status_of_score(mean: float, *, all_achieved: bool = False) -> str:
    """Place a mean of scores; ``achieved`` only if every series is."""
    return "achieved" if all_achieved else _place(mean, (2.5, 0.0, -2.5))


def maintained(latest: float, target: float, *, direction: int, tolerance: float) -> bool:
    """Tell whether a value to be kept is kept: not worse than the target by more than that."""
    return direction * (latest - target) >= -tolerance


def achieved(latest: float, target: float, direction: int) -> bool:
    """Tell whether the target is met."""
    return direction * (latest - target) >= 0


def wilson(successes: float, n: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson interval of a share.

    Parameters
    ----------
    successes : float
        Of ``n``; need not be whole, as published percentages are rounded.
    n : int
        At least 1.
    z : float
        Normal quantile; 95 % by default.

    Raises
    ------
    FilterError
        ``progress.sample`` if n < 1 or the successes lie outside 0…n.
    """
    if n < 1 or not 0 <= successes <= n:
        raise FilterError("progress.sample", n=n, successes=successes)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # Rounding must not put the share itself outside.
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def median_level(low: int, medium: int, high: int) -> int | None:
    """Return the median of a distribution over low (0), medium (1), high (2); None when empty.

    Of two middle values the lower counts.
    """
    n = low + medium + high
    if n == 0:
        return None
    middle = (n + 1) // 2
    return 0 if middle <= low else 1 if middle <= low + medium else 2


def ordinal_status(latest: int | None, target: int, base: int | None) -> str:
    """Place a median level: reached, above, at or below where it started; None is not assessed."""
    if latest is None:
        return "not_assessed"
    if latest >= target:
        return "achieved"
    if base is None or latest == base:
        return "limited"
    return "acceleration" if latest > base else "deterioration"


def trend(values: Sequence[float], dead_band: float = DEAD_BAND) -> Trend:
    """Tell where a series moves, by the median slope (Theil–Sen) over its whole span.

    Parameters
    ----------
    values : sequence of float
        In order of time.
    dead_band : float
        Share of the median size that a change must exceed; from ten points on a run of five rises
        or falls, or six points on one side of the median, counts as well (run-chart rules).
    """
    n = len(values)
    series = np.asarray(values, dtype=float)
    if n < TREND_MINIMUM:
        return Trend(None, n, 0.0, 0.0)
    i, j = np.triu_indices(n, 1)
    change = float(np.median((series[j] - series[i]) / (j - i))) * (n - 1)
    band = dead_band * float(np.median(np.abs(series)))
    sign = 0 if abs(change) <= band else int(np.sign(change))
    if sign == 0 and n >= RUN_CHART_MINIMUM:
        sign = _run_chart(series)
    return Trend(sign, n, change, band)


def data_status(age_months: float | None, period_months: float) -> str:
    """Place the age of the latest value: ``never``, ``fresh``, ``due``, ``stale``, ``dropped``.

    Age is counted in periods of the indicator: ≤ 1 fresh, ≤ 1.5 due, > 1.5 stale; after 2 it
    leaves composites.
    """
    if age_months is None:
        return "never"
    periods = age_months / period_months
    if periods <= FRESH:
        return "fresh"
    if periods <= DUE:
        return "due"
    return "stale" if periods <= DROPPED else "dropped"


def _check_dates(path: Path) -> None:
    if not path.base_at < min(path.latest_at, path.target_at):
        raise FilterError("progress.dates", base=path.base_at, target=path.target_at)


def _place(value: float, cuts: tuple[float, ...]) -> str:
    names = ("on_track", "acceleration", "limited")
    return next((n for n, cut in zip(names, cuts, strict=True) if value >= cut), "deterioration")


def _through(value: float, knots: tuple[tuple[float, float], ...]) -> float:
    return float(np.interp(value, [x for x, _ in knots], [y for _, y in knots]))


def _run_chart(series: np.ndarray) -> int:
    """Sign of a run at the end: five steps one way, or six points on one side of the median."""
    steps = np.sign(np.diff(series[-RUN_TREND - 1 :]))
    if len(set(steps)) == 1 and steps[0] != 0:
        return int(steps[0])
    sides = np.sign(series[-RUN_SHIFT:] - np.median(series))
    return int(sides[0]) if len(set(sides)) == 1 else 0
