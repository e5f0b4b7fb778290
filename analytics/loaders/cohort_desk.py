"""What a person may enter of a city of a cohort; the loader of programmes hands it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.programmes.periods import Period
from analytics.programmes.readiness import Rating
from analytics.settings import load_settings
from analytics.store import (
    evidence,
    gate_files,
    gates,
    note_changes,
    programme_notes,
    programmes,
)
from analytics.store.database import Database
from analytics.store.gates import Place
from analytics.store.note_changes import ChangeRow
from analytics.store.programme_notes import CommitmentRow, LessonRow, SessionRow
from analytics.store.programmes import CityRow


@dataclass(frozen=True)
class Upload:
    """A file as its sender calls it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class CohortDesk:
    """What a person may enter of a city, in the person's name."""

    db: Database
    programme: str
    city: str
    username: str
    is_coach: bool

    def record(self) -> CityRow:
        """Return the city as it is stored now."""
        return programmes.city(self.db, self.programme, self.city)

    def reforecast(
        self, gate: str, period: Period, *, version: int, today: date, owner: str | None = None
    ) -> None:
        """Tell when a gate is expected; see :func:`analytics.store.gates.reforecast`."""
        gates.reforecast(
            self.db, self._place(gate), period, version=version, reported_on=today,
            actor=self.username, owner=owner,
        )  # fmt: skip

    def confirm_all(self, versions: Mapping[str, int], *, today: date) -> None:
        """Confirm several forecasts at once; see :func:`analytics.store.gates.confirm_all`."""
        gates.confirm_all(
            self.db, self.programme, self.city, versions, reported_on=today, actor=self.username
        )

    def close(
        self,
        gate: str,
        actual: date,
        *,
        evidence: str,
        version: int,
        today: date,
        upload: Upload | None = None,
    ) -> None:
        """Close a gate with a text or a file; see :func:`analytics.store.gates.close`."""
        gates.close(
            self.db, self._place(gate), actual, evidence=evidence, version=version,
            reported_on=today, actor=self.username,
            file=None if upload is None else self._kept(upload),
        )  # fmt: skip

    def attach(self, gate: str, upload: Upload) -> None:
        """Add an evidence file to a gate; see :func:`analytics.store.gate_files.attach`."""
        kept = self._kept(upload)
        gate_files.attach(self.db, self.programme, gate, kept, actor=self.username)

    def take_out(self, file: int, *, version: int) -> None:
        """Take an evidence file out; see :func:`analytics.store.gate_files.take_out`."""
        gate_files.take_out(
            self.db, self.programme, self.city, file, version=version, actor=self.username
        )

    def put_back(self, file: int, *, version: int) -> None:
        """Put an evidence file back; see :func:`analytics.store.gate_files.put_back`."""
        gate_files.put_back(
            self.db, self.programme, self.city, file, version=version, actor=self.username
        )

    def undo(self, gate: str) -> None:
        """Take back the last change of a gate."""
        gates.undo(self.db, self._place(gate), actor=self.username)

    def hold_session(self, row: SessionRow) -> None:
        """Note or correct a session; see :func:`analytics.store.programme_notes.hold_session`."""
        programme_notes.hold_session(self.db, self.programme, self.city, row, actor=self.username)

    def rate(self, ratings: Sequence[Rating]) -> None:
        """Keep the person's own judgements; see :func:`analytics.store.programme_notes.rate`.

        Whose they are is not told but known: the coach's, or the city's own.
        """
        origin = "coach" if self.is_coach else "self"
        own = [replace(rating, rater=self.username, origin=origin) for rating in ratings]
        programme_notes.rate(self.db, self.programme, self.city, own, actor=self.username)

    def commit(self, text: str, owner: str, due_on: date) -> None:
        """Note a commitment; see :func:`analytics.store.programme_notes.commit`."""
        programme_notes.commit(
            self.db, self.programme, self.city, text, owner=owner, due_on=due_on,
            actor=self.username,
        )  # fmt: skip

    def amend(self, row: CommitmentRow) -> None:
        """Change a commitment; see :func:`analytics.store.programme_notes.amend`."""
        programme_notes.amend(self.db, self.programme, self.city, row, actor=self.username)

    def learn(self, row: LessonRow) -> None:
        """Note or correct a lesson; see :func:`analytics.store.programme_notes.learn`."""
        programme_notes.learn(self.db, self.programme, self.city, row, actor=self.username)

    def remove(self, kind: str, identity: int, *, version: int) -> None:
        """Remove a record; see :func:`analytics.store.programme_notes.remove`."""
        programme_notes.remove(
            self.db, self.programme, self.city, kind, identity, version=version,
            actor=self.username,
        )  # fmt: skip

    def last_change(self) -> ChangeRow | None:
        """Return the save of a record that an undo would take back."""
        return note_changes.last_change(self.db, self.programme, self.city)

    def undo_note(self, change: int) -> None:
        """Take back the last save; see :func:`analytics.store.note_changes.undo`."""
        note_changes.undo(self.db, self.programme, self.city, change, actor=self.username)

    def _place(self, gate: str) -> Place:
        return Place(self.programme, self.city, gate)

    def _kept(self, upload: Upload) -> evidence.Kept:
        return evidence.keep(load_settings().home, self.city, upload.name, upload.content)
