"""Workbooks, JSON and Parquet give the same events as delimited text."""

import json
import re
import zipfile
from datetime import datetime, time

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from analytics.errors import SourceError
from analytics.sources.mappings import Mapping
from analytics.sources.sheets import cell_text
from analytics.sources.tables import open_table

HEADER = ["id", "fecha", "hora", "delito", "latitud", "longitud"]
ROW = [7, datetime(2019, 1, 5), time(22, 30), "Robo", -33.44, -70.66]


@pytest.fixture
def workbook(tmp_path):
    def run(*sheets, name="libro.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return run


def read(path, told=None):
    with open_table(path, told or Mapping(), scratch=path.parent / "scratch") as table:
        rows = [row for chunk in table.chunks() for row in chunk.rows]
        numbers = [int(n) for chunk in table.chunks() for n in chunk.row_numbers]
        table.check_unchanged()
        return table.columns, rows, numbers, table.found


def refusal(path, told=None):
    with pytest.raises(SourceError) as caught:
        read(path, told)
    return caught.value


def test_dates_and_times_of_cells_become_iso_text(workbook):
    columns, rows, _, _ = read(workbook(("hechos", [HEADER, ROW])))

    assert columns == tuple(HEADER)
    assert rows[0][0] == "7"
    assert rows[0][1].startswith("2019-01-05")
    assert rows[0][2:] == ["22:30:00", "Robo", "-33.44", "-70.66"]


def test_serial_numbers_in_a_column_of_dates_are_dates_and_elsewhere_numbers(workbook):
    rows = [["id", "fecha", "delito"], [43470, 43470, "Robo"], [43471, 43470.75, "Hurto"]]

    assert read(workbook(("hechos", rows)))[1] == [
        ["43470", "2019-01-05", "Robo"],
        ["43471", "2019-01-05 18:00:00", "Hurto"],
    ]


def test_a_formula_is_the_value_saved_with_it_and_never_run(workbook, tmp_path):
    path = workbook(("hechos", [["id", "fecha", "delito"], [1, "2019-01-05", "=1+1"]]))
    saved = tmp_path / "guardado.xlsx"
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(saved, "w") as after:
        for name in before.namelist():
            empty = re.sub(rb"<v ?/>|<v></v>", b"<v>42</v>", before.read(name))
            after.writestr(name, empty)

    assert read(path)[1] == [["1", "2019-01-05", ""]]
    assert read(saved)[1] == [["1", "2019-01-05", "42"]]


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    path = tmp_path / "datos.csv"
    path.write_text("id,fecha,delito\n1,2019-01-05,=HYPERLINK(1)\n")

    assert read(path)[1] == [["1", "2019-01-05", "=HYPERLINK(1)"]]


def test_titles_above_the_header_are_passed_over_and_rows_keep_the_sheets_numbers(workbook):
    rows = [["Informe anual"], [], ["Ministerio", None, "2019"], HEADER, ROW, [], ROW]

    columns, found, numbers, made = read(workbook(("Hoja1", rows)))

    assert columns == tuple(HEADER)
    assert numbers == [5, 7]
    assert made["header_row"] == 4
    assert len(found) == 2


def test_two_levels_of_header_are_joined_where_the_lower_name_repeats(workbook):
    rows = [
        ["id", "hecho", None, "denuncia", None],
        [None, "fecha", "hora", "fecha", "lugar"],
        [1, "2019-01-05", "10:00", "2019-01-06", "Centro"],
    ]

    columns, _, _, made = read(workbook(("Hoja1", rows)))

    assert columns == ("id", "fecha hecho", "hora", "fecha denuncia", "lugar")
    assert made["header_levels"] == 2


def test_the_sheet_with_the_best_known_header_is_chosen(workbook):
    path = workbook(
        ("leyenda", [["variable", "descripción"], ["id", "número"]]), ("hechos", [HEADER, ROW])
    )

    assert read(path)[3]["sheet"] == "hechos"


def test_two_sheets_alike_are_a_question_that_the_mapping_answers(workbook):
    path = workbook(("2018", [HEADER, ROW]), ("2019", [HEADER, ROW, ROW]))

    asked = refusal(path)

    assert (asked.code, asked.details["found"]) == ("source.several_sheets", "2018, 2019")
    assert len(read(path, Mapping(sheet="2019"))[1]) == 2
    assert refusal(path, Mapping(sheet="2020")).code == "source.sheet_missing"


def test_a_told_header_row_wins(workbook):
    path = workbook(("h", [HEADER, ["a", "b", "c", "d", "e", "f"], ROW]))

    assert read(path, Mapping(header_row="2"))[0] == ("a", "b", "c", "d", "e", "f")


def test_three_hundred_columns_are_read(workbook):
    names = ["fecha", "delito", *(f"c{n}" for n in range(298))]

    columns, rows, _, _ = read(workbook(("h", [names, ["2019-01-05", "Robo", *range(298)]])))

    assert len(columns) == 300
    assert rows[0][-1] == "297"


def test_a_cell_in_the_farthest_corner_is_refused_before_it_is_loaded(workbook, tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "fecha", 1
    book.save(tmp_path / "esquina.xlsx")

    assert refusal(tmp_path / "esquina.xlsx").code == "source.too_many_cells"


def test_a_print_out_of_months_is_refused_as_events(workbook):
    months = ["Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio"]
    rows = [["Delito", 2019], [None, *months], ["Robo", 1, 2, 3, 4, 5, 6]]

    refused = refusal(workbook(("Hoja1", rows)))

    assert refused.code == "source.is_pivot"
    assert refused.details["command"] == "python -m analytics pivot"


def test_xls_and_ods_are_read_like_xlsx(tmp_path):
    old = xlwt.Workbook()
    sheet = old.add_sheet("hechos")
    for number, row in enumerate([["fecha", "delito"], ["2019-01-05", "Robo"]]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    old.save(tmp_path / "a.xls")
    open_document = OpenDocumentSpreadsheet()
    table = Table(name="hechos")
    for row in [["fecha", "delito"], ["2019-01-05", "Robo"]]:
        cells = TableRow()
        for value in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value))
            cells.addElement(cell)
        table.addElement(cells)
    open_document.spreadsheet.addElement(table)
    open_document.save(str(tmp_path / "a.ods"))

    for name, kind in (("a.xls", "XLS"), ("a.ods", "ODS")):
        columns, rows, _, made = read(tmp_path / name)
        assert (columns, rows) == (("fecha", "delito"), [["2019-01-05", "Robo"]])
        assert made["format"] == kind


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            '[{"id": 1, "lat": -33.40000}, {"id": 2, "x": {"y": null}}]',
            [["1", "-33.40000", ""], ["2", "", ""]],
        ),
        ('\ufeff[{"\ufeffid": "1"}]', [["1"]]),
        ('{"id": 283, "comuna": "Santiago", "fotos": [1, 2]}', None),
        ('{"n": 2, "data": [{"id": 1}, {"id": 2}]}', [["1"], ["2"]]),
    ],
)  # fmt: skip
def test_json_objects_become_rows_with_numbers_as_written(tmp_path, content, rows):
    path = tmp_path / "datos.json"
    path.write_text(content, encoding="utf-8")

    if rows is None:
        assert refusal(path).code == "source.json_shape"
    else:
        assert read(path)[0][0] == "id"
        assert read(path)[1] == rows


