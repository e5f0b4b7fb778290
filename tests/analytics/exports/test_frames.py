"""Scores as files: the same numbers in both formats, other names refused."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.errors import FilterError
from analytics.exports.frames import check_format, write_frame

FRAME = pd.DataFrame({"window": [1, 2], "model": ["best", "count"], "pai": [1 / 3, 17.6]})


@pytest.mark.parametrize(("suffix", "read"), [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_what_is_read_back_is_what_was_written(tmp_path: Path, suffix: str, read: object) -> None:
    out = tmp_path / f"scores.{suffix}"
    assert write_frame(FRAME, out) == 2
    pd.testing.assert_frame_equal(read(out), FRAME)  # type: ignore[operator]


def test_another_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FilterError, match=r"export\.format"):
        check_format(tmp_path / "scores.xlsx")
    with pytest.raises(FilterError, match=r"export\.format"):
        write_frame(FRAME, tmp_path / "scores.geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(FilterError, match="nowhere"):
        write_frame(FRAME, tmp_path / "nowhere" / "scores.csv")
