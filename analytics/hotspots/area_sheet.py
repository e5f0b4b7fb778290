"""The fact sheet of one area: how many and since when, of what kind, when, who told, where."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely

from analytics.basemaps.streets import read_streets
from analytics.errors import FilterError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.area_layer import Areas, read_areas
from analytics.hotspots.areas import AreaCounts, area_counts
from analytics.hotspots.change import Dates, e_test, period_before
from analytics.hotspots.temporal import HOUR_GROUPS, HourByWeekday, without_midnights
from analytics.settings import City

PERIODS = ("now", "before", "year_before")
NEAR_STREET_M = 60.0  # a place farther from every named street is told of none
TOP_STREETS = 8
GROUPS = ("category", "source", "detection", *HOUR_GROUPS)


@dataclass(frozen=True, eq=False)
class AreaSheet:
    """What is known of one area in a selection.

    ``counts`` is the whole city by area; ``area`` the number of the one shown, from 1.
    ``periods`` is indexed by ``now``, ``before`` (as many days just before) and ``year_before``:
    ``first``, ``last``, ``n`` (missing where the data begin later), ``ratio`` of now's rate to it
    and ``p`` of the two-sided e-test. ``categories``: ``category``, ``n``, ``n_before``,
    ``n_year_before`` and ``city_share`` (of all located events); ``sources``: ``source``,
    ``detection``, ``n``; ``streets``: ``street``, ``n``, of places within 60 m of a named street.
    """

    counts: AreaCounts
    area: int
    periods: pd.DataFrame
    categories: pd.DataFrame
    sources: pd.DataFrame
    hours: HourByWeekday
    streets: pd.DataFrame

    @property
    def name(self) -> str:
        """The area's name in the layer; may be empty."""
        return self.counts.areas.names[self.area - 1]

    @property
    def row(self) -> dict[str, Any]:
        """The area's row of :attr:`AreaCounts.frame`."""
        found = self.counts.frame.iloc[self.area - 1]
        return {str(name): value for name, value in found.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return everything as one table.

        Columns: ``part``, ``key``, ``detail``, ``n``, ``n_before``, ``n_year_before``. Parts:
        total, category, source (detail: detection), hour (key: weekday, Monday = 1; detail: hour)
        and street. Earlier periods are given for totals and categories.
        """
        hours = self.hours.frame.rename(columns={"weekday": "key", "hour": "detail"})
        parts = {
            "total": pd.DataFrame([{f"n{_suffix(name)}": self.periods.at[name, "n"]
                                    for name in PERIODS}]),
            "category": self.categories.rename(columns={"category": "key"}),
            "source": self.sources.rename(columns={"source": "key", "detection": "detail"}),
            "hour": hours,
            "street": self.streets.rename(columns={"street": "key"}),
        }  # fmt: skip
        columns = ["part", "key", "detail", "n", "n_before", "n_year_before"]
        return pd.concat(
            [frame.assign(part=part).astype({"n": float}) for part, frame in parts.items()],
            ignore_index=True,
        ).reindex(columns=columns)


def area_sheet(engine: EventEngine, city: City, filters: Filters, area: int) -> AreaSheet:
    """Gather the fact sheet of one area.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives areas, CRS and, if configured, residents and streets.
    filters : Filters
        The selection; the earlier periods differ in their dates only.
    area : int
        Number of the area in the layer, from 1.

    Raises
    ------
    FilterError
        ``areas.unknown`` if there is no such area, or the settings name no areas.
    SettingsError, SourceError, ProjectionError
        If a layer cannot be used.
    TooFewEventsError
        If the selection holds no event.
    """
    areas = read_areas(city)
    if not 1 <= area <= len(areas.shapes):
        raise FilterError("areas.unknown", area=area, n=len(areas.shapes))
    counts = area_counts(engine, city, filters)
    begins = engine.period()[0]
    periods = dict(zip(PERIODS, _periods(counts.period), strict=True))
    now = _inside(engine, areas, area - 1, filters, GROUPS)
    tables: dict[str, pd.DataFrame | None] = {"now": now}
    for name in PERIODS[1:]:
        first, last = periods[name]
        asked = replace(filters, date_from=first, date_to=last)
        held = first >= begins  # before that nothing is known, which is not zero
        tables[name] = _inside(engine, areas, area - 1, asked, ("category",)) if held else None
    by_place = engine.counts(filters, ("category", "is_located")).to_pandas()
    city_wide = by_place[by_place["is_located"]].set_index("category")["n"]
    return AreaSheet(
        counts=counts,
        area=area,
        periods=_compared(periods, tables),
        categories=_categories(tables, city_wide / city_wide.sum()),
        sources=_totalled(now, ["source", "detection"]),
        hours=without_midnights(now),
        streets=_streets(city, now),
    )


def _suffix(period: str) -> str:
    return "" if period == "now" else f"_{period}"


def _periods(now: Dates) -> tuple[Dates, Dates, Dates]:
    first, last = (_year_before(day) for day in now)
    return now, period_before(now), (first, last)


def _year_before(day: date) -> date:
    earlier: date = (pd.Timestamp(day) - pd.DateOffset(years=1)).date()
    return earlier


def _inside(
    engine: EventEngine, areas: Areas, index: int, filters: Filters, by: tuple[str, ...]
) -> pd.DataFrame:
    """Count a selection inside one area by place and groups."""
    table: pd.DataFrame = engine.counts(filters, by, by_place=True).to_pandas()
    x_min, y_min, x_max, y_max = shapely.bounds(areas.shapes[index])
    near = table["x_m"].between(x_min, x_max) & table["y_m"].between(y_min, y_max)
    table = table[near]
    found, _ = areas.locate(table[["x_m", "y_m"]].to_numpy(dtype=float))
    inside: pd.DataFrame = table[found == index]
    return inside


def _compared(periods: dict[str, Dates], tables: dict[str, pd.DataFrame | None]) -> pd.DataFrame:
    frame = pd.DataFrame(periods, index=["first", "last"]).T
    frame["n"] = [np.nan if (t := tables[name]) is None else t["n"].sum() for name in PERIODS]
    days = np.array([(last - first).days + 1 for first, last in periods.values()])
    rate = frame["n"].to_numpy(dtype=float) / days
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["ratio"] = rate[0] / rate
    frame["p"] = [
        np.nan
        if np.isnan(n)
        else float(e_test(np.array([n]), np.array([frame["n"].iloc[0]]), span, days[0])[0])
        for n, span in zip(frame["n"], days, strict=True)
    ]
    return frame


def _categories(tables: dict[str, pd.DataFrame | None], city_share: pd.Series) -> pd.DataFrame:
    columns = {
        f"n{_suffix(name)}": table.groupby("category")["n"].sum()
        for name, table in tables.items()
        if table is not None
    }
    frame = pd.DataFrame(columns).fillna(0.0)
    for name in PERIODS:
        if tables[name] is None:
            frame[f"n{_suffix(name)}"] = np.nan
    frame["city_share"] = city_share.reindex(frame.index)
    frame.index.name = "category"
    order = ["n", "category"]
    return frame.reset_index().sort_values(order, ascending=[False, True], ignore_index=True)


def _totalled(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    summed: pd.DataFrame = table.groupby(by)["n"].sum().reset_index()
    return summed.sort_values(["n", *by], ascending=[False, *[True] * len(by)], ignore_index=True)


def _streets(city: City, table: pd.DataFrame) -> pd.DataFrame:
    """Count places by the nearest named street; none where no streets are configured."""
    empty = pd.DataFrame({"street": pd.Series(dtype=str), "n": pd.Series(dtype=float)})
    if city.basemap is None or table.empty:
        return empty
    streets = read_streets(city)
    streets = streets[streets["name"] != ""]
    if streets.empty:
        return empty
    tree = shapely.STRtree(streets.geometry.to_numpy())
    points = shapely.points(table[["x_m", "y_m"]].to_numpy(dtype=float))
    which, nearest = tree.query_nearest(points, max_distance=NEAR_STREET_M, all_matches=False)
    names = streets["name"].to_numpy()[nearest]
    found = pd.DataFrame({"street": names, "n": table["n"].to_numpy()[which]})
    return _totalled(found, ["street"]).head(TOP_STREETS)
