"""``import-folder``: a report per file, and exit 1 if any was refused."""

import shutil


def test_the_report_names_every_file_and_the_exit_code_the_refusal(
    memphis, run, robberies, tmp_path
):
    folder = tmp_path / "in"
    (folder / "police").mkdir(parents=True)
    shutil.copy(robberies, folder / "police")
    words = ("import-folder", folder, "--city", "memphis", "--json")

    first = run(*words)
    (folder / "police" / "empty.csv").touch()
    second = run(*words)

    assert first.code == 0
    (row,) = first.json
    assert (row["file"], row["source"], row["state"]) == (
        "police/robberies.csv",
        "police",
        "imported",
    )
    assert (row["rows"], row["accepted"], row["error"]) == (8, 8, None)
    assert second.code == 1
    assert [(r["state"], r["error"]) for r in second.json] == [
        ("refused", "source.empty"),
        ("known", None),
    ]
    assert second.json[1]["batch"] == row["batch"]
    assert "empty.csv" in second.err
    assert row["batch"] in second.err
    assert run("overview", "--city", "memphis", "--json").code == 0


def test_an_empty_folder_is_nothing_to_do(memphis, run, stored, tmp_path):
    (tmp_path / "in").mkdir()
    answer = run("import-folder", tmp_path / "in", "--city", "memphis", "--json")
    assert (answer.code, answer.json, stored()) == (0, [], (0, 0, []))


def test_a_folder_that_is_not_there_is_refused(memphis, run, tmp_path):
    answer = run("import-folder", tmp_path / "none", "--city", "memphis")
    assert (answer.code, answer.out) == (1, "")
    assert "none" in answer.err
