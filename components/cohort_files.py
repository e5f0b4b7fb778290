"""Evidence of the gates: what shows that each was passed, files to fetch, to add, to take out."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.loaders.cohort_desk import Upload
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.programmes.evidence import MIMES, MOST_BYTES
from analytics.store.gate_files import FileRow
from analytics.store.programmes import CityRow
from components import cards, downloads, uploader
from components.cohort_answers import attempt, turn
from components.language import _, current, day, number

SHORTEST_NAME = 40


def evidence(principal: Principal, found: CohortOnDay, city: CityOnDay, record: CityRow) -> None:
    """List what shows that the gates were passed, with the files to those who may read them."""
    held = _held(principal, found, city)
    rows = []
    for gate in record.gates:
        texts = [gate.evidence, *(f"{row.name} ({_size(row)})" for row in held[gate.milestone.key])]
        told = " · ".join(filter(None, texts))
        if told:
            rows.append(
                {
                    "gate": found.template.gate(gate.milestone.key).name[current()],
                    "day": day(gate.milestone.actual) if gate.milestone.actual else "",
                    "evidence": told,
                }
            )
    if not rows:
        return
    with st.expander(_("evidence.title")):
        columns = {name: _(f"evidence.column_{name}") for name in rows[0]}
        cards.table(pd.DataFrame(rows), columns, caption=_("evidence.title"))
        files = [row for several in held.values() for row in several]
        if files:
            downloads.row([_download(principal, found, city, row) for row in files], key="evidence")


def uploaded() -> Any:
    """Draw the field for a file; its value is read by :func:`sent`."""
    uploader.in_own_words()
    kinds = ", ".join(kind.upper() for kind in MIMES)
    limit = MOST_BYTES // 10**6
    return st.file_uploader(
        _("evidence.file"), key=_key(), help=_("evidence.file_help", kinds=kinds, mb=limit)
    )


def sent() -> Upload | None:
    """Return the file that was put into the field; None without one."""
    file = st.session_state.get(_key())
    return None if file is None else Upload(file.name, file.getvalue())


def of_gate(principal: Principal, found: CohortOnDay, city: CityOnDay, gate: str) -> None:
    """List a gate's files to be taken out or put back."""
    rows = [row for row in loaders.evidence_files(principal, *_place(found, city))
            if row.gate == gate]  # fmt: skip
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center", key=f"file_{row.id}"):
            words = f"{row.name} · {_size(row)} · {day(row.added_at.date())} · {row.added_by}"
            if row.removed_at:
                words = _("evidence.removed", file=words)
            st.html(f'<p class="note">{escape(words)}</p>')
            verb = "put_back" if row.removed_at else "take_out"
            st.button(
                _(f"evidence.{verb}"), key=f"link_{verb}_{row.id}", type="tertiary",
                on_click=_change, args=(principal, *_place(found, city), row, verb),
            )  # fmt: skip


def add(principal: Principal, programme: str, city: str, gate: str) -> None:
    """Save the file in the field for a gate that is closed already."""
    file = sent()
    if file is not None:
        attempt(
            lambda: loaders.cohort_desk(principal, programme, city).attach(gate, file),
            _("evidence.added"),
        )


def _change(principal: Principal, programme: str, city: str, row: FileRow, verb: str) -> None:
    def act() -> None:
        desk = loaders.cohort_desk(principal, programme, city)
        (desk.put_back if verb == "put_back" else desk.take_out)(row.id, version=row.version)

    attempt(act, _(f"evidence.done_{verb}"))


def _held(principal: Principal, found: CohortOnDay, city: CityOnDay) -> dict[str, list[FileRow]]:
    rows = loaders.evidence_files(principal, *_place(found, city))
    return {
        gate.key: [row for row in rows if row.gate == gate.key and not row.removed_at]
        for gate in city.milestones
    }


def _download(
    principal: Principal, found: CohortOnDay, city: CityOnDay, row: FileRow
) -> downloads.Download:
    stem, _dot, _ending = row.name.rpartition(".")
    name = downloads.file_name(stem or row.name, extension=row.kind)
    label = row.name if len(row.name) <= SHORTEST_NAME else f"{row.name[:SHORTEST_NAME]}…"

    def fetched() -> bytes:
        return loaders.evidence_file(principal, *_place(found, city), row.id).content

    return downloads.Download(_label(label), fetched, name, MIMES[row.kind])


def _label(name: str) -> str:
    """Return a file's name as a label: what Markdown would read as its own is written plainly."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_[]{}()#+!|~:$<>^" else letter for letter in name
    )


def _size(row: FileRow) -> str:
    return f"{number(max(row.n_bytes / 1e6, 0.01), 2)} MB"


def _place(found: CohortOnDay, city: CityOnDay) -> tuple[str, str]:
    return found.programme.key, city.key


def _key() -> str:
    return f"entry_file_{turn()}"
