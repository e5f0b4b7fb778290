"""The forms of a city's challenges: terms, proposals, an evaluator's sheet, the decision.

A refused save keeps what was typed; the version that was on screen travels with every save.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.loaders.challenge_desk import ChallengeDesk
from analytics.programmes.challenges import DECISIONS, SCORES
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.store.challenge_scores import EVALUATOR_LENGTH
from analytics.store.challenges import TITLE_LENGTH, ChallengeRow
from components.challenge_words import case, criterion_name, in_order
from components.cohort_answers import attempt, turn
from components.cohort_challenges import decision_words
from components.language import _

STEPS = ("scores", "proposals", "terms", "decision")
MOST_FINALISTS = 100
NEW = ""  # the option that stands for none of those there are
POSED, LAST_EVALUATOR = "challenge_posed", "challenge_evaluator"
Place = tuple[Principal, str, str]


def challenge(principal: Principal, found: CohortOnDay, city: CityOnDay) -> None:
    """Draw the choice of the challenge and of the step, and that step's form."""
    place = (principal, found.programme.key, city.key)
    told = loaders.cohort_challenges(principal, found.programme.key)
    held = _choice({row.key: row for row in told if row.city == city.key})
    if held is None:
        _terms(place, None)
        return
    words = {step: _(f"challenge.step_{step}") for step in STEPS}
    step = st.segmented_control(
        _("challenge.step"),
        STEPS,
        key=f"challenge_step_{held.key}",
        persist_state="session",
        default=STEPS[0] if held.proposals else STEPS[1],
        required=True,
        format_func=words.__getitem__,
    )
    if step == "decision":
        _decision(place, held)
    elif held.decision != "open":
        st.html(f'<p class="note">{_("challenge.reopen")}</p>')
    else:
        {"scores": _scores, "proposals": _proposals, "terms": _terms}[str(step)](place, held)


def _choice(held: Mapping[str, ChallengeRow]) -> ChallengeRow | None:
    if not held:
        return None
    options = [*held, NEW]
    posed = str(st.session_state.get(POSED))
    chosen = st.selectbox(
        _("challenge.which"),
        options,
        index=options.index(posed) if posed in held else 0,
        key=f"which_challenge_{len(held)}",
        format_func=lambda key: held[key].title if key else _("challenge.new"),
        width=420,
        persist_state="session",
    )
    return held[chosen] if chosen else None


def _terms(place: Place, held: ChallengeRow | None) -> None:
    """Draw title, finalists and the criteria with their weights; an emptied weight drops one."""
    weights = held.weights if held else {c.key: c.weight for c in case().criteria}
    key = f"{held.key if held else 0}_{turn()}"
    names = {criterion: f"terms_{criterion}_{key}" for criterion in in_order(weights)}
    with st.form(f"form_terms_{key}", border=False):
        left, right = st.columns([3, 1])
        with left:
            title = held.title if held else ""
            _line("challenge.title", title, f"title_{key}", TITLE_LENGTH)
        with right:
            _number("challenge.finalists", held.finalists if held else 3, f"finalists_{key}", 1)
        for place_of, (criterion, widget) in zip(
            st.columns(len(names)), names.items(), strict=True
        ):
            with place_of:
                st.number_input(
                    criterion_name(criterion), 0.0, 100.0, float(weights[criterion]), 5.0,
                    key=widget, persist_state="session", help=_("challenge.weight_help"),
                )  # fmt: skip
        left, right = st.columns([3, 1])
        with left:
            _line("challenge.more_criterion", "", f"more_{key}", EVALUATOR_LENGTH)
        with right:
            _number("challenge.more_weight", 25, f"more_weight_{key}", 0)
        args = (place, held, names, key)
        label = _("entry.save") if held else _("challenge.pose")
        st.form_submit_button(label, on_click=_save_terms, args=args)


def _proposals(place: Place, held: ChallengeRow) -> None:
    """Draw the field for new proposals, one per line, and which may be taken out again."""
    key = f"{held.key}_{turn()}"
    with st.form(f"form_proposals_{key}", border=False):
        st.text_area(
            _("challenge.names"), key=f"names_{key}", max_chars=20_000, persist_state="session"
        )
        st.form_submit_button(_("challenge.propose"), on_click=_propose, args=(place, held, key))
    scored = set(held.scores["proposal"])
    free = [name for name in held.proposals if name not in scored]
    if not free:
        return
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        name = st.selectbox(
            _("challenge.unscored_one"), free, key=f"free_{len(free)}_{key}", width=420
        )
    with right:
        st.button(
            _("challenge.withdraw"), key="link_withdraw", type="tertiary",
            on_click=_act, args=(place, lambda desk: desk.withdraw(held.key, name)),
        )  # fmt: skip


def _scores(place: Place, held: ChallengeRow) -> None:
    """Draw whose sheet it is, which proposal, and one bar from 1 to 5 per criterion."""
    if not held.proposals:
        st.html(f'<p class="note">{_("challenge.no_proposals")}</p>')
        return
    left, right = st.columns(2)
    with left:
        evaluator = _evaluator(place[0], held)
    sheet = _sheet(held, evaluator)
    with right:
        proposal = _proposal(held, sheet, evaluator)
    key = f"{held.key}_{held.proposals.index(proposal)}_{evaluator or 0}_{turn()}"
    names = {criterion: f"score_{criterion}_{key}" for criterion in in_order(held.weights)}
    low, high = SCORES
    with st.form(f"form_scores_{key}", border=False):
        if not evaluator:
            own = place[0].name if place[0].name not in _evaluators(held) else ""
            _line("challenge.evaluator_name", own, f"evaluator_{key}", EVALUATOR_LENGTH)
        for n, (criterion, widget) in enumerate(names.items()):
            if n % 2 == 0:
                pair = st.columns(2)
            with pair[n % 2]:
                st.segmented_control(
                    criterion_name(criterion), range(low, high + 1), key=widget,
                    default=sheet.get((proposal, criterion), (None, 0))[0],
                    persist_state="session",
                )  # fmt: skip
        args = (place, held, proposal, evaluator, names, key)
        st.form_submit_button(_("entry.save"), on_click=_save_scores, args=args)


