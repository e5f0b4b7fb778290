"""Bandwidths: rules equal to their formulae, choices equal to a search written out."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from analytics.errors import TooFewEventsError
from analytics.events.cubes import moments_of
from analytics.events.filters import Filters
from analytics.hotspots.bandwidths import (
    RULES,
    UNIFORM_SHARE,
    choose_bandwidth,
    rules_of_thumb,
)
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout, validate
from tests.analytics.events.builders import record, store_in


def written_out(xy: np.ndarray) -> dict[str, float]:
    """The four rules on points, as their authors wrote them."""
    n = len(xy)
    sd = xy.std(axis=0, ddof=1)
    iqr = np.subtract(*np.percentile(xy, [75, 25], axis=0))
    spread = np.minimum(sd, iqr / 1.34)
    away = np.linalg.norm(xy - xy.mean(axis=0), axis=1)
    standard = np.sqrt((away**2).mean())
    return {
        "scott": (sd * n ** (-1 / 6)).mean(),
        "silverman": (0.9 * spread * n ** (-1 / 5)).mean(),
        "nrd": (4 * 1.06 * spread * n ** (-1 / 5)).mean(),
        "arcgis": 0.9 * min(standard, np.sqrt(1 / np.log(2)) * np.median(away)) * n ** (-1 / 5),
    }


def test_the_rules_equal_their_formulae_on_points():
    rng = np.random.default_rng(1)
    xy = np.column_stack([rng.normal(650_000, 900, 700), rng.gamma(2, 700, 700) + 6_300_000])
    found = rules_of_thumb(moments_of(xy, 5.0))
    assert tuple(found) == RULES
    for rule, expected in written_out(xy).items():
        assert found[rule] == pytest.approx(expected, rel=2e-3)


def test_repeated_points_count_as_often_as_they_are():
    rng = np.random.default_rng(2)
    places = rng.uniform(0, 4000, (12, 2)) + 600_000
    xy = places[rng.integers(12, size=300)]
    found = rules_of_thumb(moments_of(xy, 5.0))
    for rule, expected in written_out(xy).items():
        assert found[rule] == pytest.approx(expected, rel=1e-9)


@pytest.mark.shared
def test_memphis_gives_the_values_of_the_handbook(shared_data):
    frame = pd.read_csv(shared_data / "memphis" / "memphis_robberies.csv")
    project = Transformer.from_crs(4326, 32615, always_xy=True).transform
    xy = np.column_stack(project(frame["longitude"], frame["latitude"]))
    found = rules_of_thumb(moments_of(xy, 10.0))
    assert found["nrd"] == pytest.approx(5770, abs=10)
    assert 1650 < found["scott"] < 1850
    assert found["silverman"] == pytest.approx(1225, abs=30)
    assert found["arcgis"] == pytest.approx(1730, abs=15)


def test_too_few_events_give_no_rule():
    with pytest.raises(TooFewEventsError) as caught:
        rules_of_thumb(moments_of(np.zeros((29, 2)), 10.0))
    assert (caught.value.details["n"], caught.value.details["minimum"]) == (29, 30)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Two clusters of σ 150 m in 4 km, 120 days, the same before and after."""
    rng = np.random.default_rng(3)
    centres = np.array([[768_000.0, 3_888_000.0], [771_000.0, 3_891_000.0]])
    store = store_in(tmp_path_factory.mktemp("town"))
    told = []
    for number in range(900):
        day = date(2024, 1, 1) + timedelta(days=int(rng.integers(120)))
        xy = centres[number % 2] + rng.normal(0, 150, 2)
        if number % 9 == 0:
            xy = centres.min(axis=0) + rng.uniform(0, 3000, 2)
        told.append(record(f"e{number}", f"{day}T12:00", xy=tuple(xy)))
    engine = store.engine(*told)
    yield store.city, engine
    store.db.close()


def test_the_choice_is_the_best_of_a_search_written_out(town):
    city, engine = town
    method, holdout = Method(100.0, 300.0), Holdout(60, 30, 2)
    found = choose_bandwidth(
        engine, city, Filters(), method, holdout, candidates_m=(100.0, 300.0, 1000.0)
    )

    for row in found.frame.itertuples():
        chosen = Method(100.0, row.bandwidth_m)
        expected = validate(engine, city, Filters(), chosen, holdout).at(0.05, "density")
        assert row.pai == pytest.approx(expected["pai"])
    best = found.frame.set_index("bandwidth_m")
    assert found.by_pai_m == best["pai"][::-1].idxmax()
    assert found.by_likelihood_m == best["log_likelihood"].idxmax()
    # Clusters of 150 m are blurred away by 1 km.
    assert found.by_likelihood_m < 1000


def test_the_likelihood_is_that_of_the_mixture_by_hand(town):
    city, engine = town
    bandwidth_m, holdout = 300.0, Holdout(90, 30, 1)
    found = choose_bandwidth(
        engine, city, Filters(), Method(100.0, 300.0), holdout, candidates_m=(bandwidth_m,)
    )

    points, _ = engine.weighted_points(Filters(date_to=date(2024, 3, 30)))
    tests, _ = engine.weighted_points(Filters(date_from=date(2024, 3, 31)))
    x_min, y_min, x_max, y_max = engine.extent()
    west, south = np.floor(x_min / 100), np.floor(y_min / 100)
    east, north = np.floor(x_max / 100), np.floor(y_max / 100)
    x, y = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    centres = (np.column_stack([x.ravel(), y.ravel()]) + 0.5) * 100
    d2 = ((centres[:, None] - points[None]) ** 2).sum(axis=2)
    density = np.exp(-d2 / (2 * bandwidth_m**2)).sum(axis=1)
    share = (1 - UNIFORM_SHARE) * density / density.sum() + UNIFORM_SHARE / len(density)
    cell = np.floor(tests / 100) - (west, south)
    index = (cell[:, 1] * (east - west + 1) + cell[:, 0]).astype(int)
    expected = np.log(share[index] / 0.01).mean()
    assert found.frame["log_likelihood"][0] == pytest.approx(expected, rel=1e-3)


def test_a_quartic_is_told_the_radius_of_the_same_variance():
    xy = np.random.default_rng(3).normal(600_000, 800, (200, 2))
    sigma, radius = (rules_of_thumb(moments_of(xy, 5.0), name) for name in ("gaussian", "quartic"))
    for rule in RULES:
        # A quartic of radius H has the variance H²/8 along each axis.
        assert radius[rule] ** 2 / 8 == pytest.approx(sigma[rule] ** 2)
