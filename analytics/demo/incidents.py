"""The incidents of Puerto Quimera: seeded, along streets, with a truth that tests can check.

What is drawn here is invented; ``demo_offences`` says what happens where and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from shapely import LineString, Point, Polygon

from analytics.basemaps.streets import STREET_CLASSES
from analytics.demo.city import DemoCity, place
from analytics.demo.offences import FLOOR, HOT_SPOTS, OFFENCES, RHYTHMS, HotSpot, Offence

MONTHS = 36
STEP_M = 12.0  # distance between the places on a street where something can happen
ADDRESS_M = 7.0  # standard deviation from the street's axis to the door
NEAR_REPEAT_M = 150.0  # mean distance of a follower from the incident it follows
NEAR_REPEAT_DAYS = 10.0  # mean days until a follower
MONTHLY_DRIFT = 0.22  # standard deviation of a hot spot's monthly change of log intensity
DRIFT_MEMORY = 0.85  # first-order autocorrelation of that intensity
NIGHT_HOURS = (20, 21, 22, 23, 0, 1, 2, 3, 4, 5)


@dataclass(frozen=True)
class StreetPlaces:
    """Where things can happen: points every ``STEP_M`` along the streets inside the boundary.

    ``xy_m`` (n, 2) in the city's CRS; ``street_class`` (n,) index into ``STREET_CLASSES``;
    ``residents`` (n,) of the nearest blocks.
    """

    xy_m: np.ndarray
    street_class: np.ndarray
    residents: np.ndarray


def period(until: date, months: int = MONTHS) -> tuple[date, date]:
    """Return the first and last day of ``months`` whole months ending with ``until``'s month."""
    index = until.year * 12 + until.month
    first = date(*_year_month(index - months))
    return first, date(*_year_month(index)) - timedelta(days=1)


def simulate_incidents(
    city: DemoCity, *, n: int, seed: int, until: date, months: int = MONTHS
) -> pd.DataFrame:
    """Draw the incidents that truly happened.

    Parameters
    ----------
    city : DemoCity
        Streets and residents, in projected metres.
    n : int
        Number of incidents, followers included.
    seed : int
        Equal seeds and dates give equal incidents.
    until : date
        Any day of the last month.
    months : int
        Whole months of the period.

    Returns
    -------
    DataFrame
        Sorted by time: incident_id, category, t (naive civil time), x, y (metres in the city's
        CRS), parent_id (the incident it follows nearby, or null).

    Notes
    -----
    A Poisson field on the street network whose hot spots drift as a first-order autoregression,
    plus followers with exponential distances and delays (Mohler et al. 2011, *Journal of the
    American Statistical Association* 106, 100–108, describes such self-exciting fields).
    """
    rng = np.random.default_rng([seed, until.toordinal()])
    first, last = period(until, months)
    places = street_places(city)
    kernels = np.stack([_kernel(spot, places) for spot in HOT_SPOTS])
    drift = _drift(rng, len(HOT_SPOTS), months)
    end_s = ((last - first).days + 1) * 86400
    tree = cKDTree(places.xy_m)
    total = sum(o.share for o in OFFENCES.values())
    parts = []
    for key, offence in OFFENCES.items():
        wanted = round(n * offence.share / total)
        n_followers = round(wanted * offence.near_repeat)
        when = _moments(rng, offence, wanted - n_followers, first=first, last=last)
        weights = _weights(rng, key, offence, places=places, kernels=kernels, drift=drift)
        where = _draw_places(rng, weights, when, first)
        part = _with_followers(rng, when, places.xy_m[where], n=n_followers, end_s=end_s, tree=tree)
        parts.append(part.assign(category=key))
    return _numbered(rng, parts, first=first, boundary=city.boundary)


def street_places(city: DemoCity, step_m: float = STEP_M) -> StreetPlaces:
    """Return points along every street inside the boundary, ``step_m`` metres apart."""
    lines = city.streets.geometry.to_numpy()
    counts = np.maximum(1, (shapely.length(lines) / step_m).astype(int))
    owner = np.repeat(np.arange(len(lines)), counts)
    position = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = (position + 0.5) / counts[owner]
    points = shapely.line_interpolate_point(lines[owner], at, normalized=True)
    inside = shapely.contains(city.boundary.buffer(-15), points)
    xy = shapely.get_coordinates(points[inside])
    classes = city.streets["street_class"].map({k: i for i, k in enumerate(STREET_CLASSES)})
    return StreetPlaces(
        xy_m=xy,
        street_class=classes.to_numpy()[owner[inside]],
        residents=_residents_near(xy, city.blocks),
    )


