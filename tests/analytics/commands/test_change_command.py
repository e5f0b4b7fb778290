"""``change``: the documented file, and what it says when periods do not fit."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.settings import Settings
from tests.analytics.commands.conftest import Run

COLUMNS = ["cell_x", "cell_y", "n_before", "n_after", "rate_ratio", "p", "q", "significant"]


@pytest.fixture(autouse=True)
def imported(memphis: Settings, run: Run, robberies: Path) -> None:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0


def test_the_file_holds_every_cell_and_both_counts(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "change.csv"
    asked = ["--from", "2019-02-01", "--to", "2019-03-31", "--cell-m", 500, "--out", out]
    before = ["--before-from", "2019-01-01", "--before-to", "2019-01-31"]

    answer = run("change", "--city", "memphis", *asked, *before, "--json")

    assert answer.code == 0, answer.err
    told, cells = json.loads(answer.out), pd.read_csv(out)
    assert cells.columns.tolist() == COLUMNS
    assert told["cells"] == len(cells)
    assert (told["n_before"], told["n_after"]) == (2, 4)
    assert (cells["n_before"].sum(), cells["n_after"].sum()) == (2, 4)
    assert told["cells_rose"] + told["cells_fell"] == cells["significant"].sum() == 0


def test_without_a_period_before_as_many_days_before_are_taken(run: Run, tmp_path: Path) -> None:
    asked = ["--from", "2019-02-01", "--to", "2019-02-28", "--out", tmp_path / "c.csv", "--json"]
    told = json.loads(run("change", "--city", "memphis", *asked).out)
    assert told["before"] == ["2019-01-04", "2019-01-31"]


def test_half_a_period_is_wrong_usage_and_an_overlap_is_refused(run: Run, tmp_path: Path) -> None:
    asked = ["--from", "2019-02-01", "--to", "2019-02-28", "--out", tmp_path / "c.csv"]
    half = run("change", "--city", "memphis", *asked, "--before-from", "2019-01-01")
    assert half.code == 2
    over = ["--before-from", "2019-01-01", "--before-to", "2019-02-01"]
    refused = run("change", "--city", "memphis", *asked, *over)
    assert refused.code == 1
    assert "2019-02-01" in refused.err
