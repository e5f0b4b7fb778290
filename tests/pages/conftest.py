"""One copy of the demonstration store per module of page tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Demo
from tests.pages.visitors import served


@pytest.fixture(scope="module")
def city_open(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Open the demonstration city to visits; yields its home."""
    with served(demo_store.home, tmp_path_factory.mktemp("pages") / "home") as home:
        yield home