def week_rhythm(name: str) -> np.ndarray:
    """Return the share of each of the 168 hours of the week (Monday 0 h first); sums to 1."""
    hours = np.arange(168)[:, None] + 0.5
    rhythm = np.full(168, FLOOR)
    for days, peak, spread, weight in RHYTHMS[name]:
        away = (hours - (24 * np.array(days) + peak) + 84) % 168 - 84
        rhythm += weight * np.exp(-((away / spread) ** 2) / 2).sum(axis=1)
    return np.asarray(rhythm / rhythm.sum())


def _year_month(index: int) -> tuple[int, int, int]:
    return index // 12, index % 12 + 1, 1


def _residents_near(xy: np.ndarray, blocks: gpd.GeoDataFrame) -> np.ndarray:
    tree = cKDTree(shapely.get_coordinates(blocks.geometry.to_numpy()))
    away, index = tree.query(xy, k=4)
    people = blocks["population"].to_numpy()[index] * np.exp(-((away / 120) ** 2) / 2)
    return np.asarray(people.sum(axis=1))


def _kernel(spot: HotSpot, places: StreetPlaces) -> np.ndarray:
    """Share of a hot spot's incidents at each place: nearer and busier streets get more."""
    xy = place(spot.points)
    shape = Point(xy[0]) if len(xy) == 1 else LineString(xy)
    away = shapely.distance(shapely.points(places.xy_m), shape)
    busy = np.array([2.2, 1.8, 1.2, 0.8])[places.street_class]
    kernel = np.exp(-((away / spot.spread_m) ** 2) / 2) * busy
    return np.asarray(kernel / kernel.sum())


def _drift(rng: np.random.Generator, n_spots: int, months: int) -> np.ndarray:
    """Monthly intensity of each hot spot (n_spots, months), mean about 1, with its own trend."""
    level = rng.normal(0, MONTHLY_DRIFT / np.sqrt(1 - DRIFT_MEMORY**2), n_spots)
    drift = np.empty((n_spots, months))
    for month in range(months):
        drift[:, month] = level
        level = DRIFT_MEMORY * level + rng.normal(0, MONTHLY_DRIFT, n_spots)
    years = (np.arange(months) - months / 2) / 12
    trend = np.log1p(np.array([spot.trend for spot in HOT_SPOTS]))
    return np.asarray(np.exp(drift + trend[:, None] * years))


def _moments(
    rng: np.random.Generator, offence: Offence, n: int, *, first: date, last: date
) -> np.ndarray:
    """Draw ``n`` times in order (seconds since ``first``) from rhythm × season × trend."""
    days = (last - first).days + 1
    day = np.arange(days)
    week = week_rhythm(offence.rhythm).reshape(7, 24)
    of_year = (np.datetime64(first) + day).astype("datetime64[M]").astype(int) % 12 + 1
    season = 1 + offence.season * np.cos(2 * np.pi * (of_year - offence.peak_month) / 12)
    trend = (1 + offence.trend) ** (day / 365.25)
    shocks = rng.gamma(40, 1 / 40, days)
    hourly = (season * trend * shocks)[:, None] * week[(first.weekday() + day) % 7]
    cumulative = np.cumsum(hourly.ravel())
    at = rng.random(n) * cumulative[-1]
    hour = np.searchsorted(cumulative, at, side="right")
    return np.asarray(np.sort(hour * 3600 + rng.integers(0, 3600, n)))


def _weights(
    rng: np.random.Generator,
    key: str,
    offence: Offence,
    *,
    places: StreetPlaces,
    kernels: np.ndarray,
    drift: np.ndarray,
) -> np.ndarray:
    """Intensity (months, 2: day and night, places) of one category."""
    base = np.array(offence.street_weights)[places.street_class]
    if offence.at_homes:
        base = base * places.residents
    base = base * _unevenness(rng, places.xy_m)
    base /= base.sum()
    shares = np.array([spot.shares.get(key, 0.0) for spot in HOT_SPOTS])
    night = np.array([[2 / (1 + s.night), 2 * s.night / (1 + s.night)] for s in HOT_SPOTS])
    strength = shares[:, None, None] * drift[:, :, None] * night[:, None, :]
    hot = np.tensordot(strength, kernels, axes=(0, 0))
    return np.asarray(hot + (1 - shares.sum()) * base)


