"""Questions to the published events, written in Ibis: DuckDB here, the same words on a cluster.

The only module that knows Ibis. Every answer is a small table: cells, groups or a capped list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis import _
from ibis.expr.types import NumericValue, Table
from numpy.typing import NDArray

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.aoristic import meets_dates, selects_time, weighed
from analytics.events.columns import COARSE, GROUPS, POINT_COLUMNS
from analytics.events.cubes import ROUNDING, Moments
from analytics.events.filters import Filters

CACHED_QUERIES = 512
# Merging selections costs more time than DuckDB saves by it; the answers are the same.
ibis.options.sql.fuse_selects = False


@dataclass(frozen=True)
class _Selection:
    """What decides which events a question takes, and how each is weighed."""

    filters: Filters
    shareable_only: bool
    only_instants: bool


@dataclass(frozen=True)
class Totals:
    """What a selection holds, in events; parts of spans count as their share.

    ``n`` incidents (or records, if the filter says so), ``n_located`` of them with coordinates,
    ``n_undated_left_out`` those a time filter could not judge, ``n_records`` all records.
    """

    n: float
    n_located: float
    n_undated_left_out: int
    n_records: float


class EventEngine:
    """Reads one published version; safe to share between threads.

    Inside a time filter an event at a known instant counts 1, a span its share inside
    (:mod:`analytics.events.aoristic`). Events without a date are left out only by a time filter.

    Parameters
    ----------
    target : str or Path
        A published DuckDB file, opened read-only, or an Ibis URL.
    table : str
        Name of the events table; on a cluster ``events_<city>``.
    """

    def __init__(self, target: str | Path, *, table: str = "events") -> None:
        self._backend = _connect(str(target))
        self._events = self._backend.table(table)
        self._lock = Lock()
        self._sql = lru_cache(maxsize=CACHED_QUERIES)(self._compile)
        self._only_instants = self._fetch(_spans)["n"][0].as_py() == 0

    def moments(self, filters: Filters, *, cell_m: float, shareable_only: bool = False) -> Moments:
        """Gather the located events of a selection by binning cell, in one GROUP BY.

        Parameters
        ----------
        filters : Filters
        cell_m : float
            Side of a binning cell in metres of the city's CRS; corners on its multiples.
        shareable_only : bool
            Only events of groups large enough to be shown without points.

        Returns
        -------
        Moments
            Arrays of shape (k,), k occupied cells in no particular order.
        """
        cells = self._fetch(_moments, self._asked(filters, shareable_only), float(cell_m))
        return Moments(cell_m, *(cells[name].to_numpy() for name in cells.column_names))

    def totals(self, filters: Filters, *, shareable_only: bool = False) -> Totals:
        """Count a selection: see :class:`Totals`."""
        row = self._fetch(_totals, self._asked(filters, shareable_only)).to_pylist()[0]
        return Totals(
            n=row["n"] or 0.0,
            n_located=row["n_located"] or 0.0,
            n_undated_left_out=row["n_undated"] if selects_time(filters) else 0,
            n_records=row["n_records"] or 0.0,
        )

    def counts(
        self, filters: Filters, by: tuple[str, ...], *, shareable_only: bool = False,
        by_place: bool = False,
    ) -> pa.Table:  # fmt: skip
        """Count a selection by group.

        Parameters
        ----------
        filters : Filters
        by : tuple of str
            Any of category, source, source_kind, source_category, detection, year, month (its
            first day), day, weekday (Monday = 1), hour, is_located, is_timed (the hour is known),
            is_on_the_hour (to the second). The time of a span is that of ``occurred_from``;
            it is null for events without a date.
        shareable_only : bool
            Only events of groups large enough to be shown without points.
        by_place : bool
            Also by ``x_m`` and ``y_m``; located events only.

        Returns
        -------
        pyarrow.Table
            The columns ``by`` and ``n`` (float64), ordered by ``by``.

        Raises
        ------
        FilterError
            If a column is not one of those.
        """
        for column in by:
            if column not in GROUPS:
                raise FilterError("filter.unknown_column", column=column, known=", ".join(GROUPS))
        return self._fetch(_counts, self._asked(filters, shareable_only), tuple(by), by_place)

    def points(self, filters: Filters, limit: int) -> pa.Table:
        """Return located events of a selection, the latest first, with their ``weight``.

        Parameters
        ----------
        filters : Filters
        limit : int

        Returns
        -------
        pyarrow.Table
            Columns ``POINT_COLUMNS``; longitude and latitude in EPSG:4326, x_m and y_m in metres
            of the city's CRS.
        """
        return self._fetch(_points, self._asked(filters), limit)

    def weighted_points(self, filters: Filters) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return coordinates, shape (n, 2) in metres of the city's CRS, and weights, shape (n,)."""
        rows = self._fetch(_weighted_points, self._asked(filters))
        xy_m = np.column_stack([rows["x_m"].to_numpy(), rows["y_m"].to_numpy()])
        return xy_m, rows["weight"].to_numpy()

    def extent(self, *, shareable_only: bool = False) -> tuple[float, float, float, float]:
        """Return x_min, y_min, x_max, y_max of the located events, metres of the city's CRS.

        Raises
        ------
        TooFewEventsError
            If no event is located.
        """
        row = self._fetch(_extent, shareable_only).to_pylist()[0]
        if row["x_min"] is None:
            raise TooFewEventsError("filter.none_located", n=0, minimum=1)
        return row["x_min"], row["y_min"], row["x_max"], row["y_max"]

    def period(self, *, shareable_only: bool = False) -> tuple[date, date]:
        """Return the first and the last civil day that the events tell of.

        A record that only names its month or year does not make the last day later than its
        first: the month may still be running. Where all records are like that, it does.

        Raises
        ------
        TooFewEventsError
            If no event has a date.
        """
        row = self._fetch(_period, shareable_only).to_pylist()[0]
        if row["first"] is None:
            raise TooFewEventsError("filter.none_dated", n=0, minimum=1)
        return row["first"], row["last"] if row["n_fine"] else row["last_coarse"]

    def last_days(self, *, shareable_only: bool = False) -> dict[str, date]:
        """Return, for each source with a dated event, the last civil day it tells of."""
        rows = self._fetch(_last_days, shareable_only).to_pylist()
        return {row["source"]: row["last"] for row in rows}

    def sql(self, filters: Filters, *, cell_m: float, shareable_only: bool = False) -> str:
        """Return the query behind :meth:`moments`."""
        return self._sql(_moments, self._asked(filters, shareable_only), float(cell_m))

    def close(self) -> None:
        """Let go of the file or the server."""
        self._backend.disconnect()

    def _asked(self, filters: Filters, shareable_only: bool = False) -> _Selection:
        return _Selection(filters, shareable_only, self._only_instants)

    def _compile(self, question: Callable[..., Table], *details: Any) -> str:
        return str(self._backend.compile(question(self._events, *details)))

    def _fetch(self, question: Callable[..., Table], *details: Any) -> pa.Table:
        with self._lock:
            if self._backend.name != "duckdb":
                return self._backend.to_pyarrow(question(self._events, *details))
            sql = self._sql(question, *details)
            # A cursor is a connection of its own to the same database: threads need not queue.
            cursor = self._backend.con.cursor()
        return _without_dictionaries(cursor.sql(sql).to_arrow_table())


