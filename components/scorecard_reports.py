"""The mayor's screen on paper: every number and sentence is the page's own function.

``external`` is the six-monthly report to council and citizens: the indicators whose audience in
the catalogue is outside the government. Words come in the language of
:func:`components.language.speaking`.
"""

from collections.abc import Sequence

from analytics.commands.words import scorecard_report_command
from analytics.exports.reports import Cell, Picture, Report, Section, Table
from analytics.scorecards.assessing import Assessment
from analytics.scorecards.audiences import Audience, for_audience
from analytics.scorecards.composite import DimensionScore
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from components import scorecard_charts, scorecard_view
from components import scorecard_words as words
from components.language import _, current, day, number
from components.pictures import chart_png
from components.tokens import LIGHT

HALF_PX = 400
PROOF_WIDTHS = (3.2, 1.3, 1.5, 1.5, 0.9, 1.7, 1.9)


def scorecard_report(
    city: City, shown: Scorecard, audience: Audience = Audience.ALL, more: Sequence[Section] = ()
) -> Report:
    """Compose the report: dimensions, what moved, what to decide, what is late, every proof.

    Parameters
    ----------
    city : City
    shown : Scorecard
        As the page draws it.
    audience : Audience
        Chooses the indicators of the lists; the dimensions' scores are of all of them.
    more : sequence of Section
        What the registers add, before the proofs.
    """
    chosen = frozenset(a.sheet.id for a in for_audience(shown.assessments, audience))
    sections = [_dimensions(shown)]
    pairs = zip(shown.now.dimensions, shown.before.dimensions, strict=True)
    sections += [_dimension(shown, now, before) for now, before in pairs]
    sections += [*lists(shown, chosen), *more]
    sections += _indicators([a for a in shown.assessments if a.sheet.id in chosen])
    method = [line for line in scorecard_view.method_lines(shown) if line]
    if audience is not Audience.ALL:
        method.append(
            _(f"scorecard_report.chosen.{audience}", n=len(chosen), of=len(shown.assessments))
        )
    return Report(
        title=_(f"scorecard_report.title.{audience}"),
        eyebrow=" · ".join([city.name, words.period(shown.period)]),
        sentence=scorecard_view.sentence(shown),
        sections=tuple(sections),
        method_title=_("hotspots.method"),
        method=tuple(method),
        command=scorecard_report_command(city.key, shown.period.key, audience),
        footer=_("scorecard_report.footer", city=city.name, day=day(shown.period.last)),
        language=current(),
        stamp=_("look.synthetic") if city.synthetic else "",
    )


def lists(shown: Scorecard, chosen: frozenset[str]) -> tuple[Section, Section, Section]:
    """Return what moved, what to decide and what is late of the indicators with these ids."""
    return _moved(shown, chosen), _decisions(shown, chosen), _late(shown, chosen)


def _dimensions(shown: Scorecard) -> Section:
    names = ("dimension", "score", "range", "change", "availability")
    rows = tuple(
        _dimension_row(shown, now, before)
        for now, before in zip(shown.now.dimensions, shown.before.dimensions, strict=True)
    )
    headings = tuple(_(f"scorecard_report.column.{name}") for name in names)
    table = Table(headings, rows, (1.7, 0.8, 1.4, 1.1, 2))
    return Section(_("scorecard_report.dimensions"), table=table, half=True)


def _dimension_row(
    shown: Scorecard, now: DimensionScore, before: DimensionScore
) -> tuple[Cell, ...]:
    held = Cell(_("scorecards.present", n=now.present, of=now.expected))
    name = Cell(_(f"scorecards.{now.dimension}"))
    if now.score is None:
        return (name, Cell(_("scorecards.no_score")), Cell(""), Cell(""), held)
    change = Cell("")
    if before.score is not None:
        moved = now.score - before.score
        change = Cell(words.signed(moved), moved, "+0;-0;0")
    return (
        name,
        Cell(number(now.score, 0), now.score, "0"),
        Cell(scorecard_view.bounds_of(shown, now)),
        change,
        held,
    )


