"""Tables of counts are never events, and lists of events are never tables of counts."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import SourceError
from analytics.sources.aggregates import (
    Fraction,
    count_column,
    is_count_name,
    read_counts,
)
from analytics.sources.mappings import Mapping
from analytics.sources.tables import open_table

TIDY = """comuna;fecha;delito;delito_n
Ñuñoa;2019-01-01;Robo;3
Ñuñoa;2019-02-01;Robo;1,096
Ñuñoa;2019-01-01;Hurto;0
Lota;2019-01-01;Robo;s/d
Lota;2019-02-01;Robo;varios
"""
SOUND = TIDY.replace("s/d", "2").replace("varios", "5")


@pytest.fixture
def write(tmp_path):
    def run(text, name="cuadro.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return run


@pytest.fixture
def column_of(tmp_path):
    def run(path, told=None):
        with open_table(path, told or Mapping(), scratch=tmp_path) as table:
            return count_column(table, told or Mapping())

    return run


@pytest.mark.parametrize(
    "name",
    [
        *("n", "N", "total", "Cantidad", "casos", "count", "Frecuencia", "delito_n", "N° casos"),
        *("total_delitos", "numero_delitos", "Quantidade de ocorrências", "n_hechos"),
    ],
)
def test_a_name_that_says_count_is_one(name):
    assert is_count_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("victimas", "total_victimas", "ICOUNT", "Accidentes", "edad", "delito", "numero"),
        *("n_dias", "id", "count_id", "Fallecidos", "valor_total", ""),
    ],
)
def test_a_name_that_says_anything_else_is_none(name):
    assert not is_count_name(name)


@pytest.mark.parametrize(
    "text",
    [
        SOUND,
        "mes,barrio,total\n2019-01,A,4\n2019-01,B,2\n",
        "fecha,casos\n01/01/2019,7\n01/02/2019,9\n01/03/2019,9\n",
        "date,count\n1/1/2019,7\n2/1/2019,9\n3/1/2019,9\n",
        "año,mes,delito,cantidad\n2019,1,Robo,7\n2019,2,Robo,9\n2020,1,Robo,9\n",
        "anio;delito;frecuencia\n2018;Robo;7\n2019;Robo;9\n",
        "fecha,delito,n\n2019-01-01 00:00:00,Robo,7\n2019-02-01 00:00:00,Robo,1\n",
    ],
)
def test_a_tidy_table_of_counts_is_recognised(write, column_of, text):
    assert column_of(write(text)) is not None


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("days", "fecha,delito,n\n2019-01-05,Robo,7\n2019-02-01,Robo,2\n"),
        ("two rows alike", "fecha,delito,n\n2019-01-01,Robo,7\n2019-01-01,Robo,2\n"),
        ("an id", "id,fecha,delito,total\na1,2019-01-01,Robo,7\na2,2019-02-01,Robo,2\n"),
        ("places", "fecha,n,lat,lon\n2019-01-01,7,-33.4,-70.6\n2019-02-01,2,-33.4,-70.7\n"),
        ("an hour", "fecha,hora,n\n2019-01-01,10:00,7\n2019-02-01,11:00,2\n"),
        ("victims", "fecha,delito,victimas\n2019-01-01,Robo,7\n2019-02-01,Robo,2\n"),
        ("ones", "fecha,delito,n\n2019-01-01,Robo,1\n2019-02-01,Robo,1\n"),
        ("row numbers", "fecha,delito,n\n2019-01-01,A,1\n2019-01-01,B,2\n2019-01-01,C,3\n"),
        ("words", "fecha,delito,total\n2019-01-01,Robo,mucho\n2019-02-01,Robo,poco\n"),
        ("no date", "barrio,delito,total\nA,Robo,7\nB,Robo,2\n"),
        ("case numbers", "fecha,numero_caso\n2019-01-01,71\n2019-02-01,29\n2019-03-01,44\n"),
    ],
)
def test_a_list_of_events_is_none(write, column_of, why, text):
    assert column_of(write(text)) is None, why


@given(st.lists(st.dates().map(str), min_size=2, unique=True))
def test_dates_with_any_day_but_the_first_never_make_counts(tmp_path_factory, days):
    if all(day.endswith("-01") for day in days):
        days = [*days, "2019-01-15"]
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_text("fecha,n\n" + "".join(f"{day},{n % 3}\n" for n, day in enumerate(days)))
    with open_table(path, Mapping(), scratch=path.parent) as table:
        assert count_column(table, Mapping()) is None


def test_a_mapping_that_names_an_id_says_that_the_rows_are_events(import_text):
    rows = "clave,fecha,delito,n\na,2019-01-01,Robo,7\nb,2019-02-01,Robo,2\n"

    found = import_text(rows, mapping=Mapping(record_id="clave"))

    assert found.report.accepted == 2


def test_counts_keep_their_fractions_and_say_which_cells_have_them(write, tmp_path):
    found = read_counts(write(SOUND), scratch=tmp_path, area="nunoa")

    assert found.counts.to_dict("list") == {
        "area": ["Ñuñoa"] * 3,
        "crime": ["Robo", "Robo", "Hurto"],
        "month": [pd.Timestamp(m) for m in ("2019-01", "2019-02", "2019-01")],
        "n": [3.0, 1.096, 0.0],
    }
    assert found.fractions == (Fraction(3, "Ñuñoa", "Robo", pd.Timestamp("2019-02-01"), 1.096),)


def test_rows_that_differ_in_other_columns_are_added_up_and_whole_counts_stay_whole(
    write, tmp_path
):
    text = "mes,barrio,delito,sexo,n\n2019-01,A,Robo,M,4\n2019-01,A,Robo,F,2\n2019-02,A,Robo,F,0\n"

    found = read_counts(write(text), scratch=tmp_path)

    assert found.counts["n"].tolist() == [6, 0]
    assert found.counts["n"].dtype == "int64"
    assert (found.by_year, found.fractions) == (False, ())


def test_a_year_and_a_month_column_are_one_month(write, tmp_path):
    text = "año,mes,delito,n\n2019,Enero,Robo,4\n2019,diciembre,Robo,2\n"

    months = read_counts(write(text), scratch=tmp_path).counts["month"]

    assert months.tolist() == [pd.Timestamp("2019-01-01"), pd.Timestamp("2019-12-01")]


def test_counts_by_year_are_said_to_be_so(write, tmp_path):
    assert read_counts(write("anio,n\n2018,7\n2019,9\n"), scratch=tmp_path).by_year


def test_an_area_that_is_not_there_is_refused_with_those_that_are(write, tmp_path):
    with pytest.raises(SourceError) as caught:
        read_counts(write(SOUND), scratch=tmp_path, area="Arica")

    assert caught.value.code == "source.area_unknown"
    assert caught.value.details["found"] == "Lota, Ñuñoa"


def test_events_are_not_read_as_counts(write, tmp_path):
    with pytest.raises(SourceError, match=r"source\.not_counts"):
        read_counts(write("fecha,delito\n2019-01-05,Robo\n"), scratch=tmp_path)


EVENTS = [
    *("memphis/memphis_robberies.csv", "medellin/data_dash.csv", "medellin/data_to_map.csv"),
    *("sao-paulo/gdf_roubos_csp.csv", "uruguay-siniestros/fallecidos_2012_original.csv"),
    *(f"uruguay-siniestros/{n}.csv" for n in ("fallecidos_2013_original",)),
    "uruguay-siniestros/fallecidos_siniestros_2013.csv",
    *(f"chile-siniestros/individuales_{place}_2020.csv" for place in ("biobio", "valparaiso")),
    *(f"santiago-de-chile/atropellos_rm_{year}.csv" for year in range(2013, 2021)),
    "chicago/chicago_aggravated_assaults.csv.gz",
    *(f"ciudad-de-mexico/carpetas_puntos_{year}.csv.gz" for year in range(2019, 2025)),
]


@pytest.mark.shared
@pytest.mark.parametrize("name", EVENTS)
def test_no_real_register_of_events_is_taken_for_counts(shared_data, column_of, name):
    assert column_of(shared_data / name) is None


@pytest.mark.shared
def test_the_official_counts_of_chile_are_refused_as_events(shared_data, import_path):
    with pytest.raises(SourceError) as caught:
        import_path(shared_data / "chile-cead" / "cead_delincuencia_chile.parquet")

    assert caught.value.code == "source.aggregate"
    assert caught.value.details["column"] == "delito_n"
