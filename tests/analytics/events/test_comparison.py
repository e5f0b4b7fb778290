"""Two batches compared: every event of either is in exactly one group."""

from secrets import token_hex

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analytics.errors import StoreError
from analytics.events.comparison import BatchDifference, compare_batches
from analytics.events.publishing import batch_path
from tests.analytics.events.builders import record

MOMENT = "2024-03-04T08:00"


def test_added_removed_changed_and_unchanged_by_hand(events):
    old = events.commit(
        [
            record("same", MOMENT, xy=(1.0, 2.0)),
            record("gone", MOMENT),
            record("moved", MOMENT, xy=(1.0, 2.0)),
            record("dated"),
        ],
        "b1",
    )
    new = events.commit(
        [
            record("new", MOMENT),
            record("dated", MOMENT),
            record("moved", MOMENT, xy=(1.0, 3.0)),
            record("same", MOMENT, xy=(1.0, 2.0), row_number=9),
        ],
        "b2",
    )

    found = compare_batches(events.settings, old, new)

    assert found == BatchDifference(
        old="b1",
        new="b2",
        added=("new",),
        removed=("gone",),
        changed=("dated", "moved"),
        unchanged=1,
        changed_columns={
            "occurred_from": 1,
            "occurred_to": 1,
            "time_precision": 1,
            "latitude": 1,
        },
    )


def test_the_last_row_of_an_event_counts(events):
    twice = [record("a", source_category="X"), record("a", source_category="Y", row_number=2)]
    old = events.commit(twice, "b1")
    new = events.commit([record("a", source_category="Y")], "b2")

    found = compare_batches(events.settings, old, new)

    assert (found.changed, found.unchanged) == ((), 1)


def test_a_batch_is_not_different_from_itself(events):
    batch = events.commit([record("a", MOMENT), record("b")], "b1")
    found = compare_batches(events.settings, batch, batch)
    assert (found.added, found.removed, found.changed, found.unchanged) == ((), (), (), 2)


CONTENTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("XYZ"), max_size=6)


@given(one=CONTENTS, other=CONTENTS)
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_groups_are_those_of_plain_sets(events, one, other):
    batches = [
        events.commit([record(k, source_category=v) for k, v in told.items()], token_hex(8))
        for told in (one, other)
    ]

    found = compare_batches(events.settings, *batches)

    assert set(found.added) == other.keys() - one.keys()
    assert set(found.removed) == one.keys() - other.keys()
    both = one.keys() & other.keys()
    assert set(found.changed) == {key for key in both if one[key] != other[key]}
    assert found.unchanged == len(both) - len(found.changed)


def test_a_file_that_is_gone_or_changed_is_refused(events):
    old, new = events.commit([record("a")], "b1"), events.commit([record("b")], "b2")
    path = batch_path(events.settings, new)
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    with pytest.raises(StoreError, match=r"store\.batch_changed"):
        compare_batches(events.settings, old, new)
    path.unlink()
    with pytest.raises(StoreError, match=r"store\.batch_missing"):
        compare_batches(events.settings, old, new)
