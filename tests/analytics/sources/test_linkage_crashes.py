"""A process killed while linking or before publishing leaves the old version."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.events.checks import check_store
from analytics.store.batches import current_version
from analytics.store.links import current_run
from tests.analytics.events.builders import record, store_in

ROOT = Path(__file__).resolve().parents[3]
KILLED_WHILE = """
import os, signal, sys
from pathlib import Path
import analytics.events.store
from analytics.sources.linkage import link
from tests.analytics.events.builders import store_in

def kill_at(stage):
    if stage == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

analytics.events.store.reached = kill_at
store = store_in(Path(sys.argv[1]))
link(store.settings, store.db, store.city, actor="ana")
"""


@pytest.mark.parametrize(
    ("stage", "is_run", "n_orphans"),
    [
        ("links staged", False, 0),
        ("links renamed", False, 2),
        ("links inserted", False, 2),
        ("links committed", True, 0),
    ],
)
def test_a_kill_leaves_the_old_version_current_and_whole(tmp_path, stage, is_run, n_orphans):
    store = store_in(tmp_path / "store")
    store.commit([record("a", "2024-03-04", xy=(1.0, 2.0))])
    version = store.publish()
    store.db.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE, str(tmp_path / "store"), stage],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    again = store_in(tmp_path / "store")
    assert current_version(again.db, "memphis") == version
    assert (current_run(again.db, "memphis") is not None) is is_run
    found = [finding.kind for finding in check_store(again.settings, again.db)]
    assert found == ["orphan"] * n_orphans
    assert again.publish().n_records == 1
    again.db.close()
