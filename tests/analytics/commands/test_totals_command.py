"""``located`` and ``reconcile`` without an official file: what was received, added up."""

import pytest


@pytest.fixture
def imported(memphis, run, robberies):
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0
    return run


def test_the_located_share_is_told_by_source_month_and_category(imported):
    answer = imported("located", "--city", "memphis", "--json")
    assert answer.code == 0
    rows = {row["month"]: row for row in answer.json}
    assert [(row["n"], row["n_located"]) for row in rows.values()] == [
        (2, 2),
        (2, 1),
        (3, 3),
        (1, 1),
    ]
    assert rows["2019-02-01"]["share"] == 0.5
    assert rows[None]["n"] == 1


def test_it_is_added_up_to_what_was_asked_for(imported):
    answer = imported("located", "--city", "memphis", "--by", "source", "--json")
    assert answer.json == [{"source": "police", "n": 8, "n_located": 7, "share": 7 / 8}]
    assert imported("located", "--city", "memphis", "--by", "hour").code == 2


def test_rows_are_followed_to_incidents_without_an_official_file(imported):
    told = imported("reconcile", "--city", "memphis", "--json").json
    assert told["total"] == told["sources"][0] | {"source": None}
    assert (told["total"]["rows"], told["total"]["in_area"], told["total"]["not_located"]) == (
        8,
        7,
        1,
    )
    assert told["batches"][0]["accepted"] == 8
    assert "incidents: 8" in imported("reconcile", "--city", "memphis").out


@pytest.mark.parametrize("words", [("--area", "Memphis"), ("--official", "x.csv")])
def test_half_of_the_official_options_is_wrong_usage(imported, words):
    assert imported("reconcile", "--city", "memphis", *words).code == 2
