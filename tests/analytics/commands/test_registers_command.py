"""``sister-cities`` and ``register``: joined by id, added once, refused by name."""

from pathlib import Path

import pytest

from analytics.settings import Settings
from tests.analytics.commands.conftest import Run
from tests.analytics.scorecards.test_sister_cities import folder


def test_a_list_is_added_once_and_the_register_shows_it(
    memphis: Settings, run: Run, tmp_path: Path
) -> None:
    asked = ["sister-cities", folder(tmp_path), "--city", "memphis", "--wikidata", "Q1"]
    first = run(*asked, "--as-of", "2016-06-30", "--json")
    assert first.code == 0, first.err
    assert {k: first.json[k] for k in ("n", "one_way", "added", "known")} == {
        "n": 2,
        "one_way": 1,
        "added": 2,
        "known": 0,
    }
    assert run(*asked, "--json").json["known"] == 2
    held = run("register", "--city", "memphis", "--kind", "sister_city", "--json").json
    assert [(row["title"], row["reference"], row["state"]) for row in held] == [
        ("Dos", "Q2", "listed"),
        ("Tres", "Q3", "listed"),
    ]
    assert held[0]["evidence"] == "2016-06-30"


def test_a_label_in_place_of_an_id_is_refused(memphis: Settings, run: Run, tmp_path: Path) -> None:
    answer = run("sister-cities", folder(tmp_path), "--city", "memphis", "--wikidata", "Memphis")
    assert answer.code == 1
    assert "Memphis" in answer.err


@pytest.mark.shared
def test_the_real_list_for_santiago(memphis: Settings, run: Run, shared_data: Path) -> None:
    asked = ["sister-cities", shared_data / "sister-cities", "--city", "memphis"]
    answer = run(*asked, "--wikidata", "Q2887", "--as-of", "2016-12-31", "--json")
    assert (answer.code, answer.json["n"], answer.json["added"]) == (0, 22, 22)
