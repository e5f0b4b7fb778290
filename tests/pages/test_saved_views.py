"""Saved views on the hotspot page: kept by name, opened as they were, renamed, deleted."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.visitors import Visit, visit

ASKED = {"bandwidth_m": "350", "category": "robbery_violence", "panel": "concentration"}


def named(app: AppTest, name: str, button: str) -> AppTest:
    app.text_input(key="views_name").set_value(name)
    return app.button(key=button).click().run()


def names(app: AppTest) -> list[str]:
    return list(app.selectbox(key="views_chosen").options)


@pytest.fixture
def app(city_open: Path) -> AppTest:
    return visit("hotspots", "analyst", query=ASKED).app


def test_a_view_is_saved_opened_renamed_and_deleted(app: AppTest) -> None:
    named(app, "Robos de noche", "views_save")
    assert names(app) == ["Robos de noche"]

    app.number_input(key="bandwidth_m").set_value(500.0).run()
    assert "--bandwidth-m 500" in Visit(app).commands[0]
    app.selectbox(key="views_chosen").select_index(0).run()
    app.button(key="views_open").click().run()
    command = Visit(app).commands[0]
    assert "--category robbery_violence" in command and "--bandwidth-m 350" in command
    assert app.query_params["bandwidth_m"] == "350"
    assert app.query_params["panel"] == "concentration"

    named(app, "Robos", "views_rename")
    assert names(app) == ["Robos"]
    app.selectbox(key="views_chosen").select_index(0).run()
    app.button(key="views_delete").click().run()
    assert names(app) == []
    assert not app.exception


def test_a_name_in_use_is_refused_with_a_sentence(app: AppTest) -> None:
    named(app, "Centro", "views_save")
    seen = Visit(named(app, "Centro", "views_save"))
    assert any("Centro" in notice for notice in seen.notices)
    assert names(seen.app) == ["Centro"]


def test_a_view_with_zones_opens_with_its_zones(city_open: Path) -> None:
    app = visit("hotspots", "analyst", query={"zones": "1", "crews": "3"}).app
    named(app, "Tres cuadrillas", "views_save")
    app.toggle(key="zones").set_value(False).run()
    assert not any(" zones " in command for command in Visit(app).commands)
    app.selectbox(key="views_chosen").select("Tres cuadrillas").run()
    app.button(key="views_open").click().run()
    (command,) = [command for command in Visit(app).commands if " zones " in command]
    assert "--crews 3" in command


def test_the_mayor_has_views_and_only_her_own(app: AppTest, city_open: Path) -> None:
    named(app, "Del análisis", "views_save")
    mayor = visit("hotspots", "mayor", query={"bandwidth_m": "600"}).app
    assert names(mayor) == []
    assert [button.key for button in mayor.button if (button.key or "").startswith("views_")]
    assert not mayor.exception
