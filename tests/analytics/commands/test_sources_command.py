"""``import``, ``publish``, ``batches``, ``rollback``: what is refused leaves no trace."""

import gzip
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from analytics.settings import Settings
from tests.analytics.commands.conftest import MEMPHIS, Run

Stored = Callable[[], tuple[int, int, list[str]]]
HEADER = "id,date,offence,longitude,latitude\n"
ROW = "{},2019-01-05 18:20:00,personal robbery,-90.05,35.15\n"
# What is wrong → the file's content and name, and what the sentence must name.
WRONG: dict[str, tuple[bytes | None, str, tuple[str, ...]]] = {
    "absent": (None, "absent.csv", ("absent.csv",)),
    "empty": (b"", "empty.csv", ("empty.csv",)),
    "header only": (HEADER.encode(), "header.csv", ("header.csv", "offence")),
    "no known column": (b"a,b\n1,2\n", "strange.csv", ("strange.csv", "a", "b")),
    "broken gzip": (b"\x1f\x8b\x08broken", "broken.csv.gz", ("broken.csv.gz",)),
    "a spreadsheet": (b"PK\x03\x04" + b"\0" * 400, "book.csv", ("book.csv",)),
}
WORDS = {
    "es": re.compile(r"\b(el|la|no|de|está|archivo)\b", re.I),
    "pt": re.compile(r"\b(o|a|não|do|da|está|arquivo)\b", re.I),
    "en": re.compile(r"\b(the|is|not|file|of|must|it)\b", re.I),
}


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_cannot_be_read_is_refused_in_the_readers_language_and_leaves_no_trace(
    memphis: Settings, run: Run, stored: Stored, tmp_path: Path, what: str, lang: str
) -> None:
    content, name, named = WRONG[what]
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    answer = run("import", path, "--city", "memphis", "--source", "police", lang=f"{lang}.UTF-8")
    assert answer.code == 1
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1
    assert all(text in answer.err for text in named)
    assert WORDS[lang].search(answer.err)
    assert "⟦" not in answer.err
    assert stored() == (0, 0, [])


def test_a_folder_is_refused(memphis: Settings, run: Run, stored: Stored, tmp_path: Path) -> None:
    answer = run("import", tmp_path, "--city", "memphis", "--source", "police")
    assert answer.code == 1
    assert tmp_path.name in answer.err
    assert stored() == (0, 0, [])


def test_the_three_languages_say_it_in_three_ways(
    memphis: Settings, run: Run, tmp_path: Path
) -> None:
    words = ("import", tmp_path / "absent.csv", "--city", "memphis", "--source", "police")
    assert len({run(*words, lang=f"{lang}.UTF-8").err for lang in WORDS}) == 3


def test_an_unknown_language_falls_back_to_spanish(
    memphis: Settings, run: Run, tmp_path: Path
) -> None:
    words = ("import", tmp_path / "absent.csv", "--city", "memphis", "--source", "police")
    assert run(*words, lang="de_DE.UTF-8").err == run(*words, lang="es_CL.UTF-8").err


@pytest.mark.parametrize("lang", WORDS)
def test_a_crs_of_another_country_is_refused_with_the_key_and_what_would_fit(
    make_settings: Callable[[str], Settings],
    run: Run,
    stored: Stored,
    robberies: Path,
    lang: str,
) -> None:
    make_settings(MEMPHIS.format(crs="EPSG:31983"))
    answer = run("import", robberies, "--city", "memphis", "--source", "x", lang=f"{lang}.UTF-8")
    assert answer.code == 1
    for text in ("robberies.csv", "cities.memphis.crs", "EPSG:31983", "EPSG:32615", "longitude"):
        assert text in answer.err
    assert stored() == (0, 0, [])


@pytest.mark.parametrize(
    ("crs", "lang"),
    [("EPSG:4326", "es"), ("EPSG:4326", "pt"), ("EPSG:999999", "en"), ("metres", "es")],
)
def test_a_crs_that_is_none_or_not_in_metres_is_refused_with_its_key(
    make_settings: Callable[[str], Settings], run: Run, crs: str, lang: str, robberies: Path
) -> None:
    with pytest.raises(Exception, match=r"settings\.crs"):
        make_settings(MEMPHIS.format(crs=crs))
    answer = run("import", robberies, "--city", "memphis", "--source", "x", lang=f"{lang}.UTF-8")
    assert answer.code == 1
    assert "cities.memphis.crs" in answer.err
    assert crs in answer.err


