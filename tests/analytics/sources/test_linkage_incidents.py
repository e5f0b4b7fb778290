"""From pairs to incidents: one record per source, whatever the pairs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.sources.linkage_incidents import Groups, assign

N = 12
PAIRS = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.integers(0, 100)).filter(
        lambda pair: pair[0] < pair[1]
    ),
    max_size=40,
    unique_by=lambda pair: pair[:2],
)


def joined(pairs, source, rejected=()):
    groups = Groups(np.array(source), rejected)
    columns = np.array(pairs, dtype=float).reshape(-1, 3).T
    one, other = columns[:2].astype(int)
    assign(groups, one, other, columns[2] / 100, at_least=0.3)
    return groups.incidents()


@settings(max_examples=100, deadline=None)
@given(pairs=PAIRS, source=st.lists(st.integers(0, 2), min_size=N, max_size=N))
def test_an_incident_has_at_most_one_record_per_source(pairs, source):
    for group in joined(pairs, source):
        assert len({source[row] for row in group}) == len(group)


@settings(max_examples=100, deadline=None)
@given(pairs=PAIRS, source=st.lists(st.integers(0, 2), min_size=N, max_size=N), data=st.data())
def test_the_order_of_the_pairs_does_not_matter(pairs, source, data):
    assert joined(data.draw(st.permutations(pairs)), source) == joined(pairs, source)


@settings(max_examples=100, deadline=None)
@given(pairs=PAIRS, source=st.lists(st.integers(0, 2), min_size=N, max_size=N))
def test_a_rejected_pair_is_never_within_one_incident(pairs, source):
    rejected = [pair[:2] for pair in pairs[::2]]
    for group in joined(pairs, source, rejected):
        assert not any(set(pair) <= set(group) for pair in rejected)


def test_the_likelier_pair_wins_and_the_other_record_stays_alone():
    assert joined([(0, 1, 60), (0, 2, 90)], [0, 1, 1]) == [[0, 2]]


def test_three_sources_make_one_incident():
    assert joined([(0, 1, 90), (1, 2, 80)], [0, 1, 2]) == [[0, 1, 2]]


def test_pairs_below_the_threshold_are_left():
    assert joined([(0, 1, 29)], [0, 1]) == []
