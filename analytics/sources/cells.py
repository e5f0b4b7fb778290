"""Cleaning and cutting whole columns of texts at once."""

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


def clean(texts: pa.StringArray) -> pa.StringArray:
    """Trim, fold case, turn special spaces into plain ones; what says "no data" becomes null."""
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


def numbers(texts: pa.StringArray, missing: int = -1) -> npt.NDArray[np.int64]:
    """Turn texts of digits into integers; nulls become ``missing``."""
    return np.asarray(pc.fill_null(pc.cast(texts, pa.int64()), missing))


def mask(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Whether each text is there (not null)."""
    return np.asarray(pc.is_valid(texts))
