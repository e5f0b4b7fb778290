"""Texts of dates and clocks cut into numbers, one pattern at a time, on unique texts.

Nothing is decided here that a single text cannot tell: which of two numbers is the day stays
open until the whole column has been seen (``dates``).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sources.cells import cut, mask, numbers

Ints = npt.NDArray[np.int64]
NONE = -1
MONTHS = {
    name: number
    for names in (
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "jan fev mar abr mai jun jul ago set out nov dez",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for number, name in enumerate(names.split(), start=1)
}
_REST = r"(?:(?:t|,? )(?P<rest>.+))?$"
_YEAR = r"(?P<y>\d{4}|\d{2})"
# Shape → pattern. The texts are lower case, their spaces single.
DATE_SHAPES = {
    "ymd": r"^(?P<y>\d{4})(?P<mark>[-/.])(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _REST,
    "two numbers": r"^(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.]" + _YEAR + _REST,
    "compact": r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})" + _REST,
    "day name": r"^(?:\pL+\.?,? )?(?P<d>\d{1,2})[-/. ]{1,2}(?:de )?(?P<name>\pL{3,10})\.?"
    r"[-/. ]{1,2}(?:del? )?" + _YEAR + _REST,
    "name day": r"^(?:\pL+\.?, )?(?P<name>\pL{3,10})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? "
    r"(?P<y>\d{4})" + _REST,
    "year month": r"^(?P<y>\d{4})[-/](?P<m>\d{1,2})$",
    "month year": r"^(?P<m>\d{1,2})[-/](?P<y>\d{4})$",
    "year": r"^(?P<y>\d{4})(?:\.0)?$",
}
SHAPE_NAMES = tuple(DATE_SHAPES)
_ZONE = r" ?(?P<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?$"
CLOCK_SHAPES = {
    "HH:MM": r"^(?P<h>\d{1,2})[:h.](?P<m>\d{2}) ?(?:(?P<half>[ap])\.? ?m\.?)?(?:hs?|hrs?|horas)?\.?"
    + _ZONE,
    "HH:MM:SS": r"^(?P<h>\d{1,2})[:h.](?P<m>\d{2})[:m.](?P<s>\d{2})s?(?:(?P<point>[.,:])"
    r"(?P<f>\d{1,9}))? ?(?:(?P<half>[ap])\.? ?m\.?)?(?:hs?|hrs?|horas)?\.?" + _ZONE,
    "HH": r"^(?P<h>\d{1,2}) ?(?:(?P<half>[ap])\.? ?m\.?|h\.?|hs\.?|hrs\.?|horas?)$",
    "HHMM": r"^(?P<h>\d{1,2})(?P<m>\d{2})(?:\.0)?$",
    "HHMMSS": r"^(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})$",
    "number": r"^(?P<n>\d{1,2})(?:\.0)?$",
}
CLOCK_NAMES = (*CLOCK_SHAPES, "HH:MM:SS:00")


@dataclass(frozen=True)
class DateTexts:
    """Dates as written, one entry per text, -1 where a part is not written.

    ``shape`` indexes ``SHAPE_NAMES`` (-1: unreadable), ``a`` and ``b`` are the two leading
    numbers of a ``two numbers`` date, ``mark`` the code point between them, ``short`` tells
    two-digit years, ``clock`` is what follows the date.
    """

    shape: Ints
    year: Ints
    month: Ints
    day: Ints
    a: Ints
    b: Ints
    mark: Ints
    short: npt.NDArray[np.bool_]
    clock: pa.StringArray


@dataclass(frozen=True)
class ClockTexts:
    """Clock times as written: microseconds since midnight (-1: unreadable or absent).

    ``shape`` indexes ``CLOCK_NAMES``; ``number`` is a bare number of one or two digits, which only
    its column can explain; ``offset_min`` is the offset from UTC in minutes, NaN where none is
    written.
    """

    shape: Ints
    microseconds: Ints
    number: Ints
    offset_min: npt.NDArray[np.float64]


def read_dates(texts: pa.StringArray) -> DateTexts:
    """Cut cleaned texts of dates into their parts."""
    n = len(texts)
    parts = {name: np.full(n, NONE, dtype=np.int64) for name in ("y", "m", "d", "a", "b", "mark")}
    shape, short = np.full(n, NONE, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    clock = pa.nulls(n, pa.string())
    for code, pattern in enumerate(DATE_SHAPES.values()):
        if not _any_left(texts, shape):
            break
        groups = cut(texts, pattern)
        if groups is None:
            continue
        hit = mask(groups.pop("")) & (shape == NONE)
        if "name" in groups:
            groups["m"] = _month_numbers(groups.pop("name"))
            hit &= mask(groups["m"])
        if "mark" in groups:
            parts["mark"][hit] = _code_points(groups.pop("mark"))[hit]
        if "rest" in groups:
            clock = pc.if_else(pa.array(hit), groups.pop("rest"), clock)
        short |= hit & (np.asarray(pc.fill_null(pc.utf8_length(groups["y"]), 4)) == 2)
        for name, values in groups.items():
            parts[name][hit] = numbers(values)[hit]
        shape[hit] = code
    return DateTexts(
        shape,
        parts["y"],
        parts["m"],
        parts["d"],
        parts["a"],
        parts["b"],
        parts["mark"],
        short,
        clock,
    )


def read_clocks(texts: pa.StringArray) -> ClockTexts:
    """Cut cleaned texts of clock times into microseconds since midnight."""
    n = len(texts)
    shape, micro, number = (np.full(n, NONE, dtype=np.int64) for _ in range(3))
    offset = np.full(n, np.nan)
    for code, pattern in enumerate(CLOCK_SHAPES.values()):
        if not _any_left(texts, shape):
            break
        groups = cut(texts, pattern)
        if groups is None:
            continue
        hit = mask(groups.pop("")) & (shape == NONE)
        shape[hit] = code
        if "n" in groups:
            number[hit] = numbers(groups["n"])[hit]
            continue
        micro[hit] = _microseconds(groups, n)[hit]
        if "point" in groups:
            frames = hit & np.asarray(pc.fill_null(pc.equal(groups["point"], ":"), False))
            shape[frames] = CLOCK_NAMES.index("HH:MM:SS:00")
        if "zone" in groups:
            offset[hit] = _offset_minutes(groups["zone"])[hit]
    return ClockTexts(shape, micro, number, offset)


def _any_left(texts: pa.StringArray, shape: Ints) -> bool:
    """Whether a text is without a shape: the first pattern that fits a text has it."""
    return bool((shape != NONE).sum() < len(texts) - texts.null_count)


def _microseconds(groups: dict[str, pa.StringArray], n: int) -> Ints:
    """Hours, minutes, seconds, fraction and a. m./p. m. as microseconds; -1 for no such time."""
    hour = numbers(groups["h"])
    minute, second = (numbers(groups[k], 0) if k in groups else np.zeros(n, int) for k in "ms")
    wrong = (hour > 23) | (minute > 59) | (second > 59)
    if "half" in groups:
        half = groups["half"]
        wrong |= mask(half) & ((hour < 1) | (hour > 12))
        late = np.asarray(pc.fill_null(pc.equal(half, "p"), False))
        hour = np.where(mask(half), hour % 12 + 12 * late, hour)
    micro = ((hour * 60 + minute) * 60 + second) * 1_000_000
    if "f" in groups:
        fraction = pc.utf8_slice_codeunits(pc.utf8_rpad(groups["f"], 6, "0"), 0, 6)
        counts = np.asarray(pc.fill_null(pc.not_equal(groups["point"], ":"), False))
        micro = micro + np.where(counts, numbers(fraction, 0), 0)
    return np.where(wrong, NONE, micro)


def _offset_minutes(zones: pa.StringArray) -> npt.NDArray[np.float64]:
    zulu = pc.replace_substring_regex(zones, "^(z|utc|gmt)$", "+00")
    digits = pc.utf8_rpad(pc.replace_substring(zulu, ":", ""), 5, "0")
    hours = numbers(pc.utf8_slice_codeunits(digits, 1, 3), 0)
    minutes = numbers(pc.utf8_slice_codeunits(digits, 3, 5), 0)
    west = np.asarray(pc.fill_null(pc.starts_with(digits, "-"), False))
    return np.where(mask(zones), np.where(west, -1, 1) * (hours * 60 + minutes), np.nan)


def _month_numbers(names: pa.StringArray) -> pa.StringArray:
    start = pc.utf8_slice_codeunits(names, 0, 3)
    known = pa.array(list(MONTHS)), pa.array([str(number) for number in MONTHS.values()])
    return known[1].take(pc.index_in(start, known[0]))


def _code_points(marks: pa.StringArray) -> Ints:
    return np.array([ord(mark) if mark else NONE for mark in marks.to_pylist()], dtype=np.int64)
