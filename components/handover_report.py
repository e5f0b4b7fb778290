"""The handover pack of a change of government, and the registers' part of the six-monthly report.

Every number is counted in ``analytics.scorecards.continuity``; words come in the language of
:func:`components.language.speaking`.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from analytics.commands.words import handover_command
from analytics.exports.reports import Cell, Report, Section, Table
from analytics.scorecards.catalogue import Indicator, Words
from analytics.scorecards.continuity import Beyond, Handover
from analytics.scorecards.periods import Period
from analytics.scorecards.registers import STAGES, SYNTHESIS
from analytics.settings import City
from analytics.store.registers import Entry
from components import register_words as words
from components import scorecard_words
from components.language import _, _n, current, day

ENTRY_WIDTHS = (2.6, 1.8, 1.8, 1.1, 1.7, 1.4)
COUNTED = ("distribution", "yes_no", "text")


def handover_report(city: City, held: Handover) -> Report:
    """Compose the pack: owners, methods and baselines, term, registers, board, lessons, sheets."""
    sections = [
        _term(held),
        _promises(held),
        *[entries_section(kind, held.of(kind)) for kind in ("agreement", "membership")],
        entries_section("sister_city", held.of("sister_city")),
        entries_section("mission", held.of("mission")),
        _lessons(held),
        _board(held),
        _synthesis(held),
        _capitalisation(held),
        _measured(held),
        _methods(held),
    ]
    return Report(
        title=_("handover.title"),
        eyebrow=" · ".join([city.name, day(held.on)]),
        sentence=sentence(held),
        sections=tuple(sections),
        method_title=_("hotspots.method"),
        method=(_("handover.method", n=len(held.measured)),),
        command=handover_command(city.key),
        footer=_("handover.footer", city=city.name, day=day(held.on)),
        language=current(),
        stamp=_("look.synthetic") if city.synthetic else "",
    )


def sentence(held: Handover) -> str:
    """Say what is in force, what is open, and what was learned."""
    return _(
        "handover.sentence",
        agreements=_n("handover.agreements", len(held.in_force("agreement"))),
        promises=_n("handover.promises", len(held.promises)),
        lessons=_n("handover.lessons", len(held.lessons)),
        failures=held.failures,
    )


def period_sections(held: Handover, period: Period) -> list[Section]:
    """Return the agreements in force and the missions of a period: article 20's own subject."""
    agreements = [
        e
        for e in held.of("agreement")
        if (e.starts_on is None or e.starts_on <= period.last)
        and (e.ends_on is None or e.ends_on >= period.first)
        and e.state != "preparing"
    ]
    missions = [
        e for e in held.of("mission") if e.starts_on and period.first <= e.starts_on <= period.last
    ]
    return [entries_section("agreement", agreements), entries_section("mission", missions)]


def entries_section(kind: str, entries: Sequence[Entry]) -> Section:
    """Return the entries of one register as a table, or the words for none."""
    if not entries:
        return Section(words.kind(kind), lines=(_("registers.none"),))
    names = ("title", "with_whom", "about", "state", "days", "owner")
    return _table(words.kind(kind), names, (words.row(entry) for entry in entries), ENTRY_WIDTHS)


def term_line(held: Handover) -> str:
    """Say when the term ends and how many targets fall due after it."""
    if held.term is None or held.term.ends_on is None:
        return _("handover.no_term")
    return _n("handover.beyond", len(held.beyond), day=day(held.term.ends_on))


def _term(held: Handover) -> Section:
    lines = (term_line(held),)
    if not held.beyond:
        return Section(_("handover.term"), lines=lines)
    together: dict[date, list[Beyond]] = {}
    for each in held.beyond:
        if each.plan.target_on is not None:
            together.setdefault(each.plan.target_on, []).append(each)
    rows = (
        (
            day(due),
            _n("scorecards.days", group[0].days),
            str(len(group)),
            "; ".join(dict.fromkeys(each.plan.owner for each in group)),
        )
        for due, group in together.items()
    )
    names = ("due", "after_term", "targets", "owner")
    made = _table(_("handover.term"), names, rows, (1.4, 1.2, 0.8, 5))
    return Section(made.title, lines=lines, table=made.table)


