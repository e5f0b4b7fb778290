"""The engine: what is asked of the published events, answered by cell, by group, one by one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pytest

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.columns import POINT_COLUMNS
from analytics.events.cubes import cell_counts, moments_of
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from tests.analytics.events.builders import record

ALL = Filters()


@dataclass(frozen=True)
class Block:
    col0: int
    row0: int
    n_cols: int
    n_rows: int


def by_cell(moments):
    order = np.lexsort((moments.col, moments.row))
    return [getattr(moments, f)[order] for f in ("col", "row", "n", "sum_a", "sum_b", "sum_ab")]


@pytest.fixture
def three(events):
    """A fraud and a threat by call, located and dated; one by patrol with neither."""
    return events.engine(
        record("a", "2024-03-04T08:10", xy=(130.0, 260.0)),
        record("b", "2024-04-05T20:59:59", xy=(175.0, 240.0), source_category="AMENAZAS"),
        record("c", source="patrol", source_kind="patrol", source_category="Robo de luna"),
    )


def test_moments_are_counts_and_offsets_by_cell(three):
    moments = three.moments(ALL, cell_m=100.0)
    cells = [values.tolist() for values in by_cell(moments)]
    assert cells[:3] == [[1], [2], [2.0]]
    assert [v for [v] in cells[3:]] == pytest.approx([0.3 + 0.75, 0.6 + 0.4, 0.18 + 0.3])
    assert moments.cell_m == 100.0


def test_moments_are_whole_cells_and_float_sums(three):
    moments = three.moments(ALL, cell_m=100.0)
    assert {moments.col.dtype, moments.row.dtype} == {np.dtype(np.int64)}
    sums = (moments.n, moments.sum_a, moments.sum_b, moments.sum_ab)
    assert {values.dtype for values in sums} == {np.dtype(np.float64)}


def test_cells_west_and_south_of_the_origin_are_floored(events):
    moments = events.engine(record("a", xy=(-1.0, -250.0))).moments(ALL, cell_m=100.0)
    assert (moments.col.tolist(), moments.row.tolist()) == ([-1], [-3])
    assert (moments.sum_a[0], moments.sum_b[0]) == pytest.approx((0.99, 0.5))


@pytest.mark.parametrize("cell_m", [100.0, 12.5, 100 / 3, 100 / 7])
def test_the_query_gathers_what_gathering_in_memory_does(events, cell_m):
    rng = np.random.default_rng(3)
    xy_m = np.round(rng.normal(0, 300, (400, 2)), 1)
    engine = events.engine(*(record(str(i), xy=tuple(xy)) for i, xy in enumerate(xy_m.tolist())))
    found, expected = by_cell(engine.moments(ALL, cell_m=cell_m)), by_cell(moments_of(xy_m, cell_m))
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize("factor", [3, 7, 11])
def test_an_event_on_a_cell_edge_belongs_to_the_cell_it_opens(events, factor):
    edges = [(100.0 * k, 100.0 * k) for k in range(62_990, 63_090)]
    engine = events.engine(*(record(str(i), xy=xy) for i, xy in enumerate(edges)))
    counts = cell_counts(
        engine.moments(ALL, cell_m=100.0 / factor), factor, Block(62_990, 62_990, 100, 100)
    )
    np.testing.assert_array_equal(counts, np.eye(100))


def test_an_event_without_place_is_counted_and_not_drawn(three):
    totals = three.totals(ALL)
    assert (totals.n, totals.n_located, totals.n_records) == (3, 2, 3)
    assert three.moments(ALL, cell_m=100.0).n.sum() == 2


def test_an_event_without_date_is_left_out_by_a_time_filter_only_and_said(three):
    assert three.totals(ALL).n_undated_left_out == 0
    in_march = three.totals(Filters(date_from=date(2024, 3, 1), date_to=date(2024, 3, 31)))
    assert (in_march.n, in_march.n_undated_left_out) == (1, 1)
    by_patrol = three.totals(Filters(sources=("patrol",), weekdays=(1,)))
    assert (by_patrol.n, by_patrol.n_undated_left_out) == (0, 1)


@pytest.mark.parametrize(
    ("categories", "n"),
    [
        (("fraud",), 1),
        (("FRAUDE",), 1),
        (("fraud", "AMENAZAS"), 2),
        (("unclassified",), 1),
        (("Robo de luna",), 1),
        (("nothing of the kind",), 0),
    ],
)
def test_a_category_is_a_key_of_the_taxonomy_or_a_text_as_published(three, categories, n):
    assert three.totals(Filters(categories=categories)).n == n


def test_sources_select_by_name(three):
    assert three.totals(Filters(sources=("calls", "unheard of"))).n == 2


def test_both_days_of_a_date_filter_belong_to_it(events):
    engine = events.engine(
        record("first moment", "2024-03-04T00:00"),
        record("last moment", "2024-03-05T23:59:59"),
        record("before", "2024-03-03T23:59:59"),
        record("after", "2024-03-06T00:00"),
    )
    asked = Filters(date_from=date(2024, 3, 4), date_to=date(2024, 3, 5))
    assert engine.totals(asked).n == 2


def test_an_hour_runs_to_its_last_second(three):
    assert three.totals(Filters(hours=(20, 20))).n == 1
    assert three.totals(Filters(hours=(21, 7))).n == 0


def test_weekdays_are_iso(three):
    assert [three.totals(Filters(weekdays=(d,))).n for d in range(1, 8)] == [1, 0, 0, 0, 1, 0, 0]


def test_the_twenty_four_hours_share_out_the_dated_events(three):
    assert sum(three.totals(Filters(hours=(h, h))).n for h in range(24)) == 2


def test_incidents_count_once_and_records_on_request(events):
    events.engine(record("a", xy=(1.0, 1.0)), record("b", xy=(2.0, 2.0)))
    path = events.path(events.publish())
    linked = path.with_name("linked.duckdb")
    linked.write_bytes(path.read_bytes())
    with duckdb.connect(str(linked)) as connection:
        connection.execute("UPDATE events SET is_incident = (event_id = 'a')")
    engine = EventEngine(linked)
    assert (engine.totals(ALL).n, engine.totals(ALL).n_records) == (1, 2)
    assert engine.totals(Filters(records=True)).n == 2
    assert engine.moments(ALL, cell_m=100.0).n.sum() == 1
    assert engine.moments(Filters(records=True), cell_m=100.0).n.sum() == 2


def test_only_groups_of_five_located_incidents_are_shareable(events):
    def group(name, n, **told):
        return [record(f"{name}{i}", "2024-03-04T08:00", **told) for i in range(n)]

    engine = events.engine(
        *group("five", 5, xy=(1.0, 1.0)),
        *group("and one not located", 1),
        *group("four", 4, xy=(1.0, 1.0), source_category="AMENAZAS"),
        *group("four of another source", 4, xy=(1.0, 1.0), source="patrol"),
        record("next month", "2024-04-04T08:00", xy=(1.0, 1.0)),
    )
    assert engine.totals(ALL).n == 15
    assert engine.totals(ALL, shareable_only=True).n == 6
    assert engine.moments(ALL, cell_m=100.0, shareable_only=True).n.tolist() == [5]
    counts = engine.counts(ALL, ("source", "category"), shareable_only=True)
    assert counts.to_pylist() == [{"source": "calls", "category": "fraud", "n": 6}]


def test_a_span_over_two_months_is_not_shareable(events):
    inside = [record(f"s{i}", "2024-03-01", "2024-04-01", xy=(1.0, 1.0)) for i in range(5)]
    over = record("over", "2024-03-31T23:00", "2024-04-01T01:00", xy=(1.0, 1.0))
    engine = events.engine(*inside, over)
    april = Filters(date_from=date(2024, 4, 1), date_to=date(2024, 4, 30))
    assert engine.totals(april).n == 0.5
    assert engine.totals(april, shareable_only=True).n == 0
    assert engine.totals(ALL, shareable_only=True).n == 5


def test_counts_by_month_name_its_first_day(three):
    assert three.counts(ALL, ("month",)).to_pylist() == [
        {"month": date(2024, 3, 1), "n": 1},
        {"month": date(2024, 4, 1), "n": 1},
        {"month": None, "n": 1},
    ]


def test_counts_by_several_columns_keep_their_order(three):
    table = three.counts(ALL, ("is_located", "weekday", "hour", "year"))
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (False, None, None, None, 1),
        (True, 1, 8, 2024, 1),
        (True, 5, 20, 2024, 1),
    ]


def test_counts_by_cell_leave_out_what_has_no_place_and_agree_with_the_moments(three):
    table = three.counts(ALL, ("source",), cell_m=100.0)
    moments = three.moments(ALL, cell_m=100.0)
    assert table.column_names == ["source", "col", "row", "n"]
    assert table["col"].to_pylist() == moments.col.tolist()
    assert table["row"].to_pylist() == moments.row.tolist()
    assert table["n"].to_pylist() == moments.n.tolist()


def test_counts_by_text_columns_are_plain_text_and_whole_events(three):
    columns = ("category", "source", "source_kind", "source_category", "detection")
    table = three.counts(ALL, columns)
    assert {str(table.schema.field(c).type) for c in columns} == {"string"}
    assert str(table.schema.field("n").type) == "double"
    assert table["category"].to_pylist() == ["fraud", "threats", "unclassified"]


def test_counts_tell_full_hours_and_unknown_hours_from_the_rest(events):
    engine = events.engine(
        record("full hour", "2024-03-04T15:00"),
        record("a second after", "2024-03-04T15:00:01"),
        record("day only", "2024-03-04", "2024-03-05", time_precision="day"),
    )
    table = engine.counts(ALL, ("is_timed", "is_on_the_hour"))
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (False, True, 1),
        (True, False, 1),
        (True, True, 1),
    ]


def test_counts_by_cell_are_of_located_events_and_equal_the_moments(three):
    told = three.counts(ALL, ("source",), cell_m=100.0).to_pandas()
    moments = three.moments(ALL, cell_m=100.0)
    by_cell = {(c, r): n for c, r, n in zip(moments.col, moments.row, moments.n, strict=True)}
    assert told.groupby(["col", "row"])["n"].sum().to_dict() == by_cell
    assert told["source"].notna().all()


def test_a_column_that_is_not_counted_by_is_refused(three):
    with pytest.raises(FilterError, match=r"filter\.unknown_column"):
        three.counts(ALL, ("event_id",))


def test_points_are_the_latest_located_events(three):
    points = three.points(ALL, 10)
    assert points["event_id"].to_pylist() == ["b", "a"]
    assert points.column_names == list(POINT_COLUMNS)
    assert three.points(ALL, 1)["event_id"].to_pylist() == ["b"]


def test_points_without_date_come_last(events):
    engine = events.engine(
        record("undated", xy=(1.0, 1.0)), record("a", "2024-03-04", xy=(1.0, 1.0))
    )
    assert engine.points(ALL, 10)["event_id"].to_pylist() == ["a", "undated"]


def test_weighted_points_are_coordinates_and_weights(events):
    engine = events.engine(record("n", "2024-03-05T22:00", "2024-03-06T02:00", xy=(3.0, 4.0)))
    xy_m, weights = engine.weighted_points(Filters(hours=(0, 5)))
    assert (xy_m.tolist(), weights.tolist()) == ([[3.0, 4.0]], [0.5])


def test_the_extent_is_that_of_the_located_events(three):
    assert three.extent() == (130.0, 240.0, 175.0, 260.0)


def test_the_period_runs_from_the_first_to_the_last_day(three):
    assert three.period() == (date(2024, 3, 4), date(2024, 4, 5))


def test_a_span_that_ends_at_midnight_ends_the_day_before(events):
    engine = events.engine(record("a", "2024-03-04", "2024-03-05", time_precision="day"))
    assert engine.period() == (date(2024, 3, 4), date(2024, 3, 4))


def test_a_record_that_names_its_month_only_does_not_reach_into_the_future(events):
    month = record("month", "2024-03-01", "2024-04-01", time_precision="month", source="press")
    engine = events.engine(month, record("a", "2024-03-09T10:00"))
    assert engine.period() == (date(2024, 3, 1), date(2024, 3, 9))
    assert engine.last_days() == {"calls": date(2024, 3, 9), "press": date(2024, 3, 1)}


def test_records_by_month_alone_tell_of_their_whole_months(events):
    engine = events.engine(record("month", "2024-03-01", "2024-04-01", time_precision="month"))
    assert engine.period() == (date(2024, 3, 1), date(2024, 3, 31))


def test_a_city_without_located_or_dated_events_says_so(events):
    engine = events.engine(record("a"))
    with pytest.raises(TooFewEventsError, match=r"filter\.none_located"):
        engine.extent()
    with pytest.raises(TooFewEventsError, match=r"filter\.none_dated"):
        engine.period()
    assert len(engine.moments(ALL, cell_m=100.0).n) == 0
    assert engine.points(ALL, 10).num_rows == 0
    assert engine.last_days() == {}


def test_a_selection_of_nothing_counts_zero(three):
    totals = three.totals(Filters(sources=("unheard of",)))
    assert (totals.n, totals.n_located, totals.n_records) == (0.0, 0.0, 0.0)


def test_threads_that_ask_at_once_get_their_own_answers(three):
    asked = [Filters(weekdays=(d,)) for d in range(1, 8)] * 6
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda f: three.totals(f).n, asked))
    assert answers == [1, 0, 0, 0, 1, 0, 0] * 6


def test_asking_changes_nothing_in_the_file(events):
    engine = events.engine(record("a", "2024-03-04", xy=(1.0, 1.0)))
    path = events.path(events.publish())
    before = path.read_bytes()
    engine.moments(ALL, cell_m=100.0)
    engine.counts(ALL, ("hour",))
    assert path.read_bytes() == before


def test_one_group_by_answers_the_map(three):
    assert three.sql(ALL, cell_m=100.0).upper().count("GROUP BY") == 1


def test_another_engine_and_table_are_reached_by_url(events, tmp_path):
    events.engine(record("a", xy=(1.0, 1.0)))
    copy = tmp_path / "lake.duckdb"
    copy.write_bytes(events.path(events.publish()).read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute("ALTER TABLE events RENAME TO events_memphis")
    engine = EventEngine(f"duckdb://{copy}", table="events_memphis")
    assert engine.totals(ALL).n == 1
