"""The real registers, read without a mapping: every row that their SOURCE.md counts is accounted
for, or one question is asked; the clinic names the defects that it lists.
"""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import box

from analytics.errors import SourceError
from analytics.settings import Settings
from analytics.sources.importing import ImportReport, import_file
from analytics.sources.mappings import Mapping
from analytics.store.database import open_database

pytestmark = pytest.mark.shared

CITIES = """
[cities.cdmx]
name = "Ciudad de México"
country = "MX"
timezone = "America/Mexico_City"
crs = "EPSG:32614"
boundary = "{data}/ciudad-de-mexico/alcaldias_high.json"

[cities.medellin]
name = "Medellín"
country = "CO"
timezone = "America/Bogota"
crs = "EPSG:32618"

[cities.saopaulo]
name = "São Paulo"
country = "BR"
timezone = "America/Sao_Paulo"
crs = "EPSG:31983"

[cities.chicago]
name = "Chicago"
country = "US"
timezone = "America/Chicago"
crs = "EPSG:32616"

[cities.memphis]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "EPSG:32615"

[cities.valparaiso]
name = "Valparaíso"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"
boundary = "{region}"

[cities.concepcion]
name = "Concepción"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32718"

[cities.montevideo]
name = "Montevideo"
country = "UY"
timezone = "America/Montevideo"
crs = "EPSG:32721"

[cities.santiago]
name = "Santiago"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"
"""


@dataclass(frozen=True)
class Expected:
    """What a SOURCE.md says of a file: rows, those that cannot be used, defects with their rows."""

    city: str
    rows: int
    quarantined: dict[str, int] = field(default_factory=dict)
    defects: dict[str, int] = field(default_factory=dict)
    dates: dict[str, int] = field(default_factory=dict)
    unlocated: float = 0.0


PUBLISHED = {
    "medellin/data_dash.csv": Expected(
        "medellin",
        20_378,
        {},
        {"duplicate_rows": 6529, "repeated_points": 6298},
        {"yyyy-mm-dd": 20_378},
        0.0348,
    ),
    "medellin/data_to_map.csv": Expected(
        "medellin", 19_668, {}, {"repeated_points": 6298}, {"yyyy-mm-dd": 19_668}
    ),
    # "old dates are typing errors or late reports": 2000, 2010 and 2017 beside 2020 and 2021.
    # "One report appears on several rows": equal to the rows that pandas finds duplicated.
    "sao-paulo/gdf_roubos_csp.csv": Expected(
        "saopaulo",
        6893,
        {},
        {"stray_dates": 3, "repeated_points": 3717, "same_time_and_place": 3489},
        {"dd/mm/yyyy": 6893},
    ),
    "chicago/chicago_aggravated_assaults.csv.gz": Expected(
        "chicago",
        148_636,
        {},
        {"duplicate_rows": 111, "repeated_points": 85_752},
        {"yyyy-mm-dd HH:MM": 148_636},
    ),
    "memphis/memphis_robberies.csv": Expected(
        "memphis",
        2245,
        {},
        {"rounded_coordinates": 2245, "repeated_points": 352},
        {"yyyy-mm-dd HH:MM": 2245},
    ),
    "memphis/memphis_robberies_jan.csv": Expected(
        "memphis", 206, {}, {"rounded_coordinates": 206}, {"yyyy-mm-dd HH:MM": 206}
    ),
    # Rapa Nui is in the region: no rule may set its accidents aside.
    "chile-siniestros/individuales_valparaiso_2020.csv": Expected(
        "valparaiso", 1600, {}, {"repeated_points": 252}, {"yyyy/mm/dd HH:MM": 1600}
    ),
    "chile-siniestros/individuales_biobio_2020.csv": Expected(
        "concepcion", 4482, {}, {"repeated_points": 1594}, {"yyyy/mm/dd HH:MM": 4482}
    ),
    "uruguay-siniestros/fallecidos_2012_original.csv": Expected(
        "montevideo", 510, {}, {"duplicate_rows": 1}, {"dd/mm/yyyy HH:MM": 510}, 1.0
    ),
    "uruguay-siniestros/fallecidos_2013_original.csv": Expected(
        "montevideo",
        567,
        {},
        {"duplicate_rows": 1, "garbled_text": 7},
        {"dd/mm/yyyy HH:MM": 567},
        1.0,
    ),
    # 17 rows without a usable point: eight at 0, 0, one of -56235, one in California.
    "uruguay-siniestros/fallecidos_siniestros_2013.csv": Expected(
        "montevideo",
        567,
        {"unreadable_coordinate": 7, "zero_coordinate": 8, "outside_city": 2},
        {
            "zero_coordinates": 8,
            "lost_decimal_point": 1,
            "outside_city": 1,
            "garbled_text": 7,
            "duplicate_rows": 1,
            "piled_points": 112,
            "repeated_points": 264,
            "same_time_and_place": 39,
        },
        {"mm/dd/yyyy HH:MM": 567},
    ),
    **{
        f"santiago-de-chile/atropellos_rm_{year}.csv": Expected(
            "santiago", rows, {}, {}, {"year": rows}
        )
        for year, rows in ((2013, 1768), (2016, 1875), (2018, 1697), (2020, 962))
    },
    "santiago-de-chile/atropellos_rm_2017.csv": Expected(
        "santiago", 2066, {"outside_city": 1}, {"outside_city": 1}, {"year": 2066}
    ),
    # "double-encoded (PEÃ‘ALOLEN, 6.3 % of rows)": 105 of 1,657.
    "santiago-de-chile/atropellos_rm_2019.csv": Expected(
        "santiago", 1657, {}, {"garbled_text": 105}, {"year": 1657}
    ),
}
# Rows, outside the city, with a time inside the date: those in SOURCE.md for 2019, 2020 and 2024.
MEXICO_CITY = {
    2019: (236_814, 0, 79),
    2020: (197_606, 1, None),
    2021: (216_485, 0, None),
    2022: (224_393, 0, None),
    2023: (224_055, 0, None),
    2024: (203_285, 0, 36_570),
}


