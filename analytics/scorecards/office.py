"""The desks of a city's indicators: reading the scorecard, entering values, validating them.

A desk acts in one person's name. Rights are the caller's business: see ``analytics.loaders``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analytics.errors import FilterError, StoreError
from analytics.scorecards.assessing import Assessment, assess
from analytics.scorecards.catalogue import Catalogue
from analytics.scorecards.entering import check_plan, check_reading
from analytics.scorecards.own import OwnSheet, catalogue_of, check_own, next_id, sheet_of
from analytics.scorecards.periods import Period
from analytics.scorecards.scoring import Scorecard, scorecard
from analytics.scorecards.transparency import layout_xlsx
from analytics.scorecards.transparency_reading import Layout, read_layout
from analytics.scorecards.workbook_reading import Filled, Measured, read_template
from analytics.scorecards.workbooks import Word, offices, template_xlsx
from analytics.store import scorecard_overrides, scorecard_past, scorecards
from analytics.store.database import Database
from analytics.store.scorecard_overrides import Override
from analytics.store.scorecard_values import Change, Plan, Reading

STATUSES = ("achieved", "on_track", "acceleration", "limited", "deterioration")


def read_scorecard(db: Database, city: str, period: Period, today: date) -> Scorecard:
    """Read a city's plans, values and overrides in force today, and judge the period."""
    plans = scorecards.plans(db, city)
    return scorecard(
        city,
        period,
        catalogue_of(plans),
        plans,
        scorecards.readings(db, city),
        scorecard_overrides.overrides(db, city, today),
    )


def read_past_scorecard(
    db: Database, city: str, period: Period, today: date, moment: datetime
) -> Scorecard:
    """Judge a period by what had been saved of a city at an aware moment, and by nothing later."""
    past = scorecard_past.known_at(db, city, moment)
    overrides = scorecard_overrides.overrides(db, city, today, known_at=moment)
    return scorecard(city, period, catalogue_of(past.plans), past.plans, past.readings, overrides)


def read_assessments(db: Database, city: str, period: Period, today: date) -> list[Assessment]:
    """Read and judge a city's active indicators at the end of a period, without any score of it."""
    plans = scorecards.plans(db, city)
    readings: dict[str, list[Reading]] = {}
    for reading in scorecards.readings(db, city):
        readings.setdefault(reading.indicator_id, []).append(reading)
    overrides = scorecard_overrides.overrides(db, city, today)
    return [
        assess(sheet, plans[key], readings.get(key, []), period.last, overrides.get(key))
        for key, sheet in catalogue_of(plans).indicators.items()
        if key in plans and plans[key].active
    ]


@dataclass(frozen=True)
class EntryDesk:
    """Enters values and plans of a city in ``actor``'s name; every value is checked first."""

    db: Database
    city: str
    actor: str
    today: date

    def enter(self, readings: Iterable[Reading]) -> list[Reading]:
        """Keep values as drafts, all or none.

        Raises
        ------
        FilterError
            As :func:`check_reading`; ``entry.unknown`` if no such indicator is active.
        StoreError
            As :func:`analytics.store.scorecards.enter`.
        """
        plans = self.plans()
        active = {key for key, plan in plans.items() if plan.active}
        sheets = catalogue_of(plans).indicators
        checked = []
        for reading in readings:
            if reading.indicator_id not in active:
                raise FilterError("entry.unknown", indicator=reading.indicator_id)
            checked.append(check_reading(sheets[reading.indicator_id], reading, self.today))
        return scorecards.enter(self.db, self.city, checked, actor=self.actor)

    def plans(self) -> dict[str, Plan]:
        """Return how the city measures its indicators, by id; inactive ones included."""
        return scorecards.plans(self.db, self.city)

    def catalogue(self) -> Catalogue:
        """Return the catalogue with the city's own indicators."""
        return catalogue_of(self.plans())

    def offices(self) -> list[str]:
        """Return who answers for an indicator of the city."""
        return offices(self.plans())

    def template(self, office: str, period: Period, *, word: Word, language: str) -> bytes:
        """Return the workbook of an office, as :func:`template_xlsx`."""
        plans = self.plans()
        return template_xlsx(
            self.city, office, period, plans, catalogue_of(plans), word=word, language=language
        )

    def enter_template(self, path: Path) -> Filled:
        """Keep all values of a filled-in template as drafts, or none where it has faults.

        Raises
        ------
        SourceError
            As :func:`read_template`.
        StoreError
            As :func:`analytics.store.scorecards.enter`, if somebody saved meanwhile.
        """
        filled = read_template(path, self._measured())
        if filled.faults:
            return filled
        return Filled(tuple(self.enter(filled.readings)), ())

    def layout(self, title: str, period: Period, word: Word) -> bytes:
        """Return the city's indicators in the Mexican layout, as :func:`layout_xlsx`."""
        shown = read_assessments(self.db, self.city, period, self.today)
        return layout_xlsx(title, shown, self.catalogue(), period, word)

    def enter_layout(self, path: Path, place: tuple[str, str] | None = None) -> Layout:
        """Keep the plans and values of a file in the Mexican layout, or nothing with a fault.

        Raises
        ------
        SourceError
            As :func:`read_layout`.
        StoreError
            As :func:`analytics.store.scorecards.save_all`, if somebody saved meanwhile.
        """
        found = read_layout(path, self._measured(), place)
        if not found.faults:
            scorecards.save_all(self.db, self.city, found.plans, found.readings, actor=self.actor)
        return found

    def _measured(self) -> Measured:
        plans, readings = self.plans(), scorecards.readings(self.db, self.city)
        return Measured(self.city, plans, readings, catalogue_of(plans), self.today)

    def carry_forward(self, last: Reading, period: Period) -> Reading:
        """Confirm that the last value still holds in a period, as a draft of its own."""
        again = replace(
            last, period_from=period.first, period_to=period.last, id=None, version=None
        )
        return self.enter([again])[0]

    def restore(self, reading: Reading, to_version: int) -> Reading:
        """Bring back the values of an earlier version, as a draft."""
        if reading.id is None or reading.version is None:
            raise StoreError("scorecards.unknown", id="—")
        return scorecards.restore(
            self.db,
            self.city,
            reading.id,
            to_version,
            version=reading.version,
            actor=self.actor,
        )

    def save_plan(self, plan: Plan) -> Plan:
        """Keep owner, baseline and targets of an indicator.

        Raises
        ------
        FilterError
            As :func:`check_plan`; ``entry.unknown`` if the catalogue has no such indicator.
        """
        sheet = self.catalogue().indicators.get(plan.indicator_id)
        if sheet is None:
            raise FilterError("entry.unknown", indicator=plan.indicator_id)
        return scorecards.save_plan(self.db, self.city, check_plan(sheet, plan), actor=self.actor)

    def save_own(self, own: OwnSheet, owner: str, plan: Plan | None = None) -> Plan:
        """Add an indicator of the city's own, or change the sheet of one.

        Raises
        ------
        FilterError
            As :func:`check_own` and :meth:`save_plan`; ``own.kind`` if an indicator that has
            values would get another kind of value.
        """
        plans = self.plans()
        key = plan.indicator_id if plan else next_id(plans)
        checked = check_own(key, own, catalogue_of(plans))
        if plan is not None:
            kind = plan.own["value_rule"]
            if kind != own.value_rule and scorecards.readings(self.db, self.city, key):
                raise FilterError("own.kind", field="value_rule", indicator=key)
        start = plan or Plan(key)
        changed = replace(start, own=checked.plain(), owner=owner, direction=own.direction)
        sheet = sheet_of(key, checked)
        return scorecards.save_plan(
            self.db, self.city, check_plan(sheet, changed), actor=self.actor
        )


