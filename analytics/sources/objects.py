"""JSON: arrays of objects, one object, and GeoJSON points, read one object after another."""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from pyproj import CRS
from pyproj.exceptions import CRSError

from analytics.errors import SourceError
from analytics.sources.column_names import guess_roles
from analytics.sources.formats import identify
from analytics.sources.layers import LATITUDE, LONGITUDE, point_roles, to_degrees
from analytics.sources.readers import unique_names
from analytics.sources.records import Records, RecordTable

BLOCK_CHARACTERS = 1 << 20
MAX_OBJECT_CHARACTERS = 64 << 20  # one object, or the part of a file that is not in an array
SHOWN = 10
_DECODER = json.JSONDecoder(
    parse_float=str, parse_int=str, parse_constant=lambda _: None, strict=False
)
_SPACE = re.compile(r"[\s,\ufeff]*")


def open_objects(path: Path, *, encoding: str | None = None) -> RecordTable:
    """Survey a JSON file: which array is the register, which columns its objects have.

    Numbers stay as they are written. Objects within objects become columns ``outer.inner``,
    lists become JSON text.

    Parameters
    ----------
    path : Path
        An array of objects, one object, an object that holds one array of objects, or a GeoJSON
        feature collection of points.
    encoding : str, optional
        UTF-8 by default.

    Returns
    -------
    RecordTable
        Rows are numbered with the header as 1, as in a table. GeoJSON gives its points as
        ``geometry longitude`` and ``geometry latitude`` in EPSG:4326.

    Raises
    ------
    SourceError
        ``source.json_broken``, ``source.json_shape``, ``source.not_points``,
        ``source.undecodable``, ``source.unknown_crs``.
    """
    facts = identify(path)
    name = _encoding(path, encoding)
    key, crs = _register(path, name)
    names: dict[str, None] = {}
    shapes: Counter[str] = Counter()
    n_records = 0
    for element in _objects(path, name, key):
        n_records += 1
        if key == "features":
            shapes[str((element.get("geometry") or {}).get("type"))] += 1
            element = element.get("properties") or {}
        names.update(dict.fromkeys(flat(element)))
    if not n_records:
        raise SourceError("source.empty", file=path.name)
    found: dict[str, Any] = {"format": "JSON", "encoding": name}
    plain = tuple(names)
    columns = unique_names([column.lstrip("\ufeff") for column in plain])
    if key == "features":
        _refuse_shapes(shapes, path)
        columns, found = (*columns, LONGITUDE, LATITUDE), found | {"format": "GeoJSON", "crs": crs}
        records = partial(_features, path, name, plain, crs)
    else:
        records = partial(_rows, path, name, key, plain)
    roles = point_roles() if key == "features" else {}
    return RecordTable(facts, columns, records, n_records, found=found, roles=roles)


