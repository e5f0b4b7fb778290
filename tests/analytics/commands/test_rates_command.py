"""``rates``: events over residents, cell by cell, and what it says without residents."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from analytics.settings import Settings
from tests.analytics.commands.conftest import MEMPHIS, Run

ASKED = ["--cell-m", 500, "--bandwidth-m", 500, "--json"]


def test_every_cell_gets_its_rate_or_says_that_nobody_lives_there(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    homes = gpd.GeoDataFrame(
        {"population": [4000, 1000]},
        geometry=[Point(-90.05, 35.15), Point(-90.01, 35.12)],
        crs=4326,
    )
    homes.to_file(tmp_path / "people.geojson")
    memphis.path.write_text(MEMPHIS.format(crs="EPSG:32615") + 'population = "people.geojson"\n')
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0

    answer = run("rates", "--city", "memphis", "--out", tmp_path / "rates.csv", *ASKED)

    assert answer.code == 0, answer.err
    told, cells = json.loads(answer.out), pd.read_csv(tmp_path / "rates.csv")
    assert (told["n"], told["residents"]) == (8, 5000)
    assert told["cells"] == len(cells)
    assert told["cells_unpopulated"] == cells["unpopulated"].sum() > 0
    assert cells["rate_per_1000_30d"].isna().equals(cells["unpopulated"])
    some = cells[~cells["unpopulated"]]
    expected = some["density_per_km2_30d"] / some["people_per_km2"] * 1000
    assert (some["rate_per_1000_30d"] / expected).sub(1).abs().max() < 1e-9


def test_without_residents_the_key_is_named(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    run("import", robberies, "--city", "memphis", "--source", "police")
    answer = run("rates", "--city", "memphis", "--out", tmp_path / "rates.csv", *ASKED)
    assert answer.code == 1
    assert "cities.memphis.population" in answer.err
    assert not (tmp_path / "rates.csv").exists()
