"""A folder into a city: every new file once, and one that is refused costs no other."""

import pytest

from analytics import folders
from analytics.errors import SourceError
from analytics.folders import bring_in_folder, publish_new
from tests.analytics.test_intake import CALLS, CAMERAS, actions, db, intake, settings, visible

__all__ = ["db", "intake", "settings"]  # fixtures


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    for name, text in {
        "calls/a.csv": CALLS,
        "calls/old/b.csv": CALLS.replace("ROBBERY", "THEFT").replace("\n1,", "\n3,"),
        "cameras/broken.csv": "",
        "cameras/c.csv": CAMERAS,
        "calls/.hidden.csv": CALLS,
        "calls/~$a.xlsx": "lock",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def told(outcomes):
    return [(outcome.file, outcome.source, outcome.state) for outcome in outcomes]


def test_every_file_is_imported_as_of_its_sub_folder_and_published_once(intake, inbox):
    outcomes = bring_in_folder(intake, inbox)
    assert visible(intake) is None
    publish_new(intake)

    assert told(outcomes) == [
        ("calls/a.csv", "calls", "imported"),
        ("calls/old/b.csv", "calls", "imported"),
        ("cameras/broken.csv", "cameras", "refused"),
        ("cameras/c.csv", "cameras", "imported"),
    ]
    assert outcomes[2].code == "source.empty"
    assert visible(intake) == 4  # record 2 of the calls is in both files
    assert actions(intake).count("version.publish") == 1


def test_a_second_night_brings_nothing_twice(intake, inbox):
    first = bring_in_folder(intake, inbox)
    publish_new(intake)
    again = bring_in_folder(intake, inbox)

    states = [state for _, _, state in told(again)]
    assert states == ["known", "known", "refused", "known"]
    assert [outcome.batch for outcome in again] == [outcome.batch for outcome in first]
    assert publish_new(intake) is None
    assert len(intake.holdings().batches) == 3


def test_a_night_that_was_cut_short_is_published_by_the_next(intake, inbox):
    bring_in_folder(intake, inbox)
    bring_in_folder(intake, inbox)
    assert publish_new(intake) is not None
    assert visible(intake) == 4


def test_what_a_person_took_out_is_not_brought_back(intake, inbox):
    batch = bring_in_folder(intake, inbox)[3].batch
    publish_new(intake)
    intake.roll_back(batch)

    again = bring_in_folder(intake, inbox)[3]

    assert (again.state, again.batch) == ("rolled_back", batch)
    assert publish_new(intake) is None


def test_the_same_bytes_under_two_names_count_once(intake, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(CALLS)

    outcomes = bring_in_folder(intake, tmp_path / "in", source="calls")

    assert [outcome.state for outcome in outcomes] == ["imported", "known"]


def test_a_file_without_a_sub_folder_needs_a_source(intake, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.csv").write_text(CALLS)

    assert bring_in_folder(intake, tmp_path / "in")[0].code == "source.no_name"
    assert bring_in_folder(intake, tmp_path / "in", source="x")[0].state == "imported"


def test_a_fault_of_ours_in_one_file_does_not_stop_the_others(intake, inbox, monkeypatch, caplog):
    hashed = folders.identify

    def stumble(path):
        if path.name == "a.csv":
            raise ZeroDivisionError
        return hashed(path)

    monkeypatch.setattr(folders, "identify", stumble)
    outcomes = bring_in_folder(intake, inbox)

    assert (outcomes[0].code, outcomes[0].details["kind"]) == ("source.failed", "ZeroDivisionError")
    assert "calls/a.csv" in caplog.text
    assert [outcome.state for outcome in outcomes[1:]] == ["imported", "refused", "imported"]


def test_the_companions_of_a_shapefile_are_no_files_of_their_own(intake, tmp_path):
    (tmp_path / "in").mkdir()
    for suffix in (".shp", ".shx", ".dbf", ".prj", ".csv"):
        (tmp_path / f"in/calls{suffix}").write_text("x")

    outcomes = bring_in_folder(intake, tmp_path / "in", source="x")

    assert [outcome.file for outcome in outcomes] == ["calls.csv", "calls.shp"]


def test_a_file_in_place_of_a_folder_is_refused(intake, inbox):
    with pytest.raises(SourceError, match=r"source\.not_folder"):
        bring_in_folder(intake, inbox / "calls/a.csv")
