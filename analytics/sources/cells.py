"""Cleaning and cutting whole columns of texts at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# What registers write where they have nothing to say.
# fmt: off
MISSING = pa.array([
    "", "na", "n/a", "#n/a", "nan", "nat", "null", "none", "nil", "s/d", "sd", "s/i", "-",
    "--", "sin dato", "sin datos", "no disponible", "sem dado", "sem dados", "nao informado",
    "não informado", "no informado", "desconocido", "desconhecido", "unknown",
])
# fmt: on


# Of these letters a text is made that neither trimming nor folding would change.
_CLEAN = np.array([32 < letter < 127 and not 65 <= letter <= 90 for letter in range(256)])
_OF_NUMBERS = np.isin(np.arange(256), list(b"0123456789.-"))


def clean(texts: pa.StringArray) -> pa.StringArray:
    """Trim, fold case, turn special spaces into plain ones; what says "no data" becomes null."""
    folded = texts
    if not _CLEAN[_letters(texts)].all():
        plain = pc.replace_substring_regex(texts, "[\u00a0\u2007\u202f\\s]+", " ")
        folded = pc.utf8_lower(pc.utf8_trim_whitespace(plain))
    return pc.if_else(pc.is_in(folded, MISSING), pa.scalar(None, pa.string()), folded)


def cut(texts: pa.StringArray, pattern: str) -> dict[str, pa.StringArray] | None:
    """Cut texts by the named groups of a pattern (RE2); null where a group or the text fails.

    Returns
    -------
    dict of str to array or None
        None where no text matches.
    """
    found = pc.extract_regex(texts, pattern)
    if found.null_count == len(found):
        return None
    matches = pc.is_valid(found)
    groups = {}
    for field in found.type:
        values = pc.struct_field(found, field.name)
        keep = pc.and_(matches, pc.fill_null(pc.not_equal(values, ""), False))
        groups[field.name] = pc.if_else(keep, values, pa.scalar(None, pa.string()))
    return groups | {"": pc.if_else(matches, texts, pa.scalar(None, pa.string()))}


def plain_numbers(texts: pa.StringArray) -> pa.DoubleArray | None:
    """Turn texts of digits, points and minus signs into numbers, empty ones into null.

    Returns
    -------
    array of float64 or None
        None where a text holds anything else, or is no number.
    """
    if not _OF_NUMBERS[_letters(texts)].all():
        return None
    written = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    try:
        return pc.cast(written, pa.float64())
    except pa.ArrowInvalid:
        return None


def numbers(texts: pa.StringArray, missing: int = -1) -> npt.NDArray[np.int64]:
    """Turn texts of digits into integers; nulls become ``missing``."""
    return np.asarray(pc.fill_null(pc.cast(texts, pa.int64()), missing))


def mask(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Whether each text is there (not null)."""
    return np.asarray(pc.is_valid(texts))


def first_fault(
    masks: Sequence[npt.NDArray[np.bool_]], names: Sequence[str]
) -> npt.NDArray[np.str_]:
    """Name the first fault of every row; empty where none of the masks, shape (n,), is set."""
    named = np.full(len(masks[0]), "", dtype=f"<U{max(map(len, names))}")
    for these, name in reversed(list(zip(masks, names, strict=True))):
        if these.any():
            named[these] = name
    return named


def _letters(texts: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Return the bytes of all texts, one text after another."""
    _, ends, letters = texts.buffers()
    if letters is None or not len(texts):
        return np.empty(0, dtype=np.uint8)
    bounds = np.frombuffer(ends, dtype=np.int32)
    first, last = bounds[texts.offset], bounds[texts.offset + len(texts)]
    return np.frombuffer(letters, dtype=np.uint8)[first:last]
