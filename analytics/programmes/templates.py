"""Programme templates: one TOML file each under ``data/reference/programmes``.

A template says which gates a city passes, when (months after its start, or a fixed event), after
which others, and with what evidence. ``derived`` lists what its source does not say. Copy a file,
change its ``key``, and the programme is there.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.errors import ProgrammeError
from analytics.programmes.fields import Table, Words
from analytics.programmes.periods import Period, parse_period
from analytics.settings import ROOT

TEMPLATES = ROOT / "data" / "reference" / "programmes"
EVIDENCE = ("none", "note", "link")
LONGEST_MONTHS = 120


@dataclass(frozen=True)
class Phase:
    """A stretch of the programme in months after a city's start; ``ends_with`` names its gate."""

    key: str
    name: Words
    from_month: float
    to_month: float
    ends_with: str
    derived: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """A date fixed for the whole cohort, often known only as a quarter."""

    key: str
    name: Words
    period: Period


@dataclass(frozen=True)
class Gate:
    """A milestone: ``month`` after the start or the ``event`` at which it falls; never both.

    ``kind`` groups gates whose slips are comparable; ``before_event`` is the event it must not
    miss; ``evidence`` is what closes it: none, a note or a link.
    """

    key: str
    name: Words
    short: Words
    kind: str
    month: float | None
    event: str
    after: tuple[str, ...]
    before_event: str
    weight: float
    evidence: str
    derived: tuple[str, ...]


@dataclass(frozen=True)
class Dose:
    """A kind of coaching and how many sessions of it are planned for each city."""

    key: str
    name: Words
    planned: int


@dataclass(frozen=True)
class Component:
    """One component of the strategy whose maturity is rated from 1 to 5."""

    key: str
    name: Words
    note: Words


@dataclass(frozen=True)
class Condition:
    """What a city must meet: residents, years left in office, or what a person judges."""

    key: str
    name: Words
    more_than_residents: float | None
    years_left: float | None


@dataclass(frozen=True)
class Template:
    """A programme as data; ``source`` says where it comes from."""

    key: str
    name: Words
    months: float
    report_every_days: int
    strategy_years: float
    source: str
    derived: tuple[str, ...]
    phases: tuple[Phase, ...]
    events: tuple[Event, ...]
    gates: tuple[Gate, ...]
    dose: tuple[Dose, ...]
    components: tuple[Component, ...]
    eligibility: tuple[Condition, ...]

    def gate(self, key: str) -> Gate:
        """Return the gate named ``key``.

        Raises
        ------
        ProgrammeError
            ``programme.unknown_gate`` if there is none.
        """
        for gate in self.gates:
            if gate.key == key:
                return gate
        known = ", ".join(gate.key for gate in self.gates)
        raise ProgrammeError("programme.unknown_gate", value=key, known=known)


def load_templates(folder: Path = TEMPLATES) -> dict[str, Template]:
    """Read every template of a folder, by key.

    Raises
    ------
    ProgrammeError
        If a file is not TOML or a key is unknown, missing or wrong; names file and key. Two files
        with one key are refused (``template.key_taken``).
    """
    found: dict[str, Template] = {}
    for path in sorted(folder.glob("*.toml")):
        template = _read(path, path.stat().st_mtime_ns)
        if template.key in found:
            raise ProgrammeError("template.key_taken", file=path.name, key=template.key)
        found[template.key] = template
    return found


def template(key: str, folder: Path = TEMPLATES) -> Template:
    """Return one template.

    Raises
    ------
    ProgrammeError
        ``template.unknown`` if no file has the key; whatever :func:`load_templates` raises.
    """
    found = load_templates(folder)
    if key not in found:
        raise ProgrammeError("template.unknown", value=key, known=", ".join(found))
    return found[key]


@lru_cache(maxsize=32)
def _read(path: Path, _mtime_ns: int) -> Template:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProgrammeError("template.not_toml", file=path.name, problem=str(error)) from error
    table = Table(raw, path.name)
    made = Template(
        key=table.name("key"),
        name=table.words("name"),
        months=table.number("months", 1, LONGEST_MONTHS),
        report_every_days=int(table.number("report_every_days", 1, 366, default=30)),
        strategy_years=table.number("strategy_years", 0, 20, default=0),
        source=table.text("source"),
        derived=table.names("derived"),
        phases=tuple(_phase(entry) for entry in table.tables("phases")),
        events=tuple(_event(entry) for entry in table.tables("events")),
        gates=tuple(_gate(entry) for entry in table.tables("gates")),
        dose=tuple(_dose(entry) for entry in table.tables("dose")),
        components=tuple(_component(entry) for entry in table.tables("components")),
        eligibility=tuple(_condition(entry) for entry in table.tables("eligibility")),
    )
    table.refuse_unread()
    _check_references(made, table)
    return made


