"""Records held by column: in, out, under one another, and held between two passes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.sources import importing
from analytics.sources.chunks import Chunk, Memory, Rejected, by_column, joined

COLUMNS = ("id", "delito")
rows_of_two = st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=6)


def chunk(rows, first=2, rejected=()):
    numbers = np.arange(first, first + len(rows), dtype=np.int64)
    return Chunk(COLUMNS, numbers, by_column(rows, 2), list(rejected), 0)


@given(rows_of_two)
def test_rows_come_out_as_they_went_in(rows):
    held = chunk(rows)

    assert held.rows == rows
    assert len(held) == len(rows)
    assert [held.row(index) for index in range(len(rows))] == rows
    assert held.column("delito").to_pylist() == [row[1] for row in rows]


@given(st.lists(rows_of_two, min_size=1, max_size=4))
def test_stretches_are_put_under_one_another(stretches):
    cells = joined([by_column(rows, 2) for rows in stretches], 2)

    expected = [row for rows in stretches for row in rows]
    assert [list(row) for row in zip(*(c.to_pylist() for c in cells), strict=True)] == expected


def test_half_a_surrogate_pair_is_written_out_and_spares_its_neighbours():
    (column,) = by_column([["caf\ud83d"], ["ñandú 😀"]], 1)

    assert column.to_pylist() == ["caf\\ud83d", "ñandú 😀"]


def test_a_column_of_one_text_is_added_to_every_row():
    dated = chunk([["1", "ROBO"], ["2", "HURTO"]]).with_column((*COLUMNS, "año"), "2013")

    assert dated.columns == ("id", "delito", "año")
    assert dated.rows == [["1", "ROBO", "2013"], ["2", "HURTO", "2013"]]


def test_a_chunk_counts_the_bytes_of_its_cells_and_of_what_is_set_aside():
    # Two columns of two texts: four bytes for the place of each, and their letters.
    rows = [["1", "ROBO"], ["2", "HURTO"]]
    broken = Rejected(4, None, "1", "wrong_field_count", ["x"])

    assert chunk(rows).nbytes == 2 * 2 * 4 + 2 + 9
    assert chunk(rows, rejected=[broken]).nbytes > chunk(rows).nbytes


def test_memory_gives_back_the_chunks_in_order_once():
    chunks = [chunk([["1", "ROBO"]]), chunk([["2", "HURTO"]], first=3)]
    memory = Memory(sum(one.nbytes for one in chunks))
    for one in chunks:
        memory.add(one)

    assert list(memory.replay()) == chunks
    assert list(memory.replay()) == []


def test_memory_gives_up_what_is_too_large():
    one = chunk([["1", "ROBO"]])
    memory = Memory(2 * one.nbytes - 1)
    memory.add(one)
    memory.add(one)
    memory.add(chunk([]))

    assert memory.replay() is None


@pytest.mark.parametrize("held_bytes", [0, 1 << 20])
def test_an_import_is_the_same_whether_the_first_pass_is_held_or_not(
    import_text, monkeypatch, held_bytes
):
    text = "id,fecha,delito\n1,2019-03-05,ROBO\n2,ayer,ROBO\n3,2019-03-06\n1,2019-03-07,HURTO\n"
    monkeypatch.setattr(importing, "HELD_BYTES", held_bytes)
    monkeypatch.setattr(importing, "CHUNK_ROWS", 2)

    found = import_text(text)

    assert [(e["source_record_id"], e["row_number"]) for e in found.events] == [("1", 2)]
    assert [(q["row_number"], q["reason"]) for q in found.quarantined] == [
        (3, "unreadable_date"),
        (4, "wrong_field_count"),
        (5, "duplicate_record"),
    ]
