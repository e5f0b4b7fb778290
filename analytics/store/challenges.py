"""Challenges put to the market: proposals, scores of several evaluators, the decision."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.challenges import DECISIONS, SCORES
from analytics.store import audit
from analytics.store.database import Database
from analytics.store.programme_models import Challenge, CriterionScore, Enrolment, Proposal


@dataclass(frozen=True)
class ChallengeRow:
    """A challenge with its scores (``proposal, criterion, evaluator, score``), as read."""

    key: str
    city: str
    title: str
    weights: Mapping[str, float]
    finalists: int
    decision: str
    reason: str
    version: int
    proposals: tuple[str, ...]
    scores: pd.DataFrame


def pose(
    db: Database,
    programme: str,
    city: str,
    *,
    key: str,
    title: str,
    weights: Mapping[str, float],
    finalists: int,
    actor: str,
) -> None:
    """Put a challenge of a city to the market.

    Raises
    ------
    StoreError
        ``programme.unknown_city``; ``challenge.exists``.
    """
    with db.begin() as session:
        if session.get(Enrolment, (programme, city)) is None:
            raise StoreError("programme.unknown_city", value=city)
        if session.get(Challenge, key) is not None:
            raise StoreError("challenge.exists", value=key)
        session.add(
            Challenge(
                key=key, programme=programme, city=city, title=title, weights=dict(weights),
                finalists=finalists, decision="open", reason="",
            )
        )  # fmt: skip
        audit.record(session, actor=actor, action="challenge.pose", scope=programme, city=city)


def score(db: Database, key: str, evaluator: str, rows: pd.DataFrame, *, actor: str) -> None:
    """Keep one evaluator's scores (``proposal, criterion, score``), in place of earlier ones.

    Raises
    ------
    ProgrammeError
        ``challenge.score`` outside 1–5.
    StoreError
        ``challenge.unknown``.
    """
    low, high = SCORES
    with db.begin() as session:
        held = session.get(Challenge, key)
        if held is None:
            raise StoreError("challenge.unknown", value=key)
        for name in rows["proposal"].unique():
            session.merge(Proposal(challenge=key, name=str(name)))
        session.flush()
        for proposal, criterion, value in rows[["proposal", "criterion", "score"]].to_numpy():
            if not low <= value <= high:
                raise ProgrammeError(
                    "challenge.score", proposal=proposal, value=value, low=low, high=high
                )
            session.merge(
                CriterionScore(
                    challenge=key, proposal=str(proposal), criterion=str(criterion),
                    evaluator=evaluator, score=int(value),
                )
            )  # fmt: skip
        audit.record(
            session, actor=actor, action="challenge.score", scope=held.programme, n=len(rows)
        )


def decide(db: Database, key: str, decision: str, reason: str, *, version: int, actor: str) -> None:
    """Decide a challenge with a reason; in-house development and nothing at all are decisions.

    Raises
    ------
    StoreError
        ``challenge.unknown``; ``challenge.decision`` if it is none of those there are;
        ``programme.empty_text`` without a reason; ``store.stale_save``.
    """
    if decision not in DECISIONS:
        raise StoreError("challenge.decision", value=decision, known=", ".join(DECISIONS))
    if not reason.strip():
        raise StoreError("programme.empty_text")
    with db.begin() as session:
        row = session.get(Challenge, key)
        if row is None:
            raise StoreError("challenge.unknown", value=key)
        set_committed_value(row, "version", version)
        row.decision, row.reason = decision, reason.strip()
        audit.record(session, actor=actor, action="challenge.decide", scope=row.programme)


def challenges(db: Database, programme: str) -> list[ChallengeRow]:
    """Return a cohort's challenges with their proposals and scores, by title."""
    with db.read() as session:
        rows = session.scalars(
            select(Challenge).filter_by(programme=programme).order_by(Challenge.title)
        ).all()
        return [_row(session, row) for row in rows]


def _row(session: Session, row: Challenge) -> ChallengeRow:
    names = select(Proposal.name).filter_by(challenge=row.key).order_by(Proposal.name)
    scores = session.scalars(select(CriterionScore).filter_by(challenge=row.key))
    return ChallengeRow(
        key=row.key,
        city=row.city,
        title=row.title,
        weights=row.weights,
        finalists=row.finalists,
        decision=row.decision,
        reason=row.reason,
        version=row.version,
        proposals=tuple(session.scalars(names)),
        scores=pd.DataFrame(
            [(s.proposal, s.criterion, s.evaluator, s.score) for s in scores],
            columns=["proposal", "criterion", "evaluator", "score"],
        ),
    )
