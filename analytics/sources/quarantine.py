"""Rows set aside, with everything that is needed to correct and resubmit them."""

import json
from collections.abc import Sequence

import pyarrow as pa

from analytics.schema import QUARANTINE_REASONS, QUARANTINE_SCHEMA
from analytics.sources.chunks import Rejected


def quarantine_table(
    rejected: Sequence[Rejected], *, file: str, columns: Sequence[str], left_out: Sequence[str]
) -> pa.Table:
    """Write rejected records as the rows that the event store keeps.

    Parameters
    ----------
    rejected : sequence of Rejected
    file : str
        Name of the file.
    columns : sequence of str
        The file's columns.
    left_out : sequence of str
        Personal columns: their values are not written.

    Returns
    -------
    pyarrow.Table
        With ``QUARANTINE_SCHEMA``. ``raw`` is JSON: column → cell; or the list of cells where
        there are too few or too many, which is empty if the file has personal columns, since
        nobody can tell which cell is one.
    """
    return pa.Table.from_pylist(
        [
            {
                "file": file,
                "row_number": record.row_number,
                "column": record.column,
                "value": None if record.column in left_out else record.value,
                "reason": record.reason,
                "remedy": QUARANTINE_REASONS[record.reason],
                "raw": _raw(record.cells, columns, left_out),
            }
            for record in rejected
        ],
        schema=QUARANTINE_SCHEMA,
    )


def _raw(cells: Sequence[str], columns: Sequence[str], left_out: Sequence[str]) -> str:
    if len(cells) != len(columns):
        return json.dumps([] if left_out else list(cells), ensure_ascii=False)
    kept = {name: cell for name, cell in zip(columns, cells, strict=True) if name not in left_out}
    return json.dumps(kept, ensure_ascii=False)
