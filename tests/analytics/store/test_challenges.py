"""Challenges on both databases: posed, proposed, scored, decided; stale saves, undo, refusals."""

from datetime import date
from functools import partial

import pandas as pd
import pytest

from analytics.errors import AnalyticsError, StoreError
from analytics.store import audit, challenge_scores, challenges, note_changes, programmes
from analytics.store.programmes import NewCity

HERE = ("alliance", "solana")
EVEN = {"ease": 1.0, "protection": 1.0}
SCORES = pd.DataFrame(
    [("A", "ease", 5), ("A", "protection", 2), ("B", "ease", 3), ("B", "protection", 4)],
    columns=["proposal", "criterion", "score"],
)
pose = partial(challenges.pose, title="Routes", weights=EVEN, finalists=1, actor="ana")
score = challenge_scores.score
amend = partial(challenges.amend, title="Routes", finalists=1, actor="ana")


@pytest.fixture
def posed(db):
    programmes.create_programme(
        db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
    )
    programmes.enrol(
        db, "alliance", [NewCity("solana", "Solana", "CL", date(2026, 5, 4))], actor="ana"
    )
    pose(db, *HERE, key="routes")
    challenges.propose(db, "routes", ["A", " B ", ""], actor="ana")
    return db


def held(db):
    (found,) = challenges.challenges(db, "alliance")
    return found


def undo(db):
    note_changes.undo(db, *HERE, note_changes.last_change(db, *HERE).id, actor="ana")


def test_a_challenge_is_scored_by_several_and_decided_with_a_reason(posed):
    score(posed, "routes", "ana", SCORES, actor="ana")
    score(posed, "routes", " bea ", SCORES.assign(score=3), actor="bea")
    score(posed, "routes", "ana", SCORES.assign(score=4), actor="ana")
    found = held(posed)
    assert found.proposals == ("A", "B")
    assert found.scores.groupby("evaluator")["score"].mean().to_dict() == {"ana": 4, "bea": 3}
    decide = partial(challenges.decide, posed, "routes", version=found.version)
    decide("internal_development", " Data are critical. ", actor="ana")
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        decide("pilot", "No.", actor="bea")
    found = held(posed)
    assert (found.decision, found.reason) == ("internal_development", "Data are critical.")
    actions = [e.action for e in audit.entries(posed) if e.action.startswith("challenge.")]
    assert sorted(set(actions)) == [
        f"challenge.{v}" for v in ("decide", "pose", "propose", "score")
    ]


def test_a_decided_challenge_takes_nothing_until_it_is_open_again(posed):
    challenges.decide(posed, "routes", "none", "No budget.", version=held(posed).version, actor="a")
    for late in (
        lambda: score(posed, "routes", "ana", SCORES, actor="ana"),
        lambda: challenges.propose(posed, "routes", ["C"], actor="ana"),
        lambda: challenges.withdraw(posed, "routes", "A", actor="ana"),
        lambda: amend(posed, "routes", weights=EVEN, version=held(posed).version),
    ):
        with pytest.raises(StoreError, match=r"challenge\.decided"):
            late()
    challenges.decide(posed, "routes", "open", "Again.", version=held(posed).version, actor="a")
    score(posed, "routes", "ana", SCORES, actor="ana")
    assert len(held(posed).scores) == 4


def test_a_stale_sheet_is_refused_whole_and_shows_both(posed):
    blank = dict.fromkeys([("A", "ease"), ("A", "protection")], 0)
    sheet = SCORES[:2]
    score(posed, "routes", "jury", sheet, actor="ana", versions=blank)
    with pytest.raises(StoreError) as caught:
        changed = sheet.assign(score=[1, 2])
        score(posed, "routes", "jury", changed, actor="bea", versions=blank)
    assert caught.value.code == "store.stale_save"
    assert (caught.value.details["yours"]["score"], caught.value.details["stored"]["score"]) == (
        1,
        5,
    )
    assert held(posed).scores["score"].tolist() == [5, 2]
    seen = {("A", "ease"): 1, ("A", "protection"): 1}
    score(posed, "routes", "jury", sheet.assign(score=[4, None]), actor="ana", versions=seen)
    assert held(posed).scores[["criterion", "score"]].to_numpy().tolist() == [["ease", 4]]


def test_weights_criteria_and_title_are_changed_and_a_stale_change_is_refused(posed):
    first = held(posed)
    wider = EVEN | {"price": 2.0}
    amend(posed, "routes", title="Routes II", weights=wider, finalists=2, version=first.version)
    found = held(posed)
    assert (found.title, dict(found.weights), found.finalists) == ("Routes II", wider, 2)
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        amend(posed, "routes", weights=EVEN, version=first.version)
    score(posed, "routes", "ana", SCORES, actor="ana")
    with pytest.raises(StoreError, match=r"challenge\.scored_criterion"):
        amend(posed, "routes", weights={"ease": 1.0}, version=held(posed).version)
    amend(posed, "routes", weights={"ease": 1.0, "protection": 0.0}, version=held(posed).version)


