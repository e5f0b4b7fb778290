"""``near-repeat``: the documented file, labels, and what it refuses."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.hotspots.near_repeat import COLUMNS
from analytics.settings import LANGUAGES, Settings
from tests.analytics.commands.conftest import Run

BANDS = ["--space", "0,1,200,400", "--time", "0,7,14", "--permutations", 99, "--seed", 1]


@pytest.fixture
def burglaries(memphis: Settings, run: Run, tmp_path: Path) -> None:
    """Three a week in one house on end, and nine far from each other on one day."""
    rows = [f"{i},2019-01-{1 + 2 * i:02d} 10:00:00,burglary,-90.05,35.15" for i in range(6)]
    rows += [f"x{i},2019-03-01 10:00:00,burglary,-90.0{i},35.10" for i in range(9)]
    path = tmp_path / "burglaries.csv"
    path.write_text("\n".join(["id,date,offence,longitude,latitude", *rows]) + "\n")
    assert run("import", path, "--city", "memphis", "--source", "police").code == 0


def test_the_file_has_a_row_per_band(burglaries: None, run: Run, tmp_path: Path) -> None:
    out, labels = tmp_path / "knox.csv", tmp_path / "labels.csv"
    words = ["--city", "memphis", *BANDS, "--out", out, "--labels", labels, "--json"]
    answer = run("near-repeat", *words)
    assert answer.code == 0, answer.err
    frame, told = pd.read_csv(out), answer.json
    assert frame.columns.tolist() == list(COLUMNS)
    # Six events two days apart: 5 + 4 + 3 pairs under a week, 2 + 1 under two.
    assert frame["observed"].tolist() == [12, 3, 0, 0, 0, 0]
    assert (told["n"], told["n_left_out"], told["rows"]) == (15, 0, 6)
    assert told["risk_band"]["metres"] == [0, 1]
    assert told["risk_band"]["days"][0] == 0
    named = pd.read_csv(labels)["label"].value_counts().to_dict()
    assert named == {"single": 9, "repeat": 5, "originator": 1}
    run("near-repeat", *words)
    assert pd.read_csv(out).equals(frame)


@pytest.mark.parametrize(
    "wrong",
    [["--space", "0,400,200"], ["--space", "a"], ["--permutations", 0], ["--to", "2019-01-03"]],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_is_refused_in_words(
    burglaries: None, run: Run, tmp_path: Path, wrong: list, language: str
) -> None:
    out = tmp_path / "knox.csv"
    answer = run("near-repeat", "--city", "memphis", *wrong, "--out", out, lang=f"{language}.UTF-8")
    assert answer.code == 1
    assert answer.err.strip() and "⟦" not in answer.err
    assert not out.exists()
