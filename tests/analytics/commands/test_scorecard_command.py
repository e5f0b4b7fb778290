"""``scorecard``: the demonstration city's numbers, checked against their own proof."""

from datetime import date

import pytest
from icalendar import Calendar

from analytics.demo.scorecard import fill_scorecard
from analytics.settings import load_settings
from analytics.store.database import open_database

UNTIL = date(2026, 10, 31)


@pytest.fixture
def filled(home):
    db = open_database(load_settings())
    assert fill_scorecard(db, "quimera", until=UNTIL, seed=1)
    assert not fill_scorecard(db, "quimera", until=UNTIL, seed=1)


def test_every_number_comes_with_its_proof(filled, run):
    answer = run("scorecard", "--city", "quimera", "--period", "2026-S1", "--json")
    assert answer.code == 0
    told = answer.json
    assert (told["period"], told["seed"], told["runs"]) == ("2026-S1", 42, 1000)
    assert [d["dimension"] for d in told["dimensions"]] == [
        "institutional",
        "political",
        "territorial",
    ]
    for dimension in told["dimensions"]:
        enough = dimension["present"] >= dimension["needed"]
        assert (dimension["score"] is not None) == enough
        assert (dimension["range"] is not None) == enough
        if enough:
            held = dimension["range"]
            assert held["low"] <= held["median"] <= held["high"]
            means = [c["score"] for c in dimension["categories"] if c["score"] is not None]
            assert dimension["score"] == pytest.approx(sum(means) / len(means))
    assert told["dimensions"][2]["score"] is None
    paced = [i for i in told["indicators"] if i["proof"]["rule"] == "pace"]
    assert len(paced) > 20
    for indicator in paced:
        path = indicator["proof"]["path"]
        achieved = (path["latest"] - path["base"]) / (path["latest_at"] - path["base_at"])
        required = (path["target"] - path["base"]) / (path["target_at"] - path["base_at"])
        assert indicator["proof"]["linear"] == pytest.approx(achieved / required)


def test_equal_seeds_give_equal_scorecards_and_another_period_another_one(filled, run):
    first, again, before = (
        run("scorecard", "--city", "quimera", "--period", period, "--json").json["dimensions"]
        for period in ("2026-S1", "2026-S1", "2025-S2")
    )
    assert first == again
    assert first[0]["score_before"] == pytest.approx(before[0]["score"])


def test_it_is_readable_without_json_and_refuses_what_is_no_period(filled, run):
    assert (
        "dimension: territorial" in run("scorecard", "--city", "quimera", "--period", "2026-S1").out
    )
    refused = run("scorecard", "--city", "quimera", "--period", "2026-T1")
    assert refused.code == 1
    assert "2026-T1" in refused.err


def test_what_is_to_be_evaluated_is_listed_and_written_as_a_calendar(filled, run, tmp_path):
    out = tmp_path / "evaluation.ics"
    answer = run("scorecard-calendar", "--city", "quimera", "--out", str(out), "--json")
    assert answer.code == 0
    days = [due["on"] for due in answer.json]
    assert days == sorted(days)
    assert {due["moment"] for due in answer.json} == {"concurrent", "ex_post"}
    events = Calendar.from_ical(out.read_bytes()).walk("VEVENT")
    assert [event.decoded("dtstart").isoformat() for event in events] == days
    assert len({str(event["uid"]) for event in events}) == len(days)
