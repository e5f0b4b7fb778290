"""Lists of cities: two San Josés, duplicates, rows that name no city for certain."""

from datetime import date

import pytest

from analytics.errors import ProgrammeError
from analytics.programmes.roster import read_roster

START = date(2026, 4, 14)


@pytest.fixture
def read(tmp_path):
    def written(text, encoding="utf-8", **options):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding=encoding)
        return read_roster(path, starts_on=START, **options)

    return written


def test_a_city_is_its_name_and_its_country(read):
    found = read("ciudad;país\nSan José;CR\nSan José;US\nSan Jose;cr\n")
    assert [city.key for city in found.cities] == ["san-jose-cr", "san-jose-us"]
    assert [(r.line, r.reason) for r in found.refused] == [(4, "duplicate")]


def test_rows_that_name_no_city_for_certain_are_told(read):
    found = read("city,country\n,CL\nSolana,\nSolana,Chile\nAurora,QQ\nLuz,PE\n")
    assert [r.reason for r in found.refused] == [
        "no_name", "no_country", "unknown_country", "unknown_country",
    ]  # fmt: skip
    assert [city.name for city in found.cities] == ["Luz"]


def test_what_else_is_known_is_taken_and_wrong_values_are_told(read):
    text = (
        "municipio,pais,inicio,habitantes,fin_mandato,cohorte\n"
        "Ñuble Alto,CL,2026-05-01,120000,2028-12-06,1\n"
        "Luz,PE,soon,,,1\n"
        "Sol,PE,,,,2\n"
    )
    found = read(text, encoding="cp1252", cohort="1")
    (city,) = found.cities
    assert (city.name, city.starts_on, city.residents) == ("Ñuble Alto", date(2026, 5, 1), 120000)
    assert city.term_ends == date(2028, 12, 6)
    assert [(r.city, r.reason) for r in found.refused] == [("Luz", "wrong_value")]


def test_a_list_without_a_country_or_that_is_none_is_refused(read, tmp_path):
    with pytest.raises(ProgrammeError, match=r"roster\.no_column.*country"):
        read("city,mayor\nSolana,Ana\n")
    with pytest.raises(ProgrammeError, match=r"roster\.unreadable"):
        read_roster(tmp_path / "absent.csv", starts_on=START)


@pytest.mark.shared
def test_the_published_members_are_told_apart(shared_data):
    path = shared_data / "city-data-alliance" / "city_data_alliance_members.csv"
    found = read_roster(path, starts_on=START)
    assert len(found.cities) + len(found.refused) == 62
    assert found.refused == ()
    keys = {city.key for city in found.cities}
    assert {"san-jose-us", "rochester-minnesota-us", "rochester-new-york-us"} <= keys
    assert len(keys) == 62
    first = read_roster(path, starts_on=START, cohort="1")
    assert len(first.cities) == 22
