"""Import, publication and linkage killed at random moments: the old state or the new, no third.

``make test`` kills 20 times, ``make soak`` 100 times (``CABILDO_KILLS``); the seed is fixed and
the moments are drawn over the whole of an undisturbed run.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from analytics.events.checks import check_store
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.sources.importing import import_file
from analytics.sources.linkage import link
from analytics.store.batches import batches, current_version
from analytics.store.links import current_run
from tests.analytics.events.builders import EventStore, store_in

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("CABILDO_KILLS", "20"))
ROWS = 4000
OLD, NEW = ROWS, 2 * ROWS
WORK = """
import sys
from pathlib import Path
from tests.analytics.events.builders import store_in
from tests.soak.test_random_kills import bring_in, tie

store = store_in(Path(sys.argv[1]))
print("ready", flush=True)
bring_in(store, "camera", Path(sys.argv[2]))
tie(store)
"""


def bring_in(store: EventStore, source: str, path: Path) -> None:
    """Import a file as one source's batch and publish it."""
    told = {"settings": store.settings, "db": store.db, "city": store.city}
    import_file(path, source=source, actor="ana", **told)
    store.publish()


def tie(store: EventStore) -> None:
    """Link the records across sources and publish the incidents."""
    link(store.settings, store.db, store.city, actor="ana")
    store.publish()


def written(path: Path, seed: int) -> Path:
    """Write a file of records in a square of 4 km in Memphis over 60 days."""
    rng = np.random.default_rng(seed)
    at = np.datetime64("2024-03-04T00:00") + rng.integers(0, 60 * 1440, ROWS)
    lon, lat = rng.uniform(-90.02, -89.98, ROWS), rng.uniform(35.10, 35.14, ROWS)
    lines = [f"{a},ROBO,{x:.5f},{y:.5f}" for a, x, y in zip(at, lon, lat, strict=True)]
    path.write_text("\n".join(["fecha,delito,longitud,latitud", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A store with one published source, and the file of the second one."""
    folder = tmp_path_factory.mktemp("kills")
    store = store_in(folder / "store")
    bring_in(store, "patrol", written(folder / "patrol.csv", 1))
    store.db.close()
    return folder / "store", written(folder / "camera.csv", 2)


def start(folder: Path, file: Path) -> subprocess.Popen[str]:
    """Start the work in a process of its own, and wait until it begins."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(folder), str(file)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture(scope="module")
def undisturbed_s(template, tmp_path_factory) -> float:
    """How long the work takes when nothing happens."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    shutil.copytree(template[0], folder)
    process = start(folder, template[1])
    begun = time.perf_counter()
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    store = store_in(folder)
    assert state(store) == (2, NEW, True)
    store.db.close()
    return time.perf_counter() - begun


def state(store: EventStore) -> tuple[int, int, bool]:
    """Batches on record, records published (each proven by its checksum), whether a run is."""
    version = current_version(store.db, "memphis")
    assert version is not None
    totals = EventEngine(store.path(version)).totals(Filters(records=True))
    return (
        len(batches(store.db, "memphis")),
        round(totals.n),
        current_run(store.db, "memphis") is not None,
    )


@pytest.mark.parametrize("turn", range(KILLS))
def test_a_kill_at_a_random_moment_leaves_the_old_state_or_the_new(
    turn, template, undisturbed_s, tmp_path
):
    folder = tmp_path / "store"
    shutil.copytree(template[0], folder)
    # One draw in each equal part of the run, so that no stage is missed by chance.
    share = (turn + np.random.default_rng(turn).uniform()) / KILLS
    process = start(folder, template[1])
    time.sleep(share * undisturbed_s)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=240)

    store = store_in(folder)
    assert state(store) in {
        (1, OLD, False),
        (2, OLD, False),
        (2, NEW, False),
        (2, NEW, True),
    }
    assert {found.kind for found in check_store(store.settings, store.db)} <= {"orphan"}

    if len(batches(store.db, "memphis")) == 1:
        bring_in(store, "camera", template[1])
    tie(store)
    assert state(store) == (2, NEW, True)
    store.db.close()
