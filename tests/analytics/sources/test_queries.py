"""A query of another office's database: read only on both servers, or refused."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from analytics.errors import SettingsError, SourceError
from analytics.settings import Query, Settings
from analytics.sources.importing import import_file
from analytics.sources.queries import checked, open_query
from analytics.sources.readers import CHUNK_ROWS
from analytics.store.batches import batches
from analytics.store.database import open_database
from tests.analytics.sources.conftest import CITIES
from tests.postgres import database_url, postgres_server

__all__ = ["database_url", "postgres_server"]

URL = "CABILDO_TEST_QUERY_URL"
SELECT = (
    "SELECT id, fecha, delito, latitud, longitud FROM hechos WHERE delito LIKE '%ob%' ORDER BY id"
)
CONFIG = f'{CITIES}\n[queries.hechos]\nurl_env = "{URL}"\nselect = """{{}}"""\n'
WRITING = {
    "insert": "INSERT INTO hechos (id) VALUES (9)",
    "delete": "DELETE FROM hechos",
    "two statements": "SELECT 1; DELETE FROM hechos",
    "a statement after a comment": "SELECT 1 /* a */; /* b */ DELETE FROM hechos",
    "a delete under with": "WITH x AS (DELETE FROM hechos RETURNING *) SELECT * FROM x",
    "select into": "SELECT * INTO copia FROM hechos",
    "a backslash that hides the end": r"SELECT E'\''; DELETE FROM hechos; --'",
    "dollars that hide the end": "SELECT $a$ ' $a$; DELETE FROM hechos; SELECT $b$ ' $b$",
    "pragma": "PRAGMA writable_schema = 1",
    "nothing": "   ",
    "words only": "selection FROM hechos",
}


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with three records, of which two are robberies; its URL is in the environment."""
    url = database_url.replace("home/cabildo.db", "office.db")
    run(
        url,
        "CREATE TABLE hechos (id INTEGER, fecha TIMESTAMP, delito VARCHAR(40),"
        " latitud NUMERIC(9, 6), longitud DOUBLE PRECISION, notas VARCHAR(40))",
        "INSERT INTO hechos VALUES (1, '2019-01-05 22:30:00', 'Robo', -33.44, -70.66, 'a;b'),"
        " (2, '2019-01-06 10:00:00', 'Hurto', -33.45, -70.65, NULL),"
        " (3, '2019-02-07 00:15:00', 'Robo con fuerza', NULL, NULL, NULL)",
    )
    monkeypatch.setenv(URL, url)
    return url


@pytest.fixture
def query(office: str, tmp_path: Path) -> Callable[[str], list[list[str]]]:
    def run(select: str) -> list[list[str]]:
        asked = Query("hechos", URL, select)
        with open_query(asked, scratch=tmp_path / "scratch") as table:
            return [list(row) for chunk in table.chunks() for row in chunk.rows]

    return run


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.begin() as connection:
        results = [connection.exec_driver_sql(statement) for statement in statements]
        rows = [tuple(row) for row in results[-1]] if results[-1].returns_rows else []
    engine.dispose()
    return rows


def bring(settings: Settings):
    return import_file(
        settings.query("hechos"),
        settings=settings,
        db=open_database(settings),
        city=settings.city("santiago"),
        source="policía",
        actor="cli:test",
    )


def test_rows_of_a_query_become_events(office, make_settings, import_path):
    settings = make_settings(CONFIG.format(SELECT))

    found = import_path(settings.query("hechos"), "santiago")

    assert (found.report.rows, found.report.accepted, found.report.file) == (2, 2, "hechos")
    assert [event["source_record_id"] for event in found.events] == ["1", "3"]
    assert [event["occurred_from"] for event in found.events] == [
        datetime(2019, 1, 5, 22, 30),
        datetime(2019, 2, 7, 0, 15),
    ]
    assert (found.events[0]["latitude"], found.events[0]["longitude"]) == (-33.44, -70.66)
    assert found.events[1]["latitude"] is None
    assert found.report.choices["format"] == "SQL"
    assert found.report.choices["select"] == SELECT
    assert found.report.choices["database"] == office.partition(":")[0].partition("+")[0]
    assert office not in str(found.report)
    assert list((settings.home / "uploads").iterdir()) == []


def test_the_same_rows_have_the_same_checksum_and_other_rows_another(office, make_settings):
    settings = make_settings(CONFIG.format(SELECT))
    first, again = bring(settings), bring(settings)
    run(office, "UPDATE hechos SET delito = 'Robo menor' WHERE id = 3")

    assert first.sha256 == again.sha256 != bring(settings).sha256


def test_values_are_written_as_the_other_readers_write_them(query):
    assert query(
        "SELECT id, 2.0 AS dos, 0.5 AS medio, notas, ' % : ''x''; --' AS texto -- fin;\nFROM hechos"
        " WHERE id < 3 ORDER BY id;"
    ) in (
        [["1", "2", "0.5", "a;b", " % : 'x'; --"], ["2", "2", "0.5", "", " % : 'x'; --"]],
        [["1", "2.0", "0.5", "a;b", " % : 'x'; --"], ["2", "2.0", "0.5", "", " % : 'x'; --"]],
    )


