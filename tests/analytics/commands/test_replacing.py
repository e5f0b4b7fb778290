"""``import --replace`` and ``compare``: the same difference, in numbers and ids."""

import pytest

IMPORT = ("--city", "memphis", "--source", "police", "--json")


@pytest.fixture
def old(memphis, run, robberies):
    return run("import", robberies, *IMPORT).json["batch"]


@pytest.fixture
def newer(robberies):
    """Without the first robbery, the second moved, one more."""
    lines = robberies.read_text().splitlines()
    moved = lines[2].replace("35.15", "35.14")
    more = "9,2019-03-30 13:00:00,personal robbery,-89.98,35.10"
    robberies.write_text("\n".join([lines[0], moved, *lines[3:], more]) + "\n")
    return robberies


def test_the_report_tells_the_difference_and_compare_tells_the_same(run, old, newer):
    answer = run("import", newer, *IMPORT, "--replace", old)

    assert answer.code == 0
    told = answer.json["difference"]
    numbers = [told[f"n_{kind}"] for kind in ("added", "removed", "changed", "unchanged")]
    assert numbers == [1, 1, 1, 6]
    assert (len(told["added"]), len(told["changed"])) == (1, 1)
    assert told["changed_columns"] == {"latitude": 1}
    assert run("compare", old, answer.json["batch"], "--json").json == told
    states = {
        b["batch_id"]: b["rolled_back_at"] for b in run("batches", *IMPORT[:2], "--json").json
    }
    assert states[old] is not None
    assert states[answer.json["batch"]] is None


def test_in_words_only_numbers_are_said(run, old, newer):
    new = run("import", newer, *IMPORT, "--replace", old).json["batch"]
    lines = dict(line.split(": ", 1) for line in run("compare", old, new).out.splitlines())
    assert lines["n_unchanged"] == "6"
    assert "added" not in lines


def test_without_replace_the_older_version_is_pointed_out(run, old, newer):
    answer = run("import", newer, *IMPORT)
    assert f"python -m analytics rollback {old}" in answer.err
    assert "difference" not in answer.json


def test_a_damaged_old_batch_is_replaced_without_a_difference(run, old, newer, home):
    (home / "events" / "memphis" / f"{old}.parquet").unlink()
    answer = run("import", newer, *IMPORT, "--replace", old)
    assert (answer.code, answer.json["difference"]) == (0, None)
    assert old in answer.err


@pytest.mark.parametrize("words", [("--dry-run",), ("other.csv",)])
def test_replacing_takes_one_file_and_stores_it(run, old, newer, words):
    assert run("import", newer, *words, *IMPORT, "--replace", old).code == 2
