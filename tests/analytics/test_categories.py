"""Published names: listed with what they lead to, placed without reading a file again."""

import pytest

from analytics import categories
from analytics.errors import StoreError
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
from analytics.intake import Intake
from analytics.store import batches
from tests.analytics.events.builders import record, store_in


@pytest.fixture
def intake(tmp_path):
    """A city with two odd names, one known, and records without a name."""
    store = store_in(tmp_path / "store")
    odd = [record(f"a{n}", source_category="Cosa Rara") for n in range(3)]
    other = [record("b0", source_category="otra cosa")]
    known = [record(f"c{n}", source_category="FRAUDE") for n in range(5)]
    nameless = [record("d0", source_category=None)]
    store.commit([*odd, *other, *known, *nameless])
    store.publish()
    yield Intake(store.settings, store.db, store.city, "ana")
    store.db.close()


def counted(intake: Intake) -> dict[str, int]:
    version = batches.current_version(intake.db, "memphis")
    table = open_version(intake.settings, version).counts(Filters(records=True), ("category",))
    return {row["category"]: round(row["n"]) for row in table.to_pylist()}


def test_names_are_listed_the_most_frequent_first_and_nameless_records_left_out(intake):
    found = categories.named(intake)
    assert found["source_category"].tolist() == ["FRAUDE", "Cosa Rara", "otra cosa"]
    assert found["n"].tolist() == [5, 3, 1]
    assert found["placed"].tolist() == [False] * 3
    assert categories.unplaced(intake)["source_category"].tolist() == ["Cosa Rara", "otra cosa"]


def test_a_placement_publishes_a_new_version_of_the_same_batches(intake):
    before = batches.current_version(intake.db, "memphis")
    assert counted(intake) == {"fraud": 5, "unclassified": 5}

    after = categories.place(intake, "cosa  RARA", "homicide")

    assert after.version_id != before.version_id
    assert after.batch_ids == before.batch_ids
    assert after.crosswalk_checksum != before.crosswalk_checksum
    assert counted(intake) == {"fraud": 5, "homicide": 3, "unclassified": 2}
    assert categories.unplaced(intake)["source_category"].tolist() == ["otra cosa"]


def test_a_withdrawn_placement_brings_the_former_version_back(intake):
    before = batches.current_version(intake.db, "memphis")
    categories.place(intake, "Cosa Rara", "homicide")

    after = categories.withdraw(intake, "Cosa Rara")

    assert after.version_id == before.version_id
    assert counted(intake) == {"fraud": 5, "unclassified": 5}
    with pytest.raises(StoreError) as caught:
        categories.withdraw(intake, "Cosa Rara")
    assert caught.value.code == "categories.not_placed"


def test_a_placement_wins_over_the_common_table(intake):
    categories.place(intake, "fraude", "homicide")
    assert counted(intake) == {"homicide": 5, "unclassified": 5}


def test_before_anything_is_published_the_list_is_empty(tmp_path):
    store = store_in(tmp_path / "store")
    found = categories.named(Intake(store.settings, store.db, store.city, "ana"))
    assert list(found.columns) == list(categories.COLUMNS)
    assert found.empty
    store.db.close()
