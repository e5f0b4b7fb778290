"""Pairs of records that may tell of one incident, and how common such records are around them.

Everything runs in DuckDB on a table ``records``: ``row`` (0 … n − 1), ``event_id``, ``source``,
``category``, ``x_m``, ``y_m`` (null without a place), ``from_s``, ``to_s`` (seconds of civil time,
null without a date).
"""

from dataclasses import dataclass

import duckdb
import numpy as np

CELL_M = 100.0  # neighbourhoods of 3 × 3 such cells tell how busy a place is
PRIOR_RECORDS = 12.0  # how many records the wider neighbourhood counts for in the narrower
DAY_S = 86_400
PILE = 5  # records of a source at one place: a camera's or a block's, not the incident's
HEAP_TIMES = 5  # times as many as at the other full hours

# A record with a span meets every day of it; the pair is taken on the first day both share. The
# area is a square as wide as the reach, so partners lie in it or in one of its eight neighbours.
BLOCKS = """
CREATE OR REPLACE TEMP TABLE blocks AS
SELECT row, source_index, category_index, x_m, y_m, from_s, to_s, to_s - from_s AS span_s,
    floor(x_m / $reach_m)::BIGINT AS block_x, floor(y_m / $reach_m)::BIGINT AS block_y,
    unnest(range(floor(from_s / 86400)::BIGINT, floor(to_s / 86400)::BIGINT + 1)) AS day,
    floor(from_s / 86400)::BIGINT AS first_day
FROM numbered WHERE from_s IS NOT NULL AND to_s - from_s <= $span_s
"""
LOOKING = """
SELECT *, unnest(range(low_day, floor((to_s + $reach_s) / 86400)::BIGINT + 1)) AS look_day
FROM (
    SELECT *, floor((from_s - $reach_s) / 86400)::BIGINT AS low_day FROM blocks
    WHERE day = first_day
)
"""
GAP = "greatest(0, a.from_s - b.to_s, b.from_s - a.to_s)"
PAIRS = f"""
CREATE OR REPLACE TEMP TABLE pairs AS
WITH looking AS ({LOOKING}),
around AS (SELECT * FROM (VALUES (-1), (0), (1)) x(dx), (VALUES (-1), (0), (1)) y(dy))
SELECT a.row AS one, b.row AS other, sqrt((a.x_m - b.x_m)^2 + (a.y_m - b.y_m)^2) AS distance_m,
    {GAP} AS gap_s, greatest(a.span_s, b.span_s) AS span_s
FROM (
    SELECT *, block_x + dx AS look_x, block_y + dy AS look_y FROM looking, around
    WHERE x_m IS NOT NULL
) a
JOIN blocks b ON a.look_x = b.block_x AND a.look_y = b.block_y AND a.look_day = b.day
WHERE a.source_index < b.source_index AND b.day = greatest(a.low_day, b.first_day)
    AND {GAP} <= $reach_s AND distance_m <= $reach_m
UNION ALL
SELECT a.row, b.row, NULL, {GAP}, greatest(a.span_s, b.span_s)
FROM looking a
JOIN blocks b ON a.look_day = b.day AND a.category_index = b.category_index
WHERE a.source_index < b.source_index AND b.day = greatest(a.low_day, b.first_day)
    AND (a.x_m IS NULL OR b.x_m IS NULL) AND a.span_s <= 60 AND b.span_s <= 60
    AND {GAP} <= $minutes_s
"""  # noqa: S608 - constants of ours
ORDERED = """
SELECT one, other, distance_m, gap_s, span_s FROM pairs ORDER BY one, other
"""

