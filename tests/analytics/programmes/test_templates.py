"""Templates as data: the shipped ones, a copied one, and every slip of the pen named."""

import tomllib

import pytest

from analytics.errors import ProgrammeError
from analytics.programmes.templates import TEMPLATES, load_templates, template
from analytics.settings import LANGUAGES

ALLIANCE = (TEMPLATES / "city_data_alliance.toml").read_text(encoding="utf-8")


def test_the_shipped_programmes_say_what_their_sources_say():
    found = load_templates()
    assert set(found) == {"city_data_alliance", "govtech_latam", "i_team"}
    alliance = found["city_data_alliance"]
    assert (alliance.months, alliance.strategy_years) == (10, 3)
    stretches = {p.key: (p.from_month, p.to_month) for p in alliance.phases}
    assert stretches == {"phase_1": (0, 3), "acceleration": (3, 9), "project": (0, 10)}
    assert {e.key: str(e.period) for e in alliance.events} == {
        "leaders_meeting": "2025-Q4",
        "mayors_closing": "2026-Q1",
    }
    assert [c.key for c in alliance.components] == [
        "governance", "quality", "use", "capacity", "transparency",
    ]  # fmt: skip
    assert len(alliance.eligibility) == 4
    assert len(found["govtech_latam"].gates) == 5
    assert found["i_team"].months == 36


def test_what_no_source_says_is_marked():
    for made in load_templates().values():
        for gate in made.gates:
            assert "weight" in gate.derived, (made.key, gate.key)
    assert "month" not in template("city_data_alliance").gate("phase_1_closed").derived


def test_every_text_is_there_in_every_language():
    for made in load_templates().values():
        parts = [*made.phases, *made.events, *made.gates, *made.dose, *made.components]
        for part in [made, *parts, *made.eligibility]:
            assert set(part.name) == set(LANGUAGES)


def test_a_newcomer_adds_a_programme_by_copying_one_file(tmp_path):
    for path in TEMPLATES.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = ALLIANCE.replace('key = "city_data_alliance"', 'key = "our_network"', 1)
    (tmp_path / "our_network.toml").write_text(text, encoding="utf-8")
    assert template("our_network", tmp_path).gates == template("city_data_alliance").gates
    assert len(load_templates(tmp_path)) == 4


def changed(old, new):
    assert ALLIANCE.count(old) >= 1, old
    return ALLIANCE.replace(old, new, 1)


MISSING, WRONG, UNKNOWN = (f"template.{w}" for w in ("missing_key", "wrong_value", "unknown_key"))


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        (changed("months = 10\n", ""), MISSING, "months"),
        (changed("months = 10", "months = 0"), WRONG, "months"),
        (changed("weight = 5", "wieght = 5"), MISSING, "gates.visit.weight"),
        (changed("weight = 5", "weight = 5\ncolour = 1"), UNKNOWN, "gates.visit.colour"),
        (changed('evidence = "note"', 'evidence = "photo"'), WRONG, "gates.visit.evidence"),
        (changed('after = ["visit"]', 'after = ["visti"]'), WRONG, "gates.team.after"),
        (changed('"2025-Q4"', '"2025-Q5"'), WRONG, "events.leaders_meeting.quarter"),
        (changed('pt = "Aliança de Dados"\n', ""), MISSING, "name.pt"),
        (changed("month = 1.5", "month = 0.1"), WRONG, "gates.team.month"),
        (changed("month = 1.5", "month = 11"), WRONG, "gates.team.month"),
        (changed('key = "team"', 'key = "visit"'), WRONG, "gates.key"),
        (changed('event = "lead', 'event = "x_lead'), WRONG, "gates.leaders_meeting.event"),
        (changed("month = 0.5", 'month = 1.5\nafter = ["team"]'), "template.ring", "gates.visit"),
    ],
)
def test_a_slip_of_the_pen_names_file_key_and_remedy(text, code, key, tmp_path):
    tomllib.loads(text)
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProgrammeError) as caught:
        load_templates(tmp_path)
    told = caught.value.details
    assert (caught.value.code, told["file"], told["key"]) == (code, "ours.toml", key)
    assert (
        code == "template.missing_key" or told.get("expected") or told.get("known") or told["ring"]
    )


def test_what_is_no_toml_and_a_key_used_twice_are_refused(tmp_path):
    (tmp_path / "a.toml").write_text("key = ", encoding="utf-8")
    with pytest.raises(ProgrammeError, match=r"template\.not_toml"):
        load_templates(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(ALLIANCE, encoding="utf-8")
    with pytest.raises(ProgrammeError, match=r"template\.key_taken"):
        load_templates(tmp_path)


def test_an_unknown_programme_and_an_unknown_gate_name_those_there_are():
    with pytest.raises(ProgrammeError, match=r"template\.unknown.*i_team"):
        template("nowhere")
    with pytest.raises(ProgrammeError, match=r"programme\.unknown_gate.*strategy"):
        template("city_data_alliance").gate("nowhere")