def _unevenness(rng: np.random.Generator, xy: np.ndarray) -> np.ndarray:
    """Multiply the background by a smooth random field, so that no two quarters are alike."""
    centres = xy[rng.integers(0, len(xy), 40)]
    spread = rng.uniform(120, 420, 40)
    lift = rng.normal(0, 0.7, 40)
    away = np.hypot(*(xy[:, None, :] - centres[None]).transpose(2, 0, 1))
    return np.asarray(np.exp((lift * np.exp(-((away / spread) ** 2) / 2)).sum(axis=1)))


def _draw_places(
    rng: np.random.Generator, weights: np.ndarray, when: np.ndarray, first: date
) -> np.ndarray:
    """Draw the index of a place for each time, from its month's day or night field."""
    stamp = np.datetime64(first) + when.astype("timedelta64[s]")
    month = stamp.astype("datetime64[M]").astype(int) - np.datetime64(first, "M").astype(int)
    night = np.isin((when // 3600) % 24, NIGHT_HOURS).astype(int)
    where = np.empty(len(when), dtype=np.int64)
    for group in np.unique(month * 2 + night):
        members = np.flatnonzero(month * 2 + night == group)
        cumulative = np.cumsum(weights[group // 2, group % 2])
        drawn = np.searchsorted(cumulative, rng.random(len(members)) * cumulative[-1], "right")
        where[members] = drawn
    return where


def _with_followers(
    rng: np.random.Generator, when: np.ndarray, xy: np.ndarray, *, n: int, end_s: int, tree: cKDTree
) -> pd.DataFrame:
    """Add ``n`` incidents that follow another one nearby; ``parent`` is its row, −1 for none."""
    parents, times, spots = [], [], []
    missing = n
    while missing > 0:
        parent = rng.integers(0, len(when), missing)
        days = np.rint(rng.exponential(NEAR_REPEAT_DAYS, missing))
        hours = rng.normal(0, 1.5, missing)
        delay = days * 86400 + np.where(days == 0, np.abs(hours), hours) * 3600 + 60
        away, turn = rng.exponential(NEAR_REPEAT_M, missing), rng.uniform(0, 2 * np.pi, missing)
        target = xy[parent] + (away * np.array([np.cos(turn), np.sin(turn)])).T
        to_street, street = tree.query(target)
        held = (when[parent] + delay < end_s) & (to_street < 70)
        parents.append(parent[held])
        times.append((when[parent] + delay)[held].astype(np.int64))
        spots.append(tree.data[street[held]])
        missing -= int(held.sum())
    t = np.concatenate([when, *times])
    place_xy = np.concatenate([xy, *spots])
    parent_row = np.concatenate([np.full(len(when), -1), *parents])
    return pd.DataFrame({"s": t, "x": place_xy[:, 0], "y": place_xy[:, 1], "parent": parent_row})


def _numbered(
    rng: np.random.Generator, parts: Sequence[pd.DataFrame], *, first: date, boundary: Polygon
) -> pd.DataFrame:
    """Join the categories, move each incident to its door, number in order of time."""
    offsets = np.cumsum([0, *(len(part) for part in parts[:-1])])
    joined = pd.concat(
        [
            part.assign(parent=part["parent"].where(part["parent"] < 0, part["parent"] + offset))
            for part, offset in zip(parts, offsets, strict=True)
        ],
        ignore_index=True,
    )
    xy = joined[["x", "y"]].to_numpy()
    door = xy + rng.normal(0, ADDRESS_M, xy.shape)
    inside = shapely.contains_xy(boundary, door)
    joined[["x", "y"]] = np.round(np.where(inside[:, None], door, xy), 1)
    order = np.argsort(joined["s"].to_numpy(), kind="stable")
    ids = np.empty(len(joined), dtype=object)
    ids[order] = [f"Q{number:06d}" for number in range(1, len(joined) + 1)]
    parent = joined["parent"].to_numpy()
    return (
        pd.DataFrame(
            {
                "incident_id": ids,
                "category": joined["category"],
                "t": pd.Timestamp(first) + pd.to_timedelta(joined["s"], unit="s"),
                "x": joined["x"],
                "y": joined["y"],
                "parent_id": np.where(parent >= 0, ids[parent], None),
            }
        )
        .iloc[order]
        .reset_index(drop=True)
    )
