"""The room without a browser: its door in three languages, a vote, the coach's side, rights."""

import pytest

from analytics import loaders
from analytics.access import Assignment, Principal
from analytics.demo.cohort import COHORT
from analytics.errors import NotAllowedError, StoreError
from analytics.settings import LANGUAGES, load_settings
from analytics.store import programme_notes, programmes, room_votes, rooms
from analytics.store.database import open_database
from components.catalogue import translate
from tests.pages.visitors import USERS, Visit, visit

pytestmark = pytest.mark.usefixtures("city_open")
CITY = "altos-de-yaguara"
COACH = Principal("coach", "C", (Assignment("coach", COHORT),))


def desk():
    return loaders.room_desk(COACH, COHORT, CITY)


def press(app, key):
    return app.button(key=key).click().run()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [None, *USERS])
def test_the_door_is_all_there_is_without_a_code(role, language):
    seen = visit("room", role, language=language)
    assert not seen.failed
    assert seen.sentence == translate(language, "room.ask")
    assert [box.key for box in seen.app.text_input] == ["room_code"]
    assert "⟦" not in seen.text
    assert "Altos de Yaguará" not in seen.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_code_is_refused_in_the_phones_language(language):
    seen = visit("room", None, language=language, query={"code": "ZZZZZZ"})
    assert translate(language, "error.room.unknown") in seen.notices[0]


def test_a_full_room_says_so_at_its_door(monkeypatch):
    held = desk().open()
    monkeypatch.setattr(room_votes, "MOST_PHONES", 0)
    full = visit("room", None, query={"code": held.code})
    assert translate("es", "error.room.full") in full.notices[0]
    assert desk().tally(held.id).entered == 0


def test_a_phone_starts_in_its_own_language_and_may_choose_another():
    held = desk().open()
    app = visit("room", None, language="pt", query={"code": held.code}).app
    assert Visit(app).sentence == translate("pt", "room.question")
    press(app, "lang_en")
    assert Visit(app).sentence == translate("en", "room.question")
    assert app.query_params["lang"] == "en"
    assert app.query_params["code"] == held.code
    desk().move(held.id, "closed")


def test_a_phone_votes_changes_its_vote_and_hears_when_the_room_is_closed():
    held = desk().open()
    app = visit("room", None, query={"code": held.code.lower()}).app
    assert Visit(app).sentence == "¿Dónde está hoy su ciudad?"
    assert len(app.button_group) == 5
    assert app.button(key="room_send").disabled
    bar = app.button_group(key=f"level_{held.code}_use")
    bar.set_value(4).run()
    assert app.button(key="room_send").label == "Enviar 1 de 5"
    press(app, "room_send")
    assert "Recibido" in Visit(app).text
    app.button_group(key=f"level_{held.code}_use").set_value(2).run()
    press(app, "room_send")
    visit("room", None, query={"code": held.code})
    counted = desk().tally(held.id)
    assert (counted.phones, counted.entered) == (1, 2)
    assert counted.counts["use"] == (0, 1, 0, 0, 0)
    desk().move(held.id, "closed")
    app.run()
    assert "La sala está cerrada" in Visit(app).notices[0]
    late = visit("room", None, query={"code": held.code})
    assert translate("es", "error.room.over") in late.notices[0]


