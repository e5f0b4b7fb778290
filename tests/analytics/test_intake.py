"""Files in, batches out: what is visible afterwards is always made of active batches."""

import json
import math
import os
import stat
import time
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from analytics.__main__ import app
from analytics.errors import SourceError, StoreError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import batch_path, version_path
from analytics.intake import Intake, import_line
from analytics.sources.mappings import Mapping
from analytics.store import audit, batches
from analytics.store.database import open_database
from analytics.uploads import DAY_S, received, safe_name

CITY = 'name = "{name}"\ncountry = "US"\ntimezone = "America/Chicago"\ncrs = "EPSG:32615"\n'
CONFIG = f"""
[cities.memphis]
{CITY.format(name="Memphis")}
[cities.bartlett]
{CITY.format(name="Bartlett")}
"""
HEADER = "id,date,type,lat,lon\n"
CALLS = HEADER + "1,2024-03-04,ROBBERY,35.10,-90.00\n2,2024-03-05,ROBBERY,35.11,-90.01\n"
CAMERAS = HEADER + "1,2024-03-06,ROBBERY,35.12,-90.02\n"
HALF_BAD = HEADER + "1,2024-03-04,ROBBERY,35.10,-90.00\n2,=2+2,ROBBERY,0,0\n"


@pytest.fixture
def settings(make_settings):
    return make_settings(CONFIG)


@pytest.fixture
def db(settings):
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture
def intake(settings, db):
    return Intake(settings, db, settings.city("memphis"), "ana")


@pytest.fixture
def brought(intake, tmp_path):
    """Import a text as a file of a source and publish; return the batch's id."""

    def bring(text, source="calls", name="calls.csv", publish=True):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        report = intake.bring_in(path, source=source)
        if publish:
            intake.publish()
        return report.batch

    return bring


def visible(intake):
    """Number of records that pages can see; None if they see nothing."""
    version = batches.current_version(intake.db, intake.city.key)
    if version is None:
        return None
    return EventEngine(version_path(intake.settings, version)).totals(Filters()).n_records


def actions(intake):
    return [entry.action for entry in reversed(audit.entries(intake.db))]


def test_an_imported_file_is_visible_once_it_is_published(intake, brought):
    brought(CALLS, publish=False)
    assert (visible(intake), intake.holdings().is_published) == (None, False)
    intake.publish()
    assert (visible(intake), intake.holdings().is_published) == (2, True)