def test_a_column_that_the_mapping_names_and_the_file_lacks_is_named(
    memphis: Settings, run: Run, stored: Stored, robberies: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[columns]\ndate = "Fecha"\n')
    words = ("--city", "memphis", "--source", "police", "--mapping", mapping)
    answer = run("import", robberies, *words)
    assert answer.code == 1
    assert "robberies.csv" in answer.err
    assert "Fecha" in answer.err
    assert stored() == (0, 0, [])


def test_bytes_that_are_no_text_of_the_stated_encoding_set_their_row_aside_by_reason(
    memphis: Settings, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "mixed.csv"
    rows = [ROW.format(i).encode() for i in range(30)]
    rows[7] = b"7,2019-01-05 18:20:00,robo con \xff\xfe,-90.05,35.15\n"
    path.write_bytes(HEADER.encode() + b"".join(rows))
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[options]\nencoding = "utf-8"\n')
    words = ("--city", "memphis", "--source", "police", "--mapping", mapping, "--json")
    told = run("import", path, *words).json
    assert told["quarantined"] == {"undecodable_text": 1}
    assert told["accepted"] == 29


@pytest.mark.parametrize("lang", WORDS)
def test_a_file_that_is_not_in_the_stated_encoding_is_refused_by_both_names(
    memphis: Settings, run: Run, stored: Stored, robberies: Path, tmp_path: Path, lang: str
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[options]\nencoding = "utf-32"\n')
    words = ("--city", "memphis", "--source", "police", "--mapping", mapping)
    answer = run("import", robberies, *words, lang=f"{lang}.UTF-8")
    assert answer.code == 1
    assert "robberies.csv" in answer.err
    assert "utf-32" in answer.err
    assert stored() == (0, 0, [])


def test_an_import_reports_what_became_of_every_row(
    memphis: Settings, run: Run, robberies: Path
) -> None:
    with robberies.open("a") as file:
        file.write("9,not a date,personal robbery,-90.05,35.15\n")
        file.write("10,2019-01-05 18:20:00,personal robbery,0,0\n")
    answer = run("import", robberies, "--city", "memphis", "--source", "police", "--json")
    assert answer.code == 0
    told = answer.json
    assert (told["rows"], told["accepted"]) == (10, 8)
    assert told["quarantined"] == {"unreadable_date": 1, "zero_coordinate": 1}
    assert told["located_share"] == pytest.approx(7 / 8)
    assert told["batch"]


def test_a_dry_run_reports_the_same_and_stores_nothing(
    memphis: Settings, run: Run, stored: Stored, robberies: Path
) -> None:
    words = ("import", robberies, "--city", "memphis", "--source", "police", "--json")
    dry = run(*words, "--dry-run").json
    assert stored() == (0, 0, [])
    wet = run(*words).json
    assert dry["batch"] is None
    assert {**dry, "batch": 0} == {**wet, "batch": 0}


def test_a_compressed_file_gives_the_same_rows(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "robberies.csv.gz"
    packed.write_bytes(gzip.compress(robberies.read_bytes()))
    words = ("--city", "memphis", "--source", "police", "--dry-run", "--json")
    assert run("import", packed, *words).json["accepted"] == 8


def test_a_batch_is_listed_taken_out_and_put_back(
    memphis: Settings, run: Run, robberies: Path, tmp_path: Path
) -> None:
    batch = run("import", robberies, "--city", "memphis", "--source", "police", "--json").json[
        "batch"
    ]
    count = ("hotspots", "--city", "memphis", "--out", tmp_path / "x.csv", "--json")
    assert [row["batch_id"] for row in run("batches", "--city", "memphis", "--json").json] == [
        batch
    ]
    assert run(*count).json["n"] == 8
    assert run("rollback", batch).code == 0
    assert run(*count).code == 1
    assert run("rollback", batch, "--undo").code == 0
    assert run(*count).json["n"] == 8


def test_an_unknown_batch_is_refused_by_name(memphis: Settings, run: Run) -> None:
    answer = run("rollback", "20190101T000000-nothing")
    assert answer.code == 1
    assert "20190101T000000-nothing" in answer.err


def test_publishing_nothing_is_refused(memphis: Settings, run: Run) -> None:
    answer = run("publish", "--city", "memphis")
    assert answer.code == 1
    assert "Memphis" in answer.err


def test_what_the_command_line_does_is_audited_under_the_system_user(
    memphis: Settings, run: Run, robberies: Path
) -> None:
    from analytics.commands.console import actor
    from analytics.store.audit import entries
    from analytics.store.database import open_database

    run("import", robberies, "--city", "memphis", "--source", "police")
    assert actor().startswith("cli:")
    assert {entry.actor for entry in entries(open_database(memphis))} == {actor()}


QUERY = '\n[queries.cases]\nurl_env = "{variable}"\nselect = "{select}"\n'


def office(tmp_path: Path, rows: str) -> str:
    """Make an SQLite database with the robberies in it; return its URL."""
    path = tmp_path / "office.db"
    with closing(sqlite3.connect(path)) as connection:
        header, *lines = rows.splitlines()
        marks = ", ".join("?" * len(header.split(",")))
        connection.execute(f"CREATE TABLE cases ({header})")
        connection.executemany(
            f"INSERT INTO cases VALUES ({marks})", [line.split(",") for line in lines]
        )
        connection.commit()
    return f"sqlite:///{path}"


def test_a_query_gives_what_the_file_of_the_same_rows_gives(
    make_settings: Callable[[str], Settings],
    run: Run,
    robberies: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = QUERY.format(variable="OFFICE_URL", select="SELECT * FROM cases ORDER BY id")
    make_settings(MEMPHIS.format(crs="EPSG:32615") + text)
    monkeypatch.setenv("OFFICE_URL", office(tmp_path, robberies.read_text()))
    words = ("--city", "memphis", "--source", "police", "--json")
    of_file = run("import", robberies, "--dry-run", *words)
    of_query = run("import", "--query", "cases", *words)
    assert (of_query.code, of_query.json["file"]) == (0, "cases")
    for key in ("rows", "accepted", "quarantined", "located_share", "dated_share"):
        assert of_query.json[key] == of_file.json[key]
    assert [row["file_name"] for row in run("batches", "--city", "memphis", "--json").json] == [
        "cases"
    ]


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize(
    ("name", "url", "select", "named"),
    [
        ("other", "", "SELECT 1", ("other", "cases")),
        ("cases", "", "SELECT 1", ("cases", "OFFICE_URL")),
        ("cases", "sqlite:////nowhere/absent.db", "SELECT 1", ("cases",)),
        ("cases", "mysql://host/x", "SELECT 1", ("cases", "mysql")),
        ("cases", "sqlite:////nowhere/absent.db", "DELETE FROM cases", ("cases", "SELECT")),
        ("cases", "{office}", "SELECT * FROM absent", ("cases", "absent")),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_in_the_readers_language_and_leaves_no_trace(
    make_settings: Callable[[str], Settings],
    run: Run,
    stored: Stored,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    url: str,
    select: str,
    named: tuple[str, ...],
    lang: str,
) -> None:
    text = QUERY.format(variable="OFFICE_URL", select=select)
    make_settings(MEMPHIS.format(crs="EPSG:32615") + text)
    if url:
        monkeypatch.setenv("OFFICE_URL", url.format(office=office(tmp_path, "id\n1")))
    words = ("import", "--query", name, "--city", "memphis", "--source", "police")
    answer = run(*words, lang=f"{lang}.UTF-8")
    assert (answer.code, answer.out) == (1, "")
    assert len(answer.err.strip().splitlines()) == 1
    assert all(text in answer.err for text in named)
    assert WORDS[lang].search(answer.err)
    assert "⟦" not in answer.err
    assert stored() == (0, 0, [])


def test_files_and_a_query_at_once_or_neither_are_wrong_usage(
    memphis: Settings, run: Run, robberies: Path
) -> None:
    words = ("--city", "memphis", "--source", "police")
    assert run("import", *words).code == 2
    assert run("import", robberies, "--query", "cases", *words).code == 2
