"""``concentration``: the curve in the file and the measures printed are those of the analysis."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.analytics.commands.conftest import Run
from tests.conftest import Demo


def test_the_file_holds_the_curve_and_the_answer_the_measures(
    demo: Demo, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "curve.csv"
    asked = ["--category", "robbery_violence", "--from", "2026-08-01", "--cell-m", 200]
    answer = run("concentration", "--city", "quimera", *asked, "--out", out, "--json")

    assert answer.code == 0, answer.err
    told, curve = json.loads(answer.out), pd.read_csv(out)
    assert len(curve) == told["rows"] == told["cells"] + 1
    enough = curve[curve["event_share"] >= 0.5]
    assert told["area_for"]["0.5"] == pytest.approx(enough["area_share"].iloc[0])
    assert 0 < told["gini"] < 1


def test_a_format_that_is_none_is_refused(demo: Demo, run: Run, tmp_path: Path) -> None:
    answer = run("concentration", "--city", "quimera", "--out", tmp_path / "curve.xyz")
    assert answer.code == 1
    assert not (tmp_path / "curve.xyz").exists()
