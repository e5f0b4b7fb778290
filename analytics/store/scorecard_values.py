"""Values of the scorecards as they are read and saved: plans, readings, changes."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

DRAFT, VALIDATED = "draft", "validated"


@dataclass(frozen=True)
class Plan:
    """How a city measures an indicator; see ``ScorecardIndicator``.

    ``version`` goes back with the next save; None for what was never saved.
    """

    indicator_id: str
    active: bool = True
    owner: str = ""
    base_value: float | None = None
    base_on: date | None = None
    target_planned: float | None = None
    target_adjusted: float | None = None
    target_on: date | None = None
    direction: int = 1
    maintain: bool = False
    method: str = "linear"
    formula: str = ""
    variables: dict[str, Any] = field(default_factory=dict, hash=False)
    sdg_targets: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    minutes: int | None = None
    own: dict[str, Any] = field(default_factory=dict, hash=False)
    evaluation: dict[str, str] = field(default_factory=dict, hash=False)
    version: int | None = None

    @property
    def target(self) -> float | None:
        """The adjusted target where there is one, else the planned."""
        return self.target_planned if self.target_adjusted is None else self.target_adjusted


@dataclass(frozen=True)
class Reading:
    """A value of an indicator in a period, both days inside; see ``ScorecardObservation``.

    ``id`` and ``version`` are None before it is saved. A ``formula`` tells what ``value`` was
    computed from, with the values of its ``variables``.
    """

    indicator_id: str
    period_from: date
    period_to: date
    value: float | None = None
    low: int | None = None
    medium: int | None = None
    high: int | None = None
    yes: bool | None = None
    happened_on: date | None = None
    text: str = ""
    judgement: str = ""
    sample_size: int | None = None
    method: str = ""
    note: str = ""
    evidence: str = ""
    formula: str = ""
    variables: dict[str, Any] = field(default_factory=dict, hash=False)
    state: str = DRAFT
    entered_by: str = ""
    entered_at: datetime | None = None
    validated_by: str | None = None
    validated_at: datetime | None = None
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Change:
    """One change as read: ``content`` holds all values after it, dates as ISO text."""

    version: int
    action: str
    content: dict[str, Any] = field(hash=False)
    at: datetime
    by: str
