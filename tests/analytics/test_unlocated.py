"""Records without coordinates: listed, placed by hand, published, taken back."""

import pytest
from pyproj import Transformer

from analytics import unlocated
from analytics.errors import SourceError, StoreError
from analytics.events.filters import Filters
from analytics.events.publishing import batch_path, open_version
from analytics.events.store import sha256_of
from analytics.intake import Intake
from analytics.store import audit, batches
from analytics.store.located import located
from tests.analytics.events.builders import record, store_in

PLACED = (770_050.0, 3_890_050.0)


@pytest.fixture
def intake(tmp_path):
    """Two records without a place, one with, and one whose later row has one."""
    store = store_in(tmp_path / "store")
    gaps = [record("a", "2024-01-05T10:00"), record("b", "2024-01-09T10:00")]
    later = record("d", "2024-01-11T10:00", xy=PLACED)
    store.commit([*gaps, record("c", xy=PLACED), record("d", "2024-01-11T10:00")], "b1")
    store.commit([later], "b2")
    store.publish()
    yield Intake(store.settings, store.db, store.city, "ana")
    store.db.close()


def points(intake, version):
    rows = open_version(intake.settings, version).points(Filters(), 10).to_pylist()
    return {row["event_id"]: row for row in rows}


def test_what_has_no_place_is_listed_the_latest_first_and_counted(intake):
    rows, n = unlocated.unlocated(intake, limit=1)
    assert (rows["event_id"].tolist(), n) == (["b"], 2)
    rest, _n = unlocated.unlocated(intake, limit=10, offset=1)
    assert rest["event_id"].tolist() == ["a"]
    assert len(audit.entries(intake.db, actions=("read_unlocated",))) == 2


def test_a_place_is_published_as_a_point_and_the_batch_is_not_touched(intake):
    before = batches.current_version(intake.db, "memphis")
    files = [batch_path(intake.settings, b) for b in batches.batches(intake.db, "memphis")]
    sums = [sha256_of(path) for path in files]

    after = unlocated.place_event(intake, "a", -90.05, 35.15)

    assert (after.version_id != before.version_id, after.n_located) == (True, 3)
    found = points(intake, after)["a"]
    assert (found["longitude"], found["latitude"]) == (-90.05, 35.15)
    assert found["location_precision"] == "point"
    to_degrees = Transformer.from_crs(intake.city.crs, 4326, always_xy=True)
    there = to_degrees.transform(found["x_m"], found["y_m"])
    assert there == pytest.approx((-90.05, 35.15), abs=1e-9)
    assert [sha256_of(path) for path in files] == sums
    (held,) = located(intake.db, "memphis")
    assert (held.event_id, held.placed_by) == ("a", "ana")
    entry = audit.entries(intake.db, actions=("event.locate",))[-1]
    assert (entry.actor, entry.scope) == ("ana", "memphis")
    assert unlocated.unlocated(intake)[1] == 1

    again = unlocated.withdraw_event(intake, "a")
    assert again.version_id == before.version_id
    assert "a" not in points(intake, again)
    with pytest.raises(StoreError, match=r"located\.not_placed"):
        unlocated.withdraw_event(intake, "a")


@pytest.mark.parametrize("at", [(10.0, 50.0), (float("nan"), 35.1), (-90.0, float("inf"))])
def test_a_place_outside_the_city_is_refused(intake, at):
    with pytest.raises(SourceError, match=r"located\.outside"):
        unlocated.place_event(intake, "a", *at)
    assert located(intake.db, "memphis") == ()


@pytest.mark.parametrize("event_id", ["c", "d", "nobody"])
def test_only_a_record_without_a_place_can_be_placed(intake, event_id):
    with pytest.raises(StoreError, match=r"located\.unknown"):
        unlocated.place_event(intake, event_id, -90.05, 35.15)
    assert located(intake.db, "memphis") == ()
