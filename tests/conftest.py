"""Fixtures for every test: a private home, settings from text, the real files."""

import fcntl
import functools
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

from analytics.settings import Settings, load_settings
from analytics.store import database
from tests import server
from tests.schema import Repeated

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile(
    "any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any_machine")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Give back ``__main__``: a page run in a test takes its place, and processes spawn from it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True, scope="session")
def packages_read_once() -> Iterator[None]:
    """Look for components of other packages once, as a server does, and not per test of a page."""
    scan = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True, scope="session")
def migrations_repeated() -> Iterator[None]:
    """Think of the migrations once; their own tests run them each time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "command", Repeated())
        yield


def pytest_collection_finish() -> None:
    """Spare the collector what stays to the end: modules and thousands of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_sessionfinish() -> None:
    """Let what was spared be cleaned up as usual."""
    gc.unfreeze()


@pytest.fixture
def shared_data() -> Path:
    """Folder of the real files; they lie beside the project and are never copied into it."""
    folder = Path(os.environ.get("CABILDO_SHARED", ROOT.parent / "shared")) / "data"
    assert folder.is_dir(), f"real files not found: {folder}; set CABILDO_SHARED"
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a store of its own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CABILDO_HOME", str(folder))
    return folder


@pytest.fixture
def make_settings(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Settings]:
    """Write a ``config.toml`` from text and load it."""

    def make(text: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("CABILDO_CONFIG", str(path))
        return load_settings()

    return make


@dataclass(frozen=True)
class Demo:
    """The demonstration store of a test session: where it lies and who may enter."""

    home: Path
    sign_ins: dict[str, str]


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Have a store made by the worker that asks first; give each a copy of its own."""
    root = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    made = root / f"{name}-made"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = root / f"{name}-{uuid4().hex}"
            make(unfinished)
            unfinished.rename(made)
    return Path(shutil.copytree(made, temporary.mktemp(name) / "home"))


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Build the demonstration store once; tests that change it take :func:`demo`."""
    home = made_once(tmp_path_factory, "demo", lambda new: server.run_command(new, "demo"))
    return Demo(home, server.demo_sign_ins(home))


@pytest.fixture(scope="session")
def linked_store(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Link the records of the demonstration store once; tests copy it to change it."""

    def link(new: Path) -> None:
        shutil.copytree(demo_store.home, new)
        server.run_command(new, "link", "--city", "quimera")

    return Demo(made_once(tmp_path_factory, "linked", link), demo_store.sign_ins)


@pytest.fixture
def demo(demo_store: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """Give the test its own copy of the demonstration store, with the project's settings."""
    home = tmp_path / "home"
    shutil.copytree(demo_store.home, home)
    monkeypatch.setenv("CABILDO_HOME", str(home))
    monkeypatch.delenv("CABILDO_CONFIG", raising=False)
    return Demo(home, demo_store.sign_ins)
