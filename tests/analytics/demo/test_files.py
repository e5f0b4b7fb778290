"""The three raw files: each in its own dialect, each defect counted."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.demo.city import draw_city
from analytics.demo.files import DIALECTS, write_records
from analytics.demo.reports import ReportErrors

UNTIL = date(2024, 12, 31)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("demo")
    write_records(path, draw_city(7), n=6_000, seed=7, until=UNTIL, errors=ReportErrors())
    return path


@pytest.fixture(scope="module")
def facts(folder) -> dict:
    return json.loads((folder / "defects.json").read_text())


def table(folder: Path, source: str) -> pd.DataFrame:
    dialect = DIALECTS[source]
    return pd.read_csv(
        folder / dialect.file_name,
        sep=dialect.delimiter,
        encoding=dialect.encoding,
        dtype=str,
        keep_default_na=False,
    )


@pytest.mark.parametrize("source", DIALECTS)
def test_file_holds_every_record_and_its_duplicates(folder, facts, source):
    rows = table(folder, source)
    truth = pd.read_parquet(folder / "report_truth.parquet")
    told = truth.loc[truth["source"] == DIALECTS[source].source, "source_record_id"]
    first = rows.columns[0]

    assert len(rows) == facts[source]["rows"]
    assert set(rows[first]) == set(told)
    assert rows.duplicated().sum() == facts[source]["quarantined"]["duplicate_record"]
    assert rows[first].duplicated().sum() == facts[source]["quarantined"]["duplicate_record"]


def test_patrols_write_windows_text_with_decimal_commas(folder):
    raw = (folder / "patrullas.csv").read_bytes()
    rows = table(folder, "patrol")

    assert raw.startswith("N° Parte;Fecha y Hora;".encode("cp1252"))
    assert rows["Fecha y Hora"].str.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d").all()
    assert rows.loc[rows["Latitud"] != "", "Latitud"].str.fullmatch(r"-?\d+,\d{6}").all()
    assert set(rows["Detectado"]) == {"SI", "NO"}


def test_cameras_write_iso_moments_in_utf8(folder):
    rows = table(folder, "camera")

    assert rows["fecha_hora"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00").all()
    assert "Robo desde vehículo" in set(rows["evento"])


def test_institution_writes_a_byte_order_mark_and_invented_people(folder):
    raw = (folder / "registro_institucional.txt").read_bytes()
    rows = table(folder, "institutional")

    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows["nombre_denunciante"].str.startswith("Persona Inventada ").all()
    assert rows["rut_denunciante"].str.fullmatch(r"00\.\d{3}\.\d{3}-X").all()


@pytest.mark.parametrize("source", DIALECTS)
def test_places_that_are_zero_swapped_or_empty_are_as_many_as_noted(folder, facts, source):
    rows = table(folder, source).drop_duplicates()
    text = rows.filter(regex="(?i)latitud").iloc[:, 0]
    lat = pd.to_numeric(text.str.replace(",", "."))
    noted = facts[source]["quarantined"]

    assert (lat == 0).sum() == noted.get("zero_coordinate", 0)
    assert (lat < -60).sum() == noted.get("swapped_coordinates", 0)
    assert lat.isna().sum() == facts[source]["not_located"]


def test_dates_that_are_unreadable_or_in_the_future_are_as_many_as_noted(folder, facts):
    text = table(folder, "patrol").drop_duplicates()["Fecha y Hora"]
    read = pd.to_datetime(text, format="%d/%m/%Y %H:%M", errors="coerce")
    noted = facts["patrol"]["quarantined"]

    assert read.isna().sum() == noted["unreadable_date"] > 0
    assert (read > "2030").sum() == noted["implausible_date"] > 0


def test_midnight_stands_for_an_unknown_time_in_an_eighth_of_institutional_rows(folder, facts):
    rows = table(folder, "institutional").drop_duplicates()

    truly_midnight = (rows["hora"] == "00:00").sum() - facts["institutional"]["midnight"]
    assert 0 <= truly_midnight < 0.01 * len(rows)
    assert facts["institutional"]["midnight"] / len(rows) == pytest.approx(0.12, abs=0.001)


def test_truth_of_reports_leads_to_incidents(folder):
    truth = pd.read_parquet(folder / "truth.parquet")
    told = pd.read_parquet(folder / "report_truth.parquet")

    assert set(told["incident_id"]) == set(truth["incident_id"])
    assert not told.duplicated(["source", "source_record_id"]).any()
    assert set(told["source"]) == {"Patrullas", "Cámaras", "Registro institucional"}


@pytest.mark.parametrize("source", DIALECTS)
def test_mapping_names_columns_of_its_file(folder, source):
    mapping = tomllib.loads((folder / f"{source}.toml").read_text(encoding="utf-8"))

    assert set(mapping["columns"].values()) <= set(DIALECTS[source].columns)
    assert mapping["options"]["source_kind"] == source


def test_writing_again_gives_the_same_bytes(folder, tmp_path):
    write_records(tmp_path, draw_city(7), n=6_000, seed=7, until=UNTIL, errors=ReportErrors())

    for dialect in DIALECTS.values():
        again = (tmp_path / dialect.file_name).read_bytes()
        assert again == (folder / dialect.file_name).read_bytes()
