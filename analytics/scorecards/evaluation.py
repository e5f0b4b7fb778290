"""The evaluation of an indicator: four questions, and its moments as days of a calendar.

The questions (what, how, with whom, for what) and the moments are AL-LAs' Cuaderno 8 (2018):
*ex ante* asks for the effects a proposal would have, *concurrent* accompanies and corrects in
time, *ex post* looks at the effects afterwards. No indicator of the catalogue is ex ante: only a
city that names a day has one.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice, takewhile

from analytics.errors import FilterError
from analytics.scorecards.assessing import Assessment
from analytics.scorecards.catalogue import Indicator
from analytics.store.scorecard_values import Plan

QUESTIONS = ("what", "how", "with_whom", "for_what")
DAYS = ("ex_ante_on", "ex_post_on")
MOMENTS = ("ex_ante", "concurrent", "ex_post")
LONGEST = 1000
AHEAD_MONTHS = 12
MOST = 12  # concurrent moments of an indicator in a calendar
WEEK_DAYS = 7


@dataclass(frozen=True)
class Due:
    """A moment at which an indicator is to be evaluated; ``on`` may be past: then it is late."""

    indicator_id: str
    moment: str
    on: date


def check_evaluation(plan: Plan) -> None:
    """Check the answers and the days.

    Raises
    ------
    FilterError
        ``plan.answer`` for an answer that is too long, ``plan.evaluation_days`` if ex post is not
        after ex ante.
    """
    for name in QUESTIONS:
        if len(plan.evaluation.get(name, "")) > LONGEST:
            raise FilterError("plan.answer", field=name, most=LONGEST)
    first, last = (day_of(plan, name) for name in DAYS)
    if first and last and last <= first:
        raise FilterError("plan.evaluation_days", field="ex_post_on", first=first, last=last)


def day_of(plan: Plan, name: str) -> date | None:
    """Return the day that the city names for ``ex_ante_on`` or ``ex_post_on``, if it does."""
    told = plan.evaluation.get(name)
    return date.fromisoformat(told) if told else None


def moments(sheet: Indicator, plan: Plan, latest: date | None, today: date) -> list[Due]:
    """Return an indicator's moments, the next of each kind first in time.

    Parameters
    ----------
    sheet : Indicator
        Says which moments it has and its rhythm; without a stated moment it is concurrent.
    plan : Plan
        Ex post is the city's own day, or else the day of the target.
    latest : date, optional
        Last day of the latest value's period: the next concurrent moment is a rhythm later.
    today : date
        Ex ante and ex post days that are past are left out; a concurrent one that is past is late
        and stays.

    Returns
    -------
    list of Due
        In the order of the days; concurrent ones for twelve months ahead, at most twelve.
    """
    kind = sheet.typology.moment or "concurrent"
    found = []
    before, after = day_of(plan, "ex_ante_on"), day_of(plan, "ex_post_on") or plan.target_on
    if before and before >= today:
        found.append(Due(sheet.id, "ex_ante", before))
    if kind in ("concurrent", "both"):
        end = _later(today, AHEAD_MONTHS)
        days = _rhythm(sheet, latest or plan.base_on or today, today)
        near = takewhile(lambda on: on <= end, islice(days, MOST))
        found += [Due(sheet.id, "concurrent", on) for on in near]
    named = day_of(plan, "ex_post_on") is not None
    if after and after >= today and (named or kind in ("ex_post", "both")):
        found.append(Due(sheet.id, "ex_post", after))
    return sorted(found, key=lambda due: (due.on, MOMENTS.index(due.moment)))


def calendar_of(assessments: tuple[Assessment, ...], today: date) -> list[Due]:
    """Return the moments of many indicators, in the order of the days."""
    found = []
    for shown in assessments:
        latest = shown.latest.period_to if shown.latest else None
        found += moments(shown.sheet, shown.plan, latest, today)
    return sorted(found, key=lambda due: (due.on, due.indicator_id))


def _rhythm(sheet: Indicator, start: date, today: date) -> Iterator[date]:
    """Yield the day since which a value is late, if one is, and the days to come."""
    months = sheet.typology.period_months
    for i in count(1):
        if months < 1:
            on = start + timedelta(days=WEEK_DAYS * i)
        else:
            on = _later(start, round(months) * i)
        if on >= today or i == 1:
            yield on


def _later(day: date, months: int) -> date:
    """Return the day so many months later; the last of a month stays the last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, length if is_last else min(day.day, length))
