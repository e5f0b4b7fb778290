"""``user``, ``migrate``, ``doctor``, the help: what an administrator types."""

import re
from pathlib import Path

import pytest

from analytics.settings import Settings
from analytics.store import people
from analytics.store.database import open_database
from tests.analytics.commands.conftest import Run

PASSWORD = "una clave bastante larga"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "BCRYPT_COST", 4)


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


def test_a_person_is_added_with_a_password_from_a_file_and_assigned(
    memphis: Settings, run: Run, password_file: Path
) -> None:
    assert run("user", "add", "ana", "Ana Rojas", "--password-file", password_file).code == 0
    assert run("user", "assign", "ana", "analyst", "memphis").code == 0
    db = open_database(memphis)
    assert people.check_password(db, "ana", PASSWORD)
    person = people.principal_of(db, "ana")
    assert person is not None
    assert [(held.role, held.scope) for held in person.assignments] == [("analyst", "memphis")]


def test_a_password_is_asked_for_and_never_shown(memphis: Settings, run: Run) -> None:
    answer = run("user", "add", "ana", "Ana Rojas", answer=PASSWORD + "\n")
    assert answer.code == 0
    assert PASSWORD not in answer.out + answer.err
    assert people.check_password(open_database(memphis), "ana", PASSWORD)


def test_a_password_is_no_argument(memphis: Settings, run: Run) -> None:
    assert run("user", "add", "ana", "Ana Rojas", PASSWORD).code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["user", "assign", "nadie", "analyst", "memphis"], "nadie"),
        (["user", "assign", "ana", "emperor", "memphis"], "emperor"),
        (["user", "assign", "ana", "analyst", "nashville"], "nashville"),
        (["user", "disable", "nadie"], "nadie"),
    ],
)
def test_a_mistaken_name_is_refused_by_name(
    memphis: Settings, run: Run, password_file: Path, words: list[str], said: str
) -> None:
    run("user", "add", "ana", "Ana Rojas", "--password-file", password_file)
    answer = run(*words)
    assert answer.code == 1
    assert said in answer.err


def test_a_short_password_is_refused(memphis: Settings, run: Run, tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_text("corta")
    answer = run("user", "add", "ana", "Ana", "--password-file", short)
    assert answer.code == 1
    assert "12" in answer.err


def test_a_password_file_that_is_not_there_is_named(
    memphis: Settings, run: Run, tmp_path: Path
) -> None:
    answer = run("user", "add", "ana", "Ana", "--password-file", tmp_path / "absent")
    assert answer.code == 1
    assert "absent" in answer.err


def test_a_disabled_person_may_not_enter(memphis: Settings, run: Run, password_file: Path) -> None:
    run("user", "add", "ana", "Ana", "--password-file", password_file)
    assert run("user", "disable", "ana").code == 0
    assert not people.check_password(open_database(memphis), "ana", PASSWORD)


def test_migrating_a_new_store_twice_is_no_mistake(memphis: Settings, run: Run) -> None:
    assert [run("migrate").code, run("migrate").code] == [0, 0]


def test_the_doctor_finds_nothing_in_a_sound_store(
    memphis: Settings, run: Run, robberies: Path
) -> None:
    run("import", robberies, "--city", "memphis", "--source", "police")
    answer = run("doctor", "--json")
    assert (answer.code, answer.json) == (0, [])


def test_the_doctor_names_a_file_that_is_gone_and_ends_with_one(
    memphis: Settings, run: Run, robberies: Path, home: Path
) -> None:
    run("import", robberies, "--city", "memphis", "--source", "police")
    (batch,) = (home / "events" / "memphis").glob("*.parquet")
    batch.unlink()
    answer = run("doctor", "--json")
    assert answer.code == 1
    assert [(found["kind"], batch.name in found["path"]) for found in answer.json] == [
        ("missing", True)
    ]
    assert batch.name in answer.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[cities", "config.toml"),
        ('title = 1\n[cities.x]\nname = "X"\n', "title"),
        ('[cities.x]\nname = "X"\n', "cities.x.country"),
        ("colour = 1\n", "colour"),
    ],
)
def test_wrong_settings_are_refused_with_the_key(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    monkeypatch.setenv("CABILDO_CONFIG", str(path))
    answer = run("batches", "--city", "x")
    assert answer.code == 1
    assert said in answer.err


def test_settings_that_are_not_there_are_refused_by_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CABILDO_CONFIG", str(tmp_path / "absent.toml"))
    answer = run("batches", "--city", "x")
    assert answer.code == 1
    assert "absent.toml" in answer.err


def commands(run: Run, *family: str) -> list[str]:
    shown = run(*family, "--help").out
    return re.findall(r"^\s*[│|]?\s*([a-z][a-z-]+)\s{2,}\S", shown.partition("Commands")[2], re.M)


def test_the_help_tells_of_every_command_in_a_sentence(run: Run) -> None:
    from analytics.__main__ import app

    named = {command.name for command in app.registered_commands}
    named |= {group.name for group in app.registered_groups}
    assert set(commands(run)) == named


@pytest.mark.parametrize("command", ["hotspots", "overview", "import", "doctor", "rollback"])
def test_every_command_has_help_of_its_own(run: Run, command: str) -> None:
    answer = run(command, "--help")
    assert answer.code == 0
    assert "Usage" in answer.out


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    answer = run()
    assert answer.code == 2
    assert "Usage" in answer.out + answer.err