def test_the_coach_opens_reveals_closes_and_stores():
    before = len(programme_notes.notes(desk().db, COHORT, CITY).ratings)
    app = visit("cohorts", "coach").app
    app.selectbox(key="member").set_value(CITY).run()
    app.toggle(key="room_shown").set_value(True).run()
    assert app.query_params["room"] == "1"
    press(app, "room_open")
    held = desk().newest()
    assert held.code in Visit(app).text
    for phone, level in (("one", 2), ("two", 5)):
        room_votes.vote(desk().db, held.id, phone, {"use": level, "quality": 2})
    loaders.enter_room(held.code, "192.0.2.7").sit("three")
    press(app, "room_reveal")
    assert "<b>2 de 3</b> teléfonos" in "".join(Visit(app).html)
    assert "más fuerte en uso y más débil en calidad" in Visit(app).sentence
    assert "3,5" in Visit(app).text
    press(app, "room_close")
    press(app, "room_store")
    assert "Guardada como autoevaluación" in Visit(app).text
    assert len(programme_notes.notes(desk().db, COHORT, CITY).ratings) == before + 4
    press(app, "room_open")
    again = desk().newest()
    room_votes.vote(desk().db, again.id, "one", {"use": 3, "quality": 3})
    press(app, "room_reveal")
    assert "más fuerte en calidad que la última vez, y más débil en uso" in Visit(app).sentence
    assert "−0,5" in Visit(app).text


@pytest.mark.parametrize("role", ["mayor", "editor"])
def test_nobody_else_is_offered_a_room(role):
    app = visit("cohorts", role).app
    assert not {"room_shown", "show_rooms"} & {toggle.key for toggle in app.toggle}
    assert "room_open" not in [button.key for button in app.button]


@pytest.mark.parametrize(
    "who",
    [
        Principal("x", "X", (Assignment("coach", "another"),)),
        Principal("x", "X", (Assignment("mayor", CITY),)),
        Principal("x", "X", (Assignment("admin", "*"),)),
    ],
)
def test_the_desk_is_for_coaches_of_the_programme(who):
    assert not loaders.may_open_rooms(who, COHORT)
    for ask in (
        lambda: loaders.room_desk(who, COHORT, CITY),
        lambda: loaders.rooms_desk(who, COHORT),
    ):
        with pytest.raises(NotAllowedError):
            ask()


def test_a_desk_leaves_another_citys_room_alone():
    other = loaders.room_desk(COACH, COHORT, "valdeflores").open()
    for act in (desk().tally, desk().store, lambda n: desk().move(n, "closed")):
        with pytest.raises(StoreError) as error:
            act(other.id)
        assert error.value.code == "room.unknown"
    assert rooms.room(open_database(load_settings()), other.id).state == "open"


def test_a_coach_opens_a_room_for_every_city_sees_who_answered_and_closes_all():
    every = loaders.rooms_desk(COACH, COHORT)
    every.close_all()
    app = visit("cohorts", "coach").app
    assert "room_open_all" not in [button.key for button in app.button]
    app.toggle(key="show_rooms").set_value(True).run()
    press(app, "room_open_all")
    held = {room.city: room for room, _ in every.today()}
    assert len(held) == len(programmes.cities(every.db, COHORT))
    assert {room.state for room in held.values()} == {"open"}
    assert "room_open_all" not in [button.key for button in app.button]
    room = held[CITY]
    for phone, level in (("one", 2), ("two", 5)):
        room_votes.vote(every.db, room.id, phone, {"use": level})
    room_votes.sit(every.db, room.id, "three")
    app.run()
    seen = Visit(app)
    assert f"1 de {len(held)} ciudades con sala respondieron." in seen.text
    assert room.code in seen.text
    assert "2 de 3" in seen.text
    assert "3,5" not in line_of(seen, "Altos de Yaguará")
    rooms.move(every.db, room.id, "revealed", actor="coach")
    app.run()
    assert "3,5" in line_of(Visit(app), "Altos de Yaguará")
    press(app, "room_close_all")
    assert {room.state for room, _ in every.today()} == {"closed"}
    assert room.code not in Visit(app).text
    assert "3,5" in line_of(Visit(app), "Altos de Yaguará")
    assert "room_close_all" not in [button.key for button in app.button]


def line_of(seen, city):
    """Return the row of a city in the table of today's rooms."""
    table = next(html for html in seen.html if "Teléfonos que votaron" in html)
    return next(row for row in table.split("<tr>") if city in row)
