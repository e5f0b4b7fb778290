"""Which bandwidth: the rules of thumb as hints, and the choice by what came after.

Rules in metres (n events; sd and IQR per axis, population divisor n − 1; hotspots handbook §3.2):
Scott 1992: sd·n^(−1/6) · Silverman 1986, eq. 3.31: 0.9·min(sd, IQR/1.34)·n^(−1/5) · MASS
``bandwidth.nrd``: 4·1.06·min(sd, IQR/1.34)·n^(−1/5) · ArcGIS: 0.9·min(SD, √(1/ln 2)·D_m)·n^(−1/5),
SD the standard distance, D_m the median distance to the mean centre. Two axes give their mean.
They suit one broad hill, which no city is: patrol maps want less, so they are hints, no default.
They speak of a Gaussian's σ; a quartic of radius √8·σ has the same variance along each axis.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import TooFewEventsError
from analytics.events.cubes import Moments, cell_counts
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.density import M2_PER_KM2, binning_cell_m, density_per_km2
from analytics.hotspots.grids import study_grid
from analytics.hotspots.surface import HEADLINE_SHARE, Method
from analytics.hotspots.validity import Holdout, rolling_windows, validate
from analytics.settings import City

FloatArray = NDArray[np.float64]
RULES = ("scott", "silverman", "nrd", "arcgis")
SIGMAS = {"gaussian": 1.0, "quartic": math.sqrt(8)}  # the bandwidth that smooths like σ = 1
CANDIDATES_M = (100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 700.0, 1000.0)
MIN_EVENTS = 30
HINT_CELL_M = 10.0
# So much of the probability is spread evenly over the area: one event where the density is next to
# nothing would otherwise decide alone.
UNIFORM_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class BandwidthChoice:
    """Every candidate with its held-out scores.

    ``frame``: ``bandwidth_m``, ``log_likelihood`` (mean per test event of log density per km², with
    1 % spread evenly), ``hit_rate`` and ``pai`` at 5 % of the area with ``pai_low`` and
    ``pai_high``. ``by_likelihood_m`` and ``by_pai_m`` are the best ones, the widest where several
    tie.
    """

    city: str
    filters: Filters
    method: Method
    frame: pd.DataFrame
    by_likelihood_m: float
    by_pai_m: float
    holdout: Holdout


def rules_of_thumb(moments: Moments, kernel: str = "gaussian") -> dict[str, float]:
    """Return the bandwidth in metres that each rule gives, for a kernel of :data:`SIGMAS`.

    Parameters
    ----------
    moments : Moments
        The located events, in cells so fine that where an event lies inside one does not matter:
        each cell's events are placed at their mean.

    Raises
    ------
    TooFewEventsError
        If there are fewer than 30 events.
    """
    n = float(moments.n.sum())
    if n < MIN_EVENTS:
        raise TooFewEventsError("bandwidth.too_few", n=n, minimum=MIN_EVENTS)
    occupied = moments.n > 0
    weight = moments.n[occupied]
    xy = np.column_stack(
        [
            moments.col[occupied] + moments.sum_a[occupied] / weight,
            moments.row[occupied] + moments.sum_b[occupied] / weight,
        ]
    )
    xy *= moments.cell_m
    centre = weight @ xy / n
    sd = np.sqrt(weight @ (xy - centre) ** 2 / (n - 1))
    iqr = np.array([np.subtract(*_quantiles(axis, weight, (0.75, 0.25))) for axis in xy.T])
    spread = np.minimum(sd, iqr / 1.34)
    distance = np.hypot(*(xy - centre).T)
    standard = math.sqrt(weight @ distance**2 / n)
    median = _quantiles(distance, weight, (0.5,))[0]
    fifth = n ** (-1 / 5)
    sigma = {
        "scott": np.mean(sd) * n ** (-1 / 6),
        "silverman": 0.9 * np.mean(spread) * fifth,
        "nrd": 4 * 1.06 * np.mean(spread) * fifth,
        "arcgis": 0.9 * min(standard, math.sqrt(1 / math.log(2)) * median) * fifth,
    }
    return {rule: float(value) * SIGMAS[kernel] for rule, value in sigma.items()}


def choose_bandwidth(
    engine: EventEngine,
    city: City,
    filters: Filters,
    method: Method,
    holdout: Holdout,
    *,
    candidates_m: tuple[float, ...] = CANDIDATES_M,
) -> BandwidthChoice:
    """Judge candidate bandwidths by events that came after those they were made of.

    Parameters
    ----------
    engine, city, filters, holdout
        As for :func:`analytics.hotspots.validity.validate`.
    method : Method
        Cell in metres and kernel; its bandwidth is not used.
    candidates_m : tuple of float
        Bandwidths in metres.

    Raises
    ------
    FilterError, TooFewEventsError
        As :func:`analytics.hotspots.validity.validate` says.
    """
    rows = []
    for bandwidth_m in candidates_m:
        chosen = replace(method, bandwidth_m=bandwidth_m)
        tested = validate(engine, city, filters, chosen, holdout, models=("density",))
        found = tested.at(HEADLINE_SHARE, "density")
        rows.append(
            {
                "bandwidth_m": bandwidth_m,
                "log_likelihood": _held_out_likelihood(engine, city, filters, chosen, holdout),
                **{name: float(found[name]) for name in ("hit_rate", "pai", "pai_low", "pai_high")},
            }
        )
    frame = pd.DataFrame(rows)
    return BandwidthChoice(
        city=city.key,
        filters=filters,
        method=method,
        frame=frame,
        by_likelihood_m=_best(frame, "log_likelihood"),
        by_pai_m=_best(frame, "pai"),
        holdout=holdout,
    )


def _best(frame: pd.DataFrame, score: str) -> float:
    best = frame[frame[score] == frame[score].max()]
    return float(best["bandwidth_m"].max())


def _held_out_likelihood(
    engine: EventEngine, city: City, filters: Filters, method: Method, holdout: Holdout
) -> float:
    """Return the mean log density (1/km²) at the cells of the test events, over all windows."""
    binning_m, factor = binning_cell_m(method.cell_m, method.bandwidth_m, method.kernel)
    first, last = engine.period()
    span = (max(filters.date_from or first, first), min(filters.date_to or last, last))
    grid = study_grid(city, method.cell_m, engine.extent())
    total, n = 0.0, 0.0
    for window in rolling_windows(holdout, *span):
        before, after = (
            engine.moments(replace(filters, date_from=a, date_to=b), cell_m=binning_m)
            for a, b in (window.train, window.test)
        )
        density = density_per_km2(
            before, grid, bandwidth_m=method.bandwidth_m, kernel=method.kernel
        )[grid.study]
        # A probability over the study area: what falls outside it is not what is tested.
        share = density / density.sum()
        cell_km2 = grid.cell_m**2 / M2_PER_KM2
        f = ((1 - UNIFORM_SHARE) * share + UNIFORM_SHARE / len(share)) / cell_km2
        test = cell_counts(after, factor, grid)[grid.study]
        total += float(test @ np.log(f))
        n += float(test.sum())
    return total / n


def _quantiles(values: FloatArray, weight: FloatArray, at: tuple[float, ...]) -> FloatArray:
    """Quantiles of repeated values, interpolated as numpy does for the values written out."""
    order = np.argsort(values)
    values, last = values[order], np.cumsum(weight[order])
    place = np.array(at) * (last[-1] - 1)
    low, high = np.floor(place), np.ceil(place)
    below, above = (values[np.searchsorted(last, p, side="right")] for p in (low, high))
    found: FloatArray = below + (above - below) * (place - low)
    return found
