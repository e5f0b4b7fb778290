"""The sources page's parts: heading, table of batches, one batch with its quarantine, roll-back."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.intake import Holdings, Intake, batch_line, batches_line
from analytics.schema import QUARANTINE_REASONS
from analytics.settings import City
from analytics.store.batches import BatchManifest
from components import cards, downloads
from components.language import _, _n, moment, number, percent, sentence_of
from components.notices import refusal
from components.sources_clinic import clinic
from components.tokens import MARKS

TABLE_ROWS = 10
CHOICE_PX = 560  # a fixed width wraps on a phone, where a stretched one would shrink
BATCH = "batch"
CHOSEN = "batch_to_show"
DONE = "sources_done"
ASKED = "sources_asked"  # about which batch the dialog asks
OUTCOME = "sources_outcome"  # of the last upload; what is done to the batches outdates it
STATES = {True: ("done", "sources.state.active"), False: ("none", "sources.state.rolled_back")}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ".": "point"}


def heading(held: Holdings) -> None:
    """Open the page: how many batches count, when the latest came, how many rows wait."""
    parts = [held.city.name, _("sources.view")]
    if held.batches:
        parts.append(_n("sources.batches_n", len(held.batches)))
    cards.eyebrow(parts, synthetic=held.city.synthetic)
    cards.sentence(_sentence(held))
    text, refused = st.session_state.pop(DONE, ("", False))
    if text:
        (refusal if refused else _told)(text)


def unpublished(intake: Intake, held: Holdings) -> None:
    """Say that pages show something else than the active batches, and offer to publish."""
    if held.is_published:
        return
    refusal(_("sources.unpublished"))
    if held.active and st.button(_("sources.publish"), key="publish"):
        change(intake.publish, _("sources.published"))


def table(principal: Principal, held: Holdings) -> None:
    """List the batches, the latest first, ten at a time."""
    with cards.block("batches", title=_("sources.batches"), note=_("sources.batches_note")):
        if not held.batches:
            st.html(f'<p class="note">{escape(_("sources.no_batches"))}</p>')
            return
        columns = (
            "source", "file", "when", "who", "accepted", "quarantined", "located", "state"
        )  # fmt: skip
        place = st.container(gap=None)
        pages = -(-len(held.batches) // TABLE_ROWS)
        shown = st.pagination(pages, key="batches_page") - 1 if pages > 1 else 0
        rows = held.batches[shown * TABLE_ROWS :][:TABLE_ROWS]
        with place:
            cards.table(
                pd.DataFrame([_row(held.city, batch) for batch in rows]),
                {name: _(f"sources.column.{name}") for name in columns},
                caption=_("sources.batches"),
            )
        name = downloads.file_name(held.city.key, "batches", extension="csv")

        def listed() -> bytes:
            found = loaders.intake(principal, held.city.key)
            found.record("download", kind="csv", rows=len(held.batches))
            return downloads.csv_bytes(held.to_frame())

        downloads.row([downloads.Download("CSV", listed, name, "text/csv")], key="batches")


def batch(principal: Principal, intake: Intake, held: Holdings) -> None:
    """Show one batch: its quarantine by reason, how it was read, and the way out of it."""
    if not held.batches:
        return
    by_id = {batch.batch_id: batch for batch in held.batches}
    labels = {batch_id: _choice(held.city, batch) for batch_id, batch in by_id.items()}
    if CHOSEN in st.session_state:
        st.session_state[BATCH] = st.session_state.pop(CHOSEN)
    asked = st.session_state.get(BATCH) or st.query_params.get(BATCH)
    if asked and BATCH not in st.session_state and asked not in by_id:
        refusal(_("error.batches.unknown", batch=asked))
    st.session_state[BATCH] = asked if asked in by_id else held.batches[0].batch_id
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = by_id[
            st.selectbox(
                _("sources.choose"),
                list(by_id),
                key=BATCH,
                width=CHOICE_PX,
                format_func=labels.__getitem__,
            )
        ]
        st.query_params[BATCH] = chosen.batch_id
        verb = "roll_back" if chosen.active else "restore"
        if st.button(_(f"sources.{verb}"), key=verb):
            st.session_state[ASKED] = chosen.batch_id
    if st.session_state.get(ASKED) == chosen.batch_id:
        dialog = st.dialog(_(f"sources.{verb}_title"), on_dismiss=_forget_question)
        dialog(_confirm)(intake, held, chosen)
    if chosen.rolled_back_at:
        when = moment(chosen.rolled_back_at, held.city.timezone)
        _told(_("sources.rolled_back_by", when=when, who=chosen.rolled_back_by), "none")
    _quarantined(principal, held.city, chosen)
    with cards.block("read", title=_("sources.how_read")):
        command = f"{batches_line(held.city.key)}\n{batch_line(chosen)}"
        cards.method_note([*choices(chosen.choices), _("sources.command")], command)
        clinic(chosen.choices)


def reasons(quarantined: Mapping[str, int], *, of: str = "") -> None:
    """Show refused rows by reason, the most frequent first, each with its remedy.

    ``of`` tells screen readers which check it is about, where another table stands beside it.
    """
    rows = sorted(quarantined.items(), key=lambda pair: -pair[1])
    frame = pd.DataFrame(
        {
            "reason": _(f"reason.{reason}"),
            "rows": number(n),
            "remedy": _(f"remedy.{QUARANTINE_REASONS[reason]}"),
        }
        for reason, n in rows
    )
    columns = {name: _(f"sources.column.{name}") for name in ("reason", "rows", "remedy")}
    caption = " · ".join(filter(None, (_("sources.quarantine"), of)))
    cards.table(frame, columns, caption=caption)


def choices(made: Mapping[str, Any]) -> list[str]:
    """Say what was decided while a file was read, as sentences."""
    text = ", ".join(
        _(f"sources.read.{name}", value=_mark(made[name]))
        for name in ("encoding", "delimiter", "decimal")
        if name in made
    )
    lines = [f"{text[:1].upper()}{text[1:]}."] if text else []
    lines.append(_dates(made))
    guessed = set(made.get("columns_guessed", ()))
    roles = made.get("columns", {})
    for key, wanted in (("told", roles.keys() - guessed), ("guessed", guessed)):
        named = [
            _("sources.read.column", role=_(f"sources.role.{role}"), column=column)
            for role, column in roles.items()
            if role in wanted
        ]
        if named:
            lines.append(_(f"sources.read.columns_{key}", columns=", ".join(named)))
    if made.get("mapping_remembered"):
        lines.append(_("sources.read.remembered", name=made["mapping_remembered"]))
    if made.get("source_kind"):
        lines.append(_("sources.read.kind", kind=_(f"source_kind.{made['source_kind']}")))
    if made.get("titles_above_header"):
        lines.append(_n("sources.read.titles", made["titles_above_header"]))
    if made.get("midnight_is_padding"):
        lines.append(_("sources.read.midnight"))
    if made.get("personal_columns_left_out"):
        left_out = ", ".join(made["personal_columns_left_out"])
        lines.append(_("sources.read.personal", columns=left_out))
    return lines


def _sentence(held: Holdings) -> str:
    if not held.batches:
        return _("sources.none_yet", city=held.city.name)
    if not held.active:
        return _("sources.none_active", city=held.city.name)
    n = held.n_quarantined
    return _(
        "sources.sentence",
        city=held.city.name,
        active=_n("sources.active_n", len(held.active)),
        when=moment(held.active[0].created_at, held.city.timezone),
        waiting=_n("sources.waiting_n", n) if n else _("sources.waiting_none"),
    )


def _row(city: City, batch: BatchManifest) -> dict[str, str]:
    mark, word = STATES[batch.active]
    located = (
        percent(batch.rows_located / batch.rows_accepted, 1)
        if batch.rows_accepted
        else _("sources.no_rows")
    )
    return {
        "source": batch.source,
        "file": batch.file_name,
        "when": moment(batch.created_at, city.timezone),
        "who": batch.created_by,
        "accepted": number(batch.rows_accepted),
        "quarantined": number(sum(batch.rows_quarantined.values())),
        "located": located,
        "state": f"{MARKS[mark]}\u00a0{_(word)}",
    }


def _choice(city: City, batch: BatchManifest) -> str:
    return _(
        "sources.choice",
        file=batch.file_name,
        source=batch.source,
        when=moment(batch.created_at, city.timezone),
    )


def _quarantined(principal: Principal, city: City, batch: BatchManifest) -> None:
    any_row = bool(batch.rows_quarantined)
    note = _("sources.quarantine_note") if any_row and batch.active else ""
    with cards.block("quarantine", title=_("sources.quarantine"), note=note):
        if not any_row:
            st.html(f'<p class="note">{escape(_("sources.quarantine_empty"))}</p>')
            return
        reasons(batch.rows_quarantined)
        downloads.row(
            [
                downloads.Download(
                    _("sources.quarantine_csv"),
                    _rows_csv(principal, city.key, batch.batch_id),
                    downloads.file_name(city.key, "quarantine", batch.batch_id, extension="csv"),
                    "text/csv",
                )
            ],
            key="quarantine",
        )


def _rows_csv(principal: Principal, city_key: str, batch_id: str) -> Callable[[], bytes]:
    """Prepare the download: words now, since the click runs outside the page; rows then."""
    words = {
        "reason": {reason: _(f"reason.{reason}") for reason in QUARANTINE_REASONS},
        "remedy": {remedy: _(f"remedy.{remedy}") for remedy in QUARANTINE_REASONS.values()},
    }

    def made() -> bytes:
        rows = loaders.intake(principal, city_key).quarantine(batch_id)
        rows = rows.assign(**{name: rows[name].map(told) for name, told in words.items()})
        rows = rows.rename(columns={"row_number": "row"})
        return downloads.csv_bytes(rows[["file", "row", "column", "value", "reason", "remedy"]])

    return made


def _confirm(intake: Intake, held: Holdings, batch: BatchManifest) -> None:
    """Say in the dialog what will happen, and do it on the second click."""
    named = {
        "file": batch.file_name,
        "source": batch.source,
        "n": batch.rows_accepted,
        "city": held.city.name,
    }
    verb = "roll_back" if batch.active else "restore"
    st.write(escape(_(f"sources.{verb}_text", **named)))
    if held.active == (batch,):
        st.write(escape(_("sources.roll_back_last", city=held.city.name)))
    with st.container(horizontal=True, gap="small"):
        goes = st.button(_(f"sources.{verb}_now"), key=f"{verb}_now", type="primary")
        if st.button(_("sources.cancel"), key="cancel"):
            _forget_question()
            st.rerun()
    if goes:
        doing = intake.roll_back if batch.active else intake.restore
        key = "sources.rolled_back" if batch.active else "sources.restored"
        change(lambda: doing(batch.batch_id), _(key, file=batch.file_name))


def change(doing: Callable[[], object], success: str) -> None:
    """Do what ends in a publication, then draw the page anew with what came of it on top."""
    try:
        with st.spinner(_("sources.publishing")):
            doing()
        st.session_state[DONE] = (success, False)
    except AnalyticsError as error:
        st.session_state[DONE] = (sentence_of(error), True)
    st.session_state.pop(OUTCOME, None)
    _forget_question()
    st.rerun()


def _forget_question() -> None:
    st.session_state.pop(ASKED, None)


def _dates(made: Mapping[str, Any]) -> str:
    formats = {
        name: n
        for key in ("date_formats", "time_formats", "end_formats")
        for name, n in dict(made.get(key, {})).items()
    }
    if not formats:
        return _("sources.read.no_dates")
    told = [_("sources.read.format", format=name, n=n) for name, n in formats.items()]
    return _("sources.read.dates", formats=", ".join(told), timezone=made.get("timezone", "?"))


def _mark(sign: str) -> str:
    return _(f"sources.mark.{DELIMITERS[sign]}") if sign in DELIMITERS else sign


def _told(text: str, state: str = "done") -> None:
    st.html(
        f'<div class="notice" role="status"><span class="mark" aria-hidden="true" '
        f'style="color:var(--c-{state})">{MARKS[state]}</span><p>{escape(text)}</p></div>'
    )
