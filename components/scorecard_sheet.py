"""One indicator: its series, why its status says what it says, its sheet, its measurements."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Action, Principal, may
from analytics.errors import AnalyticsError
from analytics.scorecards.assessing import Assessment, interval_of, number_of
from analytics.scorecards.catalogue import Words
from analytics.scorecards.periods import decimal_year
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from analytics.store.scorecard_values import Reading
from components import (
    cards,
    charts,
    downloads,
    notices,
    scorecard_charts,
    scorecard_evaluation,
    scorecard_inputs,
)
from components import scorecard_words as words
from components.language import _, current, moment, month, number, sentence_of
from components.scorecard_view import why
from components.tokens import palette

RESTORED = "scorecard_restored"


def draw(principal: Principal, city: City, shown: Scorecard) -> None:
    """Draw the sheet of the chosen indicator."""
    if not shown.assessments:
        notices.empty(_("scorecards.nothing_measured"))
        return
    with st.container(key="chips_indicator"):
        chosen = shown.of(scorecard_inputs.indicator(shown))
    assert chosen is not None
    cards.sentence(_sentence(chosen))
    left, right = st.columns([1.75, 1], gap="large")
    with left:
        _series(chosen)
        scorecard_evaluation.draw(principal, city, chosen)
    with right:
        _proof(chosen)
        _facts(chosen)
    _measurements(principal, city, chosen)
    _history(principal, city, chosen)


def _sentence(shown: Assessment) -> str:
    if shown.latest is None:
        return _("scorecards.sheet_empty", name=words.short(shown.sheet))
    value = words.reading(shown.sheet, shown.latest)
    period = words.span(shown.latest.period_from, shown.latest.period_to)
    by_pace = shown.proof.rule == "pace"
    reason = why(shown) if by_pace else _(f"scorecards.status.{shown.status}").capitalize()
    return _(
        "scorecards.sheet_sentence",
        name=words.short(shown.sheet),
        value=value,
        period=period,
        reason=reason.rstrip("."),
    )


def _series(shown: Assessment) -> None:
    title = words.name(shown.sheet)
    with cards.block("series", title=title, note=shown.sheet.definition.of(current())):
        rows = []
        for entered in shown.series:
            value, bounds = number_of(shown.sheet, entered), interval_of(shown.sheet, entered)
            if value is not None:
                low, high = bounds or (float("nan"), float("nan"))
                at = decimal_year(entered.period_to)
                rows.append({"at": at, "value": value, "low": low, "high": high})
        if not rows:
            texts = [r.text for r in shown.series if r.text] or [_("scorecards.no_series")]
            st.html("".join(f'<p class="lede">{escape(text)}</p>' for text in texts))
            return
        path = shown.proof.path
        target = base = None
        if path is not None:
            goal = _("scorecards.target_label", value=words.value(shown.sheet, path.target))
            target, base = (path.target_at, path.target, goal), (path.base_at, path.base)
        charts.show(
            scorecard_charts.series(
                pd.DataFrame(rows),
                palette(),
                target=target,
                base=base,
                number=lambda value: words.value(shown.sheet, value),
                moment=_axis_month,
            ),
            alt=_("scorecards.series_alt", name=title, n=len(rows)),
            key="series",
        )


def _axis_month(at: float) -> str:
    year, part = divmod(at - 1e-6, 1)
    return month(pd.Timestamp(int(year), min(12, int(part * 12) + 1), 1).date(), short=True)


def _proof(shown: Assessment) -> None:
    with cards.block("proof"):
        status = words.status(shown.status)
        st.html(f'<h2 class="block-title">{escape(_("scorecards.why"))} {status}</h2>')
        words.pairs(proof_rows(shown))


def proof_rows(shown: Assessment) -> list[tuple[str, str]]:
    """Return what led to a status, each part with its name."""
    proof, path = shown.proof, shown.proof.path
    rows = [(_("scorecards.rule"), _(f"scorecards.rule.{proof.rule}"))]
    rows += words.working(shown.sheet, shown.latest) if shown.latest else []
    if path is not None and proof.linear is not None:
        achieved = (path.latest - path.base) / (path.latest_at - path.base_at)
        needed = (path.target - path.base) / (path.target_at - path.base_at)
        rows += [
            (
                _("scorecards.achieved_pace"),
                f"({number(path.latest)} − {number(path.base)}) ÷ "
                f"{number(path.latest_at - path.base_at, 1)} = {number(achieved, 2)}",
            ),
            (
                _("scorecards.needed_pace"),
                f"({number(path.target)} − {number(path.base)}) ÷ "
                f"{number(path.target_at - path.base_at, 1)} = {number(needed, 2)}",
            ),
            (_("scorecards.ratio"), number(proof.linear, 2)),
            (
                _("scorecards.cuts"),
                _("scorecards.cuts_of", on=number(0.95, 2), some=number(0.60, 2)),
            ),
        ]
        if proof.cagr is not None:
            other = _(f"scorecards.status.{proof.other_status}") if proof.other_status else ""
            agrees = other or _("scorecards.same_status")
            rows.append((_("scorecards.by_cagr"), f"{number(proof.cagr, 2)} · {agrees}"))
    if proof.low is not None and proof.high is not None:
        held = f"{number(proof.low, 0)}–{number(proof.high, 0)} · n = {proof.n}"
        rows.append((_("scorecards.wilson"), held))
    rows.append((_("scorecards.trend"), _trend(shown)))
    rows.append((_("scorecards.data"), _(f"scorecards.data.{shown.data}")))
    if shown.override:
        held = _(
            "scorecards.override_of",
            by=shown.override.decided_by,
            until=shown.override.until,
            reason=shown.override.reason,
        )
        rows.append((_("scorecards.override"), held))
        rows.append((_("scorecards.by_rule"), _(f"scorecards.status.{shown.rule_status}")))
    return rows


def _trend(shown: Assessment) -> str:
    if shown.trend.sign is None:
        return f"n = {shown.trend.n}"
    name = {1: "rises", 0: "still", -1: "falls"}[shown.trend.sign]
    return _(f"scorecards.trend.{name}", n=shown.trend.n)


def _facts(shown: Assessment) -> None:
    sheet, kind = shown.sheet, shown.sheet.typology
    with cards.block("facts", title=_("scorecards.sheet")):
        typology = " · ".join(
            _(f"scorecards.{group}.{key}") + ("*" if basis == "inferred" else "")
            for group, key, basis in (
                ("measurement", kind.measurement, kind.measurement_basis),
                ("level", kind.level, kind.level_basis),
                ("hierarchy", kind.hierarchy, kind.hierarchy_basis),
                ("quality", kind.quality, kind.quality_basis),
            )
        )
        frameworks = map(words.framework, shown.plan.frameworks)
        rows = [
            (_("scorecards.kind"), typology),
            (_("scorecards.methods"), _joined(sheet.methods)),
            (_("scorecards.periodicity"), words.periodicity(sheet)),
            (_("scorecards.owner"), shown.plan.owner),
            (_("scorecards.audiences"), _joined(sheet.audiences)),
            (_("scorecards.tags"), ", ".join((*frameworks, *shown.plan.sdg_targets))),
            (_("scorecards.formula"), _formula(shown)),
            (_("scorecards.source"), _source(shown)),
        ]
        words.pairs([row for row in rows if row[1]], quiet=True)
        st.html(f'<p class="note">{escape(_("scorecards.inferred"))}</p>')


def _formula(shown: Assessment) -> str:
    """Write the formula and what its variables are."""
    lines = [f"{name} = {meaning}" for name, meaning in shown.plan.variables.items()]
    return "; ".join(filter(None, (shown.plan.formula, *lines)))


def _source(shown: Assessment) -> str:
    if shown.plan.own:
        return _("own.source", unit=shown.sheet.unit)
    return _("scorecards.source_of", line=shown.sheet.source_line)


def _joined(texts: tuple[Words, ...]) -> str:
    return "; ".join(text.of(current()) for text in texts)


def _measurements(principal: Principal, city: City, shown: Assessment) -> None:
    with cards.block("measurements", title=_("scorecards.measurements")):
        names = ("period", "value", "n", "interval", "evidence", "checked", "note")
        columns = {name: _(f"scorecards.column.{name}") for name in names}
        rows = [_row(shown, entered) for entered in reversed(shown.series)]
        frame = pd.DataFrame(rows, columns=list(columns))
        cards.table(frame, columns, caption=_("scorecards.measurements"))
        name = downloads.file_name(city.key, shown.sheet.id, extension="csv")
        data = downloads.audited(
            principal,
            city.key,
            lambda: downloads.csv_bytes(pd.DataFrame(map(_written, shown.series))),
            kind="indicator",
        )
        downloads.row([downloads.Download("CSV", data, name, "text/csv")], key="indicator")


def _written(entered: Reading) -> dict[str, Any]:
    """Return a value as its line of a file, what it was computed from as a text."""
    told = "; ".join(f"{name} = {value:g}" for name, value in entered.variables.items())
    return vars(entered) | {"variables": told}


def _row(shown: Assessment, entered: Reading) -> dict[str, str]:
    return {
        "period": words.span(entered.period_from, entered.period_to),
        "value": words.reading(shown.sheet, entered),
        "n": number(entered.sample_size) if entered.sample_size else "",
        "interval": words.interval(shown.sheet, entered),
        "evidence": entered.evidence,
        "checked": words.entered_by(entered),
        "note": entered.note or entered.judgement,
    }


def _history(principal: Principal, city: City, shown: Assessment) -> None:
    """Offer every change of the latest value, and to those who enter, to bring one back."""
    if shown.latest is None or not st.toggle(_("scorecards.show_history"), key="show_history"):
        return
    if st.session_state.pop(RESTORED, False):
        st.html(f'<p class="proof" role="status">{escape(_("scorecards.restored"))}</p>')
    for change in reversed(loaders.reading_history(principal, city.key, shown.latest)):
        with st.container(key=f"change_{change.version}", horizontal=True):
            past = Reading(
                shown.sheet.id,
                shown.latest.period_from,
                shown.latest.period_to,
                **{
                    name: change.content[name]
                    for name in ("value", "low", "medium", "high", "yes", "text")
                },
            )
            text = _(
                "scorecards.change",
                version=str(change.version),
                action=_(f"scorecards.change.{change.action}"),
                value=words.reading(shown.sheet, past),
                by=change.by,
                at=moment(change.at, city.timezone),
            )
            st.html(f'<p class="proof">{escape(text)}</p>')
            if may(principal, Action.ENTER_INDICATORS, city.key) and (
                change.version != shown.latest.version
            ):
                st.button(
                    _("scorecards.restore"),
                    key=f"link_restore_{change.version}",
                    type="tertiary",
                    on_click=_restore,
                    args=(principal, city, shown.latest, change.version),
                )
    refused = st.session_state.pop(f"{RESTORED}_refused", "")
    if refused:
        notices.refusal(refused)


def _restore(principal: Principal, city: City, latest: Reading, version: int) -> None:
    try:
        loaders.indicator_entry(principal, city.key).restore(latest, version)
        st.session_state[RESTORED] = True
    except AnalyticsError as error:
        st.session_state[f"{RESTORED}_refused"] = sentence_of(error)
