"""A file from its path to the store: nothing lost, nothing half done."""

import csv
import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analytics.errors import AnalyticsError, ProjectionError, SourceError
from analytics.sources import importing
from analytics.sources.identities import event_id
from analytics.sources.importing import import_file
from analytics.sources.mappings import Mapping
from analytics.store.batches import batches
from analytics.store.database import open_database

HEADER = "id,fecha,hora,delito,lat,lon\n"
GOOD = "1,2019-03-05,22:30,ROBO,-33.44,-70.66\n2,2019-03-06,,HURTO,-33.45,-70.65\n"


def test_a_row_becomes_a_canonical_event(import_text):
    found = import_text(HEADER + GOOD, source="carabineros")

    event = found.events[0]
    assert event["event_id"] == event_id("santiago", "carabineros", "1")
    assert (event["source_record_id"], event["row_number"]) == ("1", 2)
    assert (event["city"], event["source"], event["source_kind"]) == (
        "santiago",
        "carabineros",
        "institutional",
    )
    assert event["source_category"] == "ROBO"
    assert event["occurred_from"] == event["occurred_to"] == datetime(2019, 3, 5, 22, 30)
    assert (event["longitude"], event["latitude"]) == (-70.66, -33.44)
    assert (event["time_precision"], event["location_precision"], event["detection"]) == (
        "minute",
        "unknown",
        "unknown",
    )


def test_the_report_says_what_was_found_and_chosen(import_text):
    report = import_text(HEADER + GOOD + "3,,,OTRO,,\n").report

    assert (report.rows, report.accepted, report.quarantined) == (3, 3, {})
    assert report.located_share == report.dated_share == pytest.approx(2 / 3)
    assert report.choices["date_formats"] == {"yyyy-mm-dd": 2}
    assert report.choices["columns"]["category"] == "delito"


def test_decimal_commas_semicolons_and_cp1252_of_an_office_export(import_text):
    text = "id;fecha;delito;latitud;longitud\r\n1;25/03/2019;Lesión;-33,44;-70,66\r\n"

    found = import_text(text.encode("cp1252"))

    assert found.events[0]["source_category"] == "Lesión"
    assert found.events[0]["longitude"] == -70.66
    assert (found.report.choices["decimal"], found.report.choices["delimiter"]) == (",", ";")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_do_not_reach_the_first_column(import_text, encoding):
    assert import_text((HEADER + GOOD).encode(encoding)).events[0]["source_record_id"] == "1"


BAD_ROWS = {
    "wrong_field_count": ("9,2019-03-05,22:30,ROBO,-33.44", None),
    "unreadable_date": ("9,ayer,22:30,ROBO,-33.44,-70.66", "fecha"),
    "unreadable_time": ("9,2019-03-05,26:30,ROBO,-33.44,-70.66", "hora"),
    "implausible_date": ("9,1899-03-05,22:30,ROBO,-33.44,-70.66", "fecha"),
    "unreadable_coordinate": ("9,2019-03-05,22:30,ROBO,x,-70.66", "lat"),
    "half_coordinate": ("9,2019-03-05,22:30,ROBO,-33.44,", "lon"),
    "zero_coordinate": ("9,2019-03-05,22:30,ROBO,0,0", "lon"),
    "swapped_coordinates": ("9,2019-03-05,22:30,ROBO,-70.66,-33.44", "lon"),
    "outside_city": ("9,2019-03-05,22:30,ROBO,33.44,-70.66", "lon"),
    "duplicate_record": ("1,2019-03-05,22:30,ROBO,-33.44,-70.66", "id"),
}


@pytest.mark.parametrize(("reason", "case"), BAD_ROWS.items())
def test_a_bad_row_is_set_aside_with_row_column_and_content(import_text, reason, case):
    row, column = case

    found = import_text(HEADER + GOOD + row + "\n")

    assert found.report.quarantined == {reason: 1}
    assert len(found.events) == 2
    (kept,) = found.quarantined
    assert (kept["file"], kept["row_number"], kept["column"]) == ("datos.csv", 4, column)
    cells = json.loads(kept["raw"])
    assert (list(cells.values()) if isinstance(cells, dict) else cells) == row.split(",")


def test_an_undecodable_byte_sets_aside_its_row_only(import_text):
    rows = "1,2019-03-05,,Lesión,-33.44,-70.66\n2,2019-03-05,,Lesi?n,-33.44,-70.66\n"

    found = import_text((HEADER + rows).encode().replace(b"?", b"\xf3"))

    assert found.report.quarantined == {"undecodable_text": 1}
    assert (found.quarantined[0]["row_number"], found.quarantined[0]["column"]) == (3, "delito")


def test_a_repeated_id_names_the_row_that_has_it_first(import_text):
    other = "1,2019-04-01,10:00,HURTO,-33.44,-70.66\n"

    found = import_text(HEADER + GOOD + other)

    assert found.quarantined[0]["value"] == "1 (#2)"


def test_an_id_of_a_row_set_aside_is_free_for_a_later_row(import_text):
    found = import_text(HEADER + "1,ayer,,ROBO,,\n1,2019-03-05,,ROBO,,\n2,2019-03-05,,ROBO,,\n")

    assert found.report.quarantined == {"unreadable_date": 1}


