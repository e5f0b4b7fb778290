"""A store of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.analytics.events.builders import EventStore, store_in


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    """An empty store of one city, Memphis."""
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()
