"""The mayor's screen: one sentence, three dimensions, what moved, what to decide, what is late."""

from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import scorecard_command
from analytics.exports.reports import Report
from analytics.exports.xlsx import frame_xlsx
from analytics.scorecards.assessing import Assessment, number_of
from analytics.scorecards.audiences import Audience
from analytics.scorecards.catalogue import load_catalogue
from analytics.scorecards.composite import DimensionScore
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from components import (
    cards,
    charts,
    downloads,
    report_view,
    scorecard_charts,
    scorecard_words,
)
from components.language import _, _n, current, number
from components.scorecard_words import link
from components.tokens import MARKS, palette

CATEGORIES, MOVED, DECISIONS, LATE = 3, 4, 3, 3
STEADY = 2.0  # points of 100 that count as no change
NAN = float("nan")


def draw(principal: Principal, city: City, shown: Scorecard) -> None:
    """Draw the screen; everything on it comes from ``shown``."""
    cards.sentence(sentence(shown))
    columns = st.columns(3, gap="large")
    pairs = zip(columns, shown.now.dimensions, shown.before.dimensions, strict=True)
    for column, now, before in pairs:
        with column:
            _dimension(shown, now, before)
    moved, decide, late = st.columns(3, gap="large")
    with moved:
        _moved(shown, city)
    with decide:
        _decisions(shown, city)
    with late:
        _late(shown, city)
    _method(principal, city, shown)


def sentence(shown: Scorecard) -> str:
    """Say of each dimension whether it improves, stands, falls or cannot be judged."""
    clauses = []
    for now, before in zip(shown.now.dimensions, shown.before.dimensions, strict=True):
        clauses.append(_(f"scorecards.clause.{now.dimension}.{_turn(now, before)}"))
    text = _("scorecards.sentence", first=clauses[0], second=clauses[1], third=clauses[2])
    return text[0].upper() + text[1:]


def _turn(now: DimensionScore, before: DimensionScore) -> str:
    if now.score is None:
        return "unknown"
    if before.score is None:
        return "first"
    change = now.score - before.score
    return "up" if change > STEADY else "down" if change < -STEADY else "flat"


def _dimension(shown: Scorecard, now: DimensionScore, before: DimensionScore) -> None:
    title, note = _(f"scorecards.{now.dimension}"), _(f"scorecards.{now.dimension}.about")
    with cards.block(f"dimension_{now.dimension}", title=title, note=note, large=True):
        st.html(_score(shown, now, before))
        charts.show(
            scorecard_charts.score_rows(
                rows_of(shown, now, before),
                palette(),
                number=lambda score: number(score, 0),
                absent=_("scorecards.status.not_assessed"),
            ),
            alt=rows_alt(now, title),
            key=f"rows_{now.dimension}",
        )


def _score(shown: Scorecard, now: DimensionScore, before: DimensionScore) -> str:
    held = _("scorecards.present", n=now.present, of=now.expected)
    if now.score is None:
        needed = _("scorecards.needed", n=now.needed, of=now.expected)
        mark = f'<span class="mark none" aria-hidden="true">{MARKS["none"]}</span>'
        return (
            f'<div class="score"><p class="numeral absent">{escape(_("scorecards.no_score"))}</p>'
            f'<p class="unit">{escape(needed)}</p></div><p class="proof">{mark}{escape(held)}</p>'
        )
    bounds = bounds_of(shown, now)
    change = ""
    if before.score is not None:
        moved = scorecard_words.signed(now.score - before.score)
        change = f"<br><strong>{moved}</strong> {escape(_('scorecards.since'))}"
    return (
        f'<div class="score"><p class="numeral">{number(now.score, 0)}</p>'
        f'<p class="unit">{escape(bounds)}{change}</p></div><p class="proof">{escape(held)}</p>'
    )


def bounds_of(shown: Scorecard, now: DimensionScore) -> str:
    """Word the Monte-Carlo range of a dimension that has a score."""
    found = shown.ranges[now.dimension]
    return _("scorecards.range", low=number(found.low, 0), high=number(found.high, 0))


