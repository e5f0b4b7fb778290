"""Two batches of one source side by side: events added, removed, changed and unchanged."""

import shlex
from collections import Counter
from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.events.comparison import BatchDifference
from analytics.intake import Holdings
from analytics.store.batches import BatchManifest
from components import cards, downloads
from components.language import _, _n, moment, number, sentence_of
from components.notices import refusal

COMPARED = "batches_compared"  # the last comparison on screen: of which city, and what it found
CHOICE_PX = 420


def compare(principal: Principal, held: Holdings) -> None:
    """Choose two batches of one source and tell what changed from one to the other."""
    with cards.block("compare", title=_("compare.title"), note=_("compare.note")):
        per_source = Counter(batch.source for batch in held.batches)
        several = [batch for batch in held.batches if per_source[batch.source] > 1]
        if not several:
            st.html(f'<p class="note">{escape(_("compare.none"))}</p>')
            return
        old, new, goes = _choose(held, several)
        if goes:
            _compare(principal, held, old, new)
        found = st.session_state.get(COMPARED)
        if isinstance(found, BatchDifference) and (found.old, found.new) == (old, new):
            _tell(principal, held, found)
        words = ["python", "-m", "analytics", "compare", old, new, "--json"]
        cards.method_note([_("compare.method")], shlex.join(words))


def _choose(held: Holdings, several: list[BatchManifest]) -> tuple[str, str, bool]:
    labels = {
        batch.batch_id: _(
            "sources.choice",
            file=batch.file_name,
            source=batch.source,
            when=moment(batch.created_at, held.city.timezone),
        )
        for batch in several
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        new = st.selectbox(
            _("compare.new"),
            list(labels),
            key="compare_new",
            format_func=labels.__getitem__,
            width=CHOICE_PX,
        )
        source = next(batch.source for batch in several if batch.batch_id == new)
        others = [b.batch_id for b in several if b.source == source and b.batch_id != new]
        old = st.selectbox(
            _("compare.old"),
            others,
            key=f"compare_old_{new}",
            format_func=labels.__getitem__,
            width=CHOICE_PX,
        )
        goes = st.button(_("compare.go"), key="compare")
    return old, new, goes


def _compare(principal: Principal, held: Holdings, old: str, new: str) -> None:
    st.session_state.pop(COMPARED, None)
    try:
        found = loaders.intake(principal, held.city.key).compare(old, new)
    except AnalyticsError as error:
        refusal(sentence_of(error))
        return
    st.session_state[COMPARED] = found


def _tell(principal: Principal, held: Holdings, found: BatchDifference) -> None:
    numbers = {
        "added": len(found.added),
        "removed": len(found.removed),
        "changed": len(found.changed),
        "unchanged": found.unchanged,
    }
    rows = pd.DataFrame(
        {"change": _(f"compare.{name}"), "n": number(n)} for name, n in numbers.items()
    )
    heads = {"change": _("compare.change"), "n": _("compare.events")}
    cards.table(rows, heads, caption=_("compare.title"))
    if found.changed_columns:
        told = [f"{name} ({number(n)})" for name, n in found.changed_columns.items()]
        st.html(f'<p class="note">{escape(_("compare.columns", columns=", ".join(told)))}</p>')
    city_key, old, new = held.city.key, found.old, found.new

    def made() -> bytes:
        now = loaders.intake(principal, city_key).compare(old, new)
        return downloads.csv_bytes(_frame(now))

    data = downloads.audited(principal, city_key, made, kind="csv", batches=[old, new])
    name = downloads.file_name(city_key, "compare", old, new, extension="csv")
    n = len(found.added) + len(found.removed) + len(found.changed)
    label = _n("compare.csv", n)
    downloads.row([downloads.Download(label, data, name, "text/csv")], key="compare")


def _frame(found: BatchDifference) -> pd.DataFrame:
    rows = [
        {"event_id": event_id, "change": change}
        for change in ("added", "removed", "changed")
        for event_id in getattr(found, change)
    ]
    return pd.DataFrame(rows, columns=["event_id", "change"])
