"""Challenges of a cohort: ranking, disagreement, what the finalists hang on; the published case."""

import math
from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.programmes.challenges import Case, ranking, sensitivity
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.store.challenges import ChallengeRow
from components import cards, downloads
from components.challenge_words import case, criterion_name, in_order, weights_words
from components.language import _, current, number, percent


def challenges(principal: Principal, found: CohortOnDay, city: CityOnDay | None = None) -> None:
    """Draw the challenges of the cohort or of one city, and the published case, once asked for."""
    if not st.toggle(_("challenge.show"), key="show_challenges", persist_state="session"):
        return
    names = {row.key: row.name for row in found.cities}
    for held in loaders.cohort_challenges(principal, found.programme.key):
        if city is None or held.city == city.key:
            with cards.block(
                f"challenge_{held.key}", title=held.title, note=names.get(held.city, held.city)
            ):
                _challenge(principal, found, held)
    with cards.block("case", title=case().title[current()], note=_("challenge.case_note")):
        _case(case())


def decision_words(held: ChallengeRow) -> str:
    """Word what was decided and why; that nothing was, while it is open."""
    told = _(f"challenge.decision_{held.decision}")
    return f"{told} {held.reason}".strip()


def _challenge(principal: Principal, found: CohortOnDay, held: ChallengeRow) -> None:
    cards.lede([decision_words(held)])
    if held.scores.empty:
        st.html(f'<p class="note">{_("challenge.no_scores")}</p>')
        return
    weights = _weights(held)
    if sum(weights.values()) <= 0:
        st.html(f'<p class="note">{_("challenge.all_nought")}</p>')
        return
    ranked = ranking(held.scores, weights)
    chances = sensitivity(held.scores, weights, finalists=held.finalists)
    frame = ranked.merge(chances, on="proposal", how="left")
    shown = _shown(frame)
    columns = {str(name): _(f"challenge.column_{name}") for name in shown}
    cards.table(shown, columns, caption=held.title)
    stem, version = f"challenge-{held.key}", str(held.version)
    sheets = held.scores.drop(columns="version")
    downloads.row(
        [
            downloads.table(frame, principal, held.city, f"{stem}-ranking", version),
            downloads.table(
                sheets, principal, held.city, f"{stem}-scores", version,
                label=_("challenge.sheets"),
            ),
        ],
        key=stem,
    )  # fmt: skip
    lines = [_("challenge.method", n=held.finalists), _weights_line(held, weights)]
    unscored = [name for name in held.proposals if name not in set(held.scores["proposal"])]
    if unscored:
        lines.append(_("challenge.unscored", names=", ".join(unscored)))
    cards.method_note(lines)


def _weights(held: ChallengeRow) -> dict[str, float]:
    """Draw the weights to try; what was agreed is changed in the form alone."""
    weights = {}
    keys = in_order(held.weights)
    for place, key in zip(st.columns(len(keys)), keys, strict=True):
        with place:
            weights[key] = st.number_input(
                criterion_name(key),
                0.0,
                100.0,
                float(held.weights[key]),
                5.0,
                key=f"weight_{held.key}_{held.version}_{key}",
                persist_state="session",
            )
    return weights


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "proposal": frame["proposal"],
            "score": [_told(value, lambda v: number(v, 2)) for value in frame["score"]],
            "evaluators": [str(n) for n in frame["n_evaluators"]],
            "disagreement": [
                _("challenge.spread", n=int(n), criterion=criterion_name(key)) if n else "0"
                for n, key in zip(frame["disagreement"], frame["disputed"], strict=True)
            ],
            "nearby": [_told(share, percent) for share in frame["nearby"]],
            "anywhere": [_told(share, percent) for share in frame["anywhere"]],
        }
    )


def _told(value: float, words: Callable[[float], str]) -> str:
    """Word a number; a dash where a criterion was judged by nobody."""
    return "–" if math.isnan(value) else words(value)


def _weights_line(held: ChallengeRow, weights: Mapping[str, float]) -> str:
    agreed = weights_words(held.weights)
    if weights_words(weights) == agreed:
        return _("challenge.weights_agreed", weights=agreed)
    return _("challenge.weights_tried", weights=weights_words(weights), agreed=agreed)


def _case(told: Case) -> None:
    finalists = ", ".join(told.finalists)
    lines = [
        _("challenge.case", city=told.city, n=told.proposals_received, finalists=finalists),
        _("challenge.criteria", names="; ".join(c.name[current()] for c in told.criteria)),
        _(f"challenge.decision_{told.decision}"),
        told.reason[current()],
        _("cohort.source", source=told.source),
    ]
    cards.method_note(lines)
