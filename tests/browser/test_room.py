"""The room with real phones: votes reach the projector, a reload adds none, guesses are slowed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from analytics import loaders
from analytics.store import throttle
from tests.browser.conftest import WCAG, violations_now

CITY = "cohorts?member=altos-de-yaguara&room=1"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

FOCUSED = """name => document.activeElement.closest(
    '[data-testid=stButtonGroup], [data-testid=stButton]')?.innerText.includes(name)"""


@pytest.fixture
def projector(visit, own_address, demo_store):
    person = visit(own_address, viewport={"width": 1920, "height": 1080})
    person.enter(CITY, "coach", demo_store.sign_ins["coach"])
    person.page.get_by_role("button", name="Abrir una sala").click()
    person.settle()
    return person


def tap(phone, component, level):
    bar = phone.page.locator("[data-testid=stButtonGroup]", has_text=component)
    bar.get_by_role("radio", name=level, exact=True).click()
    phone.settle()


def vote_by_keyboard(phone, component, level):
    """Tab to a bar, go along it with the arrows, press Space; then Tab to the button and Enter."""
    for name in (component, "Enviar"):
        for _ in range(12):
            phone.page.keyboard.press("Tab")
            if phone.page.evaluate(FOCUSED, name):
                break
        assert phone.page.evaluate(FOCUSED, name)
        if name == component:
            for _ in range(level - 1):
                phone.page.keyboard.press("ArrowRight")
            phone.page.keyboard.press("Space")
            phone.settle()
    phone.page.keyboard.press("Enter")
    phone.page.get_by_text("Recibido").wait_for()


def overflowing(page):
    """Return what a person in the room must see and the window cuts off."""
    shown = [".poll", ".room-side", ".st-key-room_buttons", "[data-testid=stExpander] summary"]
    boxes = {name: page.locator(name).bounding_box() for name in shown}
    low = page.viewport_size["height"]
    return [name for name, box in boxes.items() if box["y"] + box["height"] > low]


def test_phones_vote_and_the_projector_shows_it_as_it_comes(visit, own_address, projector):
    code = projector.page.locator(".room-code").inner_text()
    for level in ("4", "5"):
        phone = visit(own_address, **PHONE)
        phone.open(f"room?code={code}")
        tap(phone, "Gobernanza", level)
        tap(phone, "Uso", "2")
        phone.page.get_by_role("button", name="Enviar 2 de 5").click()
        phone.page.get_by_text("Recibido").wait_for()
    bar = phone.page.locator("[data-testid=stButtonGroup] button").first.bounding_box()
    send = phone.page.locator(".st-key-room_send button").bounding_box()
    assert (bar["height"], send["height"], send["width"]) == (54, 56, 356)
    assert violations_now(phone.page, **WCAG) == []
    projector.page.get_by_text("2 de 2 teléfonos").wait_for()
    idle = visit(own_address, **PHONE)
    idle.open(f"room?code={code}")
    projector.page.get_by_text("2 de 3 teléfonos").wait_for()
    vote_by_keyboard(idle, "Gobernanza", 3)
    projector.page.get_by_text("3 de 3 teléfonos").wait_for()
    phone.page.reload()
    phone.settle()
    tap(phone, "Uso", "3")
    phone.page.get_by_role("button", name="Enviar 2 de 5").click()
    phone.page.get_by_text("Recibido").wait_for()

    def send_vote(n):
        seat = loaders.enter_room(code, "127.0.0.1")
        levels = dict.fromkeys((c.key for c in seat.template.components), 1 + n % 5)
        seat.vote(f"phone {n}", levels)

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(send_vote, range(30)))
    projector.page.get_by_text("33 de 33 teléfonos").wait_for()
    assert projector.page.locator(".poll .dot").count() == 5 * 30 + 5
    assert projector.page.locator(".poll .mean").count() == 0
    projector.page.get_by_role("button", name="Mostrar las medias").click()
    projector.page.locator(".poll .mean").nth(4).wait_for()
    assert violations_now(projector.page, **WCAG) == []
    assert overflowing(projector.page) == []
    projector.page.set_viewport_size({"width": 1366, "height": 768})
    assert overflowing(projector.page) == []
    assert (phone.foreign, phone.errors) == ([], [])
    assert (projector.foreign, projector.errors) == ([], [])


def test_wrong_codes_are_refused_then_slowed(visit, own_address):
    # Last, and nobody else enters rooms of this store: its address is slowed down from here on.
    phone = visit(own_address, **PHONE)
    phone.open("room")
    assert violations_now(phone.page, **WCAG) == []
    for code in range(throttle.FREE_WRONG_CODES + 1):
        with pytest.raises(loaders.rooms.StoreError):
            loaders.enter_room(f"AAA{code:03d}", "127.0.0.1")
    phone.page.get_by_role("textbox", name="Código de la sala").fill("ZZZZZZ")
    phone.page.get_by_role("button", name="Entrar en la sala").click()
    phone.page.get_by_text("Demasiados códigos").wait_for()
