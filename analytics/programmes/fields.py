"""Reading one table of a TOML file whole: what is missing, wrong or unknown is named."""

from collections.abc import Mapping
from typing import Any, TypeVar

from analytics.errors import ProgrammeError
from analytics.settings import LANGUAGES

T = TypeVar("T")
Words = Mapping[str, str]  # language → text, all languages filled


class Table:
    """A table of a file, with its place in it; remembers which keys were read.

    Parameters
    ----------
    raw : Mapping
        As ``tomllib`` gives it.
    file : str
        Its name, for refusals.
    where : str
        Place of the table in the file, ``""`` for the whole.
    """

    def __init__(self, raw: Mapping[str, Any], file: str, where: str = "") -> None:
        self.raw = raw
        self.file = file
        self.where = where
        self._read: set[str] = set()

    def wrong(self, name: str, value: object, expected: str) -> ProgrammeError:
        """Return the refusal of a value, with what is expected in its place."""
        return ProgrammeError(
            "template.wrong_value",
            file=self.file,
            key=self._place(name),
            value=str(value),
            expected=expected,
        )

    def text(self, name: str, default: str | None = None) -> str:
        """Read a text.

        Raises
        ------
        ProgrammeError
            ``template.missing_key`` or ``template.wrong_value``.
        """
        value = self._value(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(name, value, '"…"')
        return value

    def name(self, name: str, default: str | None = None) -> str:
        """Read a key: lower-case letters, digits and ``_``."""
        value = self.text(name, default)
        if value and not (value.isidentifier() and value.isascii() and value == value.lower()):
            raise self.wrong(name, value, "a-z 0-9 _")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """Read a list of texts; empty where it is absent."""
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.wrong(name, value, '["…"]')
        return tuple(value)

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """Read a number between ``low`` and ``high``, both allowed."""
        value = self._value(name, default)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:
            raise self.wrong(name, value, f"{low:g}–{high:g}")
        return float(value)

    def optional_number(self, name: str, low: float, high: float) -> float | None:
        """Read a number that may be absent."""
        return self.number(name, low, high) if name in self.raw else None

    def words(self, name: str) -> Words:
        """Read a text in every language of Cabildo."""
        value = self._value(name, None)
        if not isinstance(value, dict):
            raise self.wrong(name, value, ", ".join(LANGUAGES))
        told = Table(value, self.file, self._place(name))
        return {language: told.text(language) for language in LANGUAGES}

    def tables(self, name: str) -> list["Table"]:
        """Read a list of tables; each is named by its key, or else by its position."""
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.wrong(name, value, f"[[{name}]]")
        return [
            Table(entry, self.file, f"{self._place(name)}.{entry.get('key', position)}")
            for position, entry in enumerate(value, start=1)
        ]

    def read_whole(self, made: T) -> T:
        """Return ``made`` once nothing of the table is left unread."""
        self.refuse_unread()
        return made

    def refuse_unread(self) -> None:
        """Refuse keys that nothing asked for: a slip of the pen would be lost in silence."""
        for name in self.raw:
            if name not in self._read:
                raise ProgrammeError(
                    "template.unknown_key",
                    file=self.file,
                    key=self._place(name),
                    known=", ".join(sorted(self._read)),
                )

    def _value(self, name: str, default: Any) -> Any:
        self._read.add(name)
        if name not in self.raw and default is None:
            raise ProgrammeError("template.missing_key", file=self.file, key=self._place(name))
        return self.raw.get(name, default)

    def _place(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name
