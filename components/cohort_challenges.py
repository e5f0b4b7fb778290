"""Challenges of a cohort: ranking, disagreement, what the finalists hang on; the published case."""

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.programmes.challenges import Case, published_case, ranking, sensitivity
from analytics.programmes.cohort import CohortOnDay
from analytics.store.challenges import ChallengeRow
from components import cards
from components.language import _, current, number, percent

CASE = "providencia_uoad"


def challenges(principal: Principal, found: CohortOnDay) -> None:
    """Draw the cohort's challenges and the published case, once asked for."""
    if not st.toggle(_("challenge.show"), key="show_challenges", persist_state="session"):
        return
    case = published_case(CASE)
    names = {criterion.key: criterion.name[current()] for criterion in case.criteria}
    for held in loaders.cohort_challenges(principal, found.programme.key):
        with cards.block(f"challenge_{held.key}", title=held.title):
            _challenge(held, names)
    with cards.block("case", title=case.title[current()], note=_("challenge.case_note")):
        _case(case)


def _challenge(held: ChallengeRow, names: dict[str, str]) -> None:
    if held.scores.empty:
        st.html(f'<p class="note">{_("challenge.no_scores")}</p>')
        return
    weights = {}
    for place, (key, agreed) in zip(
        st.columns(len(held.weights)), held.weights.items(), strict=True
    ):
        with place:
            weights[key] = st.number_input(
                names.get(key, key), 0.0, 100.0, float(agreed), 5.0, key=f"weight_{held.key}_{key}"
            )
    ranked = ranking(held.scores, weights)
    chances = sensitivity(held.scores, weights, finalists=held.finalists)
    frame = ranked.merge(chances, on="proposal", how="left")
    shown = pd.DataFrame(
        {
            "proposal": frame["proposal"],
            "score": [number(value, 2) for value in frame["score"]],
            "evaluators": [str(n) for n in frame["n_evaluators"]],
            "disagreement": [
                _("challenge.spread", n=int(n), criterion=names.get(key, key)) if n else "0"
                for n, key in zip(frame["disagreement"], frame["disputed"], strict=True)
            ],
            "nearby": [percent(share) for share in frame["nearby"]],
            "anywhere": [percent(share) for share in frame["anywhere"]],
        }
    )
    columns = {str(name): _(f"challenge.column_{name}") for name in shown}
    cards.table(shown, columns, caption=held.title)
    cards.method_note([_("challenge.method", n=held.finalists)])


def _case(case: Case) -> None:
    finalists = ", ".join(case.finalists)
    lines = [
        _("challenge.case", city=case.city, n=case.proposals_received, finalists=finalists),
        _("challenge.criteria", names="; ".join(c.name[current()] for c in case.criteria)),
        _(f"challenge.decision_{case.decision}"),
        case.reason[current()],
        _("cohort.source", source=case.source),
    ]
    cards.method_note(lines)
