"""The demonstration store: built through the ordinary import, complete, left alone once there."""

import json
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from analytics.access import Action, authorise
from analytics.demo.build import PEOPLE, DemoReport, build_demo
from analytics.demo.files import DIALECTS
from analytics.errors import SettingsError, StoreError
from analytics.settings import ROOT, Settings, load_settings
from analytics.store import batches, people
from analytics.store.database import Database, open_database

UNTIL = date(2024, 12, 31)
N = 5_000


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CABILDO_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("CABILDO_CONFIG", str(ROOT / "config.toml"))
        yield load_settings()


@pytest.fixture(scope="module")
def db(settings) -> Iterator[Database]:
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture(scope="module")
def steps() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def report(settings, db, steps) -> DemoReport:
    return build_demo(
        settings,
        db,
        seed=7,
        until=UNTIL,
        n_incidents=N,
        progress=lambda done, total: steps.append((done, total)),
    )


@pytest.fixture(scope="module")
def facts(settings, report) -> dict:
    return json.loads((settings.home / "demo" / "defects.json").read_text())


@pytest.mark.parametrize("source", DIALECTS)
def test_import_sets_aside_exactly_the_defects_that_were_made(db, report, facts, source):
    batch = next(b for b in batches.batches(db, "quimera") if b.source == DIALECTS[source].source)

    assert batch.rows_quarantined == facts[source]["quarantined"]
    assert batch.rows_accepted + sum(batch.rows_quarantined.values()) == facts[source]["rows"]
    assert batch.rows_accepted - batch.rows_located == facts[source]["not_located"]
    assert batch.rows_dated == batch.rows_accepted


@pytest.mark.parametrize("source", DIALECTS)
def test_import_reads_each_dialect_as_it_was_written(db, report, source):
    dialect = DIALECTS[source]
    batch = next(b for b in batches.batches(db, "quimera") if b.source == dialect.source)

    assert batch.source_kind == source
    assert batch.choices["encoding"] == dialect.encoding
    assert batch.choices["delimiter"] == dialect.delimiter
    assert batch.choices["decimal"] == ("," if dialect.comma else ".")


def test_names_and_documents_of_people_are_left_out(db, report):
    batch = next(b for b in batches.batches(db, "quimera") if b.source_kind == "institutional")

    left_out = batch.choices["personal_columns_left_out"]
    assert sorted(left_out) == ["nombre_denunciante", "rut_denunciante"]


def test_published_version_holds_all_accepted_records(db, report):
    accepted = sum(b.rows_accepted for b in batches.batches(db, "quimera"))

    assert report.built
    assert report.n_records == accepted
    assert batches.current_version(db, "quimera").version_id == report.version_id


def test_everybody_can_sign_in_with_the_password_told(db, report):
    assert set(report.sign_ins) == set(PEOPLE)
    for username, password in report.sign_ins.items():
        assert people.check_password(db, username, password)


def test_the_mayor_sees_the_surface_and_the_analyst_points(db, report):
    views = {
        username: authorise(people.principal_of(db, username), Action.READ_SURFACE, "quimera").level
        for username in ("alcaldesa", "analista")
    }

    assert views == {"alcaldesa": "surface", "analista": "points"}


def test_passwords_are_kept_where_only_the_owner_reads(settings, report):
    path = settings.home / "demo" / "sign-ins.txt"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(password in path.read_text() for password in report.sign_ins.values())


def test_steps_are_told_to_the_last(report, steps):
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    assert steps[-1][0] == steps[-1][1]


def test_layers_named_by_the_settings_exist(settings, report):
    city = settings.city("quimera")

    for path in (city.boundary, city.areas, city.basemap, city.population):
        assert path.is_file()


def test_a_demo_that_is_there_is_left_alone(settings, db, report):
    raw = settings.home / "demo" / "patrullas.csv"
    before = raw.stat().st_mtime_ns
    again = build_demo(settings, db, seed=8, until=UNTIL, n_incidents=N)

    assert not again.built
    assert again.sign_ins == report.sign_ins
    assert again.version_id == report.version_id
    assert raw.stat().st_mtime_ns == before
    assert len(batches.batches(db, "quimera")) == len(DIALECTS)


def test_a_removed_file_of_passwords_is_not_made_anew(settings, db, report):
    path = settings.home / "demo" / "sign-ins.txt"
    text = path.read_text()
    path.unlink()
    again = build_demo(settings, db, until=UNTIL, n_incidents=N)
    path.write_text(text)
    path.chmod(0o600)

    assert again.sign_ins == {}


def test_an_interrupted_build_is_completed_by_the_next(make_settings):
    settings = make_settings((ROOT / "config.toml").read_text(encoding="utf-8"))
    db = open_database(settings)

    def stop_after_two_imports(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_demo(settings, db, until=UNTIL, n_incidents=1_000, progress=stop_after_two_imports)
    kept = (settings.home / "demo" / "sign-ins.txt").read_text()
    report = build_demo(settings, db, until=UNTIL, n_incidents=1_000)
    active = batches.batches(db, "quimera", active_only=True)
    db.close()

    assert report.built
    assert report.n_records == sum(b.rows_accepted for b in active)
    assert len(active) == len(DIALECTS)
    assert all(password in kept for password in report.sign_ins.values())


def test_somebody_elses_username_is_not_taken_over(make_settings):
    settings = make_settings((ROOT / "config.toml").read_text(encoding="utf-8"))
    db = open_database(settings)
    people.add_user(db, username="admin", name="Ana", password="una-clave-propia", actor="cli:ana")

    with pytest.raises(StoreError) as refusal:
        build_demo(settings, db, until=UNTIL, n_incidents=N)
    db.close()
    assert refusal.value.code == "people.exists"
    assert not (settings.home / "demo").exists()


def test_a_real_city_is_never_written_to(make_settings):
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    settings = make_settings(text.replace("synthetic = true", "synthetic = false"))
    db = open_database(settings)

    with pytest.raises(SettingsError) as refusal:
        build_demo(settings, db)
    db.close()
    assert refusal.value.code == "demo.not_synthetic"


def test_the_whole_demo_has_120_000_incidents_told_by_156_000_records(make_settings):
    settings = make_settings((ROOT / "config.toml").read_text(encoding="utf-8"))
    db = open_database(settings)
    report = build_demo(settings, db, until=UNTIL)
    db.close()

    truth = Path(settings.home / "demo" / "defects.json").read_text()
    rows = sum(source["rows"] for source in json.loads(truth).values())
    assert 155_000 < rows < 158_000
    assert 154_000 < report.n_records < rows