def _dimension(shown: Scorecard, now: DimensionScore, before: DimensionScore) -> Section:
    title = _(f"scorecards.{now.dimension}")
    chart = scorecard_charts.score_rows(
        scorecard_view.rows_of(shown, now, before),
        LIGHT,
        number=lambda score: number(score, 0),
        absent=_("scorecards.status.not_assessed"),
    )
    lines = [_(f"scorecards.{now.dimension}.about")]
    if now.score is None:
        lines.append(_("scorecards.needed", n=now.needed, of=now.expected))
    picture = Picture(chart_png(chart, width=HALF_PX), scorecard_view.rows_alt(now, title))
    return Section(title, lines=tuple(lines), picture=picture, half=True, picture_mm=40)


def _moved(shown: Scorecard, chosen: frozenset[str]) -> Section:
    rows = tuple(
        (
            Cell(words.name(move.assessment.sheet)),
            Cell(words.level(move.assessment.sheet, move.before)),
            Cell(words.level(move.assessment.sheet, move.after)),
        )
        for move in shown.moved
        if move.assessment.sheet.id in chosen
    )
    headings = ("indicator", "before", "now")
    return _listed("moved", headings, rows, (5, 1, 1), "scorecards.nothing_moved")


def _decisions(shown: Scorecard, chosen: frozenset[str]) -> Section:
    rows = tuple(
        (
            Cell(words.name(a.sheet)),
            Cell(_(f"scorecards.status.{a.status}")),
            Cell(scorecard_view.why(a)),
            Cell(a.plan.owner),
        )
        for a in shown.decisions
        if a.sheet.id in chosen
    )
    headings = ("indicator", "status", "why", "owner")
    return _listed("decisions", headings, rows, (3, 1, 3, 1.6), "scorecards.nothing_to_decide")


def _late(shown: Scorecard, chosen: frozenset[str]) -> Section:
    rows = tuple(
        (
            Cell(words.name(entry.assessment.sheet)),
            Cell(entry.assessment.plan.owner),
            Cell(scorecard_view.days_late(entry.days)),
        )
        for entry in shown.late
        if entry.assessment.sheet.id in chosen
    )
    headings = ("indicator", "owner", "late")
    return _listed("late", headings, rows, (4, 1.6, 1.2), "scorecards.nothing_late")


def _listed(
    kind: str,
    names: tuple[str, ...],
    rows: tuple[tuple[Cell, ...], ...],
    widths: tuple[float, ...],
    empty: str,
) -> Section:
    title = _(f"scorecards.{kind}")
    if not rows:
        return Section(title, lines=(_(empty),))
    headings = tuple(_(f"scorecard_report.column.{name}") for name in names)
    return Section(title, table=Table(headings, rows, widths))


def _indicators(chosen: Sequence[Assessment]) -> list[Section]:
    """One table per dimension: value and period, target, ratio, data and owner beside a status."""
    names = ("indicator", "status", "value", "target", "ratio", "data", "owner")
    headings = tuple(_(f"scorecard_report.column.{name}") for name in names)
    sections = []
    for dimension in dict.fromkeys(a.sheet.dimension for a in chosen):
        rows = tuple(_proof_row(a) for a in chosen if a.sheet.dimension == dimension)
        title = _("scorecard_report.proofs", dimension=_(f"scorecards.{dimension}"))
        table = Table(headings, rows, PROOF_WIDTHS)
        sections.append(Section(title, table=table, note=_("scorecard_report.proof_note")))
    return sections


def _proof_row(shown: Assessment) -> tuple[Cell, ...]:
    latest, plan, sheet = shown.latest, shown.plan, shown.sheet
    value = target = data = ""
    if latest is not None:
        value = words.reading(sheet, latest)
        if bounds := words.interval(sheet, latest):
            value = f"{value} ({bounds}; n = {shown.proof.n})"
        data = f"{words.span(latest.period_from, latest.period_to)}, "
    if plan.target is not None and sheet.value_rule not in ("distribution", "yes_no", "text"):
        base = "" if plan.base_value is None else f"{words.value(sheet, plan.base_value)} → "
        target = base + words.value(sheet, plan.target)
    linear = shown.proof.linear
    return (
        Cell(words.name(sheet)),
        Cell(_(f"scorecards.status.{shown.status}")),
        Cell(value),
        Cell(target),
        Cell("" if linear is None else number(linear, 2), linear, "0.00"),
        Cell(data + _(f"scorecards.data.{shown.data}")),
        Cell(plan.owner),
    )