# Midnight and noon stand for "some time that day" in a source that writes them far too often.
HEAPED = """
CREATE OR REPLACE TEMP TABLE timed AS
WITH clock AS (
    SELECT source, from_s % 86400 AS s, count(*) AS n FROM records
    WHERE from_s = to_s AND from_s % 3600 = 0 GROUP BY ALL
), heaps AS (
    SELECT source, s AS clock_s FROM clock JOIN (
        SELECT source, coalesce(sum(n) FILTER (s NOT IN (0, 43200)), 0) / 22 AS usual
        FROM clock GROUP BY source
    ) USING (source) WHERE s IN (0, 43200) AND n > $heap_times * greatest(usual, 1)
)
SELECT r.* REPLACE (
    if(clock_s IS NULL, from_s, from_s - clock_s) AS from_s,
    if(clock_s IS NULL, to_s, from_s - clock_s + 86400) AS to_s
)
FROM records r LEFT JOIN heaps
    ON heaps.source = r.source AND r.from_s = r.to_s AND r.from_s % 86400 = clock_s
"""
NUMBERED = """
CREATE OR REPLACE TEMP TABLE numbered AS
SELECT *, (dense_rank() OVER (ORDER BY source) - 1)::INTEGER AS source_index,
    (dense_rank() OVER (ORDER BY category) - 1)::INTEGER AS category_index,
    floor(x_m / $cell_m)::BIGINT AS cx, floor(y_m / $cell_m)::BIGINT AS cy,
    to_s - from_s <= 3600 AS is_timed, floor(from_s / 2592000)::BIGINT AS period,
    floor(from_s / 3600)::BIGINT % 24 AS hour, floor(from_s / 86400)::BIGINT % 7 >= 4 AS weekend,
    is_timed AND (hour >= 20 OR hour < 6) AS is_night,
    count(*) OVER (PARTITION BY source, x_m, y_m) >= $pile AS is_piled
FROM timed
"""
# How busy a place is, from the whole city over all records down to one source's category.
PLACES = """
WITH cells AS (
    SELECT cx, cy, {keys} count(*) AS n FROM numbered WHERE x_m IS NOT NULL GROUP BY ALL
), boxes AS (
    SELECT cx + dx AS cx, cy + dy AS cy, {keys} sum(n) AS n_box
    FROM cells, (VALUES (-1), (0), (1)) x(dx), (VALUES (-1), (0), (1)) y(dy) GROUP BY ALL
), totals AS (SELECT {keys} sum(n) AS n_all FROM cells GROUP BY ALL)
SELECT row, n_box - 1 AS n_near, n_all - 1 AS n_all
FROM numbered JOIN boxes USING ({using}) JOIN totals {join} WHERE x_m IS NOT NULL ORDER BY row
"""
PLACE_LEVELS = (("category_index",), ("category_index", "is_night"))
TIMES = """
SELECT row, count(*) OVER (PARTITION BY {keys}) - 1 AS n_near,
    count(*) OVER (PARTITION BY {within}) - 1 AS n_all
FROM numbered WHERE from_s IS NOT NULL ORDER BY row
"""


@dataclass(frozen=True)
class Reach:
    """How far apart two records of one incident may lie.

    ``metres`` between their places, ``minutes`` between their spans; ``unlocated_minutes`` where
    one of them has no place; a span longer than ``span_hours`` says too little to be linked.
    """

    metres: float = 300.0
    minutes: float = 160.0
    unlocated_minutes: float = 15.0
    span_hours: float = 24.0


@dataclass(frozen=True)
class Candidates:
    """Candidate pairs as columns, in order of their rows; nothing within a source.

    ``one`` and ``other`` (n_pairs,) are rows of the records, ``one`` of the source that sorts
    first; ``distance_m`` is NaN where a place is missing; ``gap_s`` is 0 where spans meet;
    ``span_s`` is the longer of the two spans. Per record (n_records,): ``source``, ``category``
    (indices), ``is_piled`` (many of its source share its place), ``per_m2`` and ``per_s``, the
    densities of finding a record of its source and category where and when it is (each integrates
    to 1 over the city, over the period).
    """

    one: np.ndarray
    other: np.ndarray
    distance_m: np.ndarray
    gap_s: np.ndarray
    span_s: np.ndarray
    source: np.ndarray
    category: np.ndarray
    is_piled: np.ndarray
    per_m2: np.ndarray
    per_s: np.ndarray


