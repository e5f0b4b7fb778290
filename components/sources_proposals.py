"""Remedies that a check proposes, each a box to tick: accepted with it, undone without."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from analytics.sources.importing import ImportReport
from analytics.sources.proposals import Proposal, read_proposal
from analytics.sources.remedies import read_crs
from components.language import _, _n, number, percent
from components.sources_mapping import SEEN, Seen, key_of_role

MARKDOWN = re.compile(r"([\\`*_\[\]<>$~:#])")
SEVERAL = "remedies"  # the option of which more than one may be accepted


def offer(seen: Seen, lines: Sequence[tuple[str, int]]) -> None:
    """Draw a box for each proposal so far; ticking it has the file checked anew.

    Parameters
    ----------
    seen : Seen
        The preview of the file that was checked.
    lines : sequence of (str, int)
        What the check proposes now, and for how many rows. Earlier proposals stay on screen, so
        that they can be undone.
    """
    known = dict(seen.offered)
    for line, rows in lines:
        proposal = read_proposal(line)
        if proposal:
            known.setdefault(proposal, rows)
    if not known:
        return
    seen = replace(seen, offered=tuple(known.items()))
    st.session_state[SEEN] = seen
    with st.container(key="proposals", gap="small"):
        st.html(
            f'<h3 class="block-title">{escape(_("clinic.proposals"))}</h3>'
            f'<p class="note">{escape(_("clinic.proposals_note"))}</p>'
        )
        for proposal, rows in seen.offered:
            key = _key(seen, proposal)
            # Its state is the mapping in work: a box that gives way to another is emptied too.
            st.session_state[key] = proposal in seen.accepted
            st.checkbox(_label(proposal, rows), key=key, on_change=_toggle, args=(proposal,))


def changed(before: ImportReport | None, after: ImportReport) -> str:
    """Say what the last change did to the rows; ``before`` is None where the file was refused."""
    rows, accepted = number(after.rows), number(after.accepted)
    if before is None:
        return _n("clinic.now_in", after.accepted, rows=rows)
    n = after.accepted - before.accepted
    if n:
        was = number(before.accepted)
        key = "clinic.rescued" if n > 0 else "clinic.given_back"
        return _n(key, abs(n), before=was, after=accepted)
    was, now = (percent(one.located_share or 0.0, 1) for one in (before, after))
    return _("clinic.as_before", n=accepted, before=was, after=now)


def _toggle(proposal: Proposal) -> None:
    """Accept or undo; runs before the page is drawn, which then checks the file again."""
    seen: Seen = st.session_state[SEEN]
    was_accepted = proposal in seen.accepted
    kept = [
        other
        for other in seen.accepted
        if other != proposal and (other.option != proposal.option or other.option == SEVERAL)
    ]
    if not was_accepted:
        kept.append(proposal)
    if proposal.option == "columns":
        roles = ("latitude", "longitude") if was_accepted else ("longitude", "latitude")
        for role, column in zip(roles, (proposal.value, proposal.other), strict=True):
            st.session_state[key_of_role(role, seen.turn)] = column
    st.session_state[SEEN] = replace(seen, accepted=tuple(kept), then="check")


def _key(seen: Seen, proposal: Proposal) -> str:
    return f"accept_{proposal.option}_{proposal.value}_{seen.turn}"


def _label(proposal: Proposal, rows: int) -> str:
    """Word a proposal as what would be done, and to how many rows where that is known."""
    said = _said(proposal)
    # A label is Markdown, and names of columns come from published files.
    return MARKDOWN.sub(r"\\\1", f"{said} · {_n('clinic.rows', rows)}" if rows else said)


def _said(proposal: Proposal) -> str:
    if proposal.option == "columns":
        return _("clinic.do.columns", longitude=proposal.value, latitude=proposal.other)
    if proposal.option == "coordinate_crs":
        name = f"{proposal.value}, {read_crs(proposal.value).name}"
        return _("clinic.do.crs", crs=name)
    return _(f"clinic.do.{proposal.value}")
