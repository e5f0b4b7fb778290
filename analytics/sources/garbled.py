"""Text that was decoded in a wrong encoding once and saved so: ``PEÃ‘ALOLEN`` for Peñalolén.

No decoding of the file as it is gives the letters back: they are named, not repaired.
"""

import re
from collections.abc import Collection

import numpy as np
import pyarrow.compute as pc

from analytics.sources.bounds import Flags
from analytics.sources.chunks import Chunk

# UTF-8 read as cp1252: the two bytes of a Spanish or Portuguese letter as two letters.
_TWICE = r"Ã[¡©\x{AD}³º±¼§£µ¢ª´\x{81}‰\x{8D}“š‘œ‡ƒ•‚Š]|Â[°ºª¡¿]"
# Letters of DOS or Macintosh code pages: a symbol within a word, a control code, no character.
_SYMBOL = r"[A-Za-zÀ-ÿ][®¯«»¾¼¤¦©¶Ðð][A-Za-zÀ-ÿ]|[\x{80}-\x{9F}\x{FFFD}]"
PATTERN = f"{_TWICE}|{_SYMBOL}"  # as RE2 writes it
_WORD = re.compile(re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: f"\\u{m[1]:0>4}", PATTERN))


def garbled_rows(chunk: Chunk, left_out: Collection[str]) -> Flags:
    """Tell which rows hold such a text.

    Parameters
    ----------
    chunk : Chunk
        Of n rows.
    left_out : collection of str
        Columns that are not looked at.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    found = np.zeros(len(chunk), dtype=bool)
    for name, column in zip(chunk.columns, chunk.cells, strict=True):
        if name in left_out or pc.all(pc.string_is_ascii(column)).as_py() is not False:
            continue
        these = pc.match_substring_regex(column, PATTERN)
        found |= these.to_numpy(zero_copy_only=False)
    return found


def garbled_word(chunk: Chunk, index: int, left_out: Collection[str]) -> str:
    """Return the first such word of a row, and nothing else of it; empty if it has none."""
    for name, cell in zip(chunk.columns, chunk.row(index), strict=True):
        for word in () if name in left_out else cell.split():
            if _WORD.search(word):
                return word
    return ""
