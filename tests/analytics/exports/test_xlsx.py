"""A table as a workbook: numbers stay numbers, nothing is missing, nothing runs."""

from io import BytesIO

import pandas as pd
from openpyxl import load_workbook

from analytics.exports.xlsx import frame_xlsx


def test_a_frame_keeps_its_numbers_and_runs_nothing() -> None:
    frame = pd.DataFrame(
        {"n": [3, 4], "z": [1.25, float("nan")], "hot": [True, False], "name": ["=1+1", "Ñuñoa"]}
    )
    sheet = load_workbook(BytesIO(frame_xlsx(frame, "areas: [2026]"))).worksheets[0]
    assert list(sheet.iter_rows(values_only=True)) == [
        ("n", "z", "hot", "name"),
        (3, 1.25, True, "=1+1"),
        (4, None, False, "Ñuñoa"),
    ]
    assert sheet["D2"].data_type == "s" and sheet["D2"].quotePrefix