def test_a_check_leaves_nothing_behind(intake, tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(CALLS, encoding="utf-8")
    report = intake.bring_in(path, source="calls", dry_run=True)
    assert (report.accepted, report.batch) == (2, None)
    assert intake.holdings().batches == ()


def test_rolling_back_one_of_two_batches_shows_the_other_alone(intake, brought):
    calls = brought(CALLS)
    brought(CAMERAS, "cameras", "cameras.csv")
    assert visible(intake) == 3
    intake.roll_back(calls)
    assert visible(intake) == 1
    assert intake.holdings().is_published


def test_rolling_back_the_only_batch_leaves_nothing_visible_and_deletes_nothing(intake, brought):
    batch = brought(CALLS)
    version = batches.current_version(intake.db, "memphis")
    assert intake.roll_back(batch) is None
    held = intake.holdings()
    assert (visible(intake), held.active, held.is_published) == (None, (), True)
    assert version_path(intake.settings, version).is_file()
    assert batch_path(intake.settings, held.batches[0]).is_file()
    assert actions(intake)[-2:] == ["batch.roll_back", "version.retire"]


def test_restoring_the_only_batch_brings_the_same_version_back(intake, brought):
    batch = brought(CALLS)
    before = batches.current_version(intake.db, "memphis").version_id
    intake.roll_back(batch)
    assert intake.restore(batch).version_id == before
    assert visible(intake) == 2


def test_a_rolled_back_batch_is_not_visible_even_if_the_others_cannot_be_published(intake, brought):
    calls, cameras = brought(CALLS), brought(CAMERAS, "cameras", "cameras.csv")
    batch_path(intake.settings, batches.find_batch(intake.db, cameras)).unlink()
    with pytest.raises(StoreError, match=r"store\.batch_missing"):
        intake.roll_back(calls)
    assert visible(intake) is None
    assert not intake.holdings().is_published


def test_an_import_that_cannot_be_published_leaves_what_was_visible(intake, brought):
    calls = brought(CALLS)
    batch_path(intake.settings, batches.find_batch(intake.db, calls)).unlink()
    with pytest.raises(StoreError, match=r"store\.batch_missing"):
        brought(CAMERAS, "cameras", "cameras.csv")
    assert visible(intake) == 2


def test_a_roll_back_that_was_cut_short_shows_as_not_published(intake, brought):
    batch = brought(CALLS)
    batches.roll_back(intake.db, batch, "ana")
    assert not intake.holdings().is_published
    with pytest.raises(StoreError, match=r"store\.nothing_to_publish"):
        intake.publish()
    assert visible(intake) is None


@pytest.mark.parametrize("step", ["roll_back", "restore", "quarantine"])
def test_the_batch_of_another_city_is_unknown(intake, brought, settings, db, step):
    batch = brought(HALF_BAD)
    other = Intake(settings, db, settings.city("bartlett"), "bea")
    with pytest.raises(StoreError, match=r"batches\.unknown"):
        getattr(other, step)(batch)
    assert visible(intake) == 1


def test_the_quarantine_of_a_batch_says_file_row_column_value_and_reason(intake, brought):
    rows = intake.quarantine(brought(HALF_BAD))
    (row,) = rows[["file", "row_number", "column", "value", "reason"]].itertuples(index=False)
    assert tuple(row) == ("calls.csv", 3, "date", "=2+2", "unreadable_date")


def test_reading_a_quarantine_is_audited_by_id_and_number_without_content(intake, brought):
    batch = brought(HALF_BAD)
    intake.quarantine(batch)
    (entry,) = audit.entries(intake.db, actions=["read_quarantine"])
    assert (entry.actor, entry.scope) == ("ana", "memphis")
    assert entry.detail == {"batch": batch, "rows": 1}


def test_a_clean_batch_has_an_empty_quarantine(intake, brought):
    assert len(intake.quarantine(brought(CALLS))) == 0


def test_a_quarantine_that_is_gone_is_refused_with_its_file(intake, brought):
    batch = brought(HALF_BAD)
    path = batch_path(intake.settings, batches.find_batch(intake.db, batch))
    path.with_name(f"{batch}.quarantine.parquet").unlink()
    with pytest.raises(StoreError, match=r"store\.batch_missing") as caught:
        intake.quarantine(batch)
    assert caught.value.details["path"] == f"memphis/{batch}.quarantine.parquet"


def test_holdings_come_latest_first_and_count_the_quarantine_of_active_batches(intake, brought):
    first = brought(HALF_BAD)
    second = brought(HALF_BAD, "cameras", "cameras.csv")
    held = intake.holdings()
    assert [batch.batch_id for batch in held.batches] == [second, first]
    assert (held.n_quarantined, held.sources) == (2, ("calls", "cameras"))
    intake.roll_back(first)
    held = intake.holdings()
    assert (held.n_quarantined, held.sources) == (1, ("calls", "cameras"))


def test_a_batch_without_accepted_rows_has_no_located_share(intake, brought):
    brought(HEADER + "1,never,ROBBERY,0,0\n")
    (row,) = intake.holdings().to_frame().to_dict("records")
    assert (row["rows_accepted"], row["rows_quarantined"], row["state"]) == (0, 1, "active")
    assert math.isnan(row["located_share"])


def test_the_same_bytes_of_the_same_source_are_recognised_and_of_another_are_not(
    intake, brought, tmp_path
):
    batch = brought(CALLS)
    path = tmp_path / "again.csv"
    path.write_text(CALLS, encoding="utf-8")
    again, other = (
        intake.bring_in(path, source=source, dry_run=True) for source in ("calls", "cameras")
    )
    assert intake.holdings().same_file(again).batch_id == batch
    assert intake.holdings().same_file(other) is None


def test_importing_the_same_file_twice_counts_its_records_once(intake, brought):
    brought(CALLS)
    brought(CALLS)
    assert visible(intake) == 2


def test_an_upload_is_private_to_its_owner_and_gone_afterwards(settings):
    with received(settings, "calls.csv", BytesIO(b"abc")) as path:
        assert path.read_bytes() == b"abc"
        assert settings.home in path.parents
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list((settings.home / "uploads").iterdir()) == []


def test_an_upload_is_copied_from_its_start(settings):
    content = BytesIO(b"abc")
    content.read(2)
    with received(settings, "calls.csv", content) as path:
        assert path.read_bytes() == b"abc"


def test_an_upload_that_is_refused_is_gone_too(intake):
    with (
        pytest.raises(SourceError, match=r"source\.empty"),
        received(intake.settings, "calls.csv", BytesIO(b"")) as path,
    ):
        intake.bring_in(path, source="calls")
    assert list((intake.settings.home / "uploads").iterdir()) == []


def test_what_a_killed_upload_left_is_removed_after_a_day_and_not_before(settings):
    left = {}
    for name, age_s in (("old", DAY_S + 60), ("young", DAY_S - 60)):
        left[name] = settings.home / "uploads" / name
        left[name].mkdir(parents=True)
        (left[name] / "calls.csv").write_text("1,2")
        os.utime(left[name], (time.time() - age_s,) * 2)
    with received(settings, "calls.csv", BytesIO(b"")):
        assert (left["old"].exists(), left["young"].exists()) == (False, True)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("robos año 2025.csv", "robos año 2025.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\calls.csv", "calls.csv"),
        ("..", "upload"),
        ("", "upload"),
        (".bashrc", "bashrc"),
        ("calls\x00\n.csv", "calls.csv"),
        ("calls\u202evsc.exe", "callsvsc.exe"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_the_name_of_an_upload_is_its_last_part_without_what_steers(sent, kept):
    assert safe_name(sent) == kept


@given(st.text(max_size=400))
def test_a_safe_name_is_a_plain_short_file_name_whatever_was_sent(sent):
    name = safe_name(sent)
    assert name
    assert len(name.encode()) <= 200
    assert not set(name) & set("/\\\0\n")
    assert not name.startswith(".")
    assert safe_name(name) == name


def test_the_command_to_copy_quotes_what_a_shell_would_split():
    assert import_line("memphis", "Calls & parts", "calls.csv", "my map.toml") == (
        "python -m analytics import calls.csv --city memphis --source 'Calls & parts'"
        " --mapping 'my map.toml'"
    )


def test_the_command_line_rolls_the_only_batch_back_and_undoes_it(intake, brought):
    batch = brought(CALLS)
    assert CliRunner().invoke(app, ["rollback", batch]).exit_code == 0
    assert visible(intake) is None
    assert CliRunner().invoke(app, ["rollback", batch, "--undo"]).exit_code == 0
    assert visible(intake) == 2


def test_the_command_line_refuses_an_unknown_batch(intake):
    assert CliRunner().invoke(app, ["rollback", "b9"]).exit_code == 1


def test_a_remembered_mapping_is_used_for_its_source_until_it_is_forgotten(intake, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text(CALLS.replace("type", "what it was"), encoding="utf-8")
    told = intake.preview(path, source="calls").mapping(
        {"date": "date", "category": "what it was", "latitude": "lat", "longitude": "lon"}
    )
    assert intake.remembered_version("calls") == 0
    intake.remember("calls", told, "Calls as sent", version=0)
    assert intake.remembered_version("calls") == 1
    made = intake.bring_in(path, source="calls", dry_run=True).choices
    assert made["columns"]["category"] == "what it was"
    assert made["mapping_remembered"] == "Calls as sent"
    other = intake.bring_in(path, source="cameras", dry_run=True).choices
    assert "mapping_remembered" not in other
    given = intake.bring_in(path, source="calls", mapping=Mapping(), dry_run=True).choices
    assert "mapping_remembered" not in given
    assert intake.forget("calls")
    assert "mapping_remembered" not in intake.bring_in(path, source="calls", dry_run=True).choices


def test_the_command_uses_what_is_remembered_and_says_so(intake, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text(CALLS.replace("type", "what it was"), encoding="utf-8")
    intake.remember("calls", Mapping(category="what it was"), "Calls as sent")
    words = ["import", str(path), "--city", "memphis", "--source", "calls", "--dry-run", "--json"]
    done = CliRunner().invoke(app, words)
    assert json.loads(done.stdout)["choices"]["mapping_remembered"] == "Calls as sent"
    toml = tmp_path / "given.toml"
    toml.write_text('[columns]\ncategory = "what it was"\n', encoding="utf-8")
    done = CliRunner().invoke(app, [*words, "--mapping", str(toml)])
    assert "mapping_remembered" not in json.loads(done.stdout)["choices"]
