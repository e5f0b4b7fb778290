"""The sheets of a challenge's evaluators, each saved whole."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.challenges import SCORES
from analytics.store.challenges import keep, undecided
from analytics.store.database import Database
from analytics.store.note_changes import values_of
from analytics.store.programme_models import CriterionScore, Proposal

EVALUATOR_LENGTH = 100


def score(
    db: Database,
    key: str,
    evaluator: str,
    rows: pd.DataFrame,
    *,
    actor: str,
    versions: Mapping[tuple[str, str], int] | None = None,
) -> None:
    """Keep one evaluator's scores, in place of earlier ones; all of them or none.

    Parameters
    ----------
    db : Database
    key : str
    evaluator : str
    rows : pandas.DataFrame
        ``proposal, criterion, score``; without a score, the earlier one is taken back.
    actor : str
    versions : Mapping, optional
        ``(proposal, criterion)`` → version that was on screen, 0 where there was no score.

    Raises
    ------
    ProgrammeError
        ``challenge.score`` unless whole and between 1 and 5.
    StoreError
        ``challenge.unknown``; ``challenge.decided``; ``challenge.unknown_proposal``;
        ``challenge.unknown_criterion``; ``programme.empty_text`` without an evaluator;
        ``challenge.long_name``; ``challenge.empty_sheet`` without any row; ``store.stale_save``.
    """
    who = evaluator.strip()
    if rows.empty:
        raise StoreError("challenge.empty_sheet")
    if not who:
        raise StoreError("programme.empty_text")
    if len(who) > EVALUATOR_LENGTH:
        raise StoreError("challenge.long_name", value=f"{who[:40]}…", limit=EVALUATOR_LENGTH)
    with db.begin() as session:
        row = undecided(session, key)
        known = set(session.scalars(select(Proposal.name).filter_by(challenge=key)))
        before: list[dict[str, Any]] = []
        after: list[CriterionScore] = []
        for proposal, criterion, value in rows[["proposal", "criterion", "score"]].to_numpy():
            _check_score(proposal, criterion, value, known, row.weights)
            held = session.get(CriterionScore, (key, proposal, criterion, who))
            if held is not None:
                before.append(values_of(held))
                if versions is not None:
                    set_committed_value(held, "version", versions.get((proposal, criterion), 0))
            made = _scored(session, held, (key, proposal, criterion, who), value)
            if made is not None:
                after.append(made)
        keep(session, row, "score", before, after, actor, "challenge.score", n=len(rows))


def _check_score(
    proposal: str, criterion: str, value: float | None, known: set[str], weights: Mapping[str, Any]
) -> None:
    if proposal not in known:
        raise StoreError("challenge.unknown_proposal", value=proposal)
    if criterion not in weights:
        raise StoreError("challenge.unknown_criterion", value=criterion, known=", ".join(weights))
    low, high = SCORES
    if pd.notna(value) and not (low <= value <= high and value == int(value)):
        raise ProgrammeError("challenge.score", proposal=proposal, value=value, low=low, high=high)


def _scored(
    session: Session,
    held: CriterionScore | None,
    identity: tuple[str, str, str, str],
    value: float | None,
) -> CriterionScore | None:
    if pd.isna(value):
        if held is not None:
            session.delete(held)
        return None
    assert value is not None
    if held is None:
        names = ("challenge", "proposal", "criterion", "evaluator")
        held = CriterionScore(**dict(zip(names, identity, strict=True)))
        session.add(held)
    held.score = int(value)
    return held
