"""``prospective``: the documented file, a shift, and what it refuses."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.settings import LANGUAGES, Settings
from tests.analytics.commands.conftest import Run


@pytest.fixture(autouse=True)
def imported(memphis: Settings, run: Run, robberies: Path) -> None:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0


def test_the_file_holds_every_cell_and_sums_to_one(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "risk.csv"
    words = ["--city", "memphis", "--cell-m", 500, "--reach-m", 1000, "--out", out, "--json"]
    answer = run("prospective", *words)
    assert answer.code == 0, answer.err
    told, frame = answer.json, pd.read_csv(out)
    assert frame.columns.tolist() == ["cell_x", "cell_y", "risk"]
    assert frame["risk"].sum() == pytest.approx(1)
    assert frame["risk"].is_monotonic_decreasing
    # The day after the last known; eight weeks before it hold four located robberies.
    assert (told["day"], told["n"], told["cells"]) == ("2019-03-31", 4, len(frame))
    night = run("prospective", *words, "--shift", "night", "--on", "2019-03-05")
    assert (night.json["n"], night.json["learned"]) == (2, ["2019-01-08", "2019-03-04"])


@pytest.mark.parametrize("wrong", [["--shift", "noon"], ["--weeks", 0], ["--on", "2018-01-01"]])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_is_refused_in_words(
    run: Run, tmp_path: Path, wrong: list, language: str
) -> None:
    words = ["--city", "memphis", *wrong, "--out", tmp_path / "risk.csv"]
    answer = run("prospective", *words, lang=f"{language}.UTF-8")
    assert answer.code == 1
    assert answer.err.strip() and "⟦" not in answer.err