def flat(element: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Turn an object into column → text; what is null is empty."""
    cells: dict[str, str] = {}
    for key, value in element.items():
        if isinstance(value, dict):
            cells |= flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            cells[prefix + key] = json.dumps(value, ensure_ascii=False)
        else:
            cells[prefix + key] = _text(value)
    return cells


def walk(stream: TextIO, file: str) -> Iterator[tuple[str, bool, Any]]:
    """Go through a JSON text without holding it: the elements of an array, or of an object's.

    Yields
    ------
    (str, bool, value)
        Key of the member, empty for an array at the top; whether the value is an element of an
        array, or all that the key has.

    Raises
    ------
    SourceError
        ``source.json_broken``: names the character.
    """
    text = _Text(stream, file)
    if text.peek() == "[":
        yield from (("", True, element) for element in text.elements())
        text.end()
        return
    text.take("{")
    while text.peek() != "}":
        key = str(text.value()).lstrip("\ufeff")
        text.take(":")
        if text.peek() == "[":
            yield from ((key, True, element) for element in text.elements())
        else:
            yield key, False, text.value()
    text.take("}")
    text.end()


class _Text:
    """A window on a JSON text that moves on as values are taken."""

    def __init__(self, stream: TextIO, file: str) -> None:
        self.stream, self.file, self.buffer, self.at, self.gone = stream, file, "", 0, 0
        self.ended = False

    def peek(self, *, or_end: bool = False) -> str:
        while True:
            match = _SPACE.match(self.buffer, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._more():
                if or_end:
                    return ""
                raise self._broken("")

    def take(self, mark: str) -> None:
        if self.peek() != mark:
            raise self._broken(mark)
        self.at += 1

    def elements(self) -> Iterator[Any]:
        self.take("[")
        while self.peek() != "]":
            yield self.value()
        self.at += 1

    def end(self) -> None:
        """Refuse a second value: it would be lost."""
        if self.peek(or_end=True):
            raise self._broken("")

    def value(self) -> Any:
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except (json.JSONDecodeError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._more():
                    raise self._broken("") from error
                continue
            if end == len(self.buffer) and self._more():
                continue  # a number may go on in the next block
            self.at = end
            return value

    def _more(self) -> bool:
        if self.ended:
            return False
        self.gone += self.at
        rest = self.buffer[self.at :]
        if len(rest) > MAX_OBJECT_CHARACTERS:
            raise self._broken("")
        # Growing by what is already there keeps a long value from being parsed again and again.
        block = self.stream.read(max(BLOCK_CHARACTERS, len(rest)))
        self.ended, self.buffer, self.at = not block, rest + block, 0
        return bool(block)

    def _broken(self, wanted: str) -> SourceError:
        found = self.buffer[self.at : self.at + 20]
        return SourceError(
            "source.json_broken",
            file=self.file,
            position=self.gone + self.at + 1,
            found=found if not wanted else f"{found!r} ≠ {wanted!r}",
        )


def _register(path: Path, encoding: str) -> tuple[str | None, str]:
    """Tell the key of the register's array (None: the file is one object), and the CRS."""
    objects: Counter[str] = Counter()
    others: Counter[str] = Counter()
    members: dict[str, Any] = {}
    with path.open(encoding=encoding, newline="") as stream, _decoding(path, encoding):
        for key, is_element, value in walk(stream, path.name):
            if not is_element:
                members[key] = value
            elif isinstance(value, dict):
                objects[key] += 1
            else:
                others[key] += 1
    if members.get("type") == "FeatureCollection":
        return "features", _crs(members.get("crs"), path)
    if not others and (objects.keys() == {""} or (not members and not objects)):
        return "", ""
    if len(objects) == 1 and len(guess_roles(list(members))) < 2:
        return next(iter(objects)), ""
    if members and not others and members.get("type") != "Topology":
        return None, ""
    found = ", ".join([*objects, *others, *members][:SHOWN]) or "–"
    raise SourceError("source.json_shape", file=path.name, found=found)


def _objects(path: Path, encoding: str, key: str | None) -> Iterator[dict[str, Any]]:
    whole: dict[str, Any] = {}
    with path.open(encoding=encoding, newline="") as stream, _decoding(path, encoding):
        for found, is_element, value in walk(stream, path.name):
            if key is None and is_element:
                whole.setdefault(found, []).append(value)
            elif key is None:
                whole[found] = value
            elif found == key and isinstance(value, dict):
                yield value
    if key is None:
        yield whole


def _rows(path: Path, encoding: str, key: str | None, names: tuple[str, ...]) -> Records:
    for number, element in enumerate(_objects(path, encoding, key), start=2):
        cells = flat(element)
        yield number, [cells.get(name, "") for name in names]


def _features(path: Path, encoding: str, names: tuple[str, ...], crs: str) -> Records:
    transform = to_degrees(crs)
    for number, feature in enumerate(_objects(path, encoding, "features"), start=2):
        cells = flat(feature.get("properties") or {})
        place = (feature.get("geometry") or {}).get("coordinates") or ["", ""]
        x, y = (_text(value) for value in place[:2])
        yield number, [*(cells.get(name, "") for name in names), *transform(x, y)]


def _refuse_shapes(shapes: Counter[str], path: Path) -> None:
    others = {shape: n for shape, n in shapes.items() if shape not in ("Point", "None")}
    if others:
        found = ", ".join(f"{shape}: {n}" for shape, n in others.items())
        raise SourceError("source.not_points", file=path.name, found=found)


def _crs(member: Any, path: Path) -> str:
    """Read the CRS that GeoJSON of before 2016 may name; degrees where it names none."""
    name = (
        ((member or {}).get("properties") or {}).get("name") if isinstance(member, dict) else None
    )
    try:
        crs = CRS.from_user_input(name or "OGC:CRS84")
    except CRSError as error:
        raise SourceError("source.unknown_crs", file=path.name, found=str(name)) from error
    return "EPSG:4326" if crs.to_epsg() == 4326 or not name or "CRS84" in name else crs.to_string()


def _encoding(path: Path, told: str | None) -> str:
    if told:
        return told
    with path.open("rb") as file:
        start = file.read(4)
    utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if utf16 else "utf-8-sig"


class _decoding:  # noqa: N801 — reads as the statement it is
    """Turn what a decoder says into our refusal."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path, self.encoding = path, encoding

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UnicodeDecodeError):
            raise SourceError(
                "source.undecodable", file=self.path.name, encoding=self.encoding
            ) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
