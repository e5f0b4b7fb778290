"""The evaluation of an indicator on its sheet: four answers, what is due next, the calendar."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import evaluation_command
from analytics.exports.ics import Entry, calendar_bytes
from analytics.scorecards.assessing import Assessment
from analytics.scorecards.evaluation import QUESTIONS, Due, calendar_of
from analytics.scorecards.periods import half_year_before
from analytics.settings import City
from components import cards, downloads
from components import scorecard_words as words
from components.language import _, current, day, speaking

SHOWN = 4  # moments of an indicator that are named
MIME = "text/calendar"


def draw(principal: Principal, city: City, chosen: Assessment) -> None:
    """Draw the four answers of an indicator, its next moments, and the calendars as files."""
    today = loaders.today(city.key)
    # What is due follows the latest value, whatever period is looked at.
    shown = loaders.scorecard(principal, city.key, half_year_before(today))
    chosen = shown.of(chosen.sheet.id) or chosen
    own = calendar_of((chosen,), today)
    with cards.block("evaluation", title=_("evaluation.title")):
        rows = [
            (
                _(f"scorecards.field.{name}"),
                chosen.plan.evaluation.get(name)
                or words.evaluation_hint(chosen.sheet, chosen.plan, name)
                or _("evaluation.unanswered"),
            )
            for name in QUESTIONS
        ]
        rows.append((_("evaluation.next"), next_due(own, today)))
        words.pairs(rows, quiet=True)
        items = [
            _calendar(principal, city, (chosen,), _("evaluation.ics_one"), chosen.sheet.id),
            _calendar(principal, city, shown.assessments, _("evaluation.ics_all"), "evaluation"),
        ]
        downloads.row(items, key="evaluation")
        cards.method_note([_("evaluation.rule")], evaluation_command(city.key))


def next_due(moments: Sequence[Due], today: date) -> str:
    """Say the next moments of an indicator with their days; which one is late."""
    if not moments:
        return _("evaluation.none")
    told = [
        _("evaluation.late" if due.on < today else "evaluation.on", moment=moment, day=day(due.on))
        for due in moments[:SHOWN]
        for moment in [_(f"evaluation.moment.{due.moment}")]
    ]
    return "; ".join(told)


def calendar_file(city: City, assessments: Sequence[Assessment], today: date) -> bytes:
    """Return the moments of indicators as a calendar file, in the language in force."""
    names = {a.sheet.id: (words.short(a.sheet), a.plan.owner) for a in assessments}
    entries = []
    for due in calendar_of(tuple(assessments), today):
        name, owner = names[due.indicator_id]
        moment = _(f"evaluation.moment.{due.moment}")
        title = _("evaluation.event", moment=moment, name=name, owner=owner)
        uid = f"{city.key}-{due.indicator_id}-{due.moment}-{due.on.isoformat()}"
        entries.append(Entry(uid, title, due.on, due.on))
    return calendar_bytes(_("evaluation.calendar", city=city.name), entries)


def _calendar(
    principal: Principal, city: City, assessments: Sequence[Assessment], label: str, name: str
) -> downloads.Download:
    make = partial(_spoken, current(), city, assessments, loaders.today(city.key))
    data = downloads.audited(principal, city.key, make, kind="evaluation-ics")
    file_name = downloads.file_name(city.key, name, extension="ics")
    return downloads.Download(label, data, file_name, MIME)


def _spoken(language: str, city: City, assessments: Sequence[Assessment], today: date) -> bytes:
    # Pressed outside the page's run: there is no session to ask for the language.
    with speaking(language):
        return calendar_file(city, assessments, today)
