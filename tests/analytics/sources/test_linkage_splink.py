"""Splink beside the rule: the same pairs, the same thresholds, and which of the two is better."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from analytics.__main__ import app
from analytics.demo.build import build_demo
from analytics.errors import FilterError, TooFewEventsError
from analytics.settings import ROOT, load_settings
from analytics.sources.linkage import link
from analytics.store.database import open_database
from analytics.store.links import current_run, decide, runs
from tests.analytics.events.builders import EventStore, record, store_in
from tests.analytics.sources.test_linkage import partners, town

UNTIL = date(2025, 12, 31)
N = 12_000
WORTH = 0.02  # by how much F1 must be higher before another library is worth shipping


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def dense_town(n: int = 2_400) -> list[dict]:
    """Incidents over 60 days in 1 × 1 km; every fourth is told by the cameras as well."""
    rng = np.random.default_rng(4)
    told = []
    for number in range(n):
        at = np.datetime64("2024-03-04T00:00") + int(rng.integers(0, 60 * 1440))
        xy = rng.uniform(0, 1000, 2)
        text = ("FRAUDE", "AMENAZAS")[int(rng.integers(2))]
        told.append(
            record(f"p{number:04d}", str(at), xy=tuple(xy), source="patrol", source_category=text)
        )
        if number % 4 == 0:
            told.append(
                record(
                    f"c{number:04d}",
                    str(at + int(rng.integers(0, 20))),
                    xy=tuple(xy + rng.normal(0, 40, 2)),
                    source="camera",
                    source_category=text if rng.random() < 0.9 else "FRAUDE",
                )
            )
    return told


TRUE = {frozenset({f"p{n:04d}", f"c{n:04d}"}) for n in range(0, 2_400, 4)}


def run(events, method="splink"):
    return link(events.settings, events.db, events.city, actor="ana", method=method)


@pytest.fixture(scope="module", params=[2])
def told(request, tmp_path_factory) -> Iterator[dict[str, dict]]:
    """What ``link --json`` says of both methods on the hard setting of a seed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CABILDO_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("CABILDO_CONFIG", str(ROOT / "config.toml"))
        settings = load_settings()
        db = open_database(settings)
        build_demo(settings, db, seed=request.param, until=UNTIL, n_incidents=N)
        db.close()
        yield {method: linked_by(method) for method in ("rule", "splink")}


def linked_by(method: str) -> dict:
    words = ["link", "--city", "quimera", "--method", method, "--no-publish", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def f1(found: dict) -> float:
    """Over pairs both located."""
    precision, recall = found["precision_located"], found["recall"]
    return 2 * precision * recall / (precision + recall)


def test_the_rule_is_right_often_enough(told):
    assert told["rule"]["method"] == "rule"
    assert told["rule"]["precision_located"] >= 0.98
    assert told["rule"]["recall"] >= 0.90


def test_splink_is_not_so_much_better_that_it_should_be_shipped(told):
    assert told["splink"]["method"] == "splink"
    assert told["splink"]["n_true_pairs_located"] == told["rule"]["n_true_pairs_located"] > 3_000
    assert f1(told["splink"]) < f1(told["rule"]) + WORTH
    # A comparison with a model that learnt nothing would say nothing.
    assert f1(told["splink"]) > 0.90


def test_splink_links_near_records_and_the_run_says_so(events):
    events.commit(dense_town())
    report = run(events)
    assert len(partners(events) & TRUE) >= 0.8 * len(TRUE)
    assert len(partners(events) - TRUE) <= 0.1 * len(TRUE)
    assert report.method == current_run(events.db, "memphis").method == "splink"


def test_splink_gives_the_same_run_again_and_another_than_the_rule(events):
    events.commit(dense_town())
    first, again, other = run(events), run(events), run(events, "rule")
    assert first.run == again.run != other.run
    assert [r.method for r in runs(events.db, "memphis")] == ["rule", "splink"]


def test_what_people_decided_wins_over_splink(events):
    events.commit(dense_town())
    decide(events.db, "memphis", ("c0000", "p0000"), same=False, actor="ana")
    decide(events.db, "memphis", ("c0000", "p0001"), same=True, actor="ana")
    run(events)
    assert frozenset({"c0000", "p0001"}) in partners(events)


def test_two_records_over_midnight_are_weighed_although_not_learnt_from(events):
    late = record("late", "2024-05-20T23:58", xy=(1300.0, 1300.0), source="patrol")
    early = record("early", "2024-05-21T00:03", xy=(1310.0, 1300.0), source="camera")
    events.commit([*dense_town(), late, early])
    run(events)
    assert frozenset({"late", "early"}) in partners(events)


def test_without_pairs_splink_is_not_asked(events):
    events.commit([record("a", "2024-03-04", xy=(1.0, 2.0)), record("b")])
    report = run(events)
    assert (report.pairs, report.incidents, report.doubtful) == (0, 2, 0)


def test_without_coincidences_to_learn_from_the_former_run_stays(events):
    events.commit(town())
    before = run(events, "rule")
    with pytest.raises(TooFewEventsError, match=r"links\.untrained"):
        run(events)
    assert current_run(events.db, "memphis").run_id == before.run


def test_without_splink_one_is_told_how_to_install_it(events, monkeypatch):
    monkeypatch.setitem(sys.modules, "splink.backends.duckdb", None)
    events.commit(dense_town())
    with pytest.raises(FilterError, match=r"links\.no_splink.*pip install splink==5") as refusal:
        run(events)
    pins = (ROOT / "tests" / "requirements.txt").read_text().splitlines()
    assert refusal.value.details["install"].split()[-1] in pins
    assert run(events, "rule").pairs >= 0.8 * len(TRUE)
