"""Print-outs of counts: read as counts, added up against their own totals."""

import json

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from analytics.__main__ import app
from analytics.errors import SourceError
from analytics.sources.pivots import Difference, read_pivot

MONTHS = ["ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO"]
ROWS = [
    ["Informe"],
    ["ZONA/DELITO", 2018, *[None] * 5, "Total 2018", 2019, *[None] * 5, "Total 2019", "Total"],
    [None, *MONTHS, None, *MONTHS],
    ["C-1", 1, 0, 0, 0, 0, 2, 3, 4, 0, 0, 0, 0, 0, 4, 7],
    ["Robo", 1, None, None, None, None, None, 1, 4, *[None] * 5, 4, 5],
    ["Hurto", None, None, None, None, None, 2, 2, *[None] * 6, None, 2],
    ["(en blanco)", *[None] * 7, None, 1, None, None, None, None, 1, 1],
    ["Robo", *[None] * 7, None, 1, None, None, None, None, 1, 1],
    ["Total general", 1, 0, 0, 0, 0, 2, 3, 4, 1, 0, 0, 0, 0, 5, 8],
]


@pytest.fixture
def printed(tmp_path):
    def run(rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active.merge_cells("B2:G2")
        book.save(tmp_path / "cuadro.xlsx")
        return tmp_path / "cuadro.xlsx"

    return run


def changed(row, column, value):
    return [[*r[:column], value, *r[column + 1 :]] if n == row else r for n, r in enumerate(ROWS)]


def test_counts_carry_area_crime_and_month(printed):
    pivot = read_pivot(printed(ROWS))

    assert pivot.counts.to_dict("list") == {
        "area": ["C-1", "C-1", "C-1", "(en blanco)"],
        "crime": ["Robo", "Robo", "Hurto", "Robo"],
        "month": [pd.Timestamp(m) for m in ("2018-01", "2019-01", "2018-06", "2019-02")],
        "n": [1, 4, 2, 1],
    }
    assert (pivot.counted, pivot.grand_total, pivot.reconciles) == (8, 8, True)


def test_a_changed_count_is_found_in_its_row_area_column_and_in_the_total(printed):
    pivot = read_pivot(printed(changed(4, 1, 3)))

    assert not pivot.reconciles
    assert pivot.differences == (
        Difference("year", 5, "Robo 2018", 1, 3),
        Difference("row", 5, "Robo", 5, 7),
        Difference("area", 4, "C-1 2018-01", 1, 3),
        Difference("column", 9, "2018-01", 1, 3),
        Difference("grand_total", 9, "", 8, 10),
    )


def test_a_wrong_subtotal_is_found(printed):
    kinds = {d.kind for d in read_pivot(printed(changed(3, 1, 9))).differences}

    assert kinds == {"area", "row", "year"}


def test_a_text_where_a_count_should_be_is_listed(printed):
    pivot = read_pivot(printed(changed(4, 2, "s/d")))

    assert pivot.not_numbers == ((5, 3, "s/d"),)
    assert not pivot.reconciles


def test_a_list_of_events_is_no_print_out(printed):
    with pytest.raises(SourceError) as caught:
        read_pivot(printed([["fecha", "delito"], ["2019-01-05", "Robo"]]))

    assert caught.value.code == "source.not_pivot"


def test_the_command_writes_counts_and_says_whether_they_add_up(printed, tmp_path):
    out = tmp_path / "cuentas.csv"

    ran = CliRunner().invoke(app, ["pivot", str(printed(ROWS)), "--out", str(out), "--json"])

    assert ran.exit_code == 0
    said = json.loads(ran.stdout)
    assert (said["counted"], said["grand_total"], said["reconciles"]) == (8, 8, True)
    assert out.read_text().splitlines()[:2] == ["area,crime,month,n", "C-1,Robo,2018-01-01,1"]


@pytest.mark.shared
def test_the_register_of_mexico_city_adds_up_to_its_grand_total(shared_data):
    pivot = read_pivot(shared_data / "ciudad-de-mexico" / "ssp_solicitud_275416.xlsx")

    assert pivot.grand_total == pivot.counted == 124_666
    assert pivot.reconciles
    assert pivot.counts["month"].min() == pd.Timestamp("2013-01-01")
    assert pivot.counts["month"].max() == pd.Timestamp("2016-06-01")
