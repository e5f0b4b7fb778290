"""``categories`` and ``place``: what is published under which name, and where it belongs."""

import json
from pathlib import Path

from analytics.settings import Settings
from tests.analytics.commands.conftest import Run


def listed(run: Run, *words: str) -> list[dict]:
    answer = run("categories", "--city", "memphis", "--json", *words)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_a_name_is_placed_listed_and_taken_back(
    memphis: Settings, run: Run, robberies: Path
) -> None:
    text = robberies.read_text().replace("personal robbery", "Cosa Rara", 3)
    robberies.write_text(text)
    run("import", robberies, "--city", "memphis", "--source", "police")
    assert [(row["source_category"], row["n"]) for row in listed(run, "--unplaced")] == [
        ("Cosa Rara", 3)
    ]

    placed = run("place", "cosa rara", "--as", "homicide", "--city", "memphis")
    assert placed.code == 0, placed.err
    assert listed(run, "--unplaced") == []
    rows = {row["source_category"]: row for row in listed(run)}
    assert (rows["Cosa Rara"]["category"], rows["Cosa Rara"]["placed"]) == ("homicide", True)
    assert rows["personal robbery"]["placed"] is False

    assert run("place", "cosa rara", "--undo", "--city", "memphis").code == 0
    assert len(listed(run, "--unplaced")) == 1


def test_what_cannot_be_placed_is_refused(memphis: Settings, run: Run, robberies: Path) -> None:
    run("import", robberies, "--city", "memphis", "--source", "police")
    unknown = run("place", "cosa rara", "--as", "nothing", "--city", "memphis")
    assert unknown.code == 1
    assert "nothing" in unknown.err
    assert run("place", "cosa rara", "--undo", "--city", "memphis").code == 1
    assert run("place", "cosa rara", "--city", "memphis").code == 2
