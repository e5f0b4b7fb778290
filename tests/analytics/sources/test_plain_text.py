"""The quick reader of delimited text against the careful one: the same cells, or none at all."""

import csv
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.sources import readers
from analytics.sources.plain_text import read_block
from analytics.sources.readers import open_delimited

HEADER = "id,fecha,delito"
# Everything that the two readers could take for a mark of their own.
pieces = st.sampled_from(
    ["a", "ñ", "12", " ", ",", ";", '"', '""', '"x"', '"a,b"', '"a\nb"', "\n", "\r\n", "\r", "\t"]
)
lines = st.lists(
    st.sampled_from(["1", "", "x y", '"q"', '"a,b"', '"a\r\nb"', "é", '"', 'a"b', '"a""b"']),
    min_size=1,
    max_size=5,
).map(",".join)
ends = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])
well_formed = st.lists(st.tuples(lines, ends), min_size=1, max_size=8).map(
    lambda parts: "".join(line + end for line, end in parts)
)


def cells_of(block):
    return [list(row) for row in zip(*(column.to_pylist() for column in block), strict=True)]


def all_read(path, rows=20_000):
    """Every record of a file by number: its cells, or why it was set aside."""
    found = {}
    for chunk in open_delimited(path, delimiter=",").chunks(rows):
        assert len(chunk) + len(chunk.rejected) <= rows
        found |= dict(zip(chunk.row_numbers.tolist(), chunk.rows, strict=True))
        found |= {r.row_number: (r.column, r.value, r.reason, r.cells) for r in chunk.rejected}
    return found


def check_both_readers(folder, content, rows=20_000):
    path = folder / "datos.csv"
    path.write_bytes(f"{HEADER}\n1,2019-03-05,ROBO\n".encode() + content)
    quick = all_read(path, rows)
    with patch.object(readers, "read_block", return_value=None):
        careful = all_read(path)
    assert quick == careful
    assert sorted(quick) == list(range(2, len(quick) + 2))


@given(text=well_formed | st.lists(pieces, max_size=30).map("".join), rows=st.integers(1, 5))
@example(text=",,", rows=1)
@settings(max_examples=300, deadline=None)
def test_both_readers_find_the_same_records_and_numbers(tmp_path_factory, text, rows):
    check_both_readers(tmp_path_factory.mktemp("both"), text.encode(), rows)


@given(
    parts=st.lists(
        st.sampled_from([b"a", b"\xf1", b"\xed\xa0\x80", b",", b"\n", b'"']), max_size=24
    )
)
@settings(max_examples=100, deadline=None)
def test_bytes_that_do_not_decode_are_set_aside_by_both(tmp_path_factory, parts):
    valid = "ññññññññññññññññññññññññññ,ñ,ñ\n".encode()
    check_both_readers(tmp_path_factory.mktemp("bytes"), valid + b"".join(parts))


@given(text=well_formed, letters=st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_it_does_not_matter_where_a_block_ends(tmp_path_factory, text, letters):
    with patch.object(readers, "BLOCK_LETTERS", letters):
        check_both_readers(tmp_path_factory.mktemp("blocks"), text.encode())


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2),
        min_size=1,
        max_size=6,
    )
)
def test_a_block_has_the_cells_that_the_csv_module_finds(rows):
    text = "".join(",".join(row) + "\n" for row in rows)

    block = read_block(text, ",", 2)

    if block is not None:
        parsed = csv.reader(text.splitlines(keepends=True), strict=True)
        assert cells_of(block) == [row for row in parsed if row]


def test_cells_in_quotes_lose_them_and_keep_line_ends():
    block = read_block('1,"a, b"\r\n2,"c\nd"\r\n', ",", 2)

    assert cells_of(block) == [["1", "a, b"], ["2", "c\nd"]]


def test_nothing_is_taken_for_missing():
    assert cells_of(read_block("NA,null\n,NaN\n", ",", 2)) == [["NA", "null"], ["", "NaN"]]


@pytest.mark.parametrize("text", ["\n", "\r\n\n", "\r\r"])
def test_blank_lines_are_no_records(text):
    assert not cells_of(read_block(text, ",", 2) or ())


@pytest.mark.parametrize(
    "text",
    [
        "1,2\n3\n",
        "1,2,3\n",
        '1,"a""b"\n',
        '1,a"b\n',
        '1,"a\n',
        "1,\0\n",
        "\ufeff1,2\n",
        "1,\udcf1\n",
        f"1,{'x' * (csv.field_size_limit() + 1)}\n",
        f'1,"{"x" * (csv.field_size_limit() + 1)}"\n',
    ],
    ids=[
        "too few",
        "too many",
        "doubled quote",
        "quote inside",
        "quote left open",
        "nul",
        "byte order mark",
        "escaped byte",
        "long",
        "long in quotes",
    ],
)
def test_what_is_doubtful_is_left_to_the_careful_reader(text):
    assert read_block(text, ",", 2) is None