def rows_of(shown: Scorecard, now: DimensionScore, before: DimensionScore) -> pd.DataFrame:
    """Return the whole and its largest categories."""
    past = {c.category: c.score for c in before.categories}
    whole = shown.ranges.get(now.dimension) if now.score is not None else None
    rows = [(_("scorecards.whole"), now.score, whole, before.score)]
    largest = sorted(now.categories, key=lambda c: -c.expected)[:CATEGORIES]
    for category in largest:
        found = shown.ranges.get(f"{now.dimension}/{category.category}")
        rows.append(
            (category_name(category.category), category.score, found, past.get(category.category))
        )
    return pd.DataFrame(
        [
            {
                "label": label,
                "value": NAN if score is None else score,
                "low": NAN if found is None else min(found.low, score or 0),
                "high": NAN if found is None else max(found.high, score or 0),
                "before": NAN if old is None or score is None else old,
            }
            for label, score, found, old in rows
        ]
    )


def category_name(key: str) -> str:
    """Return a category's short name."""
    return load_catalogue().categories[key].short.of(current())


def rows_alt(now: DimensionScore, title: str) -> str:
    """Say a dimension's rows in words."""
    parts = [
        f"{category_name(c.category)} "
        + (number(c.score, 0) if c.score is not None else _("scorecards.status.not_assessed"))
        for c in now.categories
    ]
    return _("scorecards.rows_alt", dimension=title, rows="; ".join(parts))


def _moved(shown: Scorecard, city: City) -> None:
    with cards.block("moved", title=_("scorecards.moved")):
        rows = []
        for move in shown.moved[:MOVED]:
            picture = scorecard_charts.slope(move.before, move.after, palette())
            before, after = (
                scorecard_words.level(move.assessment.sheet, amount)
                for amount in (move.before, move.after)
            )
            rows.append(
                f"<li><span>{link(move.assessment, city, shown.period)}</span>"
                f'<img src="{picture}" alt="" width="46" height="22">'
                f'<span class="right">{before} → <strong>{after}</strong></span></li>'
            )
        _list("moved", rows, _("scorecards.nothing_moved"))


def _decisions(shown: Scorecard, city: City) -> None:
    with cards.block("decisions", title=_("scorecards.decisions")):
        rows = [
            f"<li>{scorecard_words.status(a.status)}<span>"
            f"{link(a, city, shown.period, strong=True)}"
            f'<span class="note">{escape(why(a))}</span></span></li>'
            for a in shown.decisions[:DECISIONS]
        ]
        _list("decisions", rows, _("scorecards.nothing_to_decide"))


def why(shown: Assessment) -> str:
    """Say in one line what is behind a status: the note of the value, or the two paces."""
    latest, path = shown.latest, shown.proof.path
    if latest and latest.note:
        return latest.note
    if path is None or shown.proof.linear is None:
        return _("scorecards.below_target")
    months = 6 / 12
    achieved = (path.latest - path.base) / (path.latest_at - path.base_at) * months
    needed = (path.target - path.base) / (path.target_at - path.base_at) * months
    return _(
        "scorecards.paces",
        achieved=scorecard_words.pace(shown.sheet, achieved),
        needed=scorecard_words.pace(shown.sheet, needed),
    )


def _late(shown: Scorecard, city: City) -> None:
    with cards.block("late", title=_("scorecards.late")):
        mark = f'<span class="mark late" aria-hidden="true">{MARKS["late"]}</span>'
        rows = [
            f"<li><span>{mark}{link(entry.assessment, city, shown.period)}</span>"
            f'<span class="right">{escape(entry.assessment.plan.owner)}'
            f'<span class="note">{escape(days_late(entry.days))}</span></span></li>'
            for entry in shown.late[:LATE]
        ]
        _list("late", rows, _("scorecards.nothing_late"))


def days_late(days: int | None) -> str:
    """Say how many days a value is late, or that there never was one."""
    return _("scorecards.never") if days is None else _n("scorecards.days", days)


def _list(kind: str, rows: list[str], empty: str) -> None:
    body = "".join(rows) or f'<li class="note">{escape(empty)}</li>'
    st.html(f'<ul class="rows {kind}">{body}</ul>')


