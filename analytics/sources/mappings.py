"""Which column of a file means what: guessed from names, or told by a TOML file.

.. code-block:: toml

    [columns]              # "" says that the file has no such column; what is not named is guessed
    date = "F. del hecho"
    [options]
    date_format = "dd/mm/yyyy"
    source_kind = "patrol"
    coordinate_crs = "EPSG:3857"       # the two columns hold x and y of this CRS, not degrees
    remedies = "swap, sign"            # for points outside the city: see sources.remedies
    [detection]            # values of the detection column that mean "found by the police"
    flagrancia = "detected"
"""

import re
import tomllib
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from analytics.errors import SourceError
from analytics.schema import DETECTIONS, LOCATION_PRECISIONS, SOURCE_KINDS
from analytics.sources.column_names import guess_roles, is_shape, name_key, personal_columns
from analytics.sources.readers import DELIMITERS
from analytics.sources.remedies import REMEDIES, read_crs

COLUMNS = (
    "record_id",
    "category",
    "date",
    "time",
    "datetime",
    "end",
    "longitude",
    "latitude",
    "detection",
    "location_precision",
)
DATE_ORDERS = ("dmy", "mdy", "ymd")


@dataclass(frozen=True)
class Mapping:
    """The meaning of a file's columns.

    A role that is None is guessed when the file is opened; an empty text says that the file has
    no such column. ``timezone`` is the zone of moments that state none (default: the city's),
    ``sheet`` and ``header_row`` (counted from 1) say where in a workbook the register is, ``year``
    when everything in a file without dates happened, ``date_format`` the order of day, month and
    year where the file itself does not tell it, ``detections`` lead values of the detection
    column to ``reported`` or ``detected``, ``coordinate_crs`` is the CRS of the coordinates
    (default: degrees), ``remedies`` lists what may be done to a point outside the city,
    ``keep_personal`` names columns that look personal and are wanted all the same.
    ``remembered_as`` is the name under which the store keeps this mapping for its source.
    """

    record_id: str | None = None
    category: str | None = None
    date: str | None = None
    time: str | None = None
    datetime: str | None = None
    end: str | None = None
    longitude: str | None = None
    latitude: str | None = None
    detection: str | None = None
    location_precision: str | None = None
    source_kind: str | None = None
    timezone: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: str | None = None
    year: str | None = None
    date_format: str | None = None
    coordinate_crs: str | None = None
    remedies: str | None = None
    fixed_detection: str = "unknown"
    fixed_location_precision: str = "unknown"
    detections: Table[str, str] = field(default_factory=dict, hash=False)
    remembered_as: str | None = None

    @property
    def moment(self) -> str | None:
        """The column that holds the date of the event, with or without its time."""
        return self.datetime or self.date or None

    @property
    def columns(self) -> dict[str, str]:
        """Role → column, for the roles that have one."""
        return {role: getattr(self, role) for role in COLUMNS if getattr(self, role)}

    @property
    def date_order(self) -> str | None:
        """``dmy``, ``mdy`` or ``ymd`` as ``date_format`` states it."""
        return None if self.date_format is None else _date_order(self.date_format)

    @property
    def accepted_remedies(self) -> tuple[str, ...]:
        """The remedies that ``remedies`` lists, separated by commas."""
        return _listed(self.remedies or "")


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Parameters
    ----------
    path : Path
        TOML with the tables ``[columns]``, ``[options]`` and ``[detection]``, all optional.

    Returns
    -------
    Mapping

    Raises
    ------
    SourceError
        If the file is absent or not TOML, or a key is unknown or holds a wrong value; names it.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(
            "source.mapping_unreadable", file=path.name, problem=str(error)
        ) from error
    _refuse_unknown(path, raw, "", ("columns", "options", "detection"))
    columns, options = _texts(path, raw, "columns"), _texts(path, raw, "options")
    detections = _texts(path, raw, "detection")
    _refuse_unknown(path, columns, "columns.", COLUMNS)
    _refuse_unknown(path, options, "options.", tuple(OPTION_VALUES))
    for key, value in options.items():
        _check(path, f"options.{key}", value, OPTION_VALUES[key])
    for key, value in detections.items():
        _check(path, f"detection.{key}", value, DETECTIONS)
    fixed = {
        f"fixed_{name}": options.pop(name)
        for name in ("detection", "location_precision")
        if name in options
    }
    return Mapping(
        **columns,
        **options,
        **fixed,
        detections={name_key(value): meaning for value, meaning in detections.items()},
    )


