"""How the scorecards say statuses, values, periods and names in the session's language."""

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from analytics.errors import AnalyticsError
from analytics.scorecards.assessing import Assessment, interval_of
from analytics.scorecards.catalogue import Indicator
from analytics.scorecards.formulas import filled_in
from analytics.scorecards.own import PERIODICITIES
from analytics.scorecards.periods import Period, parse
from analytics.scorecards.workbooks import COLUMNS
from analytics.settings import City, load_settings
from analytics.store.scorecard_values import Plan, Reading
from components import cards, language
from components.language import _, day, number, percent

MARK_OF = {
    "achieved": "done",
    "on_track": "run",
    "acceleration": "risk",
    "limited": "off",
    "deterioration": "off",
    "not_achieved": "off",
}
IN_PERCENT = ("share", "change", "ratio")


def status(key: str) -> str:
    """Return a performance status as HTML: mark and word; grey where nothing is judged."""
    return cards.state(MARK_OF.get(key, "none"), _(f"scorecards.status.{key}"))


def short(sheet: Indicator) -> str:
    """Return the indicator's short name."""
    return sheet.short.of(language.current())


def name(sheet: Indicator) -> str:
    """Return the indicator's full name."""
    return sheet.name.of(language.current())


def value(sheet: Indicator, amount: float, decimals: int | None = None) -> str:
    """Write a number on the indicator's own scale."""
    if sheet.value_rule in IN_PERCENT:
        return percent(amount / 100, decimals if decimals is not None else _places(amount))
    return number(amount, decimals if decimals is not None else _places(amount))


def level(sheet: Indicator, amount: float) -> str:
    """Write a value reduced to one number: yes or no as words, an ordinal mean as whole points."""
    if sheet.value_rule == "yes_no":
        return _("scorecards.yes") if amount else _("scorecards.no")
    return value(sheet, amount, 0 if sheet.value_rule == "distribution" else None)


def pace(sheet: Indicator, amount: float) -> str:
    """Write a change on the indicator's own scale: of a percentage it is points."""
    amount_text = number(amount, 1)
    if sheet.value_rule in IN_PERCENT:
        return _("scorecards.points", n=amount_text)
    return amount_text


def reading(sheet: Indicator, entered: Reading) -> str:
    """Write a value as it was entered, whatever its kind."""
    if sheet.value_rule == "distribution":
        counts = {name: getattr(entered, name) or 0 for name in ("low", "medium", "high")}
        return _("scorecards.distribution", **counts)
    if sheet.value_rule == "yes_no":
        return _("scorecards.yes") if entered.yes else _("scorecards.no")
    if sheet.value_rule == "text":
        return entered.text
    return value(sheet, entered.value) if entered.value is not None else ""


def working(sheet: Indicator, entered: Reading) -> list[tuple[str, str]]:
    """Return how a number was computed, with its name; nothing where it was entered."""
    if not entered.formula or entered.value is None:
        return []
    told = {name: number(held) for name, held in entered.variables.items()}
    steps = (entered.formula, filled_in(entered.formula, told), value(sheet, entered.value))
    return [(_("scorecards.computed"), " = ".join(steps))]


def interval(sheet: Indicator, entered: Reading) -> str:
    """Write the Wilson interval of a survey; empty where there is none."""
    bounds = interval_of(sheet, entered)
    if bounds is None:
        return ""
    return f"{number(bounds[0], 0)}–{value(sheet, bounds[1], 0)}"


def period(shown: Period) -> str:
    """Name a period: first half of 2026, third quarter of 2026, May 2026, 2026."""
    year = str(shown.first.year)
    if shown.months == 12:
        return year
    if shown.months == 1:
        return language.month(shown.first)
    part = (shown.first.month + shown.months - 1) // shown.months
    kind = "half" if shown.months == 6 else "quarter"
    return _(f"scorecards.{kind}_{part}", year=year)


def span(first: date, last: date) -> str:
    """Write the period of a value: its name where it is one, else its days."""
    year, month = first.year, first.month
    keys = (f"{year}-{month:02d}", f"{year}-Q{(month + 2) // 3}", f"{year}-S{(month + 5) // 6}")
    for whole in map(parse, (*keys, str(year))):
        if (whole.first, whole.last) == (first, last):
            return period(whole)
    return language.day_range(first, last)


def link(shown: Assessment, city: City, chosen: Period, *, strong: bool = False) -> str:
    """Return a link to the indicator's sheet, as HTML."""
    query = {"view": "sheet", "indicator": shown.sheet.id, "period": chosen.key}
    query["lang"] = language.current()
    if len(load_settings().cities) > 1:
        query["city"] = city.key
    text = escape(short(shown.sheet))
    inner = f"<strong>{text}</strong>" if strong else text
    address = escape("scorecards?" + urlencode(query))
    return f'<a class="quiet" href="{address}" title="{escape(name(shown.sheet))}">{inner}</a>'


def entered_by(reading_: Reading) -> str:
    """Say who entered a value and who validated it, and when."""
    if reading_.validated_by and reading_.validated_at:
        return _(
            "scorecards.validated_by", by=reading_.validated_by, day=reading_.validated_at.date()
        )
    return _("scorecards.waits", by=reading_.entered_by)


def signed(amount: float) -> str:
    """Write a difference with its sign, rounded to whole points."""
    return ("+" if round(amount) > 0 else "") + number(amount, 0)


def framework(key: str) -> str:
    """Name an agenda of the world."""
    return _(f"plan.framework.{key.lower()}")


def pairs(rows: Sequence[tuple[str, str]], *, quiet: bool = False) -> None:
    """Draw names with what is said of each, one under the other."""
    kind = "pairs quiet" if quiet else "pairs"
    body = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows
    )
    st.html(f'<dl class="{kind}">{body}</dl>')


def direction(way: int) -> str:
    """Say whether more or less is better, or neither."""
    return _(f"plan.direction.{('none', 'up', 'down')[way]}")


def periodicity(sheet: Indicator) -> str:
    """Say how often an indicator is measured: the book's words, or the city's rhythm."""
    if sheet.periodicity:
        return "; ".join(text.of(language.current()) for text in sheet.periodicity)
    months = sheet.typology.period_months
    named = next((name for name, held in PERIODICITIES.items() if held == months), "yearly")
    return _(f"scorecards.rhythm.{named}")


def evaluation_hint(sheet: Indicator, plan: Plan, question: str) -> str:
    """Answer a question of the evaluation from the indicator's sheet; empty where it cannot."""
    spoken = language.current()
    answers = {
        "what": sheet.definition.of(spoken),
        "how": "; ".join(text.of(spoken) for text in sheet.methods),
        "with_whom": plan.owner,
    }
    return answers.get(question, "")


def refusal(error: AnalyticsError) -> str:
    """Say a refusal, the field at fault by the name that stands beside it on the page."""
    field = error.details.get("field")
    if not isinstance(field, str):
        return language.sentence_of(error)
    where = "workbook.column" if field in COLUMNS else "scorecards.field"
    return _(f"error.{error.code}", **error.details | {"field": _(f"{where}.{field}")})


def civil(moment: date | None) -> str:
    """Write a day, or nothing."""
    return day(moment) if moment else ""


def _places(amount: float) -> int:
    return 0 if float(amount).is_integer() or abs(amount) >= 100 else 1