def _connect(target: str) -> Any:
    if "://" in target:
        return ibis.connect(target)
    return ibis.duckdb.connect(target, read_only=True, autoinstall_known_extensions=False)


def _without_dictionaries(table: pa.Table) -> pa.Table:
    """Give ENUM columns back as plain text."""
    plain = [
        pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type)
        for f in table.schema
    ]
    return table.cast(pa.schema(plain))


def _moments(events: Table, asked: _Selection, cell_m: float) -> Table:
    selected = _selected(events.filter(_.x_m.notnull()), asked)
    scaled = selected.select("weight", u=_.x_m / cell_m, v=_.y_m / cell_m)
    placed = scaled.select("weight", "u", "v", col=_cell(scaled.u), row=_cell(scaled.v))
    offsets = placed.mutate(
        a=ibis.greatest(placed.u - placed.col, 0.0), b=ibis.greatest(placed.v - placed.row, 0.0)
    )
    return offsets.group_by("col", "row").agg(
        n=_.weight.sum(),
        sum_a=(_.weight * _.a).sum(),
        sum_b=(_.weight * _.b).sum(),
        sum_ab=(_.weight * _.a * _.b).sum(),
    )


def _cell(quotient: NumericValue) -> NumericValue:
    return (quotient + quotient.abs() * ROUNDING).floor()


