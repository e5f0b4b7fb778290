"""Who reports an incident: the linkage error model holds what its parameters say."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from analytics.demo.city import DemoCity, draw_city
from analytics.demo.incidents import simulate_incidents
from analytics.demo.reports import (
    MISTAKEN_FOR,
    PUBLISHED,
    ReportErrors,
    camera_places,
    published_place,
    report_incidents,
)
from analytics.sources.taxonomy import categorise

UNTIL = date(2024, 12, 31)
N = 20_000


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return draw_city(7)


@pytest.fixture(scope="module")
def incidents(city) -> pd.DataFrame:
    return simulate_incidents(city, n=N, seed=7, until=UNTIL)


@pytest.fixture(scope="module")
def told(incidents, city) -> pd.DataFrame:
    return report_incidents(incidents, city, seed=7, errors=ReportErrors())


@pytest.fixture(scope="module")
def compared(told, incidents) -> pd.DataFrame:
    return told.merge(incidents, on="incident_id", suffixes=("", "_true"))


def test_equal_seeds_give_equal_reports(told, incidents, city):
    again = report_incidents(incidents, city, seed=7, errors=ReportErrors())

    pd.testing.assert_frame_equal(again, told)


def test_three_in_ten_incidents_are_reported_by_a_second_source(told):
    sources = told.groupby("incident_id")["source"].agg(["size", "nunique"])

    assert (sources["size"] == sources["nunique"]).all()
    assert len(sources) == N
    assert (sources["size"] == 2).mean() == pytest.approx(0.30, abs=0.015)


def test_second_reports_err_by_sixty_metres_and_forty_minutes(compared):
    second = compared[compared["report"] == 2]
    minutes = (second["t"] - second["t_true"]).dt.total_seconds() / 60

    assert (second["x"] - second["x_true"]).std() == pytest.approx(60, rel=0.04)
    assert (second["y"] - second["y_true"]).std() == pytest.approx(60, rel=0.04)
    assert minutes.std() == pytest.approx(40, rel=0.04)


def test_first_reports_are_close_and_rightly_named(compared):
    first = compared[compared["report"] == 1]

    assert (first["x"] - first["x_true"]).std() < 10
    assert (first["category"] == first["category_true"]).all()


def test_a_tenth_of_second_reports_name_a_wrong_category(compared):
    second = compared[compared["report"] == 2]

    wrong = (second["category"] != second["category_true"]).mean()
    assert wrong == pytest.approx(0.10, abs=0.012)


def test_eight_percent_of_second_and_of_institutional_reports_have_no_place(told):
    exposed = (told["report"] == 2) | (told["source"] == "institutional")

    assert told.loc[exposed, "x"].isna().mean() == pytest.approx(0.08, abs=0.008)
    assert told.loc[~exposed, "x"].notna().all()


def test_other_errors_are_taken_from_the_parameters(incidents, city):
    errors = ReportErrors(
        reported_twice=1.0, sigma_m=5.0, wrong_category=0.0, without_coordinates=0.0
    )
    told = report_incidents(incidents, city, seed=1, errors=errors)

    assert len(told) == 2 * N
    assert told["x"].notna().all()


def test_patrols_over_represent_avenues(told, incidents, city):
    avenues = city.streets[city.streets["street_class"].isin(["primary", "secondary"])]
    zone = avenues.union_all().buffer(30)
    on_avenue = pd.Series(
        shapely.contains_xy(zone, incidents[["x", "y"]].to_numpy()),
        index=incidents["incident_id"],
    )
    share = told.assign(avenue=told["incident_id"].map(on_avenue)).groupby("source")["avenue"]

    assert share.mean()["patrol"] > on_avenue.mean() + 0.03


def test_cameras_mostly_detect_and_the_institution_never_does(told):
    detected = told.groupby("source")["detected"].mean()

    assert detected["camera"] == pytest.approx(0.88, abs=0.02)
    assert 0.2 < detected["patrol"] < 0.4
    assert detected["institutional"] == 0


def test_most_camera_records_pile_up_at_cameras(told, incidents, city):
    cameras = {tuple(place) for place in camera_places(incidents, city)}
    xy = published_place(told, seed=7, city=city, incidents=incidents)
    rows = (told["source"] == "camera").to_numpy() & ~np.isnan(xy[:, 0])

    piled = np.mean([tuple(place) in cameras for place in xy[rows]])
    assert piled == pytest.approx(0.65, abs=0.03)


def test_institutional_places_are_middles_of_blocks(told, incidents, city):
    xy = published_place(told, seed=7, city=city, incidents=incidents)
    rows = (told["source"] == "institutional").to_numpy() & ~np.isnan(xy[:, 0])

    assert len(np.unique(xy[rows], axis=0)) < 0.6 * rows.sum()


def test_every_published_name_leads_to_its_category():
    for names in PUBLISHED.values():
        assert categorise(names.values()) == list(names)


def test_every_source_knows_a_wrong_name_for_each_of_its_categories():
    for names in PUBLISHED.values():
        for key in names:
            assert set(MISTAKEN_FOR[key]) & set(names) - {key}
