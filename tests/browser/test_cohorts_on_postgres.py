"""The cohorts page on PostgreSQL: a city entered by keyboard, presented, and voted on."""

from datetime import date
from uuid import uuid4

import psycopg
import pytest

from analytics.demo.cohort import COHORT, add_cohort
from analytics.settings import load_settings
from analytics.store import challenges, people
from analytics.store.database import open_database
from tests import server
from tests.browser.test_cohort_forms import press, reach, type_and_send
from tests.browser.test_presenting import arrived
from tests.postgres import OWNER, postgres_server

__all__ = ["postgres_server"]

SHOWN, PASSWORD = date(2026, 11, 21), "correct horse battery"
CONFIG = """
[database]
url = "{url}"
[cities.quimera]
name = "Puerto Quimera"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32718"
"""
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def coach(visit, postgres_server, make_settings, home, tmp_path):
    name = f"browser_{uuid4().hex}"
    where = {"host": str(postgres_server), "user": OWNER, "dbname": OWNER}
    with psycopg.connect(**where, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    url = f"postgresql+psycopg://{OWNER}@/{name}?host={postgres_server}"
    make_settings(CONFIG.format(url=url))
    db = open_database(load_settings())
    add_cohort(db, shown_on=SHOWN, seed=1)
    people.add_user(db, username="coach", name="Coach", password=PASSWORD, actor="cli:root")
    people.assign(db, username="coach", role="coach", scope=COHORT, actor="cli:root")
    with server.running(home, tmp_path / "server.log") as address:
        person = visit(address)
        person.open("cohorts?member=quimera")
        person.sign_in("coach", PASSWORD)
        yield person
    db.close()


@pytest.mark.postgres
def test_a_city_is_entered_presented_and_voted_on(coach, visit):
    page = coach.page
    reach(page, "Sigue igual")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    coach.settle()
    type_and_send(coach, "Nueva fecha", "2027-02-02", "Guardar")
    assert "2 feb 2027" in page.locator("body").inner_text().replace("\u00a0", " ")
    page.get_by_role("radio", name="Desafío").click()
    coach.settle()
    bar = page.locator("[data-testid=stButtonGroup]", has_text="Facilidad de uso")
    bar.get_by_role("radio", name="4", exact=True).click()
    press(coach, "Guardar")
    (held,) = challenges.challenges(open_database(load_settings()), COHORT)
    assert held.scores.query("evaluator == 'Coach'")["score"].tolist() == [4]
    coach.open("cohorts?present=1")
    arrived(coach, 1)
    page.keyboard.press("ArrowRight")
    arrived(coach, 2)
    coach.open("cohorts?member=quimera&room=1")
    press(coach, "Abrir una sala")
    code = page.locator(".room-code").inner_text()
    phone = visit(coach.address, **PHONE)
    phone.open(f"room?code={code}")
    phone.page.locator("[data-testid=stButtonGroup]", has_text="Uso").get_by_role(
        "radio", name="5", exact=True
    ).click()
    phone.settle()
    phone.page.get_by_role("button", name="Enviar 1 de 5").click()
    phone.page.get_by_text("Recibido").wait_for()
    page.get_by_text("1 de 1 teléfono").wait_for()
    assert (coach.errors, phone.errors) == ([], [])
