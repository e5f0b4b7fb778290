"""The real files of four cities, checked against plain readings of the same bytes."""

import csv
import gzip
from collections import Counter
from datetime import datetime, timedelta

import pytest

pytestmark = pytest.mark.shared


def test_mexico_city_2019_is_read_to_the_last_row(shared_data, import_path):
    path = shared_data / "ciudad-de-mexico" / "carpetas_puntos_2019.csv.gz"

    found = import_path(path, "cdmx", source="fgj")

    report = found.report
    assert report.rows == report.accepted + sum(report.quarantined.values()) == 236_814
    assert report.choices["date_formats"] == {"yyyy-mm-dd": 236_735, "yyyy-mm-dd HH:MM": 79}
    assert report.choices["time_formats"] == {"HH:MM:SS": 236_743, "HH:MM:SS:00": 66}
    assert len({event["event_id"] for event in found.events}) == report.accepted
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for event, row in zip(found.events, csv.DictReader(file), strict=True):
            day, clock = datetime.fromisoformat(row["fecha_hecho"][:10]), row["hora_hecho"]
            inside = row["fecha_hecho"][11:]
            start = end = datetime.fromisoformat(f"{day:%Y-%m-%d} {(clock or inside)[:8] or '00'}")
            if not clock and not inside:
                end = start + timedelta(days=1)
            assert (event["occurred_from"], event["occurred_to"]) == (start, end)
            assert event["source_category"] == row["delito"]
            assert (event["longitude"], event["latitude"]) == (
                float(row["longitud"]),
                float(row["latitud"]),
            )


def test_memphis_keeps_its_2245_robberies(shared_data, import_path):
    found = import_path(shared_data / "memphis" / "memphis_robberies.csv", "memphis")

    assert (found.report.accepted, found.report.quarantined) == (2245, {})
    first = found.events[0]
    assert (first["source_record_id"], first["occurred_from"]) == (
        "15213800",
        datetime(2019, 1, 1, 1, 30),
    )
    assert (first["longitude"], first["latitude"]) == (-89.942, 35.149)


def test_sao_paulo_is_read_day_first(shared_data, import_path):
    path = shared_data / "sao-paulo" / "gdf_roubos_csp.csv"

    found = import_path(path, "saopaulo")

    assert found.report.accepted == 6893
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = [
        datetime.strptime(
            f"{row['DATAOCORRENCIA']} {row['HORAOCORRENCIA'] or '00:00:00'}", "%d/%m/%Y %H:%M:%S"
        )
        for row in rows
    ]
    assert [event["occurred_from"] for event in found.events] == wanted
    assert Counter(event["time_precision"] for event in found.events) == {
        "minute": 6703,
        "day": 190,
    }


def test_the_uruguayan_copy_is_read_month_first_like_its_original(shared_data, import_path):
    folder = shared_data / "uruguay-siniestros"

    original = import_path(folder / "fallecidos_2013_original.csv", "montevideo")
    copy = import_path(folder / "fallecidos_siniestros_2013.csv", "montevideo")

    by_row = {event["row_number"]: event["occurred_from"] for event in original.events}
    assert len(by_row) == 567
    assert copy.report.accepted == 550
    assert copy.report.quarantined == {
        "unreadable_coordinate": 7,
        "outside_city": 2,
        "zero_coordinate": 8,
    }
    assert all(event["occurred_from"] == by_row[event["row_number"]] for event in copy.events)


def test_a_zero_time_with_an_offset_does_not_move_the_chilean_day(shared_data, import_path):
    path = shared_data / "chile-siniestros" / "individuales_biobio_2020.csv"

    found = import_path(path, "santiago")

    with path.open(encoding="utf-8-sig", newline="") as file:
        wanted = [
            datetime.strptime(f"{row['Fecha'][:10]} {row['Hora']}", "%Y/%m/%d %H:%M:%S")
            for row in csv.DictReader(file)
        ]
    assert [event["occurred_from"] for event in found.events] == wanted
