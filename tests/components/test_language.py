"""The session's language: how it is chosen, that it is one session's alone."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from analytics.errors import StoreError
from analytics.settings import LANGUAGES, Settings
from components import catalogue, language

CITY = '[cities.norte]\nname = "N"\ncountry = "CL"\ntimezone = "America/Santiago"\n'
CONFIG = f'{CITY}crs = "EPSG:32719"\n'


def page() -> None:
    import streamlit as st

    from components import language

    language.choose()
    language.switcher()
    st.write(language._("access.password"))


@pytest.fixture(autouse=True)
def settings(make_settings: Callable[[str], Settings]) -> Settings:
    return make_settings(CONFIG)


def opened(locale: str, **parameters: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=120)
    app.context = {"locale": locale}
    app.query_params.update(parameters)
    return app.run()


def said(app: AppTest) -> str:
    return app.markdown[-1].value


@pytest.mark.parametrize(
    ("locale", "word"),
    [("es-CL", "Contraseña"), ("pt-BR", "Senha"), ("en", "Password"), ("fr-FR", "Contraseña")],
)
def test_the_browser_decides_first(locale: str, word: str) -> None:
    assert said(opened(locale)) == word


def test_the_address_wins_over_the_browser() -> None:
    assert said(opened("es-CL", lang="pt")) == "Senha"


@pytest.mark.parametrize("asked", ["xx", "", "../es"])
def test_an_unknown_language_in_the_address_is_dropped(asked: str) -> None:
    app = opened("pt-BR", lang=asked)
    assert said(app) == "Senha"
    assert "lang" not in app.query_params


def test_switching_keeps_the_choice_in_the_session_and_the_address() -> None:
    app = opened("es-CL")
    app.button(key="lang_en").click().run()
    assert said(app) == "Password"
    assert app.query_params["lang"] == "en"
    del app.query_params["lang"]  # as a page change does
    app.run()
    assert said(app) == "Password"
    assert app.query_params["lang"] == "en"


def test_switching_back_to_the_browsers_language_cleans_the_address() -> None:
    app = opened("pt-BR", lang="en")
    app.button(key="lang_pt").click().run()
    assert said(app) == "Senha"
    assert "lang" not in app.query_params


def test_spanish_chosen_in_an_english_browser_survives_a_reload() -> None:
    app = opened("en-US")
    app.button(key="lang_es").click().run()
    again = opened("en-US", lang=app.query_params["lang"])
    assert said(again) == "Contraseña"


def test_two_sessions_do_not_share_a_language() -> None:
    one, other = opened("es-CL"), opened("pt-BR")
    one.run()
    assert (said(one), said(other)) == ("Contraseña", "Senha")


def test_only_the_languages_of_the_settings_are_offered(
    make_settings: Callable[[str], Settings],
) -> None:
    make_settings(f'languages = ["pt", "es"]\n{CONFIG}')
    app = opened("en-US")
    assert said(app) == "Senha"
    assert [button.key for button in app.button] == ["lang_es"]


def test_the_document_says_its_language() -> None:
    assert "lang = 'pt'" in opened("pt-BR").get("html")[0].proto.body


def test_every_language_names_itself() -> None:
    assert set(language.NAMES) == set(catalogue.LOCALE_OF) == set(LANGUAGES)


def test_a_refusal_becomes_its_sentence() -> None:
    error = StoreError("access.key_short", file="cookie.key", n=5, minimum=128)
    assert "128" in language.sentence_of(error)
    assert "cookie.key" in language.sentence_of(error)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("es", "Lu Ma Mi Ju Vi Sá Do"),
        ("pt", "Seg Ter Qua Qui Sex Sáb Dom"),
        ("en", "Mo Tu We Th Fr Sa Su"),
    ],
)
def test_a_week_has_seven_names_that_can_be_told_apart(
    code: str, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "current", lambda: code)
    assert language.week() == names.split()
