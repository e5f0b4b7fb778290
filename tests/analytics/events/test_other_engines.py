"""The same questions on another engine give the same answers."""

from datetime import date

import duckdb
import numpy as np
import psycopg
import pytest

from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from tests.analytics.events.builders import record
from tests.postgres import OWNER, postgres_server

__all__ = ["postgres_server"]

pytestmark = pytest.mark.postgres
TYPES = {"DOUBLE": "float8", "UTINYINT": "smallint", "TIMESTAMP": "timestamp", "BOOLEAN": "boolean"}
SELECTIONS = [
    Filters(),
    Filters(date_from=date(2024, 3, 2), date_to=date(2024, 3, 20)),
    Filters(hours=(22, 5), records=True),
    Filters(weekdays=(1, 6), hours=(8, 17), date_from=date(2024, 3, 3)),
    Filters(categories=("fraud", "Robo de luna"), sources=("calls",)),
]


def copy_to_postgres(path, server):
    """Copy the published table as it is, texts for encoded texts."""
    with duckdb.connect(str(path), read_only=True) as published:
        columns = [row[:2] for row in published.execute("DESCRIBE events").fetchall()]
        rows = published.execute("SELECT * FROM events").fetchall()
    kinds = ", ".join(f'"{name}" {TYPES.get(kind, "text")}' for name, kind in columns)
    with psycopg.connect(host=str(server), user=OWNER, dbname=OWNER, autocommit=True) as target:
        target.execute("DROP TABLE IF EXISTS events_memphis")
        target.execute(f"CREATE TABLE events_memphis ({kinds})")
        with target.cursor() as cursor, cursor.copy("COPY events_memphis FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


@pytest.fixture
def both(events, postgres_server):
    """The same events on DuckDB and on PostgreSQL: instants, spans, undated, not located."""
    rng = np.random.default_rng(5)
    texts, records = ["FRAUDE", "AMENAZAS", "Robo de luna", None], []
    for i in range(120):
        start = np.datetime64("2024-03-01T00:00") + rng.integers(0, 40 * 1440)
        end = start + (rng.integers(1, 9000) if i % 3 == 0 else 0)
        told = {"source_category": texts[i % 4], "source": ("calls", "patrol")[i % 2]}
        place = {"xy": tuple(rng.normal(0, 400, 2).tolist())} if i % 7 else {}
        when = (str(start), str(end)) if i % 11 else ()
        records.append(record(f"e{i:03}", *when, **told, **place))
    events.commit(records)
    path = events.path(events.publish())
    copy_to_postgres(path, postgres_server)
    url = f"postgresql://{OWNER}@/{OWNER}?host={postgres_server}"
    engines = EventEngine(path), EventEngine(url, table="events_memphis")
    yield engines
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("filters", SELECTIONS)
def test_cells_are_the_same(both, filters):
    ours, theirs = (engine.moments(filters, cell_m=100 / 3) for engine in both)
    assert len(ours.n) > 0
    for name in ("col", "row", "n", "sum_a", "sum_b", "sum_ab"):
        one, other = (getattr(m, name)[np.lexsort((m.col, m.row))] for m in (ours, theirs))
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("filters", SELECTIONS)
def test_totals_are_the_same(both, filters):
    one, other = (vars(engine.totals(filters)) for engine in both)
    assert one == pytest.approx(other)


@pytest.mark.parametrize("by", [("month", "category"), ("weekday", "hour"), ("day", "is_located")])
def test_groups_are_the_same(both, by):
    one, other = (engine.counts(SELECTIONS[2], by).to_pylist() for engine in both)
    assert [pytest.approx(row) for row in one] == other


def test_points_days_and_extent_are_the_same(both):
    for ask in (
        lambda engine: engine.points(SELECTIONS[1], 20).to_pylist(),
        lambda engine: (engine.period(), engine.extent(), engine.last_days()),
    ):
        one, other = map(ask, both)
        assert one == other
