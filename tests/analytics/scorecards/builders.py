"""Plans and validated readings for tests."""

from datetime import date

from analytics.scorecards.catalogue import Indicator, load_catalogue
from analytics.scorecards.periods import parse
from analytics.store.scorecard_values import VALIDATED, Plan, Reading

SHEETS = load_catalogue().indicators


def sheet(identity: str) -> Indicator:
    return SHEETS[identity]


def plan(identity: str, base: float | None, target: float | None, **changes: object) -> Plan:
    given = {
        "owner": "RRII",
        "base_value": base,
        "base_on": date(2023, 12, 31),
        "target_planned": target,
        "target_on": date(2027, 12, 31),
        "direction": SHEETS[identity].direction,
    }
    return Plan(identity, **given | changes)  # type: ignore[arg-type]


def reading(identity: str, period: str, **values: object) -> Reading:
    span = parse(period)
    state = {"state": VALIDATED, "entered_by": "ana", "validated_by": "eva"}
    return Reading(identity, span.first, span.last, **state | values)  # type: ignore[arg-type]
