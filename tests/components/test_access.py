"""Signing in, being refused, signing out: through the pages a person sees."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.access import ROLES, Action, Assignment, Principal
from analytics.settings import Settings
from analytics.store import people, sessions
from analytics.store.database import Database, open_database
from components import access, accounts, cookies, entrance

PASSWORD = "una clave bastante larga"
CITY = 'name = "{name}"\ncountry = "CL"\ntimezone = "America/Santiago"\ncrs = "EPSG:32719"\n'
CONFIG = f"""
[cities.norte]
{CITY.format(name="Ciudad Norte")}
[cities.sur]
{CITY.format(name="Ciudad Sur")}
"""
APP = """
import streamlit as st
from components import access, language
with access.framed():
    person = access.sign_in()
    page = access.navigation(person)
    if person:
        access.city_choice(person)
        language.switcher()
        access.person_menu(person)
    page.run()
"""
PAGE = """
import streamlit as st
from components import notices
from components.access import current_city, require
person = require("{key}")
with notices.explain_errors():
    st.write("inside {key}", person.username, current_city(person).name)
"""


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "BCRYPT_COST", 4)


@pytest.fixture
def settings(make_settings: Callable[[str], Settings]) -> Settings:
    return make_settings(CONFIG)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    for username, roles in {
        "ana": (("analyst", "norte"), ("mayor", "sur")),
        "mar": (("mayor", "norte"),),
        "adan": (("admin", "*"),),
    }.items():
        people.add_user(
            database, username=username, name=username.title(), password=PASSWORD, actor="test"
        )
        for role, scope in roles:
            people.assign(database, username=username, role=role, scope=scope, actor="test")
    yield database
    database.close()


@pytest.fixture
def site(tmp_path: Path, db: Database) -> Path:
    """An ``app.py`` with this project's frame and pages that say who is inside."""
    folder = tmp_path / "site"
    (folder / "pages").mkdir(parents=True)
    (folder / "app.py").write_text(APP)
    for page in access.PAGES:
        (folder / "pages" / f"{page.key}.py").write_text(PAGE.format(key=page.key))
    (folder / "pages" / f"{access.ROOM}.py").write_text("")
    return folder


def opened(site: Path, language: str = "es", **parameters: str) -> AppTest:
    app = AppTest.from_file(str(site / "app.py"), default_timeout=120)
    app.context = {"locale": language}
    app.query_params.update(parameters)
    app.run()
    return app


def sign_in(app: AppTest, username: str, password: str = PASSWORD) -> AppTest:
    app.text_input(key=entrance.USERNAME).set_value(username)
    app.text_input(key=entrance.PASSWORD).set_value(password)
    app.button[0].click().run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.get("html")])


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def inside(app: AppTest) -> bool:
    return any("inside" in element.value for element in app.markdown)


def token_of(app: AppTest) -> str:
    return str(app.session_state[accounts.ERRAND]["token"])


def test_nobody_sees_a_page_before_signing_in(site: Path) -> None:
    app = opened(site)
    assert not inside(app)
    assert [field.label for field in app.text_input] == ["Usuario", "Contraseña"]


def test_the_right_password_opens_the_first_permitted_page(site: Path) -> None:
    assert "inside overview ana" in " ".join(
        m.value.replace("`", "") for m in sign_in(opened(site), "ana").markdown
    )


def test_the_username_may_be_typed_in_capitals_and_with_spaces(site: Path) -> None:
    assert inside(sign_in(opened(site), "  ANA "))


def test_a_wrong_password_and_an_unknown_person_get_the_same_words(site: Path) -> None:
    wrong = html(sign_in(opened(site), "ana", "otra clave cualquiera"))
    unknown = html(sign_in(opened(site), "nadie", "otra clave cualquiera"))
    assert "no son correctos" in wrong
    assert wrong == unknown


def test_the_password_is_not_kept_after_an_attempt(site: Path) -> None:
    app = sign_in(opened(site), "ana", "otra clave cualquiera")
    assert app.session_state[entrance.PASSWORD] == ""


def test_many_failures_make_even_the_right_password_wait_and_say_how_long(site: Path) -> None:
    app = opened(site)
    for _ in range(6):
        sign_in(app, "ana", "otra clave cualquiera")
    sign_in(app, "ana")
    assert not inside(app)
    assert "Espere" in html(app)


def test_an_unknown_person_is_slowed_down_the_same_way(site: Path) -> None:
    app = opened(site)
    for _ in range(7):
        sign_in(app, "nadie", "otra clave cualquiera")
    assert "Espere" in html(app)


def test_signing_out_shows_the_entrance_and_ends_the_copied_token(
    site: Path, settings: Settings, db: Database
) -> None:
    app = sign_in(opened(site), "ana")
    copied = cookies.read(cookies.cookie_key(settings.home), token_of(app))
    assert copied is not None
    assert sessions.session_user(db, copied.session_id) == "ana"
    app.button(key="leave").click().run()
    assert not inside(app)
    assert sessions.session_user(db, copied.session_id) is None


