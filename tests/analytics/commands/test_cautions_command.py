"""``cautions``: the file has a row per hotspot and source, the answer says which need care."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.hotspots.cautions import COLUMNS
from tests.analytics.commands.conftest import Run
from tests.conftest import Demo


def test_shares_of_each_hotspot_add_up(demo: Demo, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "cautions.csv"
    answer = run("cautions", "--city", "quimera", "--from", "2026-08-01", "--out", out, "--json")
    assert answer.code == 0, answer.err
    told, frame = json.loads(answer.out), pd.read_csv(out)
    assert list(frame) == COLUMNS
    assert told["rows"] == len(frame) and told["hotspots"] == frame["hotspot"].nunique() > 0
    assert frame.groupby("hotspot")["source_share"].sum().to_numpy() == pytest.approx(1)
    flagged = frame[frame["flags"].fillna("").str.contains("detected")]["hotspot"].unique()
    assert told["flagged"]["detected"] == sorted(flagged)
    by_source = {row["source"]: row["n_located"] / row["n"] for row in told["located_by_source"]}
    assert {row["source"]: row["share"] for row in told["located_by_source"]} == by_source


def test_a_format_that_is_none_is_refused(demo: Demo, run: Run, tmp_path: Path) -> None:
    answer = run("cautions", "--city", "quimera", "--out", tmp_path / "cautions.xyz")
    assert answer.code == 1
    assert not (tmp_path / "cautions.xyz").exists()
