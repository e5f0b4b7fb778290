"""``hotspots`` and ``overview``: files with the documented columns, numbers that reconcile."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KernelDensity

from analytics.settings import ROOT, Settings
from tests.analytics.commands.conftest import MEMPHIS, Run
from tests.analytics.hotspots.test_surface import COLUMNS

JSON_KEYS = {
    "out",
    "cells",
    "n",
    "n_in_area",
    "n_outside_area",
    "n_not_located",
    "n_undated_left_out",
    "from",
    "to",
    "crs",
    "cell_m",
    "bandwidth_m",
    "kernel",
    "method",
    "binning_cell_m",
    "significant_cells",
    "version",
}


@pytest.fixture
def imported(memphis: Settings, run: Run, robberies: Path) -> None:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0


@pytest.fixture
def ask(imported: None, run: Run, tmp_path: Path) -> Callable[..., object]:
    """Run ``hotspots`` on the eight robberies."""

    def call(*words: object, out: str = "cells.csv", **options: str) -> object:
        return run("hotspots", "--city", "memphis", *words, "--out", tmp_path / out, **options)

    return call


def test_the_result_says_as_json_what_was_counted_and_how(ask: Callable) -> None:
    answer = ask("--cell-m", 500, "--bandwidth-m", 500, "--json")
    assert answer.code == 0
    told = answer.json
    assert set(told) == JSON_KEYS
    assert (told["n"], told["n_in_area"], told["n_outside_area"], told["n_not_located"]) == (
        8,
        7,
        0,
        1,
    )
    assert (told["from"], told["to"]) == ("2019-01-05", "2019-03-30")
    assert (told["crs"], told["kernel"], told["method"]) == ("EPSG:32615", "gaussian", "binned")
    assert answer.err == ""


def test_the_parts_of_the_total_reconcile_for_every_filter(ask: Callable) -> None:
    for words in ([], ["--from", "2019-02-01"], ["--hours", "22-5"], ["--weekdays", "6"]):
        told = ask(*words, "--json").json
        assert told["n"] == told["n_in_area"] + told["n_outside_area"] + told["n_not_located"]


@pytest.mark.parametrize(
    ("words", "n", "undated"),
    [
        (["--from", "2019-02-01", "--to", "2019-03-01"], 3, 1),
        (["--to", "2019-01-05"], 2, 1),
        (["--hours", "18-23"], 3, 1),
        (["--hours", "22-5"], 2, 1),
        (["--weekdays", "6"], 4, 1),  # Saturdays: 5 January, 2 and 30 March
        (["--category", "robbery_violence"], 8, 0),
        (["--category", "personal robbery"], 8, 0),
        (["--source", "police", "--records"], 8, 0),
    ],
)
def test_filters_select_what_they_say(
    ask: Callable, words: list[str], n: int, undated: int
) -> None:
    told = ask(*words, "--json").json
    assert (told["n"], told["n_undated_left_out"]) == (n, undated)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "geojson"])
def test_the_file_has_the_documented_columns(ask: Callable, tmp_path: Path, suffix: str) -> None:
    assert ask("--cell-m", 500, out=f"cells.{suffix}").code == 0
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "geojson": gpd.read_file}[suffix]
    frame = read(tmp_path / f"cells.{suffix}")
    assert [name for name in frame.columns if name != "geometry"] == COLUMNS
    assert frame["n"].sum() == 7


def test_the_words_without_json_are_lines_of_key_and_value(ask: Callable) -> None:
    lines = dict(line.split(": ", 1) for line in ask("--cell-m", 500).out.splitlines())
    assert set(lines) == JSON_KEYS
    assert lines["n"] == "8.0"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bandwidth-m", "0"], "between 50 and 5,000"),
        (["--cell-m", "1"], "between 25 and 2,000"),
        (["--kernel", "boxcar"], "boxcar"),
        (["--method", "guess"], "guess"),
        (["--hours", "18-99"], "18-99"),
        (["--hours", "noon"], "noon"),
        (["--weekdays", "0"], "0"),
        (["--from", "2019-02-01", "--to", "2019-01-01"], "Feb 1, 2019"),
        (["--from", "2030-01-01"], "selection"),
        (["--category", "homicide"], "selection"),
    ],
)
def test_an_impossible_request_is_refused_with_a_sentence_and_no_file(
    ask: Callable, tmp_path: Path, words: list[str], said: str
) -> None:
    answer = ask(*words)
    assert answer.code == 1
    assert said.replace(" ", "") in answer.err.replace("\u00a0", "").replace(" ", "")
    assert answer.out == ""
    assert not (tmp_path / "cells.csv").exists()


@pytest.mark.parametrize("out", ["cells.xlsx", "nowhere/cells.csv"])
def test_a_file_that_cannot_be_written_is_named(ask: Callable, out: str) -> None:
    answer = ask(out=out)
    assert answer.code == 1
    assert out in answer.err


def test_a_city_that_is_not_in_the_settings_is_refused_with_those_that_are(
    memphis: Settings, run: Run, tmp_path: Path
) -> None:
    answer = run("hotspots", "--city", "nashville", "--out", tmp_path / "x.csv")
    assert answer.code == 1
    assert "nashville" in answer.err
    assert "memphis" in answer.err


def test_a_city_without_data_is_refused(memphis: Settings, run: Run, tmp_path: Path) -> None:
    answer = run("hotspots", "--city", "memphis", "--out", tmp_path / "x.csv")
    assert answer.code == 1
    assert "Memphis" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ["hotspots"],
        ["hotspots", "--city", "memphis"],
        ["hotspots", "--city", "memphis", "--out", "x.csv", "--from", "2019-13-01"],
        ["hotspots", "--city", "memphis", "--out", "x.csv", "--cell-m", "wide"],
        ["hotspots", "--city", "memphis", "--out", "x.csv", "--nonsense"],
        ["nonsense"],
    ],
)
def test_wrong_usage_ends_with_two(memphis: Settings, run: Run, words: list[str]) -> None:
    assert run(*words).code == 2


def test_an_internal_failure_ends_with_three_and_a_sentence(
    imported: None, run: Run, home: Path, tmp_path: Path
) -> None:
    (version,) = (home / "versions" / "memphis").glob("*.duckdb")
    version.write_bytes(b"no database at all")
    answer = run("hotspots", "--city", "memphis", "--out", tmp_path / "x.csv")
    assert answer.code == 3
    assert "Internal failure" in answer.err
    assert answer.out == ""


def test_overview_prints_the_numbers_of_the_last_complete_month(imported: None, run: Run) -> None:
    answer = run("overview", "--city", "memphis", "--json")
    assert answer.code == 0
    told = answer.json
    assert told["month"] == "2019-02-01"
    assert told["total"]["after"] == 2
    assert told["residents"] is None
    assert told["freshness"][0]["source"] == "police"


# The real robberies of Memphis: 500 m cells, a Gaussian of 500 m


@pytest.mark.shared
def test_memphis_through_the_shell_gives_4189_cells_and_the_density_of_scikit_learn(
    make_settings: Callable[[str], Settings], shared_data: Path, tmp_path: Path
) -> None:
    make_settings(MEMPHIS.format(crs="EPSG:32615"))
    source = shared_data / "memphis" / "memphis_robberies.csv"
    out = tmp_path / "cells.csv"
    shell("import", source, "--city", "memphis", "--source", "open data")
    shell("hotspots", "--city", "memphis", "--cell-m", 500, "--bandwidth-m", 500, "--out", out)
    frame = pd.read_csv(out)
    assert list(frame.columns) == COLUMNS
    assert len(frame) == 4189
    assert frame["n"].sum() == 2245
    centres = frame[["cell_x", "cell_y"]].to_numpy() + 250
    truth = scikit_density(source, centres, 500.0)
    assert frame["density_per_km2"].to_numpy() == pytest.approx(truth, abs=0.001 * truth.max())
    assert frame["density_per_km2_30d"].to_numpy() == pytest.approx(
        frame["density_per_km2"].to_numpy() * 30 / 365
    )
    assert set(np.unique(frame["gi_class"])) <= {-99, -95, -90, 0, 90, 95, 99}
    assert frame["gi_q"].between(0, 1).all()
    assert (frame["gi_q"] >= frame["gi_p"]).all()


def shell(*words: object) -> None:
    """Run a command in a process of its own; it must succeed."""
    subprocess.run(
        [sys.executable, "-m", "analytics", *map(str, words)],
        cwd=ROOT,
        env=os.environ | {"LANG": "C"},
        check=True,
        capture_output=True,
    )


def scikit_density(source: Path, centres: np.ndarray, bandwidth_m: float) -> np.ndarray:
    """Events per km² by KernelDensity on the same points, projected by geopandas."""
    frame = pd.read_csv(source)
    points = gpd.points_from_xy(frame["longitude"], frame["latitude"], crs=4326).to_crs(32615)
    model = KernelDensity(bandwidth=bandwidth_m).fit(np.column_stack([points.x, points.y]))
    return len(frame) * np.exp(model.score_samples(centres)) * 1e6
