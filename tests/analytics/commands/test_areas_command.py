"""``areas``: counts by area, and what it says without a layer."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from analytics.settings import Settings
from tests.analytics.commands.conftest import MEMPHIS, Run

WEST, EAST = box(-90.06, 35.1, -90.025, 35.2), box(-90.025, 35.1, -89.99, 35.2)


def test_every_area_is_counted_and_the_rest_is_told(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    layer = gpd.GeoDataFrame({"barrio": ["West", None]}, geometry=[WEST, EAST], crs=4326)
    layer.to_file(tmp_path / "areas.geojson")
    told = 'areas = "areas.geojson"\nareas_name = "barrio"\n'
    memphis.path.write_text(MEMPHIS.format(crs="EPSG:32615") + told)
    run("import", robberies, "--city", "memphis", "--source", "police")

    out = tmp_path / "out.csv"
    answer = run("areas", "--city", "memphis", "--out", out, "--json")

    assert answer.code == 0, answer.err
    said, frame = json.loads(answer.out), pd.read_csv(out)
    assert frame["n"].tolist() == [4, 2]
    assert frame["name"].isna().tolist() == [False, True]
    assert frame["rate_per_1000"].isna().all()
    assert (said["n"], said["n_in_areas"], said["n_outside_areas"]) == (8, 6, 1)
    assert said["n_not_located"] == 1
    assert said["residents_outside_areas"] is None
    march = run("areas", "--city", "memphis", "--from", "2019-03-01", "--out", out, "--json")
    assert march.json["n_in_areas"] == pd.read_csv(out)["n"].sum() == 2


def test_without_areas_the_key_is_named_and_nothing_written(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    run("import", robberies, "--city", "memphis", "--source", "police")
    answer = run("areas", "--city", "memphis", "--out", tmp_path / "areas.csv")
    assert answer.code == 1
    assert "cities.memphis.areas" in answer.err
    assert not (tmp_path / "areas.csv").exists()


def test_the_sheet_of_one_area_is_written_and_another_refused(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    layer = gpd.GeoDataFrame({"name": ["West", "East"]}, geometry=[WEST, EAST], crs=4326)
    layer.to_file(tmp_path / "areas.geojson")
    memphis.path.write_text(MEMPHIS.format(crs="EPSG:32615") + 'areas = "areas.geojson"\n')
    run("import", robberies, "--city", "memphis", "--source", "police")
    out = tmp_path / "sheet.csv"
    words = ("area-sheet", "--city", "memphis", "--from", "2019-02-01", "--to", "2019-02-28")
    answer = run(*words, "--area", 2, "--out", out, "--json")
    assert answer.code == 0, answer.err
    assert answer.json["n"] == 1
    assert [period["n"] for period in answer.json["periods"]] == [1, None, None]
    frame = pd.read_csv(out)
    assert frame.loc[frame["part"] == "total", "n"].tolist() == [1]
    refused = run(*words, "--area", 7, "--out", out)
    assert refused.code == 1
    assert "7" in refused.err