def test_one_object_is_one_row(tmp_path):
    path = tmp_path / "datos.json"
    path.write_text('{"id": 283, "longitud": -70.65109303399998, "sano": true}')

    assert read(path)[:2] == (
        ("id", "longitud", "sano"),
        [["283", "-70.65109303399998", "true"]],
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('[{"id": 1}, {"id": ', "source.json_broken"),
        ('{"id": 1}\n{"id": 2}', "source.json_broken"),
        ('{"a": [[1, 2]], "b": [[3]]}', "source.json_shape"),
        ("[" * 60_000, "source.json_broken"),
        ("[]", "source.empty"),
    ],
)
def test_json_that_is_no_register_is_refused(tmp_path, content, code):
    path = tmp_path / "datos.json"
    path.write_text(content)

    assert refusal(path).code == code


values = st.none() | st.integers(-(10**9), 10**9) | st.text(max_size=8)


@given(rows=st.lists(st.fixed_dictionaries({"a": values, "b": values}), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_is_written_as_json_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("json") / "datos.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    columns, found, _, _ = read(path)
    assert found == [["" if row[k] is None else str(row[k]) for k in columns] for row in rows]


def test_parquet_gives_iso_dates_and_whole_numbers(tmp_path):
    path = tmp_path / "datos.parquet"
    moments = pa.array([datetime(2019, 1, 5, 22, 30), None], pa.timestamp("us"))
    pq.write_table(pa.table({"fecha": moments, "cut": [13101.0, None]}), path)

    assert read(path)[1] == [["2019-01-05 22:30:00", "13101"], ["", ""]]


def test_mixed_line_ends_are_one_row_each(tmp_path):
    path = tmp_path / "datos.csv"
    path.write_bytes(b"id,fecha\r\n1,2019-01-05\n2,2019-01-06\r3,2019-01-07\r\n")

    assert [row[0] for row in read(path)[1]] == ["1", "2", "3"]


def test_a_workbook_that_changes_while_it_is_read_is_refused(workbook):
    path = workbook(("hechos", [HEADER, ROW]))

    with open_table(path, Mapping(), scratch=path.parent / "scratch") as table:
        path.write_bytes(path.read_bytes() + b" ")
        with pytest.raises(SourceError) as caught:
            table.check_unchanged()

    assert caught.value.code == "source.changed_while_read"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 no zip", "source.broken_zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "source.broken_sheet"),
        (b"PAR1\x15\x04", "source.broken_parquet"),
    ],
)
def test_a_damaged_file_is_refused_by_its_format(tmp_path, content, code):
    path = tmp_path / "datos.bin"
    path.write_bytes(content)

    assert refusal(path).code == code


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (0.5, "0.5"), (True, "true"), ("=1", "=1"), (1e20, "1e+20")]
)  # fmt: skip
def test_a_cell_is_written_as_a_person_reads_it(value, text):
    assert cell_text(value) == text


