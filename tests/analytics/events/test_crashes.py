"""A process killed at any step leaves the old state or the new one, and at worst an orphan."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.events.checks import check_store
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.store.batches import batches, current_version
from tests.analytics.events.builders import record, store_in

ROOT = Path(__file__).resolve().parents[3]
KILLED_WHILE = """
import os, signal, sys
from pathlib import Path
import analytics.events.store
from tests.analytics.events.builders import record, store_in

def kill_at(stage):
    if stage == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

analytics.events.store.reached = kill_at
store = store_in(Path(sys.argv[1]))
store.commit([record("c"), record("d")], "b2", refused=1)
store.publish()
"""


def run_and_kill(folder, stage):
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE, str(folder), stage],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def folder(tmp_path):
    """A store with one published batch of two events."""
    store = store_in(tmp_path / "store")
    store.commit([record("a"), record("b")], "b1")
    store.publish()
    store.db.close()
    return tmp_path / "store"


def state(folder):
    """Numbers of batches and of published events, and what the check finds."""
    store = store_in(folder)
    n_batches = len(batches(store.db, "memphis"))
    path = store.path(current_version(store.db, "memphis"))
    n_events = EventEngine(path).totals(Filters()).n
    kinds = [finding.kind for finding in check_store(store.settings, store.db)]
    store.db.close()
    return n_batches, n_events, kinds


@pytest.mark.parametrize(
    ("stage", "after"),
    [
        ("batch staged", (1, 2, [])),
        ("batch renamed", (1, 2, ["orphan", "orphan"])),
        ("batch committed", (2, 2, [])),
        ("version staged", (2, 2, [])),
        ("version renamed", (2, 2, ["orphan"])),
        ("version inserted", (2, 2, ["orphan"])),
        ("version committed", (2, 4, [])),
    ],
)
def test_a_kill_leaves_the_old_state_or_the_new(folder, stage, after):
    run_and_kill(folder, stage)
    assert state(folder) == after


@pytest.mark.parametrize("stage", ["batch renamed", "version renamed"])
def test_after_a_kill_the_same_work_can_be_done_again(folder, stage):
    run_and_kill(folder, stage)
    store = store_in(folder)
    if len(batches(store.db, "memphis")) == 1:
        store.commit([record("c"), record("d")], "b2", refused=1)
    store.publish()
    store.db.close()
    assert state(folder) == (2, 4, [])