def test_signing_out_forgets_everything_but_the_language(site: Path) -> None:
    app = sign_in(opened(site, "pt"), "ana")
    app.session_state["left_behind"] = "secret"
    app.button(key="leave").click().run()
    assert "left_behind" not in app.session_state
    assert [field.label for field in app.text_input] == ["Usuário", "Senha"]


def test_signing_out_has_the_browser_drop_its_cookie(site: Path) -> None:
    app = sign_in(opened(site), "ana")
    app.button(key="leave").click().run()
    assert app.session_state[accounts.ERRAND]["token"] is None


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(site: Path) -> None:
    here, elsewhere = sign_in(opened(site), "ana"), sign_in(opened(site), "ana")
    for key, value in zip(
        ("password_current", "password_new", "password_again"),
        (PASSWORD, "una clave nueva y larga", "una clave nueva y larga"),
        strict=True,
    ):
        here.text_input(key=key).set_value(value)
    next(b for b in here.button if b.label == "Guardar la contraseña").click().run()
    elsewhere.run()
    assert inside(here)
    assert not inside(elsewhere)
    assert "Su sesión terminó" in html(elsewhere)
    assert inside(sign_in(elsewhere, "ana", "una clave nueva y larga"))


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("no es esta clave", "una clave nueva y larga", "una clave nueva y larga", "actual"),
        (PASSWORD, "una clave nueva y larga", "otra clave nueva y larga", "difieren"),
        (PASSWORD, "corta", "corta", "12"),
    ],
)
def test_a_password_is_not_changed_when(
    site: Path, db: Database, current: str, new: str, again: str, said: str
) -> None:
    app = sign_in(opened(site), "ana")
    for key, value in (
        ("password_current", current),
        ("password_new", new),
        ("password_again", again),
    ):
        app.text_input(key=key).set_value(value)
    next(b for b in app.button if b.label == "Guardar la contraseña").click().run()
    assert people.check_password(db, "ana", PASSWORD)
    assert said in html(app)


def test_disabling_a_person_shows_the_entrance_at_the_next_click(site: Path, db: Database) -> None:
    app = sign_in(opened(site), "ana")
    people.disable_user(db, "ana", actor="test")
    app.run()
    assert not inside(app)
    assert not inside(sign_in(app, "ana"))


def test_a_revoked_session_takes_what_the_page_remembered(site: Path, db: Database) -> None:
    app = sign_in(opened(site), "ana")
    app.session_state["left_behind"] = "secret"
    sessions.revoke_all(db, "ana")
    app.run()
    assert "left_behind" not in app.session_state


def test_a_session_past_its_lifetime_ends(site: Path, db: Database) -> None:
    app = sign_in(opened(site), "ana")
    app.session_state[accounts.SESSION] = sessions.start_session(
        db, "ana", address="192.0.2.1", lifetime=timedelta(seconds=-1)
    )
    app.run()
    assert not inside(app)


def test_a_role_without_the_right_is_refused_at_the_page_itself(site: Path) -> None:
    app = sign_in(opened(site), "adan")
    assert not inside(app)
    app.switch_page("pages/hotspots.py").run()
    assert not inside(app)
    assert "no permite ver la página" in html(app)


def test_whoever_has_no_page_is_told_so(site: Path) -> None:
    assert "todavía no tiene páginas" in html(sign_in(opened(site), "adan"))


def test_a_page_that_runs_without_the_frame_draws_nothing(site: Path) -> None:
    app = AppTest.from_file(str(site / "pages" / "hotspots.py"), default_timeout=120).run()
    assert not inside(app)


def test_the_city_of_the_address_is_shown(site: Path) -> None:
    app = sign_in(opened(site, city="sur"), "ana")
    assert any("Ciudad Sur" in m.value for m in app.markdown)


@pytest.mark.parametrize("city", ["sur", "ninguna"])
def test_a_city_without_rights_or_unknown_is_refused_alike(site: Path, city: str) -> None:
    app = sign_in(opened(site, city=city), "mar")
    assert not inside(app)
    assert f"«{city}»: no existe o su cuenta no tiene derechos" in html(app)


def test_choosing_a_city_puts_it_into_the_address(site: Path) -> None:
    app = sign_in(opened(site), "ana")
    app.button(key="city_sur").click().run()
    assert app.query_params["city"] == "sur"
    assert any("Ciudad Sur" in m.value for m in app.markdown if "inside" in m.value)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_exactly_the_pages_whose_action_it_holds(role: str) -> None:
    person = Principal("p", "P", (Assignment(role, "norte"),))
    opened_pages = {page.key for page in access.pages_for(person)}
    assert opened_pages == {page.key for page in access.PAGES if page.action in ROLES[role]}


def test_every_page_asks_for_an_action_that_some_role_holds() -> None:
    held: set[Action] = set().union(*ROLES.values())
    assert {page.action for page in access.PAGES} <= held
