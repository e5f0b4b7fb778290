"""The door in a real browser on a fresh server, where a page file can run without ``app.py``."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from analytics.settings import load_settings
from analytics.store import people
from analytics.store.database import open_database
from components import access, accounts
from tests import server

pytestmark = pytest.mark.browser
PASSWORD = "una clave bastante larga"
CONFIG = """
[cities.norte]
name = "Ciudad Norte"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"
"""
APP = """
from components import access
with access.framed():
    person = access.sign_in()
    page = access.navigation(person)
    if person:
        access.person_menu(person)
    page.run()
"""
PAGE = """
import streamlit as st
from components.access import require
person = require("{key}")
st.write("inside {key}", person.username)
st.segmented_control("Kind", ["a", "b"], key="kind", bind="query-params")
"""
CHROMIUM = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve a site of this project's frame and two telling pages, from a process of its own."""
    site = tmp_path / "site"
    (site / "pages").mkdir(parents=True)
    (site / "app.py").write_text(APP)
    (site / "config.toml").write_text(CONFIG)
    for page in access.PAGES:
        (site / "pages" / f"{page.key}.py").write_text(PAGE.format(key=page.key))
    monkeypatch.setenv("CABILDO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CABILDO_CONFIG", str(site / "config.toml"))
    monkeypatch.setenv("PYTHONPATH", str(server.ROOT))
    db = open_database(load_settings())
    people.add_user(db, username="ana", name="Ana", password=PASSWORD, actor="test")
    people.assign(db, username="ana", role="analyst", scope="norte", actor="test")
    db.close()
    with _served(site, tmp_path / "server.log") as url:
        yield url


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        path = "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None
        running = play.chromium.launch(executable_path=path, args=CHROMIUM)
        yield running
        running.close()


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context(locale="es-CL").new_page()
    page.goto(url)
    return page


def sign_in(page: Page) -> None:
    page.get_by_role("textbox", name="Usuario").fill("ana")
    page.get_by_role("textbox", name="Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()


def wait_for_cookie(page: Page, *, present: bool) -> dict[str, str]:
    for _ in range(100):
        found = [c for c in page.context.cookies() if c["name"] == accounts.COOKIE]
        if bool(found) is present:
            return dict(found[0]) if found else {}
        page.wait_for_timeout(100)
    raise AssertionError(f"cookie present: {not present}")


@pytest.mark.parametrize("key", [page.key for page in access.PAGES])
def test_a_fresh_server_leaks_no_page_and_returns_to_it_after_sign_in(
    address: str, browser: Browser, key: str
) -> None:
    received: list[str | bytes] = []
    page = browser.new_context(locale="es-CL").new_page()
    page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: received.append(frame)))
    page.goto(f"{address}/{key}?city=norte&kind=b")
    page.get_by_role("textbox", name="Contraseña").wait_for()
    assert not any((b"inside" if isinstance(f, bytes) else "inside") in f for f in received)
    sign_in(page)
    page.get_by_text(f"inside {key} ana").wait_for()
    assert page.url == f"{address}/{key}?city=norte&kind=b"


def test_a_reload_stays_signed_in_and_a_copied_cookie_dies_at_sign_out(
    address: str, browser: Browser
) -> None:
    page = opened(browser, f"{address}/hotspots")
    sign_in(page)
    copied = wait_for_cookie(page, present=True)
    assert copied["sameSite"] == "Strict"
    page.reload()
    page.get_by_text("inside hotspots ana").wait_for()
    thief = browser.new_context(locale="es-CL")
    thief.add_cookies([copied])  # type: ignore[list-item]  # what cookies() gave
    other = thief.new_page()
    other.goto(f"{address}/hotspots")
    other.get_by_text("inside hotspots ana").wait_for()
    page.get_by_role("button", name="Ana").click()
    page.get_by_role("button", name="Salir").click()
    page.get_by_role("textbox", name="Contraseña").wait_for()
    wait_for_cookie(page, present=False)
    other.reload()
    other.get_by_role("textbox", name="Contraseña").wait_for()
    assert other.get_by_text("inside").count() == 0


@contextmanager
def _served(site: Path, log: Path) -> Iterator[str]:
    port = server._free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.fileWatcherType", "none"]
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=site, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            url = f"http://localhost:{port}"
            server._wait(url, process, log)
            yield url
        finally:
            process.terminate()