def test_columns_with_places_in_the_city_are_its_coordinates_and_it_is_said(import_text):
    rows = "".join(f"2019-01-0{n},-33.44{n}1,-70.66{n}1,1{n}\n" for n in range(1, 10))

    found = import_text("fecha,pos y,pos x,edad\n" + rows)

    assert found.report.choices["columns_by_content"] == {
        "longitude": "pos x",
        "latitude": "pos y",
    }
    assert found.events[0]["longitude"] == -70.6611


def test_two_pairs_that_may_be_coordinates_are_not_guessed(import_text):
    rows = "".join(f"2019-01-0{n},-33.44{n}1,-70.66{n}1,-33.4401\n" for n in range(1, 10))

    found = import_text("fecha,a,b,c\n" + rows)

    assert found.report.choices["columns_by_content"] == {}
    assert found.report.located_share == 0


def test_a_year_that_only_the_file_name_has_is_asked_for_and_then_used(import_text):
    text = "X,Y,comuna\n-70.66,-33.44,Santiago\n"

    with pytest.raises(SourceError) as asked:
        import_text(text, name="atropellos_2014.csv")
    found = import_text(text, name="atropellos_2014.csv", mapping=Mapping(year="2014"))

    assert (asked.value.code, asked.value.details["year"]) == ("source.year_in_name", "2014")
    (event,) = found.events
    assert event["time_precision"] == "year"
    assert (event["occurred_from"], event["occurred_to"]) == (
        datetime(2014, 1, 1),
        datetime(2015, 1, 1),
    )
