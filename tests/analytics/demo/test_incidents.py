"""The truth behind the demonstration: counted, repeatable, on streets, with known patterns."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial import cKDTree

from analytics.demo.city import DemoCity, draw_city
from analytics.demo.incidents import period, simulate_incidents, week_rhythm
from analytics.demo.offences import HOT_SPOTS, OFFENCES, RHYTHMS

UNTIL = date(2024, 12, 31)


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return draw_city(7)


@pytest.fixture(scope="module")
def incidents(city) -> pd.DataFrame:
    return simulate_incidents(city, n=24_000, seed=7, until=UNTIL)


def test_period_is_thirty_six_whole_months():
    assert period(date(2024, 12, 31)) == (date(2022, 1, 1), date(2024, 12, 31))
    assert period(date(2024, 2, 10)) == (date(2021, 3, 1), date(2024, 2, 29))
    assert period(date(2024, 1, 1), months=1) == (date(2024, 1, 1), date(2024, 1, 31))


def test_equal_seed_and_end_give_equal_incidents(city):
    first, again = (simulate_incidents(city, n=600, seed=3, until=UNTIL) for _ in range(2))

    pd.testing.assert_frame_equal(first, again)


def test_another_seed_gives_other_incidents(city):
    first = simulate_incidents(city, n=600, seed=3, until=UNTIL)
    other = simulate_incidents(city, n=600, seed=4, until=UNTIL)

    assert not first["t"].equals(other["t"])


def test_each_category_gets_its_share_of_the_number_asked_for(incidents):
    total = sum(offence.share for offence in OFFENCES.values())
    expected = {key: round(24_000 * o.share / total) for key, o in OFFENCES.items()}

    assert incidents["category"].value_counts().to_dict() == expected
    assert incidents["incident_id"].is_unique


def test_incidents_lie_inside_period_and_boundary(incidents, city):
    assert incidents["t"].min() >= pd.Timestamp("2022-01-01")
    assert incidents["t"].max() < pd.Timestamp("2025-01-01")
    assert incidents["t"].is_monotonic_increasing
    assert shapely.contains_xy(city.boundary, incidents["x"], incidents["y"]).all()


def test_incidents_lie_along_streets(incidents, city):
    points = shapely.points(incidents[["x", "y"]].to_numpy())

    away = shapely.distance(points, shapely.union_all(city.streets.geometry.to_numpy()))
    assert np.quantile(away, 0.99) < 25


def test_followers_come_after_and_near_the_incident_they_follow(incidents):
    followers = incidents.dropna(subset="parent_id")
    parents = incidents.set_index("incident_id").loc[followers["parent_id"]].reset_index()
    days = (followers["t"].reset_index(drop=True) - parents["t"]).dt.total_seconds() / 86400
    metres = np.hypot(
        followers["x"].to_numpy() - parents["x"], followers["y"].to_numpy() - parents["y"]
    )

    assert (followers["category"].to_numpy() == parents["category"]).all()
    assert (days > 0).all()
    assert days.mean() == pytest.approx(10, rel=0.1)
    assert metres.mean() == pytest.approx(150, rel=0.1)


def test_burglaries_repeat_nearby_more_than_shuffled_dates_would(incidents):
    burglaries = incidents[incidents["category"] == "burglary_dwelling"]
    pairs = cKDTree(burglaries[["x", "y"]].to_numpy()).query_pairs(200, output_type="ndarray")
    days = burglaries["t"].to_numpy().astype("datetime64[s]").astype(float) / 86400
    shuffled = np.random.default_rng(1).permutation(days)

    within = [(np.abs(t[pairs[:, 0]] - t[pairs[:, 1]]) <= 14).sum() for t in (days, shuffled)]
    assert within[0] > 1.3 * within[1]


def test_assaults_gather_on_weekend_nights_and_burglaries_on_working_days(incidents):
    hour_of_week = incidents["t"].dt.day_of_week * 24 + incidents["t"].dt.hour
    weekend_night = hour_of_week.between(4 * 24 + 21, 5 * 24 + 5) | hour_of_week.between(
        5 * 24 + 21, 6 * 24 + 5
    )
    working_day = (incidents["t"].dt.day_of_week < 5) & incidents["t"].dt.hour.between(8, 17)
    by_category = incidents["category"]

    assert weekend_night[by_category == "assault"].mean() > 0.35
    assert weekend_night[by_category == "burglary_dwelling"].mean() < 0.15
    assert working_day[by_category == "burglary_dwelling"].mean() > 0.5


def test_a_small_part_of_the_area_holds_a_large_part_of_the_robberies(incidents):
    robberies = incidents[incidents["category"] == "robbery_violence"]
    cells = np.floor(robberies[["x", "y"]] / 200).value_counts()

    n_cells = round(14.57e6 / 200**2)
    assert cells.iloc[: round(0.05 * n_cells)].sum() / len(robberies) > 0.3


@pytest.mark.parametrize("name", RHYTHMS)
def test_a_rhythm_is_a_share_of_each_hour_of_the_week(name):
    rhythm = week_rhythm(name)

    assert rhythm.shape == (168,)
    assert rhythm.min() > 0
    assert rhythm.sum() == pytest.approx(1)


@pytest.mark.parametrize("key", OFFENCES)
def test_hot_spots_leave_room_for_the_rest_of_the_city(key):
    assert sum(spot.shares.get(key, 0) for spot in HOT_SPOTS) < 0.75
