"""Challenges put to the market: proposals, scores of several evaluators, the decision."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.challenges import DECISIONS, shares_of
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.note_changes import keep_change, values_of
from analytics.store.programme_models import Challenge, CriterionScore, Enrolment, Proposal

NAME_LENGTH, TITLE_LENGTH = 200, 300
MOST_PROPOSALS = 500


@dataclass(frozen=True)
class ChallengeRow:
    """A challenge as read, with its scores (``proposal, criterion, evaluator, score, version``)."""

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
    title: str,
    weights: Mapping[str, float],
    finalists: int,
    actor: str,
    key: str | None = None,
) -> str:
    """Put a challenge of a city to the market and return its key, drawn unless it is given.

    Raises
    ------
    ProgrammeError
        ``challenge.weights``; ``challenge.finalists`` below 1.
    StoreError
        ``programme.unknown_city``; ``challenge.exists`` if the city has one of that title;
        ``programme.empty_text`` without a title.
    """
    told = _posed(title, weights, finalists)
    with db.begin() as session:
        serialise(session, f"programme:{programme}")
        if session.get(Enrolment, (programme, city)) is None:
            raise StoreError("programme.unknown_city", value=city)
        _check_title(session, programme, city, told["title"], None)
        row = Challenge(
            key=key or secrets.token_hex(8), programme=programme, city=city, decision="open",
            reason="", **told,
        )  # fmt: skip
        session.add(row)
        keep(session, row, "challenge", [], [row], actor, "challenge.pose")
        return row.key


def amend(
    db: Database,
    key: str,
    *,
    title: str,
    weights: Mapping[str, float],
    finalists: int,
    version: int,
    actor: str,
) -> None:
    """Change a challenge's title, its criteria with their weights, or how many finalists it has.

    A criterion that was scored stays; its weight may be nought.

    Raises
    ------
    ProgrammeError, StoreError
        As :func:`pose`; ``challenge.decided`` once it is decided; ``challenge.scored_criterion``;
        ``challenge.unknown``; ``store.stale_save``.
    """
    told = _posed(title, weights, finalists)
    with db.begin() as session:
        row = undecided(session, key)
        _check_title(session, row.programme, row.city, told["title"], key)
        scored = session.scalars(select(CriterionScore.criterion).filter_by(challenge=key))
        gone = sorted(set(scored) - set(weights))
        if gone:
            raise StoreError("challenge.scored_criterion", value=", ".join(gone))
        before = [values_of(row)]
        set_committed_value(row, "version", version)
        for name, value in told.items():
            setattr(row, name, value)
        keep(session, row, "challenge", before, [row], actor, "challenge.amend")


def propose(db: Database, key: str, names: Sequence[str], *, actor: str) -> None:
    """Add proposals by name; all of them or none.

    Raises
    ------
    StoreError
        ``challenge.unknown``; ``challenge.decided``; ``programme.empty_text`` without any name;
        ``challenge.long_name``; ``challenge.proposal_exists`` if there is one of that name or two
        are told alike; ``challenge.too_many`` above 500.
    """
    told = [name.strip() for name in names if name.strip()]
    if not told:
        raise StoreError("programme.empty_text")
    for place, name in enumerate(told):
        if len(name) > NAME_LENGTH:
            raise StoreError("challenge.long_name", value=f"{name[:40]}…", limit=NAME_LENGTH)
        if name in told[:place]:
            raise StoreError("challenge.proposal_exists", value=name)
    with db.begin() as session:
        row = undecided(session, key)
        held = set(session.scalars(select(Proposal.name).filter_by(challenge=key)))
        for name in told:
            if name in held:
                raise StoreError("challenge.proposal_exists", value=name)
        if len(held) + len(told) > MOST_PROPOSALS:
            raise StoreError("challenge.too_many", limit=MOST_PROPOSALS)
        added = [Proposal(challenge=key, name=name) for name in told]
        session.add_all(added)
        keep(session, row, "proposal", [], added, actor, "challenge.propose")


def withdraw(db: Database, key: str, name: str, *, actor: str) -> None:
    """Take a proposal out that nobody has scored; an undo brings it back.

    Raises
    ------
    StoreError
        ``challenge.unknown``; ``challenge.decided``; ``challenge.unknown_proposal``;
        ``challenge.scored_proposal``.
    """
    with db.begin() as session:
        row = undecided(session, key)
        proposal = session.get(Proposal, (key, name))
        if proposal is None:
            raise StoreError("challenge.unknown_proposal", value=name)
        scored = select(CriterionScore.score).filter_by(challenge=key, proposal=name).limit(1)
        if session.scalar(scored) is not None:
            raise StoreError("challenge.scored_proposal", value=name)
        before = [values_of(proposal)]
        session.delete(proposal)
        keep(session, row, "proposal", before, [], actor, "challenge.withdraw")


def decide(db: Database, key: str, decision: str, reason: str, *, version: int, actor: str) -> None:
    """Decide a challenge with a reason; in-house development and nothing at all are decisions.

    A challenge that is decided takes neither proposals nor scores until it is ``open`` again.

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
        row = _known(session, key)
        before = [values_of(row)]
        set_committed_value(row, "version", version)
        row.decision, row.reason = decision, reason.strip()
        keep(session, row, "challenge", before, [row], actor, "challenge.decide")


def place_of(db: Database, key: str) -> tuple[str, str]:
    """Return programme and city of a challenge.

    Raises
    ------
    StoreError
        ``challenge.unknown``.
    """
    with db.read() as session:
        found = session.get(Challenge, key)
        if found is None:
            raise StoreError("challenge.unknown", value=key)
        return found.programme, found.city


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
            [(s.proposal, s.criterion, s.evaluator, s.score, s.version) for s in scores],
            columns=["proposal", "criterion", "evaluator", "score", "version"],
        ),
    )


def _known(session: Session, key: str) -> Challenge:
    found = session.get(Challenge, key)
    if found is None:
        raise StoreError("challenge.unknown", value=key)
    serialise(session, f"programme:{found.programme}")
    session.refresh(found)
    return found


def undecided(session: Session, key: str) -> Challenge:
    """Return a challenge that may be changed, alone in its programme until the transaction ends.

    Raises
    ------
    StoreError
        ``challenge.unknown``; ``challenge.decided``.
    """
    found = _known(session, key)
    if found.decision != "open":
        raise StoreError("challenge.decided", value=found.title)
    return found


def _posed(title: str, weights: Mapping[str, float], finalists: int) -> dict[str, Any]:
    title = title.strip()[:TITLE_LENGTH]
    if not title:
        raise StoreError("programme.empty_text")
    shares_of(weights)
    if finalists < 1:
        raise ProgrammeError("challenge.finalists", value=finalists)
    return {"title": title, "weights": dict(weights), "finalists": finalists}


def _check_title(session: Session, programme: str, city: str, title: str, own: str | None) -> None:
    alike = select(Challenge.key).filter_by(programme=programme, city=city, title=title)
    if session.scalar(alike.where(Challenge.key != own) if own else alike) is not None:
        raise StoreError("challenge.exists", value=title)


def keep(
    session: Session,
    row: Challenge,
    kind: str,
    before: Sequence[dict[str, Any]],
    after: Sequence[Any],
    actor: str,
    action: str,
    **detail: object,
) -> None:
    """Keep a save of a challenge for its undo, and write it to the audit."""
    place = (row.programme, row.city)
    keep_change(session, place, kind, before, after, actor=actor)
    audit.record(
        session, actor=actor, action=action, scope=row.programme, city=row.city,
        challenge=row.key, **detail,
    )  # fmt: skip
