"""``validate``: the documented file, a summary on stdout, refusals that say what is needed."""

import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.commands.words import validate_command
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.scoring import MODELS, SHARES
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout, validate
from analytics.settings import LANGUAGES, Settings
from tests.analytics.commands.conftest import Run

COLUMNS = ["window", "share", "model", "n", "hit_rate", "pai", "pei_star", "pai_low", "pai_high"]
ONE_TEST = ["--train-days", 40, "--test-days", 30, "--windows", 1, "--cell-m", 500]


@pytest.fixture
def imported(memphis: Settings, run: Run, robberies: Path) -> None:
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0


@pytest.fixture
def ask(imported: None, run: Run, tmp_path: Path) -> Callable[..., object]:
    """Run ``validate`` on the eight robberies."""

    def call(*words: object, out: str = "validity.csv", **options: str) -> object:
        return run("validate", "--city", "memphis", *words, "--out", tmp_path / out, **options)

    return call


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_file_has_a_row_per_window_share_and_model(
    ask: Callable, tmp_path: Path, suffix: str
) -> None:
    words = ["--train-days", 40, "--test-days", 20, "--windows", 2, "--cell-m", 500]
    answer = ask(*words, out=f"validity.{suffix}")
    assert answer.code == 0, answer.err
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}[suffix]
    frame = read(tmp_path / f"validity.{suffix}")
    assert list(frame.columns) == COLUMNS
    assert list(frame[["window", "share", "model"]].itertuples(index=False, name=None)) == [
        (window, share, model) for window in (1, 2) for share in SHARES for model in MODELS
    ]


def test_the_result_says_as_json_what_was_learned_and_tested(ask: Callable) -> None:
    told = ask(*ONE_TEST, "--json").json
    assert told["windows"] == [
        {
            "window": 1,
            "train_from": "2019-01-20",
            "train_to": "2019-02-28",
            "test_from": "2019-03-01",
            "test_to": "2019-03-30",
            "n_test": 3.0,
        }
    ]
    assert (told["rows"], told["seed"], told["summary_resampled"]) == (20, 7, "events")
    best = [row for row in told["summary"] if row["model"] == "best"]
    assert [row["pei_star"] for row in best] == [1.0] * 5


def test_the_last_test_ends_at_to(ask: Callable) -> None:
    told = ask(*ONE_TEST, "--to", "2019-03-15", "--json").json
    assert told["windows"][0]["test_to"] == "2019-03-15"
    assert told["windows"][0]["n_test"] == 2.0  # 1 and 2 March


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--train-days", 60, "--test-days", 30], "240 days"),
        ([*ONE_TEST, "--from", "2019-02-01"], "70 days"),
        (["--train-days", 30, "--test-days", 10, "--windows", 2], "Mar 11, 2019"),
        (["--train-days", 10, "--test-days", 30, "--windows", 1, "--hours", "18-23"], "learn"),
        (["--train-days", 0], "train_days"),
        ([*ONE_TEST, "--bandwidth-m", 1], "between 50 and 5,000"),
        ([*ONE_TEST, "--kernel", "boxcar"], "boxcar"),
    ],
)
def test_what_cannot_be_tested_is_refused_with_a_sentence_and_no_file(
    ask: Callable, tmp_path: Path, words: list[object], said: str
) -> None:
    answer = ask(*words)
    assert answer.code == 1
    assert said in answer.err.replace("\u00a0", " ")
    assert not (tmp_path / "validity.csv").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_speaks_the_language_and_says_the_number_needed(
    ask: Callable, language: str
) -> None:
    answer = ask("--train-days", 1000, lang=f"{language}.UTF-8")
    assert answer.code == 1
    assert "⟦" not in answer.err
    assert "1,180" in answer.err or "1.180" in answer.err


@pytest.mark.parametrize("out", ["validity.xlsx", "nowhere/validity.csv"])
def test_a_file_that_cannot_be_written_is_named(ask: Callable, out: str) -> None:
    answer = ask(*ONE_TEST, out=out)
    assert answer.code == 1
    assert out in answer.err


def test_the_words_of_the_page_give_the_same_file(
    ask: Callable, run: Run, memphis: Settings, home: Path, tmp_path: Path
) -> None:
    (version,) = (home / "versions" / "memphis").glob("*.duckdb")
    filters = Filters(date_to=date(2019, 3, 15), categories=("robbery_violence",))
    method, holdout = Method(500, 600, "quartic"), Holdout(40, 30, 1)
    found = validate(EventEngine(version), memphis.city("memphis"), filters, method, holdout)
    words = shlex.split(validate_command(found))
    assert words[:3] == ["python", "-m", "analytics"]
    out = tmp_path / "same.csv"
    assert run(*words[3:-1], out).code == 0
    pd.testing.assert_frame_equal(pd.read_csv(out), found.frame)