def resolve(mapping: Mapping | None, columns: Sequence[str], *, file: str) -> Mapping:
    """Fit a mapping to a file: check what it names, guess what it leaves open.

    Parameters
    ----------
    mapping : Mapping or None
        As read; None guesses everything.
    columns : sequence of str
        The file's columns.
    file : str
        The file's name, for the refusals.

    Returns
    -------
    Mapping
        Every role is a column of the file or an empty text.

    Raises
    ------
    SourceError
        ``source.missing_column`` if a column named by the mapping is not there, if no column
        holds a date and the mapping does not say so, or if only one coordinate is there;
        ``source.no_columns`` if no name is recognised at all.
    """
    told = mapping or Mapping()
    by_key = {name_key(column): column for column in reversed(columns)}
    named: dict[str, str] = {}
    for role, wanted in told.columns.items():
        found = wanted if wanted in columns else by_key.get(name_key(wanted))
        if found is None:
            raise _missing(file, f"columns.{role}", wanted, columns)
        named[role] = found
    free = [column for column in columns if column not in named.values()]
    guessed = guess_roles(free)
    if not guessed and not named:
        raise SourceError("source.no_columns", file=file, found=", ".join(columns))
    for role in COLUMNS:
        if getattr(told, role) is None:
            named.setdefault(role, guessed.get(role, ""))
    if told.date or told.datetime:
        named |= {role: told.columns.get(role, "") and named[role] for role in ("date", "datetime")}
    roles: dict[str, Any] = {role: named.get(role, "") for role in COLUMNS}
    fitted = replace(told, **roles)
    _check_complete(fitted, told, columns, file)
    return fitted


def left_out(mapping: Mapping, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the personal columns of a file that no role asks for: they are never stored."""
    asked = set(mapping.columns.values())
    return tuple(column for column in personal_columns(columns) if column not in asked)


def _check_complete(fitted: Mapping, told: Mapping, columns: Sequence[str], file: str) -> None:
    if not fitted.moment and told.date is None and told.datetime is None:
        raise _missing(file, "columns.date", "date", columns)
    shapes = any(is_shape(column) for column in columns)
    for role, other in (("latitude", "longitude"), ("longitude", "latitude")):
        unsaid = getattr(told, role) is None and (getattr(fitted, other) or shapes)
        if not getattr(fitted, role) and (unsaid or getattr(fitted, other)):
            raise _missing(file, f"columns.{role}", role, columns)


def _missing(file: str, key: str, wanted: str, columns: Sequence[str]) -> SourceError:
    return SourceError(
        "source.missing_column", file=file, key=key, column=wanted, found=", ".join(columns)
    )


def _date_order(text: str) -> str | None:
    """Read ``dd/mm/yyyy``, ``dd/mm/aaaa`` or ``%d/%m/%Y``; what follows does not matter."""
    date = re.match(r"[%dmya/.-]+(?=$|[ t])", text.strip().lower())
    letters = re.sub(r"[^dmy]", "", date.group().replace("a", "y")) if date else ""
    order = "".join(dict.fromkeys(letters))
    return order if order in DATE_ORDERS else None


OPTION_VALUES: Table[str, Sequence[str]] = {
    "source_kind": SOURCE_KINDS,
    "timezone": (),
    "decimal": (".", ","),
    "delimiter": DELIMITERS,
    "encoding": (),
    "sheet": (),
    "header_row": (),
    "year": (),
    "date_format": (),
    "coordinate_crs": (),
    "remedies": REMEDIES,
    "detection": DETECTIONS,
    "location_precision": LOCATION_PRECISIONS,
}


def _check(path: Path, key: str, value: str, allowed: Sequence[str]) -> None:
    expected = ", ".join(allowed)
    right = not allowed or value in allowed
    if key == "options.date_format":
        right, expected = _date_order(value) is not None, "dd/mm/yyyy, mm/dd/yyyy, yyyy-mm-dd"
    if key == "options.header_row":
        right, expected = re.fullmatch(r"[1-9]\d{0,2}", value) is not None, "1, 2 … 999"
    if key == "options.year":
        right, expected = re.fullmatch(r"(19|20)\d\d", value) is not None, "1900 … 2099"
    if key == "options.coordinate_crs":
        read_crs(value, file=path.name)
    if key == "options.remedies":
        right = set(_listed(value)) <= set(allowed)
    if key == "options.timezone":
        right, expected = value in available_timezones(), "America/Santiago"
    if not right:
        raise SourceError(
            "source.mapping_value", file=path.name, key=key, value=value, expected=expected
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _texts(path: Path, raw: Table[str, Any], table: str) -> dict[str, str]:
    values = raw.get(table, {})
    if not isinstance(values, dict):
        raise SourceError(
            "source.mapping_value", file=path.name, key=table, value=values, expected=f"[{table}]"
        )
    for key, value in values.items():
        if not isinstance(value, str):
            place = f"{table}.{key}"
            raise SourceError(
                "source.mapping_value", file=path.name, key=place, value=value, expected='"…"'
            )
    return dict(values)


def _refuse_unknown(path: Path, table: Table[str, Any], where: str, known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            raise SourceError(
                "source.mapping_key", file=path.name, key=where + key, known=", ".join(known)
            )
