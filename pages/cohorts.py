"""Cohorts: where every city of a programme stands, beside what it first promised.

Numbers: analytics.programmes. Drawing: components.cohort_ files.
"""

from datetime import date

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import FilterError
from analytics.programmes.cohort import CohortOnDay
from components import (
    address,
    cohort_challenges,
    cohort_city,
    cohort_entry,
    cohort_files,
    cohort_overdue,
    cohort_room,
    cohort_rooms,
    cohort_slides,
    cohort_view,
    notices,
    presenting,
)
from components.access import require
from components.language import _


def page(principal: Principal) -> None:
    """Draw the cohort that the address asks for, or one city of it."""
    held = loaders.cohorts(principal)
    if not held:
        presenting.is_on(False)
        notices.empty(_("cohort.none"))
        return
    names = {row.key: row.name for row in held}
    key = address.seed("programme", "programme", held[0].key, lambda told: known(told, names))
    if len(names) > 1:
        key = st.selectbox(_("cohort.which"), list(names), key="programme", format_func=names.get)
    address.remember("programme", [key], [held[0].key])
    if presenting.is_on(loaders.may_present(principal, key)):
        cohort_slides.present(principal, key, asked_day())
        return
    found = loaders.cohort(principal, key, asked_day())
    member = cohort_view.chosen_city(found)
    if member:
        city(principal, found, member)
    else:
        cohort(principal, found)


def cohort(principal: Principal, found: CohortOnDay) -> None:
    """Draw the whole cohort."""
    cohort_view.heading(found)
    cities = cohort_view.chips(principal, found)
    cohort_view.pictures(principal, found, cities)
    cohort_overdue.overdue(principal, found)
    cohort_rooms.rooms(principal, found)
    cohort_challenges.challenges(principal, found)


def city(principal: Principal, found: CohortOnDay, member: str) -> None:
    """Draw one city of the cohort."""
    shown = next(row for row in found.cities if row.key == member)
    if cohort_room.shown(principal, found):
        cohort_room.room(principal, found, shown)
        return
    record, noted = loaders.city_notes(principal, found.programme.key, member)
    cohort_city.heading(principal, found, shown, record)
    cohort_city.slips_and_promises(found, shown, record, noted)
    cohort_city.maturity_and_coaching(principal, found, shown, noted)
    cohort_overdue.overdue(principal, found, member)
    cohort_files.evidence(principal, found, shown, record)
    cohort_entry.entry(principal, found, shown, record, noted)
    cohort_challenges.challenges(principal, found, shown)
    cohort_city.proof(found, shown)


def asked_day() -> date | None:
    """Return the day that the address asks about; None for the latest."""
    told = st.query_params.get("as-of")
    try:
        return date.fromisoformat(told) if told else None
    except ValueError as error:
        raise FilterError("filter.address", parameter="as-of", value=told) from error


def known(told: list[str], names: dict[str, str]) -> str:
    """Return the first text told if it is among the names (ValueError else)."""
    return address.known(told[:1], names)[0]


def main() -> None:
    """Guard, then draw."""
    person = require("cohorts")
    with notices.explain_errors():
        page(person)


main()
