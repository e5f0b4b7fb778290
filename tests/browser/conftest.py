"""A real Chromium on a real server: what leaves the machine and what fails is written down."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from components.tokens import DARK, LIGHT
from tests import server
from tests.conftest import Demo

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # without a graphics card, half of what the browser computes
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WORDS = {
    "es": ("Usuario", "Contraseña", "Entrar"),
    "pt": ("Usuário", "Senha", "Entrar"),
    "en": ("Username", "Password", "Sign in"),
}
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
STILL_CHECKS = 6  # a tenth of a second apart
# Streamlit's drop zone has a role of presentation and a label: a best practice, not WCAG.
DROP_ZONE = {"presentation-role-conflict": {"enabled": False}}
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]}}
NO_PASSES = {"resultTypes": ["violations"]}  # a fifth of the time
GROUND = """wanted => getComputedStyle(document.documentElement)
    .getPropertyValue('--c-bg').trim().toLowerCase() === wanted.toLowerCase()"""
# The presenter's clock never rests.
AT_REST = """document.getAnimations().every(moved => moved.playState !== 'running'
    || moved.effect?.target?.closest('.present-clock'))"""
# A slow machine is no fault of the page's: only what never comes fails.
PATIENCE_MS = 120_000
DESKTOP = {"width": 1366, "height": 768}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here; without a browser say once how to get it."""
    absent = pytest.mark.skipif(
        not any(map(shutil.which, CHROMIUM)), reason="no Chromium: apt-get install chromium"
    )
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(absent)


@dataclass(frozen=True)
class Changing:
    """A served store that tests may change."""

    home: Path
    address: str


@dataclass
class Visit:
    """One person's browser: the page, and what went wrong behind it."""

    page: Page
    address: str
    cookies: dict[tuple[str, str], list[Any]]
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> None:
        """Go to a path and wait until the script has run."""
        self.page.goto(f"{self.address}/{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page's script has run and no other run has followed it."""
        still = 0
        while still < STILL_CHECKS:
            self.page.wait_for_selector(SETTLED)
            self.page.wait_for_timeout(100)
            # The cookie's component answers after the first run, and its answer is a run more.
            still = still + 1 if self.page.query_selector(SETTLED) else 0

    def set_number(self, name: str, value: str) -> None:
        """Type a number over the one that is there and send it."""
        field = self.page.get_by_role("spinbutton", name=name)
        for _ in range(5):
            field.fill(value)
            # A run that ends meanwhile draws the field anew, and the old number stays beside it.
            if field.input_value() == value:
                break
        field.press("Enter")

    def sign_in(self, username: str, password: str, language: str = "es") -> None:
        """Fill the entrance's form and wait for the page behind it."""
        user, secret, enter = WORDS[language]
        self.page.get_by_role("textbox", name=user).fill(username)
        self.page.get_by_role("textbox", name=secret).fill(password)
        self.page.get_by_role("button", name=enter, exact=True).click()
        self.page.wait_for_selector("h1.sentence, .notice")
        self.settle()

    def enter(self, path: str, username: str, password: str) -> None:
        """Go to a path as a person, who signs in once per server."""
        known = self.cookies.get((self.address, username))
        if known:
            self.page.context.add_cookies(known)
            self.open(path)
            self.page.wait_for_selector("h1.sentence, .notice")
            return
        self.open(path)
        self.sign_in(username, password)
        self.cookies[self.address, username] = self.page.context.cookies()

    def violations(self, **options: Any) -> list[str]:
        """Return what axe finds on the page, in light and in dark."""
        found = []
        for scheme, palette in (("light", LIGHT), ("dark", DARK)):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.wait_for_function(GROUND, arg=palette.bg)
            self.settle()
            self.page.wait_for_function(AT_REST)
            found += [f"{scheme} {said}" for said in violations_now(self.page, **options)]
        return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Run the browser driver for the session."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start the system's Chromium with software WebGL."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def address(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demonstration store for tests that do not change it."""
    log = tmp_path_factory.mktemp("server") / "server.log"
    with server.running(demo_store.home, log) as url:
        yield url


@pytest.fixture(scope="session")
def changing(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changing]:
    """Serve a copy of the demonstration store: what one test changes, no other looks at."""
    home = tmp_path_factory.mktemp("changing") / "home"
    shutil.copytree(demo_store.home, home)
    with server.running(home, home.parent / "server.log") as url:
        yield Changing(home, url)


@pytest.fixture
def own_address(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of the store that may be changed; the test's own code works on it as well."""
    monkeypatch.setenv("CABILDO_HOME", str(changing.home))
    monkeypatch.delenv("CABILDO_CONFIG", raising=False)
    return changing.address


@pytest.fixture(scope="session")
def cookies() -> dict[tuple[str, str], list[Any]]:
    """Cookies of those who have signed in, by server and user name."""
    return {}


@pytest.fixture
def visit(
    chromium: Browser, address: str, cookies: dict[tuple[str, str], list[Any]]
) -> Iterator[Callable[..., Visit]]:
    """Open browsers that note foreign requests, console errors and page errors."""
    contexts: list[BrowserContext] = []

    def start(url: str = address, **options: object) -> Visit:
        settings = {"locale": "es-CL", "viewport": DESKTOP} | options
        context = chromium.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        visit = Visit(context.new_page(), url, cookies)
        visit.page.on("request", lambda request: note_foreign(visit, request.url))
        visit.page.on("console", lambda message: note_error(visit, message.type, message.text))
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        return visit

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def person(
    visit: Callable[..., Visit], demo_store: Demo, own_address: str
) -> Callable[[str, str], Visit]:
    """Let people by their user names into the store that may be changed, at a path each."""

    def start(username: str, path: str) -> Visit:
        somebody = visit(own_address)
        somebody.enter(path, username, demo_store.sign_ins[username])
        return somebody

    return start


def violations_now(page: Page, **options: Any) -> list[str]:
    """Return what axe finds on the page as it is; ``WCAG`` leaves out its best practices."""
    told = Axe().run(page, options=options | NO_PASSES).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:300]}" for v in told]


def note_foreign(visit: Visit, url: str) -> None:
    """Write down a request that is not to the server under test."""
    if not url.startswith((visit.address, "data:", "blob:")):
        visit.foreign.append(url)


def note_error(visit: Visit, kind: str, text: str) -> None:
    """Write down console errors, but for the look-ups Streamlit makes below a deep link."""
    if kind == "error" and "404 (Not Found)" not in text:
        visit.errors.append(text)
