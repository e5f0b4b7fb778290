"""Well-formed delimited text read by column; whatever is doubtful is left to the careful reader.

The careful reader (``readers``) settles what a broken row costs. This one takes a block of lines
only where both must come to the same cells, and says so otherwise.
"""

import csv

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as columnar

QUOTE = b'"'
MAX_BLOCK_BYTES = 1 << 30


def read_block(text: str, delimiter: str, width: int) -> tuple[pa.StringArray, ...] | None:
    """Cut lines into columns.

    Parameters
    ----------
    text : str
        Whole lines with their ends; at least one.
    delimiter : str
    width : int
        Number of columns.

    Returns
    -------
    tuple of array or None
        One array of texts per column. None where a row has another number of cells, text does
        not decode, a quote stands anywhere but at both ends of a cell, or a cell is longer than
        the ``csv`` module accepts.
    """
    if "\0" in text or text[0] == "\ufeff":
        return None
    try:
        data = text.encode()
    except UnicodeEncodeError:  # escaped bytes: the rows that hold them are to be named
        return None
    quoted = QUOTE in data
    if len(data) > MAX_BLOCK_BYTES or (quoted and not _well_quoted(data, delimiter)):
        return None
    names = [str(index) for index in range(width)]
    try:
        table = columnar.read_csv(
            pa.BufferReader(data),
            columnar.ReadOptions(column_names=names, block_size=len(data) + 1),
            columnar.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quoted else False,
                double_quote=False,
                newlines_in_values=quoted,
            ),
            columnar.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:  # a row with too few or too many cells, or nothing but blank lines
        return None
    cells = tuple(pa.concat_arrays(column.chunks) for column in table.columns)
    longest = max(pc.max(pc.binary_length(column)).as_py() or 0 for column in cells)
    return None if longest > csv.field_size_limit() else cells


def _well_quoted(data: bytes, delimiter: str) -> bool:
    """Whether quotes come in pairs around whole cells, none of them doubled."""
    framed = np.frombuffer(b"\n" + data + b"\n", dtype=np.uint8)
    at = np.flatnonzero(framed == ord(QUOTE))
    if len(at) % 2:
        return False
    edges = [ord(delimiter), ord("\n"), ord("\r")]
    opening, closing = at[::2], at[1::2]
    around = np.isin(framed[opening - 1], edges) & np.isin(framed[closing + 1], edges)
    return bool(around.all())