def test_identical_rows_without_ids_are_kept_apart_and_known_again(import_text):
    text = "fecha,delito\n" + "2019-03-05,ROBO\n" * 3 + "2019-03-06,ROBO\n"

    first, again = import_text(text), import_text(text)

    ids = [event["event_id"] for event in first.events]
    assert len(set(ids)) == 4
    assert ids == [event["event_id"] for event in again.events]


def test_ids_do_not_depend_on_the_order_of_rows_or_the_size_of_chunks(import_text, monkeypatch):
    rows = ["2019-03-05,ROBO", "2019-03-06,ROBO", "2019-03-05,ROBO", "2019-03-07,HURTO"]

    def ids(ordered):
        found = import_text("fecha,delito\n" + "\n".join(ordered) + "\n")
        return {event["event_id"] for event in found.events}

    expected = ids(rows)
    monkeypatch.setattr(importing, "CHUNK_ROWS", 1)

    assert ids(rows) == ids(rows[::-1]) == expected


def test_personal_columns_are_stored_nowhere(import_text):
    text = (
        "fecha,delito,Nombre víctima,RUT\n2019-03-05,ROBO,Ana Soto,11.111.111-K\n"
        "ayer,ROBO,Luis Rojas,22.222.222-K\n2019-03-05,ROBO,Eva Paz\n"
    )

    found = import_text(text)

    assert found.report.choices["personal_columns_left_out"] == ["Nombre víctima", "RUT"]
    stored = json.dumps([found.events, found.quarantined, found.report.choices], default=str)
    # Longer than any run of a random batch id could spell by chance.
    personal = ("Ana Soto", "Luis Rojas", "Eva Paz", "11.111.111-K", "22.222.222-K")
    assert not any(name in stored for name in personal)


def test_detections_are_told_by_the_mapping(import_text):
    mapping = Mapping(detection="origen", detections={"flagrancia": "detected"})

    found = import_text("fecha,origen\n2019-03-05,Flagrancia\n2019-03-05,otro\n", mapping=mapping)

    assert [event["detection"] for event in found.events] == ["detected", "unknown"]


def test_a_dry_run_reports_and_stores_nothing(settings, tmp_path):
    path = tmp_path / "datos.csv"
    path.write_text(HEADER + GOOD)
    db = open_database(settings)

    report = import_file(
        path,
        settings=settings,
        db=db,
        city=settings.city("santiago"),
        source="prueba",
        actor="cli:test",
        dry_run=True,
    )

    assert (report.accepted, report.batch) == (2, None)
    assert batches(db, "santiago") == []
    assert not (settings.home / "events").exists()


@pytest.mark.parametrize(
    ("content", "error", "code"),
    [
        ("fecha,delito\n03/04/2019,ROBO\n", SourceError, "source.ambiguous_dates"),
        ("fecha,lat,lon\n2019-03-05,40,-3\n", ProjectionError, "source.wrong_crs_or_columns"),
        ("a,b\n1,2\n", SourceError, "source.no_columns"),
        ("fecha,delito\n\n\n", SourceError, "source.header_only"),
    ],
)
def test_a_refused_file_leaves_the_store_as_it_was(import_text, settings, content, error, code):
    with pytest.raises(error) as refusal:
        import_text(content)

    assert (refusal.value.code, refusal.value.details["file"]) == (code, "datos.csv")
    assert batches(open_database(settings), "santiago") == []


def test_a_file_that_changes_while_it_is_read_is_refused(import_text, settings, tmp_path):
    def append(rows, done, total):
        with (tmp_path / "datos.csv").open("a") as file:
            file.write("3,2019-03-07,,ROBO,,\n")

    with pytest.raises(AnalyticsError) as refusal:
        import_text(HEADER + GOOD, progress=append)

    assert refusal.value.code == "source.changed_while_read"
    assert batches(open_database(settings), "santiago") == []
    assert list((settings.home / "events").rglob("*.parquet")) == []


def test_progress_reaches_all_rows_and_bytes(import_text, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
    told = []

    import_text(HEADER + GOOD, progress=lambda *step: told.append(step))

    size = len(HEADER + GOOD)
    assert told[-1] == (2, size, size)
    assert [step[1] for step in told] == sorted(step[1] for step in told)


cells = st.sampled_from(
    ["", "1", "2", "2019-03-05", "05/13/2019", "10:00", "26:00", "-33.4", "-70.6", "0", "x", "a\nb"]
)


@given(st.lists(st.lists(cells, min_size=5, max_size=7), min_size=1, max_size=12))
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_data_row_is_accepted_or_set_aside(settings, tmp_path, rows):
    path = tmp_path / "datos.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([HEADER.strip().split(","), *rows])
    try:
        report = import_file(
            path,
            settings=settings,
            db=open_database(settings),
            city=settings.city("santiago"),
            source="prueba",
            actor="cli:test",
            dry_run=True,
        )
    except ProjectionError:
        return

    assert report.accepted + sum(report.quarantined.values()) == report.rows == len(rows)
