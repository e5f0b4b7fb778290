"""``zones``: the documented file, what it prints, what it refuses."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.settings import Settings
from tests.analytics.commands.conftest import Run

COLUMNS = [
    *("zone", "streets", "expected", "expected_low", "expected_high", "share", "area_ha", "n"),
    *("category", "category_share", "hours", "hours_share", "source", "source_share"),
    "detected_share",
]


@pytest.fixture(autouse=True)
def imported(memphis: Settings, run: Run, robberies: Path) -> None:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0


def test_the_file_holds_one_row_per_crew(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "zones.csv"
    asked = ["--crews", 2, "--hectares", 50, "--cell-m", 500, "--out", out, "--json"]
    answer = run("zones", "--city", "memphis", *asked)

    assert answer.code == 0, answer.err
    zones = pd.read_csv(out)
    assert zones.columns.tolist() == COLUMNS
    assert answer.json["zones"] == len(zones) == 2
    assert answer.json["share"] == pytest.approx(zones["share"].sum())
    assert answer.json["greedy_share"] <= answer.json["share"] + 1e-12
    assert zones["n"].max() == 2


def test_an_impossible_order_and_a_wrong_suffix_are_refused(run: Run, tmp_path: Path) -> None:
    asked = ["zones", "--city", "memphis", "--crews", 2]
    small = run(*asked, "--hectares", 0.5, "--out", tmp_path / "z.csv")
    assert small.code == 1
    assert "1 ha" in small.err
    assert run(*asked, "--hectares", 5, "--out", tmp_path / "z.xlsx").code == 1
