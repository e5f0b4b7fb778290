"""Results that have no geometry, as CSV or Parquet."""

from pathlib import Path

import pandas as pd

from analytics.errors import FilterError

FRAME_FORMATS = (".csv", ".parquet")


def check_format(out: Path) -> None:
    """Refuse a file name before anything is computed for it.

    Raises
    ------
    FilterError
        If the suffix is neither ``.csv`` nor ``.parquet``.
    """
    if out.suffix not in FRAME_FORMATS:
        raise FilterError("export.format", file=out.name, known=", ".join(FRAME_FORMATS))


def write_frame(frame: pd.DataFrame, out: Path) -> int:
    """Write a table and return how many rows there are.

    Raises
    ------
    FilterError
        If the suffix is neither ``.csv`` nor ``.parquet``, or the file cannot be written.
    """
    check_format(out)
    try:
        if out.suffix == ".csv":
            out.write_bytes(frame_csv(frame))
        else:
            frame.to_parquet(out, index=False)
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error
    return len(frame)


def frame_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8, comma, decimal point, full precision."""
    return frame.to_csv(index=False).encode("utf-8")
