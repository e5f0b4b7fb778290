"""``place-event``: a record gets its place and gives it back."""

from analytics.intake import Intake
from analytics.settings import load_settings
from analytics.store.database import open_database
from analytics.unlocated import unlocated


def test_a_record_is_placed_and_taken_back(memphis, run, robberies):
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0
    settings = load_settings()
    intake = Intake(settings, open_database(settings), settings.city("memphis"), "ana")
    event_id = unlocated(intake)[0]["event_id"].iloc[0]
    ask = ("place-event", event_id, "--city", "memphis")

    assert run(*ask, "--longitude=-90.05", "--latitude=35.15").code == 0
    located = run("located", "--city", "memphis", "--by", "source", "--json").json
    assert located[0]["n_located"] == located[0]["n"] == 8
    assert run(*ask, "--undo").code == 0
    assert unlocated(intake)[1] == 1
    assert run(*ask, "--longitude=-90.05").code == 2
    refused = run(*ask, "--longitude=10", "--latitude=50")
    assert (refused.code, "far from Memphis" in refused.err) == (1, True)