def _evaluator(principal: Principal, held: ChallengeRow) -> str:
    known = _evaluators(held)
    if not known:
        return NEW
    own = st.session_state.get(LAST_EVALUATOR, principal.name)
    return st.selectbox(
        _("challenge.evaluator"),
        [*known, NEW],
        index=known.index(own) if own in known else len(known),
        key=f"evaluator_of_{held.key}_{len(known)}",
        format_func=lambda who: who or _("challenge.new_evaluator"),
        persist_state="session",
    )


def _proposal(
    held: ChallengeRow, sheet: Mapping[tuple[str, str], tuple[int, int]], evaluator: str
) -> str:
    """Draw the choice of the proposal; the first that the sheet lacks comes first to hand."""
    n = {p: sum((p, c) in sheet for c in held.weights) for p in held.proposals}
    of = len(held.weights)
    first = next((i for i, p in enumerate(held.proposals) if n[p] < of), 0)
    return st.selectbox(
        _("challenge.proposal"),
        held.proposals,
        index=first,
        key=f"proposal_{held.key}_{evaluator or 0}_{turn()}",
        format_func=lambda name: _("challenge.progress", name=name, n=n[name], of=of),
        persist_state="session",
    )


def _decision(place: Place, held: ChallengeRow) -> None:
    st.html(f'<p class="note">{decision_words(held)}</p>')
    key = f"{held.key}_{turn()}"
    words = {name: _(f"challenge.choose_{name}") for name in DECISIONS}
    with st.form(f"form_decision_{key}", border=False):
        st.radio(
            _("challenge.decision"),
            DECISIONS,
            index=DECISIONS.index(held.decision),
            key=f"decision_{key}",
            format_func=words.__getitem__,
            horizontal=True,
            persist_state="session",
        )
        st.text_area(
            _("challenge.reason"), held.reason, key=f"reason_{key}", max_chars=2000,
            persist_state="session",
        )  # fmt: skip
        st.form_submit_button(_("entry.save"), on_click=_decide, args=(place, held, key))


def _save_terms(
    place: Place, held: ChallengeRow | None, names: Mapping[str, str], key: str
) -> None:
    told = {criterion: st.session_state[widget] for criterion, widget in names.items()}
    weights = {criterion: value for criterion, value in told.items() if value is not None}
    more = st.session_state[f"more_{key}"].strip()
    if more:
        weights[more] = float(st.session_state[f"more_weight_{key}"] or 0)
    title, finalists = (st.session_state[f"{name}_{key}"] for name in ("title", "finalists"))

    def save(desk: ChallengeDesk) -> None:
        if held is None:
            st.session_state[POSED] = desk.pose(title, weights, finalists or 0)
        else:
            desk.amend(held.key, title, weights, finalists or 0, version=held.version)

    _act(place, save)


def _propose(place: Place, held: ChallengeRow, key: str) -> None:
    names = st.session_state[f"names_{key}"].splitlines()
    _act(place, lambda desk: desk.propose(held.key, names))


def _save_scores(
    place: Place,
    held: ChallengeRow,
    proposal: str,
    evaluator: str,
    names: Mapping[str, str],
    key: str,
) -> None:
    who = evaluator or st.session_state[f"evaluator_{key}"]
    sheet = _sheet(held, evaluator)
    told = {criterion: st.session_state[widget] for criterion, widget in names.items()}
    rows = [
        (proposal, criterion, level)
        for criterion, level in told.items()
        if level is not None or (proposal, criterion) in sheet
    ]
    frame = pd.DataFrame(rows, columns=["proposal", "criterion", "score"])
    versions = {at: version for at, (_level, version) in sheet.items()}

    def save(desk: ChallengeDesk) -> None:
        desk.score(held.key, who, frame, versions)
        st.session_state[LAST_EVALUATOR] = who.strip()

    _act(place, save)


def _decide(place: Place, held: ChallengeRow, key: str) -> None:
    decision, reason = (st.session_state[f"{name}_{key}"] for name in ("decision", "reason"))
    _act(place, lambda desk: desk.decide(held.key, decision, reason, version=held.version))


def _act(place: Place, act: Callable[[ChallengeDesk], Any]) -> None:
    attempt(lambda: act(loaders.challenge_desk(*place)), _("note.saved"))


def _evaluators(held: ChallengeRow) -> list[str]:
    return sorted(held.scores["evaluator"].unique())


def _sheet(held: ChallengeRow, evaluator: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return an evaluator's scores and their versions by proposal and criterion."""
    own = held.scores[held.scores["evaluator"] == evaluator]
    return {
        (p, c): (int(level), int(version))
        for p, c, level, version in own[["proposal", "criterion", "score", "version"]].itertuples(
            index=False
        )
    }


def _line(label: str, value: str, key: str, most: int) -> None:
    st.text_input(_(label), value, key=key, max_chars=most, persist_state="session")


def _number(label: str, value: int, key: str, low: int) -> None:
    st.number_input(_(label), low, MOST_FINALISTS, value, 1, key=key, persist_state="session")
