"""What must outlive a change of government: everything a city hands over, on one day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.scorecards.catalogue import Catalogue, Indicator
from analytics.scorecards.own import catalogue_of
from analytics.scorecards.registers import BOARD, STAGES, check_entry
from analytics.store import programme_notes, programmes, registers, scorecards
from analytics.store.database import Database
from analytics.store.registers import Entry
from analytics.store.scorecard_values import Plan


@dataclass(frozen=True)
class Promise:
    """A commitment that is still open: of a register, or made in a programme."""

    text: str
    owner: str
    due_on: date
    source: str


@dataclass(frozen=True)
class Learned:
    """A lesson, of success or of failure, and where it was noted."""

    text: str
    worked: bool
    learned_on: date | None
    source: str


@dataclass(frozen=True)
class Beyond:
    """An indicator whose target falls after the end of the term of office; whole days after."""

    sheet: Indicator
    plan: Plan
    days: int


@dataclass(frozen=True)
class Handover:
    """A city's memory on a day.

    ``measured`` are the active indicators with their plans; ``entries`` leads a kind to its
    entries; ``term`` is the term of office in force, of the register or else of a programme, if one
    is noted; ``source`` of promises and lessons is ``register`` or the name of a programme.
    """

    city: str
    on: date
    measured: tuple[tuple[Indicator, Plan], ...]
    entries: Mapping[str, tuple[Entry, ...]]
    promises: tuple[Promise, ...]
    lessons: tuple[Learned, ...]
    term: Entry | None
    beyond: tuple[Beyond, ...]

    def of(self, kind: str) -> tuple[Entry, ...]:
        """Return the entries of a kind."""
        return self.entries.get(kind, ())

    def in_force(self, kind: str) -> tuple[Entry, ...]:
        """Return those entries of a kind that are in force on the day."""
        return tuple(
            e
            for e in self.of(kind)
            if e.state == "in_force" and (e.ends_on is None or e.ends_on >= self.on)
        )

    def board(self, stage: str) -> dict[str, Entry | None]:
        """Return the board's results of a stage, each with its latest entry or None."""
        held = {e.aspect: e for e in self.of("board") if e.stage == stage}
        return {item: held.get(item) for item in BOARD[stage]}

    @property
    def failures(self) -> int:
        """How many lessons are of what did not work."""
        return sum(not lesson.worked for lesson in self.lessons)

    @property
    def board_done(self) -> tuple[int, int]:
        """How many results of the board are done, of how many."""
        rows = [entry for stage in STAGES for entry in self.board(stage).values()]
        return sum(entry is not None and entry.state == "done" for entry in rows), len(rows)


def handover(db: Database, city: str, on: date) -> Handover:
    """Gather what a city hands over from its plans, registers and programmes."""
    held = registers.entries(db, city)
    kinds = dict.fromkeys(entry.kind for entry in held)
    by_kind = {kind: tuple(e for e in held if e.kind == kind) for kind in kinds}
    plans = scorecards.plans(db, city)
    measured = measured_of(catalogue_of(plans), plans)
    terms = [*by_kind.get("term", ())]
    promises = [
        Promise(e.title, e.owner, e.ends_on, "register")
        for e in by_kind.get("commitment", ())
        if e.state == "open" and e.ends_on is not None
    ]
    lessons = [
        Learned(e.text, e.aspect == "worked", e.starts_on, "register")
        for e in by_kind.get("lesson", ())
    ]
    for programme in programmes.programmes(db):
        enrolled = {row.key: row for row in programmes.cities(db, programme.key)}
        if city not in enrolled:
            continue
        if ends_on := enrolled[city].facts.term_ends:
            terms.append(Entry("term", programme.name, ends_on=ends_on, origin=programme.key))
        notes = programme_notes.notes(db, programme.key, city)
        promises += [
            Promise(c.text, c.owner, c.due_on, programme.name)
            for c in notes.commitments
            if c.kept_on is None
        ]
        lessons += [
            Learned(lesson.text, lesson.worked, lesson.learned_on, programme.name)
            for lesson in notes.lessons
        ]
    term = term_on(terms, on)
    return Handover(
        city,
        on,
        measured,
        by_kind,
        tuple(sorted(promises, key=lambda promise: promise.due_on)),
        tuple(lessons),
        term,
        beyond_term(measured, term),
    )


def measured_of(
    catalogue: Catalogue, plans: Mapping[str, Plan]
) -> tuple[tuple[Indicator, Plan], ...]:
    """Return the active indicators with their plans, in the catalogue's order."""
    return tuple(
        (sheet, plans[key])
        for key, sheet in catalogue.indicators.items()
        if key in plans and plans[key].active
    )


def term_on(terms: Sequence[Entry], on: date) -> Entry | None:
    """Return the first term of office that holds a day; one of a programme has no first day."""
    return next((t for t in terms if t.ends_on and (t.starts_on or on) <= on <= t.ends_on), None)


def beyond_term(
    measured: Sequence[tuple[Indicator, Plan]], term: Entry | None
) -> tuple[Beyond, ...]:
    """Return the indicators whose target falls due after the term, the latest last."""
    if term is None or term.ends_on is None:
        return ()
    end = term.ends_on
    found = [
        Beyond(sheet, plan, (plan.target_on - end).days)
        for sheet, plan in measured
        if plan.target_on is not None
        and plan.target_on > end
        and (plan.target is not None or sheet.value_rule == "yes_no")
    ]
    return tuple(sorted(found, key=lambda beyond: beyond.days))


@dataclass(frozen=True)
class RegisterDesk:
    """Changes a city's registers in ``actor``'s name; every entry is checked first."""

    db: Database
    city: str
    actor: str

    def save(self, entry: Entry) -> Entry:
        """Keep an entry; see :func:`check_entry` and :func:`analytics.store.registers.save_entry`.

        Raises
        ------
        FilterError
        StoreError
        """
        return registers.save_entry(self.db, self.city, check_entry(entry), actor=self.actor)

    def withdraw(self, entry: Entry) -> None:
        """Take an entry out of the register as it was seen."""
        registers.withdraw_entry(
            self.db, self.city, entry.id or 0, version=entry.version or 0, actor=self.actor
        )
