"""``temporal``: the documented file, by shift and by month, and on real robberies."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.settings import Settings
from tests.analytics.commands.conftest import Run


def asked(run: Run, out: Path, *words: object) -> tuple[dict, pd.DataFrame]:
    answer = run("temporal", "--city", "memphis", *words, "--out", out, "--json")
    assert answer.code == 0, answer.err
    return answer.json, pd.read_csv(out)


@pytest.fixture
def imported(memphis: Settings, run: Run, robberies: Path) -> None:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0


def test_hours_of_the_week_sum_to_the_dated_events(
    imported: None, run: Run, tmp_path: Path
) -> None:
    told, frame = asked(run, tmp_path / "week.csv")
    assert frame.columns.tolist() == ["weekday", "hour", "n"]
    assert len(frame) == 168
    assert frame["n"].sum() == told["n"] == 7
    assert told["n_undated"] == 1
    saturday_18 = frame.query("weekday == 6 and hour == 18")["n"]
    assert saturday_18.tolist() == [2]  # 5 January 2019


def test_shifts_are_those_of_the_hours(imported: None, run: Run, tmp_path: Path) -> None:
    told, frame = asked(run, tmp_path / "shifts.csv", "--by", "shift")
    assert frame["shift"].tolist() == ["morning", "afternoon", "night"]
    assert frame["n"].tolist() == [3, 2, 2]
    assert frame["share"].sum() == pytest.approx(1)
    assert told["n"] == 7


def test_months_are_whole_ones(imported: None, run: Run, tmp_path: Path) -> None:
    told, frame = asked(run, tmp_path / "months.csv", "--by", "month")
    assert frame["month"].tolist() == ["2019-02-01"]  # told of from 5 January to 30 March
    assert frame["n"].tolist() == [2]
    assert (told["judged"], told["signals"]) == (False, [])


def test_no_whole_month_and_a_wrong_file_are_refused(
    imported: None, run: Run, tmp_path: Path
) -> None:
    words = ["--city", "memphis", "--by", "month", "--from", "2019-02-02", "--to", "2019-02-20"]
    refused = run("temporal", *words, "--out", tmp_path / "m.csv")
    assert refused.code == 1
    assert "2" in refused.err and "⟦" not in refused.err
    assert run("temporal", "--city", "memphis", "--out", tmp_path / "m.xlsx").code == 1


@pytest.mark.shared
def test_the_robberies_of_memphis_by_clock_hour(
    memphis: Settings, run: Run, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "memphis" / "memphis_robberies.csv"
    assert run("import", path, "--city", "memphis", "--source", "police").code == 0
    told, frame = asked(run, tmp_path / "week.csv")
    moments = pd.to_datetime(pd.read_csv(path)["datetime"].str[:19])
    plain = moments.groupby([moments.dt.day_of_week, moments.dt.hour]).size().unstack(fill_value=0)
    assert told["n"] == pytest.approx(2245)
    table = frame.pivot(index="weekday", columns="hour", values="n")
    assert told["n_spans"] == 0
    assert (table.to_numpy() == plain.to_numpy()).all()
    _, months = asked(run, tmp_path / "months.csv", "--by", "month")
    assert months["n"].tolist() == moments.dt.month.value_counts().sort_index().tolist()
