"""Fixtures for every test: a private home, settings from text, the real files."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from analytics.settings import Settings, load_settings
from tests import server

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


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Build the demonstration store once; tests that change it take :func:`demo`."""
    home = tmp_path_factory.mktemp("demo") / "home"
    return Demo(home, server.build_demo(home))


@pytest.fixture(scope="session")
def linked_store(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Link the records of a copy of the demonstration store once; tests copy it to change it."""
    home = tmp_path_factory.mktemp("linked") / "home"
    shutil.copytree(demo_store.home, home)
    server.run_command(home, "link", "--city", "quimera")
    return Demo(home, demo_store.sign_ins)


@pytest.fixture
def demo(demo_store: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """Give the test its own copy of the demonstration store, with the project's settings."""
    home = tmp_path / "home"
    shutil.copytree(demo_store.home, home)
    monkeypatch.setenv("CABILDO_HOME", str(home))
    monkeypatch.delenv("CABILDO_CONFIG", raising=False)
    return Demo(home, demo_store.sign_ins)
