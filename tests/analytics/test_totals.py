"""What a city received, added up: a case by hand and the demonstration city."""

from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import geopandas as gpd
import pytest
from shapely.geometry import box

from analytics import totals
from analytics.events.publishing import batch_path, open_version, publish
from analytics.settings import Official, load_settings
from analytics.sources.linkage import link
from analytics.store import batches
from analytics.store.database import open_database
from tests.analytics.events.builders import record, store_in

INSIDE, OUTSIDE = (770_050.0, 3_890_050.0), (780_050.0, 3_890_050.0)


@pytest.fixture
def store(tmp_path):
    found = store_in(tmp_path / "store")
    yield found
    found.db.close()


@pytest.fixture
def held(store):
    """Two batches: four rows and two refused, then a row again and two new ones."""
    first = [
        record("a", "2024-01-05T10:00", xy=INSIDE),
        record("b", "2024-01-06T10:00", xy=OUTSIDE),
        record("c", "2024-02-07T10:00"),
        record("d", source_category="AMENAZAS"),
    ]
    again = [
        record("c", "2024-02-07T10:00", xy=INSIDE),
        record("e", "2024-02-08T10:00", xy=INSIDE),
        record("f", "2024-02-09T10:00"),
    ]
    return [store.commit(first, "b1", refused=2), store.commit(again, "b2", refused=1)]


@pytest.fixture
def demo_city(demo):
    """The demonstration city: its settings, batches and opened version."""
    settings = load_settings()
    db, city = open_database(settings), settings.city("quimera")
    link(settings, db, city, actor="ana")
    version = publish(settings, db, city, actor="ana")
    engine = open_version(settings, version)
    yield settings, batches.batches(db, "quimera"), engine, version
    engine.close()
    db.close()


def test_every_step_from_rows_to_incidents_is_as_counted_by_hand(store, held, tmp_path):
    engine = store.engine()
    path = tmp_path / "boundary.gpkg"
    x, y = INSIDE
    square = box(x - 1000, y - 1000, x + 1000, y + 1000)
    gpd.GeoSeries([square], crs=store.city.crs).to_file(path)
    (row,) = totals.balance(engine, replace(store.city, boundary=path), held).to_dict("records")
    assert row == {
        "source": "calls",
        "rows": 10,
        "quarantined": 3,
        "accepted": 7,
        "superseded": 1,
        "records": 6,
        "linked": 0,
        "incidents": 6,
        "in_area": 3,
        "outside": 1,
        "not_located": 2,
    }


def test_the_located_share_is_by_source_month_and_category(store, held):
    found = totals.located_share(store.engine())
    told = [tuple(row) for row in found.drop(columns="share").itertuples(index=False)]
    assert [row for row in told if row[1] == row[1] and row[1] is not None] == [
        ("calls", date(2024, 1, 1), "fraud", 2, 2),
        ("calls", date(2024, 2, 1), "fraud", 3, 2),
    ]
    undated = found[found["month"].isna()]
    assert undated[["category", "n", "n_located"]].to_numpy().tolist() == [["threats", 1, 0]]
    assert totals.located_by(found, ("source",))["share"].tolist() == [4 / 6]


def test_the_demonstration_city_adds_up_to_its_version_and_to_its_files(demo_city):
    settings, held, engine, version = demo_city
    found = totals.source_totals(engine, settings, held, version)
    sums = found.balance[list(totals.STEPS)].sum()
    assert (len(found.balance), found.official) == (3, None)
    assert sums["rows"] == sums["quarantined"] + sums["accepted"]
    assert (sums["records"], sums["incidents"]) == (version.n_records, version.n_incidents)
    assert sums["linked"] > 0
    assert sums["incidents"] == sums["in_area"] + sums["outside"] + sums["not_located"]
    assert sums["in_area"] + sums["outside"] == version.n_located
    for batch in held:
        path = str(batch_path(settings, batch))
        query = "SELECT count(*), count(DISTINCT event_id), count(x_m) FROM read_parquet($path)"
        rows, distinct, located = duckdb.execute(query, {"path": path}).fetchall()[0]
        row = found.balance.set_index("source").loc[batch.source]
        assert (row["accepted"], row["superseded"]) == (rows, rows - distinct)
        by_source = totals.located_by(found.located, ("source",)).set_index("source")
        assert by_source.loc[batch.source, ["n", "n_located"]].tolist() == [distinct, located]


