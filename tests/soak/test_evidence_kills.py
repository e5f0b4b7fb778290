"""Adding evidence files killed at random moments: every record has its whole file."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from itertools import count

import numpy as np
import pytest

from analytics.settings import load_settings
from analytics.store import audit, evidence, gate_files, programmes
from analytics.store.database import open_database
from analytics.store.programmes import NewCity
from tests.analytics.programmes.test_evidence import PDF
from tests.soak.test_programme_kills import KILLS, ROOT, opened

HERE = ("alliance", "solana")
WORK = """
from tests.soak.test_evidence_kills import add_for_ever
add_for_ever()
"""


def add_for_ever() -> None:
    """Add files to a gate until killed; says ``ready`` at the start."""
    settings = load_settings()
    db = open_database(settings)
    print("ready", flush=True)
    for turn in count():
        content = PDF.replace(b"endobj", b"endobj" + b" " * 200_000 + str(turn).encode())
        file = evidence.keep(settings.home, "solana", f"{turn}.pdf", content)
        gate_files.attach(db, "alliance", "team", file, actor="ana")


@pytest.mark.parametrize("turn", range(max(3, KILLS // 5)))
def test_a_kill_while_files_are_added_leaves_every_record_its_whole_file(
    turn, tmp_path, monkeypatch
):
    db = opened(tmp_path, monkeypatch)
    programmes.create_programme(
        db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
    )
    new = NewCity("solana", "Solana", "CL", date(2026, 4, 14))
    programmes.enrol(db, "alliance", [new], actor="ana")
    db.close()
    process = subprocess.Popen(
        [sys.executable, "-c", WORK],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(float(np.random.default_rng(turn).uniform(0.05, 0.5)))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=240)

    db, home = opened(tmp_path, monkeypatch), load_settings().home
    rows = gate_files.files(db, *HERE)
    assert list(evidence.damaged(home, db)) == []
    for row in rows:
        assert len(gate_files.content(db, home, *HERE, row.id)[1]) == row.n_bytes > 200_000
    assert len(evidence.unowned(home, db)) <= 1
    assert len(audit.entries(db, actions=["evidence.attach"], limit=100_000)) == len(rows)
    db.close()
