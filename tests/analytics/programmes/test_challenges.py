"""Scores of several evaluators, what the finalists hang on, and the published case."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import ProgrammeError
from analytics.programmes.challenges import published_case, ranking, sensitivity

EVEN = {"connection": 25, "ease": 25}


def judged(*rows):
    return pd.DataFrame(rows, columns=["proposal", "criterion", "evaluator", "score"])


SCORES = judged(
    ("A", "connection", "ana", 5), ("A", "connection", "bea", 2), ("A", "ease", "ana", 3),
    ("A", "ease", "bea", 3), ("B", "connection", "ana", 3), ("B", "ease", "ana", 4),
    ("C", "connection", "ana", 1), ("C", "ease", "ana", 5),
)  # fmt: skip


def test_a_proposal_is_the_weighted_mean_of_its_criteria():
    found = ranking(SCORES, EVEN).set_index("proposal")
    assert found["score"].to_dict() == {"B": 3.5, "A": 3.25, "C": 3.0}
    assert list(found.index) == ["B", "A", "C"]
    assert found.loc["A", ["disagreement", "disputed", "n_evaluators"]].tolist() == [
        3,
        "connection",
        2,
    ]
    assert found.loc["B", "disagreement"] == 0


def test_weights_change_the_order():
    assert ranking(SCORES, {"connection": 3, "ease": 0})["proposal"].tolist() == ["A", "B", "C"]


def test_a_criterion_nobody_judged_leaves_a_proposal_without_a_score():
    found = ranking(judged(*SCORES.to_numpy()[:-1]), EVEN).set_index("proposal")
    assert pd.isna(found.loc["C", "score"])
    assert list(found.index)[-1] == "C"
    shares = sensitivity(judged(*SCORES.to_numpy()[:-1]), EVEN, finalists=1)
    assert "C" not in set(shares["proposal"])


def test_the_finalists_hang_on_the_weights():
    found = sensitivity(SCORES, EVEN, finalists=1).set_index("proposal")
    # Alone on ease (w > 2/3) C wins, on connection (w > 2/3) A: B holds the middle third.
    assert found.loc["B", "anywhere"] == pytest.approx(1 / 3, abs=0.04)
    assert found.loc["B", "nearby"] > 0.95


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(1, 5)] * 3), min_size=2, max_size=7),
    st.tuples(*[st.integers(0, 9)] * 3).filter(any),
    st.integers(1, 4),
)
def test_chances_add_up_to_the_places_there_are(scores, weights, finalists):
    told = judged(
        *((f"p{p}", f"c{c}", "ana", s) for p, row in enumerate(scores) for c, s in enumerate(row))
    )
    named = {f"c{n}": w for n, w in enumerate(weights)}
    found = sensitivity(told, named, finalists=finalists)
    places = min(finalists, len(scores))
    assert found["nearby"].sum() == pytest.approx(places)
    assert found["anywhere"].sum() == pytest.approx(places)
    assert ranking(told, named)["score"].between(1, 5).all()


@pytest.mark.parametrize(
    ("scores", "weights", "code"),
    [
        (judged(("A", "ease", "ana", 6)), EVEN, "challenge.score"),
        (judged(*[("A", "ease", "ana", 3)] * 2), EVEN, "challenge.twice"),
        (SCORES, {"ease": 0}, "challenge.weights"),
        (SCORES, {"ease": 2, "connection": -1}, "challenge.weights"),
    ],
)
def test_judgements_that_cannot_be_are_refused(scores, weights, code):
    with pytest.raises(ProgrammeError) as caught:
        ranking(scores, weights)
    assert caught.value.code == code


def test_the_published_case_is_told_and_nothing_added():
    case = published_case("providencia_uoad")
    assert (case.proposals_received, case.finalists) == (29, ("Rocketbot", "Scipopulis", "Pulsos"))
    assert case.decision == "internal_development"
    assert len(case.criteria) == 4
    assert len({criterion.weight for criterion in case.criteria}) == 1
    assert "BID Lab" in case.source
    with pytest.raises(ProgrammeError, match=r"template\.unknown"):
        published_case("nowhere")