def imports(held, *moments):
    return [replace(held[0], batch_id=str(i), created_at=at) for i, at in enumerate(moments)]


def test_a_rhythm_is_that_of_the_imports_or_else_of_the_events(store, held):
    engine = store.engine()
    at = [datetime(2024, 3, day, 12, tzinfo=UTC) for day in (1, 8, 8, 22, 29)]
    (weekly,) = totals.rhythms(engine, store.city, imports(held, *at))
    assert (weekly.every_days, weekly.basis) == (7, "imports")
    # Events on January 5 and 6, February 7, 8 and 9: gaps of 1, 32, 1 and 1 days.
    (by_event,) = totals.rhythms(engine, store.city, imports(held, *at[:2]))
    assert (by_event.every_days, by_event.basis) == (1, "events")
    assert by_event.last_event == date(2024, 2, 9)


@pytest.mark.parametrize(("day", "late"), [(12, False), (13, True)])
def test_a_source_is_late_after_twice_its_usual_interval(store, day, late):
    weekly = totals.Rhythm("calls", date(2024, 3, 28), date(2024, 3, 29), 7.0, "imports")
    # 03:00 in Greenwich is still the day before in Memphis.
    now = datetime(2024, 4, day + 1, 3, tzinfo=UTC)
    found = totals.freshness(weekly, now, store.city)
    assert (found.import_days, found.event_days) == (day + 2, day + 3)
    assert found.is_late is late


def test_without_a_rhythm_nothing_is_called_late(store):
    once = totals.Rhythm("calls", None, date(2024, 3, 29), None, "events")
    found = totals.freshness(once, datetime(2026, 4, 1, tzinfo=UTC), store.city)
    assert (found.event_days, found.is_late) == (None, None)


@pytest.fixture
def beside(store):
    """A city with events on 1 January and 29 February 2024, beside an official file."""
    engine = store.engine(
        record("a", "2024-01-01T10:00"), record("b", "2024-01-31T10:00"), record("c", "2024-02-29")
    )
    version = batches.current_version(store.db, "memphis")

    def ask(file, area):
        city = replace(store.city, official=Official(file, area))
        settings = replace(store.settings, cities={"memphis": city})
        held = batches.batches(store.db, "memphis")
        return totals.source_totals(engine, settings, held, version).official

    return ask


@pytest.mark.shared
def test_the_official_file_of_the_settings_stands_beside_the_citys_months(beside, shared_data):
    frame = beside(shared_data / "chile-cead" / "cead_delincuencia_chile.parquet", "Providencia")

    by_year = frame.groupby(frame["month"].dt.year)["official"].sum()
    assert by_year[2024] == 15_159
    ours = frame[frame["ours"].notna()]
    assert ours["ours"].tolist() == [2, 1]
    assert ours["difference"].tolist() == (ours["ours"] - ours["official"]).tolist()
    assert not ours["is_partial"].any()


def test_an_official_file_that_cannot_be_used_is_told_and_the_rest_adds_up(beside, tmp_path):
    (tmp_path / "o.csv").write_text("comuna,fecha,n\nA,2024-01-01,4\nA,2024-02-01,7\n")
    assert beside(tmp_path / "o.csv", "A")["difference"].tolist() == [-2, -6]
    refused = beside(tmp_path / "o.csv", "B")
    assert refused.code == "source.area_unknown"
    assert beside(tmp_path / "absent.csv", "A").code.startswith("source.")