def _totals(events: Table, asked: _Selection) -> Table:
    matching = _weighed(_told(events, asked), asked)
    counted = matching.weight.notnull() if asked.filters.records else matching.is_incident
    return matching.agg(
        n=_.weight.sum(where=counted),
        n_located=_.weight.sum(where=counted & _.x_m.notnull()),
        n_undated=_.count(where=counted & _.from_s.isnull()),
        n_records=_.weight.sum(),
    )


def _counts(events: Table, asked: _Selection, by: tuple[str, ...], by_place: bool) -> Table:
    selected = _selected(events.filter(_.x_m.notnull()) if by_place else events, asked)
    keys = {name: GROUPS[name](selected) for name in by}
    place = {name: selected[name] for name in ("x_m", "y_m") if by_place}
    return selected.group_by(**keys, **place).agg(n=_.weight.sum()).order_by([*by, *place])


def _points(events: Table, asked: _Selection, limit: int) -> Table:
    selected = _selected(events.filter(_.x_m.notnull()), asked)
    latest = (ibis.desc("occurred_from", nulls_first=False), "event_id")
    return selected.select(*POINT_COLUMNS).order_by(latest).limit(limit)


def _weighted_points(events: Table, asked: _Selection) -> Table:
    selected = _selected(events.filter(_.x_m.notnull()), asked)
    return selected.select("x_m", "y_m", "weight")


def _extent(events: Table, shareable_only: bool) -> Table:
    return _shared(events, shareable_only).agg(
        x_min=_.x_m.min(), y_min=_.y_m.min(), x_max=_.x_m.max(), y_max=_.y_m.max()
    )


def _period(events: Table, shareable_only: bool) -> Table:
    dated = _with_days(_shared(events, shareable_only))
    return dated.agg(
        first=_.first.min(),
        last=_.last.max(),
        last_coarse=_.end.max(),
        n_fine=_.count(where=~_.time_precision.isin(COARSE)),
    )


def _last_days(events: Table, shareable_only: bool) -> Table:
    dated = _with_days(_shared(events, shareable_only))
    return dated.group_by("source").agg(last=_.last.max()).order_by("source")


def _with_days(events: Table) -> Table:
    """Add first day, day of the end and the last day told of; the end of a span is exclusive."""
    dated = events.filter(_.from_s.notnull())
    instant = dated.to_s == dated.from_s
    end = instant.ifelse(dated.occurred_to, dated.occurred_to - ibis.interval(seconds=1)).date()
    first = dated.occurred_from.date()
    coarse = dated.time_precision.isin(COARSE)
    return dated.mutate(first=first, end=end, last=coarse.ifelse(first, end))


def _selected(events: Table, asked: _Selection) -> Table:
    """Keep the events of a selection, with the ``weight`` each counts."""
    matching = _told(events, asked)
    if not asked.filters.records:
        matching = matching.filter(_.is_incident)
    if not selects_time(asked.filters):
        return _weighed(matching, asked)
    near = matching.filter(meets_dates(matching, asked.filters))
    return _weighed(near, asked).filter(_.weight > 0)


def _weighed(events: Table, asked: _Selection) -> Table:
    if not selects_time(asked.filters):
        return events.mutate(weight=ibis.literal(1).cast("float64"))
    return weighed(events, asked.filters, only_instants=asked.only_instants)


def _told(events: Table, asked: _Selection) -> Table:
    """Keep the events whose category and source are asked for, whenever they were."""
    filters = asked.filters
    if filters.categories:
        named = events.category.isin(filters.categories)
        if not asked.shareable_only:  # a text as published would split the groups of five
            named |= events.source_category.isin(filters.categories)
        events = events.filter(named)
    if filters.sources:
        events = events.filter(_.source.isin(filters.sources))
    return _shared(events, asked.shareable_only)


def _shared(events: Table, shareable_only: bool) -> Table:
    return events.filter(_.is_shareable) if shareable_only else events


def _spans(events: Table) -> Table:
    return events.agg(n=_.count(where=_.to_s > _.from_s))
