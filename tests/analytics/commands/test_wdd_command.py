"""``wdd``: polygons from files, what is said, and what is refused."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.settings import LANGUAGES, Settings
from tests.analytics.commands.conftest import Run

PERIOD = ["--from", "2019-02-01", "--to", "2019-03-31"]


def polygon(path: Path, west: float, east: float) -> Path:
    ring = [[west, 35.0], [east, 35.0], [east, 35.3], [west, 35.3], [west, 35.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


@pytest.fixture
def areas(memphis: Settings, run: Run, robberies: Path, tmp_path: Path) -> list[object]:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0
    west = polygon(tmp_path / "west.geojson", -90.1, -90.03)
    east = polygon(tmp_path / "east.geojson", -90.03, -89.9)
    return ["--city", "memphis", "--treated", west, "--control", east]


def test_counts_and_difference_of_the_eight_robberies(
    areas: list, run: Run, tmp_path: Path
) -> None:
    before = ["--before-from", "2019-01-01", "--before-to", "2019-01-31"]
    out = tmp_path / "wdd.csv"
    answer = run("wdd", *areas, *PERIOD, *before, "--out", out, "--json")
    assert answer.code == 0, answer.err
    told = answer.json
    assert told["counts"] == {"treated": [2, 1], "control": [0, 3]}
    w = 31 / 59
    assert told["local"]["wdd"] == pytest.approx((1 - 2 / w) - 3)
    assert told["local"]["se"] == pytest.approx((1 + 3 + 2 / w**2) ** 0.5)
    assert told["displaced"] is None and told["total"] == told["local"]
    assert told["small_counts"] is True
    assert pd.read_csv(out)["area"].tolist() == ["treated", "control"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_that_meet_or_do_not_exist_are_refused_in_words(
    areas: list, run: Run, tmp_path: Path, language: str
) -> None:
    over = polygon(tmp_path / "over.geojson", -90.05, -89.9)
    for control in (over, tmp_path / "none.geojson"):
        answer = run("wdd", *areas[:-1], control, *PERIOD, lang=f"{language}.UTF-8")
        assert answer.code == 1
        assert answer.err.strip() and "⟦" not in answer.err
    one = run("wdd", *areas, *PERIOD, "--near-treated", over, lang=f"{language}.UTF-8")
    assert one.code == 1
    assert "⟦" not in one.err