def test_every_save_is_taken_back_in_turn(posed):
    states = [held(posed)]
    challenges.withdraw(posed, "routes", "B", actor="ana")
    states.append(held(posed))
    undo(posed)
    steps = (
        lambda: score(posed, "routes", "ana", SCORES, actor="ana"),
        lambda: score(posed, "routes", "ana", SCORES.assign(score=None), actor="ana"),
        lambda: amend(posed, "routes", weights={"ease": 3.0, "protection": 1.0}, version=1),
        lambda: challenges.decide(posed, "routes", "pilot", "Best.", version=2, actor="ana"),
    )
    seen = []
    for step in steps:
        seen.append(told(held(posed)))
        step()
    for before in reversed(seen):
        undo(posed)
        assert told(held(posed)) == before
    assert (states[0].proposals, states[1].proposals) == (("A", "B"), ("A",))
    undo(posed)
    undo(posed)
    assert challenges.challenges(posed, "alliance") == []


def told(row):
    """A challenge without its versions, which an undo raises."""
    scores = row.scores.drop(columns="version").sort_values(["proposal", "criterion"])
    return (row.title, dict(row.weights), row.decision, row.reason, row.proposals,
            scores.to_numpy().tolist())  # fmt: skip


REFUSED = [
    (lambda db: pose(db, *HERE, title="  "), "programme.empty_text"),
    (lambda db: pose(db, *HERE, title="Routes"), "challenge.exists"),
    (lambda db: pose(db, *HERE, title="X", finalists=0), "challenge.finalists"),
    (lambda db: pose(db, *HERE, title="X", weights={"a": -1.0, "b": 2.0}), "challenge.weights"),
    (lambda db: pose(db, "alliance", "x", title="X"), "programme.unknown_city"),
    (lambda db: amend(db, "x", weights=EVEN, version=1), "challenge.unknown"),
    (lambda db: challenges.propose(db, "routes", [" "], actor="a"), "programme.empty_text"),
    (
        lambda db: challenges.propose(db, "routes", ["C", "A"], actor="a"),
        "challenge.proposal_exists",
    ),
    (
        lambda db: challenges.propose(db, "routes", ["C", "C "], actor="a"),
        "challenge.proposal_exists",
    ),
    (
        lambda db: challenges.propose(db, "routes", ["C" * 201], actor="a"),
        "challenge.long_name",
    ),
    (
        lambda db: challenges.propose(db, "routes", map(str, range(499)), actor="a"),
        "challenge.too_many",
    ),
    (
        lambda db: challenges.withdraw(db, "routes", "C", actor="a"),
        "challenge.unknown_proposal",
    ),
    (lambda db: score(db, "x", "ana", SCORES, actor="a"), "challenge.unknown"),
    (
        lambda db: score(db, "routes", " ", SCORES, actor="a"),
        "programme.empty_text",
    ),
    (
        lambda db: score(db, "routes", "e" * 101, SCORES, actor="a"),
        "challenge.long_name",
    ),
    (
        lambda db: score(db, "routes", "ana", SCORES.assign(score=[5, 2, 3, 9]), actor="a"),
        "challenge.score",
    ),
    (
        lambda db: score(db, "routes", "ana", SCORES.assign(score=[5, 2, 3, 3.5]), actor="a"),
        "challenge.score",
    ),
    (
        lambda db: score(db, "routes", "ana", SCORES.replace("protection", "price"), actor="a"),
        "challenge.unknown_criterion",
    ),
    (
        lambda db: score(db, "routes", "ana", SCORES.replace("B", "C"), actor="a"),
        "challenge.unknown_proposal",
    ),
    (
        lambda db: challenges.decide(db, "routes", "party", "r", version=1, actor="a"),
        "challenge.decision",
    ),
    (
        lambda db: challenges.decide(db, "routes", "pilot", " ", version=1, actor="a"),
        "programme.empty_text",
    ),
]


def test_what_cannot_be_is_refused_and_leaves_nothing(posed):
    before = told(held(posed))
    for call, code in REFUSED:
        with pytest.raises(AnalyticsError) as caught:
            call(posed)
        assert caught.value.code == code
        assert told(held(posed)) == before


def test_a_scored_proposal_is_not_taken_out(posed):
    score(posed, "routes", "ana", SCORES, actor="ana")
    with pytest.raises(StoreError, match=r"challenge\.scored_proposal"):
        challenges.withdraw(posed, "routes", "A", actor="ana")