def test_more_rows_than_a_chunk_come_once_each(query):
    n = 2 * CHUNK_ROWS + 7
    counted = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        f"{n}) SELECT i, i AS otra FROM n ORDER BY i"
    )

    assert [row[0] for row in query(counted)] == [str(i) for i in range(1, n + 1)]


@pytest.mark.parametrize("what", WRITING)
def test_anything_but_one_reading_statement_is_refused_before_a_database_is_asked(what):
    with pytest.raises(SourceError) as refused:
        checked(Query("hechos", URL, WRITING[what]))

    assert refused.value.code == "source.query_not_select"
    assert refused.value.details == {"query": "hechos"}


@pytest.mark.parametrize("what", ["insert", "delete", "a delete under with", "two statements"])
def test_the_database_refuses_to_write_even_if_the_text_were_let_through(
    query, office, monkeypatch, what
):
    monkeypatch.setattr("analytics.sources.queries.checked", lambda asked: asked.select)
    with pytest.raises(SourceError) as refused:
        query(WRITING[what])

    assert refused.value.code == "source.query_failed"
    assert run(office, "SELECT count(*) FROM hechos") == [(3,)]


@pytest.mark.parametrize(
    "select",
    [
        "select 1",
        "  WITH x AS (SELECT 1) SELECT * FROM x ;\n",
        "SELECT 'a; DELETE FROM b', \"update\" -- insert; into\nFROM t /* ; merge */",
        "SELECT call, copy, updated_at FROM t",
    ],
)
def test_one_reading_statement_is_let_through_whatever_its_texts_and_comments_say(select):
    assert checked(Query("hechos", URL, select)) == select.strip().removesuffix(";").strip()


def test_a_query_that_fails_on_its_way_leaves_nothing(office, make_settings):
    n = CHUNK_ROWS + 5
    # The last row overflows in SQLite, and divides by zero in PostgreSQL.
    broken = (
        f"abs(CASE WHEN i = {n} THEN -9223372036854775807 - 1 ELSE i END)"
        if office.startswith("sqlite")
        else f"1 / ({n} - i)"
    )
    select = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        f"{n}) SELECT i AS id, '2019-01-05' AS fecha, {broken} AS delito FROM n"
    )
    settings = make_settings(CONFIG.format(select))

    with pytest.raises(SourceError) as refused:
        bring(settings)

    assert refused.value.code == "source.query_failed"
    assert batches(open_database(settings), "santiago") == []
    assert [path for path in settings.home.rglob("*") if path.suffix == ".parquet"] == []
    assert list((settings.home / "uploads").iterdir()) == []


def test_a_column_that_is_not_there_is_said_by_the_database(query):
    with pytest.raises(SourceError) as refused:
        query("SELECT ausente FROM hechos")

    assert refused.value.code == "source.query_failed"
    assert "ausente" in str(refused.value.details["problem"])


def test_a_query_without_rows_is_refused_with_its_columns(query):
    with pytest.raises(SourceError) as refused:
        query("SELECT id, fecha FROM hechos WHERE id > 99")

    assert refused.value.code == "source.header_only"
    assert refused.value.details == {"file": "hechos", "found": "id, fecha"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite:////nowhere/absent.db", "source.query_unreachable"),
        ("postgresql://ana:secreta@/x?host=/nowhere", "source.query_unreachable"),
        ("secreta", "source.query_unreachable"),
        ("sqlite://", "source.query_database"),
        ("mssql://ana:secreta@host/x", "source.query_database"),
        (None, "source.query_no_url"),
    ],
)
def test_a_database_out_of_reach_is_refused_and_no_password_shown(monkeypatch, tmp_path, url, code):
    monkeypatch.setenv(URL, url) if url else monkeypatch.delenv(URL, raising=False)
    with (
        pytest.raises(SourceError) as refused,
        open_query(Query("hechos", URL, SELECT), scratch=tmp_path / "scratch"),
    ):
        pass

    assert refused.value.code == code
    assert "secreta" not in str(refused.value)
    assert not list(tmp_path.rglob("hechos"))


def test_an_absent_sqlite_file_is_not_made(monkeypatch, tmp_path):
    monkeypatch.setenv(URL, f"sqlite:///{tmp_path}/absent.db")
    with (
        pytest.raises(SourceError),
        open_query(Query("hechos", URL, SELECT), scratch=tmp_path / "scratch"),
    ):
        pass

    assert not (tmp_path / "absent.db").exists()


@pytest.mark.parametrize(
    ("table", "code", "key"),
    [
        ('url_env = "X"', "settings.missing_key", "queries.q.select"),
        ('select = "SELECT 1"', "settings.missing_key", "queries.q.url_env"),
        ('url = "sqlite:///x"', "settings.unknown_key", "queries.q.url"),
        ('url_env = "postgresql://a:secreta@h/x"\nselect = ""', "settings.wrong_value", "url_env"),
    ],
)
def test_settings_name_the_wrong_key_of_a_query_and_show_no_url(make_settings, table, code, key):
    with pytest.raises(SettingsError) as refused:
        make_settings(f"{CITIES}\n[queries.q]\n{table}\n")

    assert refused.value.code == code
    assert str(refused.value.details["key"]).endswith(key)
    assert "secreta" not in str(refused.value)
