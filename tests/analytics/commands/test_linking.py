"""The command ``link`` on a small demonstration city, whose truth is known."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from analytics.__main__ import app
from analytics.commands import upkeep
from analytics.demo.build import build_demo
from analytics.settings import load_settings
from analytics.store.database import open_database


@pytest.fixture
def small_demo(home, monkeypatch):
    """Twelve thousand incidents of three years, reported with the default errors."""
    monkeypatch.delenv("CABILDO_CONFIG", raising=False)
    settings = load_settings()
    db = open_database(settings)
    build_demo(settings, db, seed=1, until=date(2025, 12, 31), n_incidents=12_000)
    yield settings
    db.close()


def test_link_says_how_right_it_is_where_truth_is_known(small_demo):
    done = CliRunner().invoke(app, ["link", "--city", "quimera", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["method"] == "rule"
    assert told["precision"] >= 0.98
    assert told["recall"] >= 0.90
    assert told["incidents"] == told["records"] - told["pairs"]
    assert told["thresholds"]["link"] == 0.8
    assert told["doubtful"] > 0


def test_thresholds_in_the_wrong_order_are_wrong_usage(home):
    words = ["link", "--city", "quimera", "--link-from", "0.2", "--doubtful-from", "0.3"]
    assert CliRunner().invoke(app, words).exit_code == 2


def test_a_method_that_is_not_there_is_wrong_usage(home):
    words = ["link", "--city", "quimera", "--method", "guess"]
    assert CliRunner().invoke(app, words).exit_code == 2


def test_a_city_to_link_is_made_from_a_seed_by_a_command(home, monkeypatch):
    monkeypatch.delenv("CABILDO_CONFIG", raising=False)
    # What is served belongs to the checkout, not to this test's home.
    monkeypatch.setattr(upkeep, "publish_basemap", lambda settings, city: False)
    words = ["demo", "--incidents", "1000", "--seed", "3", "--until", "2025-06-30"]
    assert CliRunner().invoke(app, words).exit_code == 0
    done = CliRunner().invoke(app, ["link", "--city", "quimera", "--json"])
    told = json.loads(done.stdout)
    # Three in ten are told twice.
    assert 1_250 <= told["records"] <= 1_350
    assert 250 <= told["n_true_pairs"] <= 350
