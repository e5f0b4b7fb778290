"""``bandwidths``: rules and held-out scores as printed are those of the analysis."""

import json

import pytest

from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
from analytics.hotspots.bandwidths import choose_bandwidth, rules_of_thumb
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout
from analytics.settings import load_settings
from analytics.store.batches import current_version
from analytics.store.database import open_database
from tests.analytics.commands.conftest import Run
from tests.conftest import Demo


@pytest.fixture
def engine(demo: Demo) -> EventEngine:
    settings = load_settings()
    with_store = open_database(settings)
    version = current_version(with_store, "quimera")
    with_store.close()
    return open_version(settings, version)


def test_the_command_prints_what_the_analysis_finds(engine: EventEngine, run: Run) -> None:
    asked = ["--category", "robbery_violence", "--train-days", 120, "--windows", 2, "--json"]
    answer = run("bandwidths", "--city", "quimera", *asked)

    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    filters, city = Filters(categories=("robbery_violence",)), load_settings().city("quimera")
    method = Method(city.cell_m, city.bandwidth_m)
    expected = choose_bandwidth(engine, city, filters, method, Holdout(120, 30, 2))
    assert told["by_pai_m"] == expected.by_pai_m
    assert told["by_likelihood_m"] == expected.by_likelihood_m
    assert [row["pai"] for row in told["candidates"]] == expected.frame["pai"].tolist()
    assert told["rules_m"] == pytest.approx(rules_of_thumb(engine.moments(filters, cell_m=10.0)))


def test_a_selection_without_enough_days_is_refused(demo: Demo, run: Run) -> None:
    answer = run("bandwidths", "--city", "quimera", "--from", "2026-10-01", "--to", "2026-10-31")
    assert answer.code == 1
    assert "270" in answer.err