@dataclass(frozen=True)
class ValidationDesk:
    """Validates what others entered, and puts overrides, in ``actor``'s name."""

    db: Database
    city: str
    actor: str

    def validate(self, drafts: Sequence[Reading]) -> list[Reading]:
        """Validate drafts as they were seen."""
        seen = [(r.id, r.version) for r in drafts if r.id is not None and r.version is not None]
        return scorecards.validate(self.db, self.city, seen, actor=self.actor)

    def override(self, indicator_id: str, status: str, *, reason: str, until: date) -> Override:
        """Put a status in place of the rule's.

        Raises
        ------
        FilterError
            ``entry.status`` if it is none of :data:`STATUSES`.
        """
        if status not in STATUSES:
            raise FilterError("entry.status", indicator=indicator_id, value=status)
        return scorecard_overrides.override(
            self.db, self.city, indicator_id, status, reason=reason, until=until, actor=self.actor
        )

    def withdraw(self, indicator_id: str) -> bool:
        """Give an indicator back to the rule."""
        return scorecard_overrides.withdraw_override(
            self.db, self.city, indicator_id, actor=self.actor
        )


def told(db: Database, city: str, reading: Reading) -> list[Change]:
    """Return every change of a value, oldest first."""
    return scorecards.history(db, city, "observation", str(reading.id))


def facts(shown: Scorecard) -> dict[str, Any]:
    """Return the scorecard as plain values with the proof of each, for the command line."""
    return {
        "city": shown.city,
        "period": shown.period.key,
        "as_of": shown.period.last,
        "score": shown.now.score,
        "range": shown.ranges.get("city"),
        "seed": shown.seed,
        "runs": shown.runs,
        "depends_on": shown.influences,
        "dimensions": [
            {
                "dimension": d.dimension,
                "score": d.score,
                "range": shown.ranges.get(d.dimension) if d.score is not None else None,
                "score_before": before.score,
                "present": d.present,
                "expected": d.expected,
                "needed": d.needed,
                "categories": d.categories,
                "weights": d.weights,
            }
            for d, before in zip(shown.now.dimensions, shown.before.dimensions, strict=True)
        ],
        "indicators": [
            {
                "id": a.sheet.id,
                "dimension": a.sheet.dimension,
                "category": a.sheet.category,
                "owner": a.plan.owner,
                "status": a.status,
                "rule_status": a.rule_status,
                "override": a.override,
                "data": a.data,
                "age_months": a.age_months,
                "score": a.score,
                "trend": a.trend,
                "proof": a.proof,
                "latest": a.latest,
            }
            for a in shown.assessments
        ],
        "management_share": shown.balance.management_share,
    }
