"""What is overdue and whose: gates past their promise and commitments past their day."""

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.programmes.cohort import CohortOnDay
from analytics.programmes.overdue import Owed
from components import cards
from components.language import _, _n, current, day, number


def overdue(principal: Principal, found: CohortOnDay, member: str = "") -> None:
    """List it for the cohort, folded, or for one city of it; nothing where nothing is."""
    owed = [o for o in loaders.overdue(principal, found) if not member or o.city == member]
    if not owed:
        return
    title = _n("overdue.title", len(owed))
    names = {city.key: city.name for city in found.cities}
    rows = [_row(found, names, one) for one in owed]
    columns = {
        name: _(f"overdue.column_{name}")
        for name in ("what", "city", "owner", "due", "days")
        if name != "city" or not member
    }
    with st.expander(title, expanded=bool(member)):
        cards.table(pd.DataFrame(rows), columns, caption=title)


def _row(found: CohortOnDay, names: dict[str, str], owed: Owed) -> dict[str, str]:
    is_gate = owed.kind == "gate"
    return {
        "what": found.template.gate(owed.what).name[current()] if is_gate else owed.what,
        "city": names.get(owed.city, owed.city),
        "owner": owed.owner or _("overdue.nobody"),
        "due": day(owed.due_on),
        "days": number(owed.days),
    }
