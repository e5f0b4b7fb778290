"""The way in: a file, the name of its source, a check, an import, and what became of the rows."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.errors import AnalyticsError
from analytics.intake import Holdings, Intake, import_line
from analytics.sources.importing import ImportReport
from analytics.sources.mappings import Mapping, read_mapping
from analytics.uploads import received
from components import cards, sources_mapping, sources_proposals, uploader
from components.language import _, _n, moment, number, percent, sentence_of
from components.notices import refusal
from components.sources_clinic import clinic
from components.sources_mapping import Asked, Seen
from components.sources_strays import strays
from components.sources_view import CHOSEN, OUTCOME, choices, reasons

# Endings for the browser's chooser only: what a file is, its content tells.
DATA_TYPES = (
    *("csv", "tsv", "txt", "gz", "zip", "xls", "xlsx", "ods"),
    *("json", "geojson", "gpkg", "parquet"),
)
ROUND = "sources_round"  # counts imports: the next one starts with an empty uploader


@dataclass(frozen=True)
class Outcome:
    """What became of a file in this session: a report, a refusal, or both (not published).

    ``before`` is what became of it when it was last checked, if this check follows on that.
    """

    city: str
    file: str
    report: ImportReport | None
    refusal: AnalyticsError | None
    before: "Outcome | None" = None


def upload(intake: Intake, held: Holdings, wide: DeltaGenerator) -> None:
    """Draw the form, do what was asked, and say what became of the last file.

    ``wide`` is where the columns of a file that was looked at are drawn, to be corrected.
    """
    limit_mb = int(st.get_option("server.maxUploadSize"))
    with cards.block("add", title=_("sources.add"), note=_("sources.add_note")):
        file, source, mapping = _form(held, limit_mb)
        seen = sources_mapping.current(held.city.key, _mark_of(file), source) if file else None
        with st.container(horizontal=True, gap="small"):
            check = st.button(_("sources.check"), key="check")
            # With columns on screen the one primary button is theirs.
            rank: Literal["primary", "secondary"] = "secondary" if seen else "primary"
            bring = st.button(_("sources.import"), key="import", type=rank)
        # Progress has a place of its own: in that of the result it would take the focus away.
        doing, place = st.container(gap=None), st.container(gap=None)
        command = import_line(
            held.city.key,
            source or _("sources.command_source"),
            _("sources.command_file"),
            mapping.name if mapping else "",
        )
        cards.method_note([_("sources.larger", mb=limit_mb)], command)
    # An import after an accepted remedy is one with it, whichever button is pressed.
    pressed = check or (bring and not sources_mapping.import_accepted(seen))
    with doing:
        if pressed and not (file and source):
            st.session_state.pop(OUTCOME, None)
            refusal(_("sources.need_file"))
        elif pressed:
            _settle(_take(intake, file, source, mapping, dry_run=check))
            st.rerun()
    with wide:
        asked = sources_mapping.columns(intake, _mark_of(file), source) if file else None
    last = st.session_state.get(OUTCOME)
    with doing:
        if asked:
            outcome = _take_corrected(intake, file, source, asked)
            _settle(replace(outcome, before=last and replace(last, before=None)))
            st.rerun()
    with place:
        if last and last.city == held.city.key:
            _result(held, last, seen if file and last.file == file.name else None)


def _settle(outcome: Outcome) -> None:
    """Remember what became of a file; after an import show its batch and an empty form."""
    st.session_state[OUTCOME] = outcome
    if outcome.report and outcome.report.batch:
        sources_mapping.drop()
        st.session_state[CHOSEN] = outcome.report.batch
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()


def _take_corrected(intake: Intake, file: Any, source: str, asked: Asked) -> Outcome:
    """Check or import a file with corrected columns; what was imported is remembered."""
    outcome = _take(intake, file, source, asked.mapping, dry_run=asked.then == "check")
    if outcome.report is None or not outcome.report.batch:
        return outcome
    try:
        intake.remember(source, asked.mapping, asked.name, version=asked.version)
    except AnalyticsError as error:
        return replace(outcome, refusal=error)
    return outcome


def _form(held: Holdings, limit_mb: int) -> tuple[Any, str, Any]:
    """Draw the fields; return the uploaded file, the name of its source, the mapping file."""
    turn = st.session_state.get(ROUND, 0)
    uploader.translate()
    file = st.file_uploader(
        _("sources.file", mb=limit_mb), type=DATA_TYPES, key=f"data_{turn}", width="stretch"
    )
    source = st.selectbox(
        _("sources.name"),
        held.sources,
        index=None,
        key="source",
        accept_new_options=True,
        placeholder=_("sources.name_hint"),
        help=_("sources.name_help"),
    )
    with st.expander(_("sources.mapping_toggle")):
        st.caption(_("sources.mapping_note"))
        mapping = st.file_uploader(_("sources.mapping"), type="toml", key=f"mapping_{turn}")
    return file, (source or "").strip(), mapping


def _take(intake: Intake, file: Any, source: str, mapping: Any, *, dry_run: bool) -> Outcome:
    """Check or import a file with its progress in sight; publish what was imported."""
    report = None
    bar = st.progress(0.0, _("sources.reading", file=file.name))
    try:
        with ExitStack() as files:
            path = files.enter_context(received(intake.settings, file.name, file))
            told = mapping if isinstance(mapping, Mapping) else None
            if mapping and told is None:
                toml = received(intake.settings, mapping.name, mapping)
                told = read_mapping(files.enter_context(toml))
            seen = intake.preview(path, source=source, mapping=told)
            if not isinstance(mapping, Mapping):
                sources_mapping.keep(intake, _mark_of(file), source, seen)
            report = intake.bring_in(
                path, source=source, mapping=told, dry_run=dry_run, progress=_progress(bar)
            )
        if not dry_run:
            bar.progress(1.0, _("sources.publishing"))
            intake.publish()
    except AnalyticsError as error:
        return Outcome(intake.city.key, file.name, report, error)
    finally:
        bar.empty()
    return Outcome(intake.city.key, file.name, report, None)


def _mark_of(file: Any) -> str:
    return f"{file.name}:{file.size}"


def _progress(bar: Any) -> Callable[[int, int, int], None]:
    def tell(rows: int, done: int, total: int) -> None:
        share = min(done / total, 1.0) if total else 1.0
        bar.progress(share, _("sources.reading_rows", n=rows))

    return tell


def _result(held: Holdings, outcome: Outcome, seen: Seen | None) -> None:
    """Say what became of the file: the counts, what was set aside and why, how it was read."""
    report, title = outcome.report, _(_title(outcome), file=outcome.file)
    with cards.block("result", title=title):
        # One place for all that comes and goes: the boxes below keep theirs, and the focus.
        with st.container(gap="small"):
            if outcome.refusal:
                refusal(sentence_of(outcome.refusal))
            if report:
                _told(held, outcome, report, title)
        _proposals(seen, outcome)
        if report:
            cards.method_note(choices(report.choices))
            clinic(report.choices, of=title)
            strays(held.city, report.strays)


def _told(held: Holdings, outcome: Outcome, report: ImportReport, title: str) -> None:
    lines = [_counts(report)]
    if outcome.before and not report.batch:
        lines.insert(0, sources_proposals.changed(outcome.before.report, report))
    again = held.same_file(report)
    if again:
        when = moment(again.created_at, held.city.timezone)
        lines.append(_("sources.same_file", when=when))
    n = sum(report.quarantined.values())
    lines.append(_n("sources.result_quarantine", n) + ":" if n else _("sources.result_clean"))
    cards.lede(lines)
    if n:
        reasons(report.quarantined, of=title)


def _proposals(seen: Seen | None, outcome: Outcome) -> None:
    """Offer what the check of a file proposes, or the candidates for which it was refused."""
    if seen is None:
        return
    if outcome.report:
        found = outcome.report.choices["clinic"]
        lines = [(one["remedy"], one["rows"]) for one in found if one["remedy"]]
    else:
        told = outcome.refusal.details.get("lines", ()) if outcome.refusal else ()
        lines = [(str(line), 0) for line in told] if isinstance(told, list) else []
    sources_proposals.offer(seen, lines)


def _title(outcome: Outcome) -> str:
    if outcome.report is None:
        return "sources.refused"
    if outcome.refusal:
        return "sources.refused_publish"
    return "sources.imported" if outcome.report.batch else "sources.checked"


def _counts(report: ImportReport) -> str:
    if not report.accepted:
        return _("sources.result_none", rows=report.rows)
    return _(
        "sources.result",
        rows=report.rows,
        accepted=number(report.accepted),
        located=percent(report.located_share or 0.0, 1),
        dated=percent(report.dated_share or 0.0, 1),
    )
