"""Evidence files on both databases: on disk before on record, served whole, taken out, put back."""

import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.errors import AnalyticsError
from analytics.events.checks import check_store, sweep
from analytics.store import audit, evidence, gate_files, gates, programmes
from analytics.store.gates import Place
from analytics.store.note_models import EvidenceFile
from analytics.store.programmes import NewCity
from tests.analytics.programmes.test_evidence import PDF

START = date(2026, 4, 14)
HERE = ("alliance", "solana")
OLD = 3 * 86_400


@pytest.fixture
def cohort(db):
    programmes.create_programme(
        db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
    )
    new = [NewCity(key, key.title(), "CL", START) for key in ("solana", "otra")]
    programmes.enrol(db, "alliance", new, actor="ana")
    return db


def kept(settings, name="acta.pdf", city="solana"):
    return evidence.keep(settings.home, city, name, PDF)


def shut(db, gate, text="", file=None):
    version = programmes.city(db, *HERE).gate(gate).version
    gates.close(
        db, Place(*HERE, gate), date(2026, 5, 2), evidence=text, version=version,
        reported_on=date(2026, 6, 1), actor="ana", file=file,
    )  # fmt: skip


def held(db):
    return [row for row in gate_files.files(db, *HERE) if row.removed_at is None]


def code_of(call, *args, **named):
    with pytest.raises(AnalyticsError) as caught:
        call(*args, **named)
    return caught.value.code


def take(db, row, version):
    gate_files.take_out(db, *HERE, row.id, version=version, actor="ana")


def read(settings, db, row):
    return gate_files.content(db, settings.home, *HERE, row.id)[1]


def test_a_gate_is_closed_with_a_file_in_place_of_a_text_and_reopened_without_it(settings, cohort):
    assert code_of(lambda: shut(cohort, "visit")) == "programme.evidence_needed"
    shut(cohort, "visit", file=kept(settings))
    gate = programmes.city(cohort, *HERE).gate("visit")
    assert (gate.milestone.is_done, gate.evidence) == (True, "")
    (row,) = held(cohort)
    assert (row.gate, row.name, row.kind, row.n_bytes) == ("visit", "acta.pdf", "pdf", len(PDF))
    assert gate_files.content(cohort, settings.home, *HERE, row.id) == (row, PDF)
    gates.undo(cohort, Place(*HERE, "visit"), actor="ana")
    assert held(cohort) == []
    assert not programmes.city(cohort, *HERE).gate("visit").milestone.is_done
    told = [entry.action for entry in audit.entries(cohort)][:4]
    assert told == ["gate.undo", "evidence.remove", "evidence.attach", "gate.close"]


def test_a_refused_closing_puts_nothing_on_record(settings, cohort):
    told = {"evidence": "", "reported_on": START, "actor": "ana", "file": kept(settings)}
    refused = code_of(gates.close, cohort, Place(*HERE, "visit"), START, version=99, **told)
    assert refused == "store.stale_save"
    assert gate_files.files(cohort, *HERE) == ()


def test_files_lie_in_the_citys_own_folder_under_a_random_name(settings, cohort):
    one, other = kept(settings), kept(settings, city="otra")
    paths = sorted((settings.home / "evidence").glob("*/*"))
    assert {path.parent.name for path in paths} == {"solana", "otra"}
    assert {path.name for path in paths} == {one.stored, other.stored}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (*paths, paths[0].parent))
    assert code_of(lambda: kept(settings, city="../etc")) == "evidence.city"


def test_a_file_is_taken_out_and_put_back_and_a_stale_save_is_refused(settings, cohort):
    gate_files.attach(cohort, "alliance", "team", kept(settings), actor="ana")
    (row,) = held(cohort)
    take(cohort, row, row.version)
    assert held(cohort) == []
    assert code_of(read, settings, cohort, row) == "evidence.unknown"
    assert code_of(take, cohort, row, row.version) == "store.stale_save"
    gate_files.put_back(cohort, *HERE, row.id, version=row.version + 1, actor="ana")
    assert read(settings, cohort, row) == PDF


def test_a_closed_gate_keeps_the_last_evidence_it_needs(settings, cohort):
    shut(cohort, "visit", file=kept(settings))
    (row,) = held(cohort)
    assert code_of(take, cohort, row, row.version) == "evidence.last"
    assert len(held(cohort)) == 1
    gate_files.attach(cohort, "alliance", "visit", kept(settings, "otra.pdf"), actor="ana")
    take(cohort, row, row.version)
    assert [left.name for left in held(cohort)] == ["otra.pdf"]


def test_a_file_of_another_city_is_unknown(settings, cohort):
    gate_files.attach(cohort, "alliance", "team", kept(settings), actor="ana")
    (row,) = held(cohort)
    for call in (
        lambda: gate_files.content(cohort, settings.home, "alliance", "otra", row.id),
        lambda: gate_files.take_out(cohort, "alliance", "otra", row.id, version=1, actor="a"),
        lambda: gate_files.content(cohort, settings.home, *HERE, 99),
    ):
        assert code_of(call) == "evidence.unknown"


def test_a_file_that_changed_on_disk_is_not_served_and_the_doctor_says_so(settings, cohort):
    file = kept(settings)
    gate_files.attach(cohort, "alliance", "team", file, actor="ana")
    path = settings.home / "evidence" / "solana" / file.stored
    path.write_bytes(PDF + b"more")
    (row,) = held(cohort)
    assert code_of(lambda: gate_files.content(cohort, settings.home, *HERE, row.id)) == (
        "evidence.gone"
    )
    assert [f.kind for f in check_store(settings, cohort)] == ["changed"]
    path.unlink()
    assert [f.kind for f in check_store(settings, cohort)] == ["missing"]


def aged(folder: Path):
    for path in folder.glob("evidence/*/*"):
        os.utime(path, (time.time() - OLD, time.time() - OLD))


def test_a_death_between_disk_and_record_leaves_an_orphan_that_is_swept(settings, cohort):
    kept(settings)
    aged(settings.home)
    assert [f.kind for f in check_store(settings, cohort)] == ["evidence"]
    assert sweep(settings, cohort) == []  # nothing was ever on record: the wrong database?
    gate_files.attach(cohort, "alliance", "team", kept(settings), actor="ana")
    aged(settings.home)
    assert len(sweep(settings, cohort)) == 1
    assert check_store(settings, cohort) == []
    (row,) = held(cohort)
    assert gate_files.content(cohort, settings.home, *HERE, row.id)[1] == PDF


@pytest.mark.parametrize("stage", ["fsync", "rename"])
def test_a_death_while_writing_leaves_no_file_under_its_name(settings, cohort, stage, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    owner = os if stage == "fsync" else Path
    monkeypatch.setattr(owner, stage, die)
    with pytest.raises(KeyboardInterrupt):
        kept(settings)
    (left,) = (settings.home / "evidence" / "solana").iterdir()
    assert left.name.endswith(evidence.PARTIAL)


def test_the_bytes_of_what_was_taken_out_go_after_thirty_days(settings, cohort):
    gate_files.attach(cohort, "alliance", "team", kept(settings), actor="ana")
    (row,) = held(cohort)
    gate_files.take_out(cohort, *HERE, row.id, version=row.version, actor="ana")
    aged(settings.home)
    assert sweep(settings, cohort) == []
    with cohort.begin() as session:
        session.get_one(EvidenceFile, row.id).removed_at -= timedelta(days=31)
    assert len(sweep(settings, cohort)) == 1
    told = {"version": row.version + 2, "actor": "ana"}
    assert code_of(gate_files.put_back, cohort, *HERE, row.id, **told) == "evidence.swept"