def _promises(held: Handover) -> Section:
    rows = [
        (promise.text, promise.owner, day(promise.due_on), _source(promise.source))
        for promise in held.promises
    ]
    names = ("commitment", "owner", "due", "source")
    return _table(_("handover.open"), names, rows, (4, 1.6, 1.5, 2))


def _lessons(held: Handover) -> Section:
    rows = [
        (
            lesson.text,
            _(f"registers.aspect.{'worked' if lesson.worked else 'failed'}"),
            day(lesson.learned_on) if lesson.learned_on else "",
            _source(lesson.source),
        )
        for lesson in sorted(held.lessons, key=lambda lesson: lesson.worked)
    ]
    names = ("lesson", "about", "noted_on", "source")
    return _table(words.kind("lesson"), names, rows, (4.4, 1.2, 1.5, 2))


def _source(source: str) -> str:
    return _("handover.register") if source == "register" else source


def _board(held: Handover) -> Section:
    rows = [
        (
            words.stage(stage),
            _(f"registers.aspect.{item}"),
            _("registers.state.open") if entry is None else words.state(entry),
            entry.owner if entry else "",
            entry.evidence if entry else "",
        )
        for stage in STAGES
        for item, entry in held.board(stage).items()
    ]
    names = ("stage", "result", "state", "owner", "evidence")
    made = _table(words.kind("board"), names, rows, (1.4, 4, 1, 1.5, 1.6))
    return Section(made.title, lines=(board_line(held),), table=made.table)


def board_line(held: Handover) -> str:
    """Say how many of the board's observable results are done."""
    done, of = held.board_done
    return _("handover.board_done", done=done, of=of)


def _synthesis(held: Handover) -> Section:
    """Print the table as the book does: what is said, by policy stage."""
    rows = []
    for aspect in SYNTHESIS:
        told = [
            "; ".join(e.text for e in held.of("synthesis") if (e.aspect, e.stage) == (aspect, s))
            for s in STAGES
        ]
        if any(told):
            rows.append((_(f"registers.aspect.{aspect}"), *told))
    return _table(words.kind("synthesis"), ("aspect", *STAGES), rows, (1.3, 3, 3, 3))


def _capitalisation(held: Handover) -> Section:
    rows = [(e.title, e.text, e.detail, e.owner) for e in held.of("capitalisation")]
    names = ("title", "learned", "told_best", "owner")
    return _table(words.kind("capitalisation"), names, rows, (2, 3.4, 3.4, 1.4))


def _measured(held: Handover) -> Section:
    names = ("indicator", "owner", "baseline", "target")
    rows = (
        (
            scorecard_words.name(sheet),
            plan.owner,
            _post(sheet, plan.base_value, plan.base_on),
            _post(sheet, plan.target, plan.target_on),
        )
        for sheet, plan in held.measured
    )
    return _table(_("handover.measured"), names, rows, (4, 1.9, 1.6, 1.6))


def _methods(held: Handover) -> Section:
    """Say how it is measured, the indicators of one method and rhythm together."""
    together: dict[tuple[str, str], list[str]] = {}
    for sheet, plan in held.measured:
        methods = _joined(sheet.methods) or plan.formula or _("handover.no_method")
        known = together.setdefault((methods, _joined(sheet.periodicity)), [])
        known.append(scorecard_words.short(sheet))
    rows = (("; ".join(names), *key) for key, names in together.items())
    names = ("indicators", "methods", "periodicity")
    return _table(_("handover.methods"), names, rows, (3, 4, 2))


def _joined(texts: Iterable[Words]) -> str:
    return "; ".join(text.of(current()) for text in texts)


def _post(sheet: Indicator, amount: float | None, on: date | None) -> str:
    when = day(on) if on else ""
    if amount is None or sheet.value_rule in COUNTED:
        return when
    return ", ".join(filter(None, (scorecard_words.value(sheet, amount), when)))


def _table(
    title: str,
    names: Sequence[str],
    rows: Iterable[tuple[str, ...]],
    widths: tuple[float, ...],
) -> Section:
    made = tuple(tuple(Cell(text) for text in row) for row in rows)
    if not made:
        return Section(title, lines=(_("registers.none"),))
    headings = tuple(_(f"registers.column.{name}") for name in names)
    return Section(title, table=Table(headings, made, widths))