@pytest.fixture
def cities(make_settings, shared_data, tmp_path) -> Settings:
    """Settings with the cities; the region of Valparaíso is the mainland and Rapa Nui."""
    region = tmp_path / "region.geojson"
    parts = [box(-71.8, -34.0, -70.0, -32.0), box(-109.5, -27.3, -109.2, -27.0)]
    gpd.GeoDataFrame(geometry=parts, crs="EPSG:4326").to_file(region)
    return make_settings(CITIES.format(data=shared_data, region=region))


@pytest.fixture
def check(cities, shared_data):
    """Check a file without storing anything; what a person could answer is left unsaid."""

    def run(name: str, city: str, told: Mapping | None = None) -> ImportReport:
        return import_file(
            shared_data / name,
            settings=cities,
            db=open_database(cities),
            city=cities.city(city),
            source="registro",
            actor="cli:test",
            mapping=told,
            dry_run=True,
        )

    return run


def defects(report: ImportReport) -> dict[str, int]:
    clinic: list[dict[str, Any]] = report.choices["clinic"]
    return {found["defect"]: found["rows"] for found in clinic}


def named_share(report: ImportReport, defect: str) -> float:
    return defects(report)[defect] / report.rows


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_register_is_read_whole_without_a_mapping(check, name):
    expected = PUBLISHED[name]

    report = check(name, expected.city)

    assert report.rows == expected.rows
    assert report.accepted + sum(report.quarantined.values()) == expected.rows
    assert report.quarantined == expected.quarantined
    assert defects(report) == expected.defects
    assert report.choices["date_formats"] == expected.dates
    assert report.dated_share == 1.0
    assert report.located_share == pytest.approx(1 - expected.unlocated, abs=0.0001)


def test_the_six_years_of_mexico_city_are_read_whole_without_a_mapping(check):
    reports = {
        year: check(f"ciudad-de-mexico/carpetas_puntos_{year}.csv.gz", "cdmx")
        for year in MEXICO_CITY
    }

    assert sum(report.rows for report in reports.values()) == 1_302_638
    for year, (rows, outside, timed) in MEXICO_CITY.items():
        report, named = reports[year], defects(reports[year])
        set_aside = {"outside_city": outside} if outside else {}
        assert (report.rows, report.quarantined) == (rows, set_aside)
        assert report.accepted == rows - outside
        assert named.get("outside_city", 0) == outside
        assert 0.075 <= named["noon_times"] / rows <= 0.095
        # "hour heaping at 12:00 (8-9 % of all rows) and 10:00"
        assert 0.03 <= named["heaped_hours"] / rows <= 0.05
        formats = report.choices["date_formats"]
        assert set(formats) == {"yyyy-mm-dd", "yyyy-mm-dd HH:MM"}
        assert timed in (None, formats["yyyy-mm-dd HH:MM"])
    assert sum(defects(report).get("duplicate_rows", 0) for report in reports.values()) == 343
    # "repeated coordinates are 10.1 % of 2019 rows but 0.1 % of 2023 rows"
    assert named_share(reports[2019], "repeated_points") == pytest.approx(0.101, abs=5e-4)
    assert "repeated_points" not in defects(reports[2023])
    assert reports[2024].choices["time_formats"]["HH:MM:SS:00"] == 36_496


@pytest.mark.parametrize(("year", "rows"), [(2014, 1690), (2015, 1841)])
def test_a_year_that_only_the_file_name_tells_is_the_one_question(check, year, rows):
    name = f"santiago-de-chile/atropellos_rm_{year}.csv"

    with pytest.raises(SourceError) as question:
        check(name, "santiago")
    report = check(name, "santiago", Mapping(year=str(year)))

    assert question.value.code == "source.year_in_name"
    assert question.value.details == {"file": name.rpartition("/")[2], "year": str(year)}
    assert (report.rows, report.accepted, report.quarantined) == (rows, rows, {})
    assert report.choices["date_formats"] == {"year": rows}
