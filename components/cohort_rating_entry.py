"""Rating the components of a city's strategy: level, evidence and note of each, or as last time."""

from dataclasses import replace
from datetime import date

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.programmes.readiness import LEVELS, Rating
from analytics.store.programme_notes import Notes
from components.cohort_answers import attempt, turn
from components.language import _, current, day

Place = tuple[Principal, str, str]


def rating(principal: Principal, found: CohortOnDay, city: CityOnDay, noted: Notes) -> None:
    """Draw the day, one row per component, and the last judgements to be carried forward."""
    place = (principal, found.programme.key, city.key)
    origin = "coach" if loaders.cohort_desk(*place).is_coach else "self"
    st.html(f'<p class="note">{_(f"note.origin_{origin}")}</p>')
    rated_on = st.date_input(
        _("note.rated_on"),
        "today",
        max_value="today",
        format="DD/MM/YYYY",
        key="rated_on",
        persist_state="session",
        width=200,
    )
    own = [r for r in noted.ratings if r.rater == principal.username and r.origin == origin]
    held = {r.component: r for r in own if r.rated_on == rated_on}
    key = f"{rated_on}_{turn()}"
    with st.form(f"form_rating_{key}", border=False):
        for component in found.template.components:
            start = held.get(component.key)
            title = component.name[current()]
            left, middle, right = st.columns([1.1, 1.5, 1.5], vertical_alignment="bottom")
            with left:
                st.segmented_control(
                    title,
                    range(LEVELS[0], LEVELS[1] + 1),
                    default=start.level if start else None,
                    key=f"level_{component.key}_{key}",
                    persist_state="session",
                )
            for column, name in ((middle, "evidence"), (right, "note")):
                with column:
                    st.text_input(
                        f"{_(f'note.rating_{name}')} · {title}",
                        getattr(start, name) if start else "",
                        key=f"{name}_{component.key}_{key}",
                        max_chars=2000,
                        persist_state="session",
                    )
        versions = {c.key: _version(held.get(c.key)) for c in found.template.components}
        st.form_submit_button(
            _("entry.save"), on_click=_save, args=(place, rated_on, versions, key)
        )
    _carry_forward(found, place, [r for r in own if r.rated_on < rated_on], rated_on, versions)


def _carry_forward(
    found: CohortOnDay,
    place: Place,
    earlier: list[Rating],
    rated_on: date,
    versions: dict[str, int],
) -> None:
    """Offer the person's last judgements for another day, once the person has said so."""
    if not earlier:
        return
    names = {c.key: c.name[current()] for c in found.template.components}
    last = max(r.rated_on for r in earlier)
    rows = [r for r in earlier if r.rated_on == last and r.component in names]
    told = ", ".join(f"{names[r.component]} {r.level}" for r in rows)
    with st.form("form_rating_carry", border=False):
        st.checkbox(
            _("note.carry", day=day(last), levels=told), key="rating_sure", persist_state="session"
        )
        again = [replace(r, rated_on=rated_on, version=versions[r.component]) for r in rows]
        st.form_submit_button(_("note.carry_button"), on_click=_carry, args=(place, again))


def _version(held: Rating | None) -> int:
    return held.version or 0 if held else 0


def _save(place: Place, rated_on: date, versions: dict[str, int], key: str) -> None:
    told = []
    for component, version in versions.items():
        level = st.session_state[f"level_{component}_{key}"]
        if level is not None:
            evidence, note = (
                st.session_state[f"{name}_{component}_{key}"] for name in ("evidence", "note")
            )
            told.append(
                Rating(component, rated_on, "", level, evidence, note=note.strip(), version=version)
            )
    if told:
        attempt(lambda: loaders.cohort_desk(*place).rate(told), _("note.saved"))


def _carry(place: Place, again: list[Rating]) -> None:
    if st.session_state["rating_sure"]:
        attempt(lambda: loaders.cohort_desk(*place).rate(again), _("note.saved"))
        st.session_state["rating_sure"] = False
