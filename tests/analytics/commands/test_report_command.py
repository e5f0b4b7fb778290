"""``report``: the three forms, both pages, the language of the reader, what is refused."""

from pathlib import Path

import pytest

from analytics.settings import Settings
from tests.analytics.commands.conftest import Run
from tests.analytics.exports.sample_report import pdf_text


@pytest.fixture(autouse=True)
def imported(memphis: Settings, run: Run, tmp_path: Path) -> None:
    """Twelve robberies a month: enough for a colour scale that may be shown."""
    rows = [
        f"{i},2019-{1 + i % 2:02d}-{1 + i:02d} 18:20:00,personal robbery,-90.0{i % 3},35.1{i % 4}"
        for i in range(24)
    ]
    file = tmp_path / "robberies.csv"
    file.write_text("\n".join(["id,date,offence,longitude,latitude", *rows]) + "\n")
    assert run("import", file, "--city", "memphis", "--source", "police").code == 0


@pytest.mark.parametrize(("suffix", "start"), [("pdf", b"%PDF"), ("pptx", b"PK"), ("xlsx", b"PK")])
def test_the_bulletin_is_written_in_every_form(
    run: Run, tmp_path: Path, suffix: str, start: bytes
) -> None:
    out = tmp_path / f"b.{suffix}"
    answer = run("report", "hotspots", "--city", "memphis", "--cell-m", 500, "--out", out, "--json")
    assert answer.code == 0, answer.err
    assert out.read_bytes().startswith(start)
    assert "5%" in answer.json["sentence"]


def test_the_briefing_speaks_the_readers_language(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "z.pdf"
    asked = ["report", "zones", "--city", "memphis", "--cell-m", 500, "--crews", 2]
    answer = run(*asked, "--hectares", 50, "--out", out, lang="pt_BR.UTF-8")
    assert answer.code == 0, answer.err
    said = pdf_text(out.read_bytes())
    assert "Parte de turno" in said and "2 zonas reúnem" in said
    assert "--crews 2 --hectares 50" in " ".join(said.split())


def test_what_cannot_be_written_is_refused(run: Run, tmp_path: Path) -> None:
    asked = ["--city", "memphis", "--out"]
    assert run("report", "hotspots", *asked, tmp_path / "b.docx").code == 1
    assert run("report", "hotspots", *asked, tmp_path / "none" / "b.pdf").code == 1
    assert run("report", "weather", *asked, tmp_path / "b.pdf").code == 2