def _method(principal: Principal, city: City, shown: Scorecard) -> None:
    with st.container(key="block_scorecard_method", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="method">{escape(" ".join(method_lines(shown)))}</p>')
        with st.popover(_("scorecards.all_rows"), key="link_all_rows", type="tertiary"):
            _twin(shown)
            cards.method_note([], scorecard_command(city.key, shown.period.key))
        frame, title = table(shown), _("scorecards.title")
        makers = {
            ("CSV", "text/csv"): lambda: downloads.csv_bytes(frame),
            report_view.KINDS[".xlsx"]: lambda: frame_xlsx(frame, title),
        }
        links = []
        for (kind, mime), make in makers.items():
            name = downloads.file_name(
                city.key, "scorecard", shown.period.key, extension=kind.lower()
            )
            data = downloads.audited(principal, city.key, make, kind=f"scorecard-{kind.lower()}")
            links.append(downloads.Download(kind, data, name, mime))
        downloads.row(links, key="scorecard")
        with st.popover(_("scorecard_report.row"), key="link_report", type="tertiary"):
            _reports(principal, city, shown)


def _reports(principal: Principal, city: City, shown: Scorecard) -> None:
    """Offer the report for each audience in three forms."""

    def compose(audience: Audience) -> Report:
        # Drawing is loaded by the first who asks for a report, not by everyone who looks.
        from components.handover_report import period_sections
        from components.scorecard_reports import scorecard_report

        more = period_sections(loaders.handover(principal, city.key), shown.period)
        return scorecard_report(city, shown, audience, more)

    for audience in Audience:
        cards.subtitle(_(f"scorecard_report.title.{audience}"))
        name = ("scorecard", audience.value, shown.period.key)
        links = [
            report_view.delivered(principal, city.key, partial(compose, audience), name, suffix)
            for suffix in report_view.KINDS
        ]
        downloads.row(links, key=f"report_{audience}")


def method_lines(shown: Scorecard) -> list[str]:
    """Return how the scores were made, and what they depend on most."""
    text = _("scorecards.method", runs=shown.runs, seed=str(shown.seed), day=shown.period.last)
    return [text, depends(shown)]


def depends(shown: Scorecard) -> str:
    """Say what the scores depend on most; empty where nothing moves them."""
    if not shown.influences:
        return ""
    return _("scorecards.depends", factor=_(f"scorecards.factor.{shown.influences[0].factor}"))


def _twin(shown: Scorecard) -> None:
    """Every category of every dimension, as a table."""
    rows = []
    for dimension in shown.now.dimensions:
        for category in dimension.categories:
            rows.append(
                {
                    "category": f"{_(f'scorecards.{dimension.dimension}')} · "
                    f"{category_name(category.category)}",
                    "score": "" if category.score is None else number(category.score, 0),
                    "present": _("scorecards.of", n=category.present, of=category.expected),
                    "weight": number(100 * category.weight, 0),
                }
            )
    columns = {
        name: _(f"scorecards.column.{name}") for name in ("category", "score", "present", "weight")
    }
    cards.table(
        pd.DataFrame(rows, columns=list(columns)), columns, caption=_("scorecards.all_rows")
    )


def table(shown: Scorecard) -> pd.DataFrame:
    """Return one row per indicator with its status, score and proof, for a spreadsheet."""
    return pd.DataFrame(
        [
            {
                "indicator": a.sheet.id,
                "name": scorecard_words.name(a.sheet),
                "dimension": _(f"scorecards.{a.sheet.dimension}"),
                "category": category_name(a.sheet.category),
                "owner": a.plan.owner,
                "status": _(f"scorecards.status.{a.status}"),
                "data": _(f"scorecards.data.{a.data}"),
                "value": scorecard_words.reading(a.sheet, a.latest) if a.latest else None,
                "number": number_of(a.sheet, a.latest) if a.latest else None,
                "baseline": a.plan.base_value,
                "target_planned": a.plan.target_planned,
                "target_adjusted": a.plan.target_adjusted,
                "ratio_linear": a.proof.linear,
                "ratio_cagr": a.proof.cagr,
                "score": a.score,
                "n": a.proof.n,
                "period_to": a.latest.period_to if a.latest else None,
                "evidence": a.latest.evidence if a.latest else None,
                "entered_by": a.latest.entered_by if a.latest else None,
                "validated_by": a.latest.validated_by if a.latest else None,
            }
            for a in shown.assessments
        ]
    )