def _phase(table: Table) -> Phase:
    first = table.number("from_month", 0, LONGEST_MONTHS)
    return table.read_whole(
        Phase(
            key=table.name("key"),
            name=table.words("name"),
            from_month=first,
            to_month=table.number("to_month", first, LONGEST_MONTHS),
            ends_with=table.name("ends_with", default=""),
            derived=table.names("derived"),
        )
    )


def _event(table: Table) -> Event:
    text = table.text("quarter")
    try:
        period = parse_period(text)
    except ProgrammeError as error:
        raise table.wrong("quarter", text, "2026-Q4, 2026-11, 2026-11-30") from error
    return table.read_whole(Event(table.name("key"), table.words("name"), period))


def _gate(table: Table) -> Gate:
    event = table.name("event", default="")
    month = None if event else table.number("month", 0, LONGEST_MONTHS)
    evidence = table.text("evidence", default="none")
    if evidence not in EVIDENCE:
        raise table.wrong("evidence", evidence, ", ".join(EVIDENCE))
    return table.read_whole(
        Gate(
            key=table.name("key"),
            name=table.words("name"),
            short=table.words("short"),
            kind=table.name("kind"),
            month=month,
            event=event,
            after=table.names("after"),
            before_event=table.name("before_event", default=""),
            weight=table.number("weight", 0.01, 100),
            evidence=evidence,
            derived=table.names("derived"),
        )
    )


def _dose(table: Table) -> Dose:
    planned = int(table.number("planned", 0, 1000))
    return table.read_whole(Dose(table.name("key"), table.words("name"), planned))


def _component(table: Table) -> Component:
    return table.read_whole(Component(table.name("key"), table.words("name"), table.words("note")))


def _condition(table: Table) -> Condition:
    return table.read_whole(
        Condition(
            key=table.name("key"),
            name=table.words("name"),
            more_than_residents=table.optional_number("more_than_residents", 0, 1e9),
            years_left=table.optional_number("years_left", 0, 20),
        )
    )


def _check_references(made: Template, table: Table) -> None:
    """Refuse names that lead nowhere, gates out of the programme, and gates that wait in a ring."""
    if not made.gates:
        raise table.wrong("gates", "-", "[[gates]]")
    for part in ("phases", "events", "gates", "dose", "components", "eligibility"):
        keys = [entry.key for entry in getattr(made, part)]
        for key in keys:
            if keys.count(key) > 1:
                raise table.wrong(f"{part}.key", key, f"{part}.key ≠ {key}")
    gates = {gate.key: gate for gate in made.gates}
    events = {event.key for event in made.events}
    for phase in made.phases:
        _known(table, f"phases.{phase.key}.ends_with", phase.ends_with, set(gates))
    for gate in made.gates:
        _known(table, f"gates.{gate.key}.event", gate.event, events)
        _known(table, f"gates.{gate.key}.before_event", gate.before_event, events)
        for name in gate.after:
            _known(table, f"gates.{gate.key}.after", name, set(gates))
        if gate.month is not None and gate.month > made.months:
            raise table.wrong(f"gates.{gate.key}.month", gate.month, f"0–{made.months:g}")
        _check_order(table, gate, gates, ())


def _known(table: Table, key: str, value: str, known: set[str]) -> None:
    if value and value not in known:
        raise table.wrong(key, value, ", ".join(sorted(known)) or "-")


def _check_order(table: Table, gate: Gate, gates: Mapping[str, Gate], seen: tuple[str, ...]) -> Any:
    if gate.key in seen:
        ring = " → ".join([*seen, gate.key])
        raise ProgrammeError("template.ring", file=table.file, key=f"gates.{gate.key}", ring=ring)
    for name in gate.after:
        before = gates.get(name)
        if before is None:
            continue
        if None not in (before.month, gate.month) and before.month > gate.month:  # type: ignore[operator]
            raise table.wrong(f"gates.{gate.key}.month", gate.month, f"≥ {before.month:g} ({name})")
        _check_order(table, before, gates, (*seen, gate.key))
