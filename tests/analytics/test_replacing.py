"""A new version of a file takes the old one's place: never both, never neither."""

import os
import signal
import subprocess
import sys

import pytest

from analytics.errors import StoreError
from analytics.intake import Intake
from analytics.settings import ROOT, load_settings
from analytics.store import batches
from analytics.store.database import open_database
from tests.analytics.test_intake import (
    CALLS,
    CAMERAS,
    HEADER,
    actions,
    brought,
    db,
    intake,
    settings,
    visible,
)

__all__ = ["brought", "db", "intake", "settings"]  # fixtures
NEWER = CALLS.replace("2,2024-03-05", "2,2024-03-06") + "3,2024-03-07,ROBBERY,35.10,-90.00\n"
KILLED_WHILE = """
import os, signal, sys
from pathlib import Path
import analytics.events.store
from analytics.intake import Intake
from analytics.settings import load_settings
from analytics.store.database import open_database

def kill_at(stage):
    if stage == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

analytics.events.store.reached = kill_at
settings = load_settings()
intake = Intake(settings, open_database(settings), settings.city("memphis"), "ana")
intake.bring_in(Path(sys.argv[1]), source="calls", replaces=sys.argv[2])
intake.publish()
"""


@pytest.fixture
def newer(tmp_path):
    (tmp_path / "newer").mkdir()
    path = tmp_path / "newer" / "calls.csv"
    path.write_text(NEWER, encoding="utf-8")
    return path


def active(intake):
    return {batch.batch_id for batch in intake.holdings().active}


def test_the_new_version_is_visible_alone_and_the_old_one_is_kept(intake, brought, newer):
    old = brought(CALLS)

    report = intake.bring_in(newer, source="calls", replaces=old)
    assert visible(intake) == 2
    intake.publish()

    assert active(intake) == {report.batch}
    assert visible(intake) == 3
    assert not batches.find_batch(intake.db, old).active
    assert actions(intake)[-3:] == ["batch.commit", "batch.roll_back", "version.publish"]
    found = intake.compare(old, report.batch)
    assert (len(found.added), len(found.removed), len(found.changed)) == (1, 0, 1)
    assert (found.unchanged, set(found.changed_columns)) == (1, {"occurred_from", "occurred_to"})


def test_a_record_that_the_new_version_lacks_is_no_longer_visible(intake, brought, tmp_path):
    old = brought(CALLS)
    shorter = tmp_path / "shorter.csv"
    shorter.write_text(CALLS.splitlines()[0] + "\n" + CALLS.splitlines()[1] + "\n")

    new = intake.bring_in(shorter, source="calls", replaces=old).batch
    intake.publish()

    assert visible(intake) == 1
    assert len(intake.compare(old, new).removed) == 1


def test_a_new_version_that_is_refused_leaves_the_old_one(intake, brought, tmp_path):
    old = brought(CALLS)
    (tmp_path / "broken.csv").write_text(HEADER)
    with pytest.raises(ValueError, match=r"source\.header_only"):
        intake.bring_in(tmp_path / "broken.csv", source="calls", replaces=old)
    assert (active(intake), visible(intake)) == ({old}, 2)


def test_a_batch_of_another_source_or_already_out_is_not_replaced(intake, brought, newer):
    cameras, calls = brought(CAMERAS, "cameras", "cameras.csv"), brought(CALLS)
    with pytest.raises(StoreError, match=r"batches\.other_source"):
        intake.bring_in(newer, source="calls", replaces=cameras)
    intake.roll_back(calls)
    with pytest.raises(StoreError, match=r"batches\.already_rolled_back"):
        intake.bring_in(newer, source="calls", replaces=calls)
    with pytest.raises(StoreError, match=r"batches\.unknown"):
        intake.bring_in(newer, source="calls", replaces="nothing")
    assert active(intake) == {cameras}


def test_another_citys_batch_can_be_neither_replaced_nor_compared(
    intake, brought, newer, settings, db
):
    batch = brought(CALLS)
    other = Intake(settings, db, settings.city("bartlett"), "ana")
    with pytest.raises(StoreError, match=r"batches\.unknown"):
        other.bring_in(newer, source="calls", replaces=batch)
    with pytest.raises(StoreError, match=r"batches\.unknown"):
        other.compare(batch, batch)


def test_an_older_version_is_recognised_by_source_and_file_name(intake, brought, newer):
    old = brought(CALLS)
    report = intake.bring_in(newer, source="calls")
    assert intake.holdings().older_version(report).batch_id == old
    again = intake.bring_in(newer, source="cameras")
    assert intake.holdings().older_version(again) is None


@pytest.mark.parametrize(
    ("stage", "n_visible", "is_new"),
    [
        ("batch staged", 2, False),
        ("batch renamed", 2, False),
        ("batch committed", 2, True),
        ("version staged", 2, True),
        ("version renamed", 2, True),
        ("version inserted", 2, True),
        ("version committed", 3, True),
    ],
)
def test_a_kill_leaves_the_old_state_or_the_new(intake, brought, newer, stage, n_visible, is_new):
    old = brought(CALLS)
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE, str(newer), old, stage],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr

    settings = load_settings()
    after = Intake(settings, open_database(settings), settings.city("memphis"), "ana")
    assert visible(after) == n_visible
    assert len(active(after)) == 1
    assert (active(after) == {old}) is not is_new
    after.publish()
    assert visible(after) == (3 if is_new else 2)
    after.db.close()
