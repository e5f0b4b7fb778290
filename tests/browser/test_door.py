"""The door on a fresh server: signed out, every address shows the entrance and nothing else."""

import pytest

from components.access import PAGES, ROOM
from tests import server

FILES = sorted(path.stem for path in (server.ROOT / "pages").glob("*.py"))


@pytest.fixture(scope="module")
def fresh(demo_store, tmp_path_factory):
    """Serve the demonstration store where nobody has signed in."""
    with server.running(demo_store.home, tmp_path_factory.mktemp("fresh") / "server.log") as url:
        yield url


@pytest.mark.parametrize("page", ["", *FILES, "home"])
def test_a_fresh_server_shows_only_the_sign_in_or_the_rooms_door(fresh, visit, page):
    received: list[bytes] = []
    stranger = visit(fresh)
    stranger.page.on(
        "websocket", lambda ws: ws.on("framereceived", lambda data: received.append(data))
    )
    stranger.open(page)
    asked = "Código de la sala" if page == ROOM else "Contraseña"
    stranger.page.get_by_role("textbox", name=asked).wait_for()
    assert stranger.page.locator("h1.sentence").count() == (1 if page == ROOM else 0)
    assert stranger.page.locator("[data-testid=stSidebarNav]").count() == 0
    told = b"".join(frame if isinstance(frame, bytes) else frame.encode() for frame in received)
    assert b"Puerto Quimera" not in told.replace(b"Dibujo de las calles de Puerto Quimera", b"")


def test_every_page_file_is_registered():
    assert {page.key for page in PAGES} | {ROOM} == set(FILES)


def test_sign_in_then_reload_then_sign_out_revokes_a_copied_cookie(visit, demo_store):
    person = visit()
    person.open("hotspots")
    person.sign_in("analista", demo_store.sign_ins["analista"])
    person.page.wait_for_function("document.cookie.includes('cabildo')")
    copied = person.page.context.cookies()
    person.page.reload()
    person.page.wait_for_selector("h1.sentence")

    thief = visit()
    thief.page.context.add_cookies(copied)
    thief.open("hotspots")
    thief.page.wait_for_selector("h1.sentence")

    person.page.locator(".st-key-person button").click()
    person.page.get_by_role("button", name="Salir").click()
    person.page.get_by_role("textbox", name="Contraseña").wait_for()
    thief.page.reload()
    thief.page.get_by_role("textbox", name="Contraseña").wait_for()
    assert thief.page.locator("h1.sentence").count() == 0


def test_a_wrong_password_and_an_unknown_user_hear_the_same(visit):
    said = []
    for username in ("analista", "nadie"):
        person = visit()
        person.open()
        person.sign_in(username, "una contraseña cualquiera")
        said.append(person.page.locator(".notice p").inner_text())
    assert said[0] == said[1]
    assert "contraseña" in said[0]
