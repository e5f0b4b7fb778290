"""Saving gates and scores killed at random moments: each record whole, the history equal to it.

``make test`` kills 20 times, ``make soak`` 100 times (``CABILDO_KILLS``).
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select, text

from analytics.programmes.periods import day_period
from analytics.settings import load_settings
from analytics.store import audit, challenge_scores, challenges, gates, programmes
from analytics.store.database import Database, open_database
from analytics.store.gates import Place
from analytics.store.note_models import NoteChange
from analytics.store.programme_models import CriterionScore, GateChange, GateEntry

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("CABILDO_KILLS", "20"))
START = date(2026, 4, 14)
CONFIG = """
[cities.memphis]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "EPSG:32615"
"""
WORK = """
from tests.soak.test_programme_kills import save_for_ever
save_for_ever()
"""


def save_for_ever() -> None:
    """Move and undo forecasts, score proposals, until killed; says ``ready`` at the start."""
    db = open_database(load_settings())
    print("ready", flush=True)
    for turn in count():
        gate = ("team", "diagnosis", "draft")[turn % 3]
        place = Place("alliance", "solana", gate)
        if turn % 7 == 6:
            gates.undo(db, place, actor="ana")
            continue
        if turn % 7 == 3:
            sheet = pd.DataFrame(
                [(proposal, "ease", 1 + turn % 5) for proposal in "ABCD"],
                columns=["proposal", "criterion", "score"],
            )
            challenge_scores.score(db, "routes", "jury", sheet, actor="ana")
            continue
        version = programmes.city(db, "alliance", "solana").gate(gate).version
        period = day_period(START + timedelta(days=400 + turn))
        gates.reforecast(db, place, period, version=version, reported_on=START, actor="ana")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A store with one city in one cohort."""
    folder = tmp_path_factory.mktemp("programmes")
    with pytest.MonkeyPatch.context() as environment:
        db = opened(folder, environment)
        programmes.create_programme(
            db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
        )
        new = programmes.NewCity("solana", "Solana", "CL", START)
        programmes.enrol(db, "alliance", [new], actor="ana")
        challenges.pose(
            db, "alliance", "solana", title="Routes", weights={"ease": 1}, finalists=1,
            key="routes", actor="ana",
        )  # fmt: skip
        challenges.propose(db, "routes", list("ABCD"), actor="ana")
        db.close()
    return folder


def opened(folder: Path, environment: pytest.MonkeyPatch) -> Database:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    environment.setenv("CABILDO_CONFIG", str(folder / "config.toml"))
    environment.setenv("CABILDO_HOME", str(folder / "home"))
    return open_database(load_settings())


@pytest.mark.parametrize("turn", range(KILLS))
def test_a_kill_during_saves_leaves_no_half_written_record(turn, template, tmp_path, monkeypatch):
    folder = tmp_path / "store"
    shutil.copytree(template, folder)
    opened(folder, monkeypatch).close()
    process = subprocess.Popen(
        [sys.executable, "-c", WORK],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(float(np.random.default_rng(turn).uniform(0, 0.5)))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=240)

    db = opened(folder, monkeypatch)
    with db.read() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        for gate in session.scalars(select(GateEntry)):
            told = session.scalars(
                select(GateChange).filter_by(gate=gate.key).order_by(GateChange.id)
            ).all()
            undone = sum(change.undone_at is not None for change in told)
            assert gate.version == 1 + len(told) + undone
            standing = [change for change in told if change.undone_at is None]
            if standing:
                assert gate.expected == standing[-1].after["expected"]
        changes = len(session.scalars(select(GateChange)).all())
        undone = len(
            session.scalars(select(GateChange).where(GateChange.undone_at.is_not(None))).all()
        )
        sheets = session.scalars(
            select(NoteChange).filter_by(kind="score").order_by(NoteChange.id)
        ).all()
        levels = [row.score for row in session.scalars(select(CriterionScore))]
        assert levels == ([row["score"] for row in sheets[-1].after["rows"]] if sheets else [])
        assert len(set(levels)) <= 1
    assert len(audit.entries(db, actions=["challenge.score"], limit=100_000)) == len(sheets)
    logged = audit.entries(
        db, actions=["gate.forecast", "gate.confirm", "gate.undo"], limit=100_000
    )
    assert len(logged) == changes + undone
    db.close()