def find_candidates(connection: duckdb.DuckDBPyConnection, reach: Reach) -> Candidates:
    """Find the pairs of records of different sources that lie within reach of each other.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds the table ``records``; gains ``numbered`` (records with what is derived of each) and
        ``pairs``.
    reach : Reach
        Limits in space and time.

    Returns
    -------
    Candidates
    """
    connection.execute(HEAPED, {"heap_times": HEAP_TIMES})
    connection.execute(NUMBERED, {"cell_m": CELL_M, "pile": PILE})
    connection.execute(BLOCKS, {"reach_m": reach.metres, "span_s": reach.span_hours * 3600})
    limits = {
        "reach_m": reach.metres,
        "reach_s": reach.minutes * 60,
        "minutes_s": reach.unlocated_minutes * 60,
    }
    connection.execute(PAIRS, limits)
    pairs = _columns(connection, ORDERED)
    records = _columns(
        connection, "SELECT source_index, category_index, is_piled FROM numbered ORDER BY row"
    )
    return Candidates(
        **{name: pairs[name] for name in ("one", "other", "distance_m", "gap_s", "span_s")},
        source=records["source_index"],
        category=records["category_index"],
        is_piled=records["is_piled"],
        per_m2=_place_density(connection, len(records["source_index"])),
        per_s=_time_density(connection, len(records["source_index"])),
    )


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, np.ndarray]:
    """Fetch plain arrays; null becomes NaN."""
    found = connection.execute(query).fetchnumpy()
    return {
        name: column.filled(np.nan) if isinstance(column, np.ma.MaskedArray) else np.asarray(column)
        for name, column in found.items()
    }


def _place_density(connection: duckdb.DuckDBPyConnection, n: int) -> np.ndarray:
    """Density of a record's like around its own place, itself left out, from coarse to fine."""
    box_m2 = 9 * CELL_M**2
    cells = "SELECT count(DISTINCT (cx, cy)) FROM numbered WHERE x_m IS NOT NULL"
    n_cells = max(_number(connection, cells), 1)
    share = np.full(n, min(9 / n_cells, 1.0))
    for keys in ((), *PLACE_LEVELS):
        listed = "".join(f"{key}, " for key in keys)
        found = _columns(
            connection,
            PLACES.format(
                keys=listed,
                using=", ".join(["cx", "cy", *keys]),
                join=f"USING ({', '.join(keys)})" if keys else "ON true",
            ),
        )
        _narrow(share, found)
    return share / box_m2


def _time_density(connection: duckdb.DuckDBPyConnection, n: int) -> np.ndarray:
    """Density in time: the source's records of those thirty days × the category's hours."""
    months = "SELECT count(DISTINCT period) FROM numbered WHERE from_s IS NOT NULL"
    n_months = max(_number(connection, months), 1)
    in_period = np.full(n, 1 / n_months)
    _narrow(in_period, _columns(connection, TIMES.format(keys="period", within="true")))
    hour = np.full(n, 1 / 24)
    for keys in ("category_index", "category_index, weekend"):
        within = f"is_timed, {keys}"
        found = _columns(connection, TIMES.format(keys=f"{within}, hour", within=within))
        _narrow(hour, found)
    timed = _columns(connection, "SELECT coalesce(is_timed, false) AS t FROM numbered ORDER BY row")
    return np.asarray(in_period / (30 * DAY_S) * np.where(timed["t"], hour * 24, 1.0))


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _narrow(share: np.ndarray, found: dict[str, np.ndarray]) -> None:
    """Replace shares by those of a narrower group, held back by the wider where it is small."""
    rows = found["row"]
    prior = PRIOR_RECORDS * share[rows]
    share[rows] = (found["n_near"] + prior) / (found["n_all"] + PRIOR_RECORDS)
