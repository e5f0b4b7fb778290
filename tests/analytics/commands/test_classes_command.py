"""``classes``: the documented file of real robberies, and a refusal in words."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.settings import Settings
from tests.analytics.commands.conftest import Run

COLUMNS = ["cell_x", "cell_y", "class", "hot_periods", "hot_recent", "last_hot"]


@pytest.mark.shared
def test_the_file_has_a_row_per_cell(
    memphis: Settings, run: Run, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "memphis" / "memphis_robberies.csv"
    assert run("import", path, "--city", "memphis", "--source", "police").code == 0
    out = tmp_path / "classes.csv"
    answer = run("classes", "--city", "memphis", "--cell-m", 500, "--out", out, "--json")
    assert answer.code == 0, answer.err
    frame, told = pd.read_csv(out), answer.json
    assert frame.columns.tolist() == COLUMNS
    assert len(frame) == told["cells"] == 4189
    assert told["classes"]["persistent"] == (frame["class"] == "persistent").sum() == 17
    assert (told["periods"], told["periods_recent"]) == (12, 2)


def test_too_few_periods_are_refused_with_the_number_needed(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0
    answer = run("classes", "--city", "memphis", "--out", tmp_path / "classes.csv")
    assert answer.code == 1
    assert "10" in answer.err and "⟦" not in answer.err
