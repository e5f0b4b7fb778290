"""Review of doubtful pairs: what is shown, what a decision changes, what the next run keeps."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from analytics.errors import StoreError
from analytics.events.publishing import batch_path
from analytics.sources.linkage import PAIRS_SUFFIX, Thresholds, link
from analytics.sources.linkage_review import LinkReview, link_line
from analytics.store import audit, batches, links
from tests.analytics.events.builders import EventStore, record, store_in
from tests.analytics.sources.test_linkage import partners, town


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    store.commit(town())
    yield store
    store.db.close()


@pytest.fixture
def review(events: EventStore) -> LinkReview:
    """After a run to which nothing is certain: every candidate is doubtful."""
    link(
        events.settings,
        events.db,
        events.city,
        actor="ana",
        thresholds=Thresholds(link=1.0, doubtful=0.001),
    )
    return LinkReview(events.settings, events.db, events.city, "rita")


def test_records_never_linked_have_nothing_to_review(events):
    state = LinkReview(events.settings, events.db, events.city, "rita").state()
    assert (state.run, state.pairs, state.n_reviewed) == (None, (), 0)
    assert link_line("memphis") == "python -m analytics link --city memphis"


def test_the_doubtful_pairs_of_the_run_come_the_most_doubtful_first(review):
    state = review.state()
    assert len(state.pairs) == state.run.n_doubtful > 10
    doubts = [abs(pair.probability - 0.5) for pair in state.pairs]
    assert doubts == sorted(doubts)
    assert all(0.001 <= pair.probability < 1.0 for pair in state.pairs)


def test_both_sides_are_shown_as_their_sources_tell_them(review):
    told = {r["event_id"]: r for r in town()}
    for pair in review.state().pairs:
        assert pair.one.source != pair.other.source
        for side in (pair.one, pair.other):
            original = told[side.event_id]
            assert side.occurred_from == original["occurred_from"]
            assert side.source_category == original["source_category"]
            assert (side.longitude, side.latitude) == (original["longitude"], original["latitude"])
        one, other = told[pair.one.event_id], told[pair.other.event_id]
        apart_m = ((one["x_m"] - other["x_m"]) ** 2 + (one["y_m"] - other["y_m"]) ** 2) ** 0.5
        assert pair.distance_m == pytest.approx(apart_m)
        minutes = abs((one["occurred_from"] - other["occurred_from"]).total_seconds()) / 60
        assert pair.gap_minutes == pytest.approx(minutes)


def test_a_decision_is_kept_with_who_and_when_and_can_be_undone(events, review):
    pair = review.state().pairs[0]
    review.decide(pair, same=True)
    state = review.state()
    assert (state.n_reviewed, state.n_waiting) == (1, 1)
    made = state.pairs[0].decision
    assert (made.same, made.decided_by) == (True, "rita")
    assert isinstance(made.decided_at, datetime)
    assert review.withdraw(pair)
    assert review.state().n_reviewed == 0
    actions = [(e.action, e.actor) for e in audit.entries(events.db)][:2]
    assert actions == [("link.withdraw", "rita"), ("link.confirm", "rita")]


def test_the_next_run_follows_the_decisions_and_asks_no_more(events, review):
    yes, no = review.state().pairs[:2]
    review.decide(yes, same=True)
    review.decide(no, same=False)
    review.link()
    assert any(set(yes.ids) <= group for group in partners(events))
    assert not any(set(no.ids) <= group for group in partners(events))
    state = review.state()
    assert state.run.thresholds["link"] == 1.0
    assert not {yes.ids, no.ids} & {pair.ids for pair in state.pairs}
    assert state.n_waiting == 0
    assert {d.decided_by for d in links.decisions(events.db, "memphis")} == {"rita"}


def test_a_batch_that_was_rolled_back_shows_none_of_its_records(events, review):
    batches.roll_back(events.db, "b1", "ana")
    state = review.state()
    assert (state.pairs, state.is_outdated) == ((), True)


def test_a_later_batch_outdates_the_run_and_its_record_is_the_one_shown(events, review):
    assert not review.state().is_outdated
    pair = review.state().pairs[0]
    again = next(r for r in town() if r["event_id"] == pair.one.event_id)
    events.commit([record(pair.one.event_id, "2024-03-09", **{"source": again["source"]})], "b2")
    state = review.state()
    assert state.is_outdated
    shown = next(p for p in state.pairs if p.ids == pair.ids)
    assert shown.one.occurred_from == datetime(2024, 3, 9)


def test_pairs_or_records_that_are_gone_are_named(events, review):
    path = batch_path(events.settings, batches.find_batch(events.db, "b1"))
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(StoreError, match=r"store\.batch_missing"):
        review.state()
    path.write_bytes(kept)
    for pairs in links.links_folder(events.settings).rglob(f"*{PAIRS_SUFFIX}"):
        pairs.unlink()
    with pytest.raises(StoreError, match=r"store\.links_changed"):
        review.state()
