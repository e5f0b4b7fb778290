"""Hostile and broken files through the whole import: refused without a trace, or survived."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from analytics.errors import SourceError
from analytics.events.checks import check_store
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import version_path
from analytics.store.batches import batches, current_version
from analytics.store.database import open_database

ROOT = Path(__file__).resolve().parents[3]
HEADER = "id,fecha,delito,latitud,longitud\n"
ROW = "1,2019-03-05,ROBO,-33.44,-70.66\n"


@pytest.fixture
def refused(import_path, settings):
    """Import a file that is refused; nothing of it may remain. Return the refusal."""

    def run(path: Path, **options) -> SourceError:
        with pytest.raises(SourceError) as refusal:
            import_path(path, "santiago", **options)
        assert batches(open_database(settings), "santiago") == []
        for folder in ("events", "uploads"):
            assert [p for p in (settings.home / folder).rglob("*") if p.is_file()] == []
        return refusal.value

    return run


@pytest.fixture
def bomb(tmp_path):
    """Files of a few kilobytes that hold 100 megabytes, by format."""
    zeros = bytes(100 << 20)

    def make(kind: str) -> Path:
        path = tmp_path / f"bomba.{kind}"
        if kind == "csv.gz":
            path.write_bytes(gzip.compress(HEADER.encode() + zeros))
            return path
        name = {"zip": "datos.csv", "xlsx": "xl/sharedStrings.xml", "ods": "content.xml"}[kind]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, zeros)
            if kind != "zip":
                archive.writestr("mimetype", "x")
                archive.writestr("xl/workbook.xml" if kind == "xlsx" else "meta.xml", "<x/>")
        return path

    return make


@pytest.mark.parametrize("kind", ["zip", "csv.gz", "xlsx", "ods"])
def test_a_bomb_leaves_nothing(bomb, refused, kind):
    path = bomb(kind)

    assert path.stat().st_size < 1 << 20
    assert refused(path).code == "source.archive_bomb"


@pytest.mark.parametrize("name", ["../fuera.csv", "/fuera.csv", "a/../../fuera.csv"])
def test_a_name_that_leads_out_of_its_archive_writes_nothing(refused, tmp_path, name):
    path = tmp_path / "datos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, HEADER + ROW)

    refusal = refused(path)

    assert (refusal.code, refusal.details["file"]) == ("source.archive_path", "datos.zip")
    assert list(tmp_path.rglob("fuera.csv")) == []
    assert not Path("/fuera.csv").exists()


@pytest.mark.parametrize("name", ["carpeta", "carpeta.csv"])
def test_a_folder_in_place_of_a_file_is_refused(refused, tmp_path, name):
    (tmp_path / name).mkdir()

    refusal = refused(tmp_path / name)

    assert (refusal.code, refusal.details) == ("source.is_folder", {"file": name})


def test_formulas_are_text_in_a_csv_and_their_saved_value_in_a_workbook(
    import_text, import_path, tmp_path
):
    calls = '=HYPERLINK("http://x","ROBO")', "=cmd|' /C calc'!A0", "@SUM(1)"
    rows = [f'{n},2019-03-05,"{text.replace(chr(34), chr(34) * 2)}",,' for n, text in
            enumerate(calls)]  # fmt: skip
    book = openpyxl.Workbook()
    book.active.append(HEADER.strip().split(","))
    book.active.append([1, "2019-03-05", calls[0], None, None])
    book.save(tmp_path / "libro.xlsx")

    of_text = import_text(HEADER + "\n".join(rows) + "\n")
    of_book = import_path(tmp_path / "libro.xlsx")

    assert [event["source_category"] for event in of_text.events] == list(calls)
    assert of_book.report.accepted == 1
    assert of_book.events[0]["source_category"] in ("", None)  # saved without a value


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_three_hundred_columns_are_imported(import_path, tmp_path, kind):
    names = [*HEADER.strip().split(","), *(f"c{n}" for n in range(295))]
    row = [*ROW.strip().split(","), *map(str, range(295))]
    path = tmp_path / f"ancho.{kind}"
    if kind == "csv":
        path.write_text("\n".join([",".join(names), ",".join(row), ",".join(row[:-1])]) + "\n")
    else:
        book = openpyxl.Workbook()
        book.active.append(names)
        book.active.append(row)
        book.save(path)

    found = import_path(path)

    assert found.report.accepted == 1
    assert found.report.quarantined == ({"wrong_field_count": 1} if kind == "csv" else {})


def test_every_line_end_ends_a_row_and_one_within_quotes_does_not(import_text):
    lines = [
        HEADER.strip() + "\r\n",
        "1,2019-03-05,ROBO,-33.44,-70.66\n",
        "2,2019-03-05,ROBO,-33.44,-70.66\r",
        "\r\n\n",
        '3,2019-03-05,"ROBO\r\ncon fuerza",-33.44,-70.66\r\n',
        "4,2019-03-05,ROBO,-33.44,-70.66",
    ]

    found = import_text("".join(lines).encode())

    assert [event["source_record_id"] for event in found.events] == ["1", "2", "3", "4"]
    assert found.events[2]["source_category"] == "ROBO\r\ncon fuerza"
    assert found.report.quarantined == {}


def test_a_byte_without_meaning_in_the_header_or_in_a_row_is_shown_and_costs_no_other_row(
    import_text,
):
    header = "id,fecha,delito,descripci?n\n"
    good = "".join(f"{n},2019-03-05,LESIÓN,ñandú\n" for n in range(1, 9))
    content = (header + good + "9,2019-03-05,ROBO,mal?\n").encode().replace(b"?", b"\xf3")

    found = import_text(content)

    assert found.report.accepted == 8
    assert found.report.quarantined == {"undecodable_text": 1}
    assert found.quarantined[0]["column"] == "descripci\\xf3n"
    assert json.loads(found.quarantined[0]["raw"])["descripci\\xf3n"] == "mal\\xf3"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("grows", "source.changed_while_read"),
        ("is cut", "source.changed_while_read"),
        ("is replaced", "source.changed_while_read"),
        ("is deleted", "source.absent"),
    ],
)
def test_a_file_that_changes_between_its_two_readings_is_refused(refused, tmp_path, change, code):
    path = tmp_path / "datos.csv"
    path.write_text(HEADER + ROW)

    def disturb(rows: int, done: int, total: int) -> None:
        if change == "grows":
            with path.open("a") as file:
                file.write(ROW.replace("1", "2", 1))
        elif change == "is cut":
            os.truncate(path, len(HEADER) + 10)
        elif change == "is replaced":
            other = tmp_path / "otro.csv"
            other.write_text(HEADER + ROW.replace("ROBO", "HURTO"))
            other.replace(path)
        else:
            path.unlink(missing_ok=True)

    assert refused(path, progress=disturb).code == code


def test_one_file_imported_by_two_processes_at_once_counts_once(settings, tmp_path):
    path = tmp_path / "datos.csv"
    rows = [f"{n},2019-03-05,ROBO,-33.44,-70.66" for n in range(500)]
    path.write_text(HEADER + "\n".join(rows) + "\n")
    words = ["import", str(path), "--city", "santiago", "--source", "policía"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LANG": "en_US.UTF-8"}

    both = [
        subprocess.Popen(
            [sys.executable, "-m", "analytics", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=240) for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    db = open_database(settings)
    found = batches(db, "santiago")
    version = current_version(db, "santiago")
    assert version is not None
    assert {batch.rows_accepted for batch in found} == {500}
    assert set(version.batch_ids) == {batch.batch_id for batch in found}
    assert len(found) == 2
    assert EventEngine(version_path(settings, version)).totals(Filters(records=True)).n == 500
    assert check_store(settings, db) == []
