"""Delimited files: encoding, delimiter, header, and every record once."""

import codecs
import csv
import gzip
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import SourceError
from analytics.sources.formats import survey_file
from analytics.sources.readers import open_delimited

ROWS = "id,fecha,delito\n1,2019-01-05,Robo en Ñuñoa\n2,2019-01-06,Lesión\n"


@pytest.fixture
def write(tmp_path):
    def run(content, name="datos.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return run


def rows_of(path, **options):
    return [row for chunk in open_delimited(path, **options).chunks() for row in chunk.rows]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (ROWS.encode(), "utf-8"),
        (codecs.BOM_UTF8 + ROWS.encode(), "utf-8-sig"),
        (ROWS.encode("utf-16"), "utf-16"),
        (ROWS.encode("utf-16-le"), "utf-16-le"),
        (ROWS.encode("utf-16-be"), "utf-16-be"),
        (ROWS.encode("cp1252"), "cp1252"),
        (ROWS.encode("cp850"), "cp850"),
        (ROWS.encode("mac_roman"), "mac-roman"),
        (gzip.compress(ROWS.encode(), mtime=0), "utf-8"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(write, content, encoding):
    path = write(content)

    assert codecs.lookup(survey_file(path).encoding) == codecs.lookup(encoding)
    assert rows_of(path) == [["1", "2019-01-05", "Robo en Ñuñoa"], ["2", "2019-01-06", "Lesión"]]


def test_a_byte_that_cp1252_does_not_know_makes_it_latin_1(write):
    assert survey_file(write(b"id,lugar\n1,Maip\xfa \xd1u\xf1oa \x8d\n")).encoding == "latin-1"


def test_a_mostly_valid_utf_8_file_stays_utf_8_and_one_bad_row_is_named(write):
    text = "id,delito,lugar\n1,robo,Ñuñoa\n2,robo,Maip?\n3,robo,Peñalolén\n"
    path = write(text.encode().replace(b"?", b"\xfa"))

    table = open_delimited(path)
    (chunk,) = table.chunks()

    assert table.facts.encoding == "utf-8"
    assert chunk.row_numbers.tolist() == [2, 4]
    (bad,) = chunk.rejected
    assert (bad.row_number, bad.column, bad.value, bad.reason) == (
        3,
        "lugar",
        r"Maip\xfa",
        "undecodable_text",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_end_are_told(write, delimiter, line_end):
    text = line_end.join(
        delimiter.join(row) for row in [["id", "fecha", "x"], ["1", "2019-01-05", "-70"]]
    )

    table = open_delimited(write(text))

    assert table.delimiter == delimiter
    assert table.columns == ("id", "fecha", "x")
    assert rows_of(write(text)) == [["1", "2019-01-05", "-70"]]


def test_decimal_commas_do_not_pass_for_delimiters(write):
    text = "fecha;lat;lon\n05/01/2019;-33,44;-70,66\n06/01/2019;-33,45;-70,67\n"

    assert open_delimited(write(text)).delimiter == ";"


def test_titles_above_the_header_are_passed_over(write):
    text = "Ministerio del Interior\nInforme 2019,,\n\nid,fecha,delito\n1,2019-01-05,robo\n"

    table = open_delimited(write(text))

    assert (table.titles, table.columns) == (2, ("id", "fecha", "delito"))
    assert rows_of(write(text)) == [["1", "2019-01-05", "robo"]]


def test_repeated_and_empty_column_names_are_told_apart(write):
    table = open_delimited(write(",lat,lat,fecha\n1,2,3,4\n"))

    assert table.columns == ("column 1", "lat", "lat (2)", "fecha")


def test_rows_are_numbered_as_records_with_the_header_as_one(write):
    text = 'id,relato\n1,"dos\nlíneas"\n2,una\n\n3,sobra,algo\n4,otra\n'

    (chunk,) = open_delimited(write(text)).chunks()

    assert chunk.row_numbers.tolist() == [2, 3, 5]
    assert [(r.row_number, r.reason, r.value) for r in chunk.rejected] == [
        (4, "wrong_field_count", "3")
    ]


def test_an_unclosed_quote_costs_only_its_own_row(write):
    text = 'id,delito,lugar\n1,robo,"El Rincón\n2,robo,Centro\n3,"hurto",Sur\n'

    (chunk,) = open_delimited(write(text)).chunks()

    assert [row[0] for row in chunk.rows] == ["2", "3"]
    assert [r.row_number for r in chunk.rejected] == [2]


def test_an_unclosed_quote_that_a_later_empty_cell_closes_costs_only_its_own_row(write):
    text = 'id,delito,lugar\n1,robo,"El Rincón\n2,robo,Centro\n3,hurto,""\n'

    (chunk,) = open_delimited(write(text)).chunks()

    assert [row[0] for row in chunk.rows] == ["2", "3"]


def test_a_record_with_a_line_break_and_too_many_cells_is_one_record(write):
    text = 'id,delito,lugar\n1,"robo\na pie",Centro,sobra\n2,robo,Sur\n'

    (chunk,) = open_delimited(write(text)).chunks()

    assert [r.row_number for r in chunk.rejected] == [2]
    assert chunk.row_numbers.tolist() == [3]


def test_text_after_a_closing_quote_sets_the_row_aside(write):
    text = 'id,delito\n1,"robo" grave\n2,"hurto"\n'

    (chunk,) = open_delimited(write(text)).chunks()

    assert [row[0] for row in chunk.rows] == ["2"]
    assert chunk.rejected[0].cells == ['1,"robo" grave']


def zip_bytes(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "looks_like"),
    [
        (b"", "source.empty", None),
        (b" \n\r\n", "source.empty", None),
        (b"id,fecha\n", "source.header_only", None),
        (zip_bytes("xl/workbook.xml"), "source.not_text", "Excel (.xlsx)"),
        (zip_bytes("datos.csv"), "source.not_text", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "source.not_text", "Excel (.xls)"),
        (b"PAR1\x15\x04", "source.not_text", "Parquet"),
        (b"<!DOCTYPE html><html>", "source.not_text", "HTML / XML"),
        (b'{"type": "FeatureCollection"}', "source.not_text", "JSON"),
        (b"id,fecha\n1,\x00\x01\x02\n", "source.not_text", "binary"),
        (gzip.compress(ROWS.encode(), mtime=0)[:-12], "source.broken_gzip", None),
        (ROWS.encode("utf-16")[:-1], "source.undecodable", None),
    ],
)
def test_what_is_no_delimited_text_is_refused_by_name(write, content, code, looks_like):
    with pytest.raises(SourceError) as refusal:
        open_delimited(write(content))

    assert refusal.value.code == code
    assert refusal.value.details["file"] == "datos.csv"
    assert refusal.value.details.get("format") == looks_like


def test_a_folder_and_an_absent_file_are_refused(tmp_path):
    with pytest.raises(SourceError) as folder:
        survey_file(tmp_path)
    with pytest.raises(SourceError) as absent:
        survey_file(tmp_path / "no.csv")

    assert (folder.value.code, absent.value.code) == ("source.is_folder", "source.absent")


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\r,;"'))


@given(
    rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8),
    chunk_rows=st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_as_csv_is_read_back(tmp_path_factory, rows, chunk_rows):
    path = tmp_path_factory.mktemp("csv") / "datos.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["id", "fecha", "delito"], *rows])

    chunks = list(open_delimited(path, delimiter=",").chunks(chunk_rows))

    assert [row for chunk in chunks for row in chunk.rows] == rows
    assert [n for chunk in chunks for n in chunk.row_numbers] == list(range(2, len(rows) + 2))
