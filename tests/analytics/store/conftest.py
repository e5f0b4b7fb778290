"""An open, migrated database for every store test: once on SQLite, once on PostgreSQL."""

from collections.abc import Callable, Iterator

import pytest

from analytics.settings import Settings
from analytics.store import people
from analytics.store.database import Database, open_database
from tests.postgres import database_url, postgres_server

__all__ = ["database_url", "postgres_server"]

CONFIG = """
[database]
url = "{url}"
[cities.memphis]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "EPSG:32615"
"""
PASSWORD = "correct horse battery"


@pytest.fixture
def settings(database_url: str, make_settings: Callable[[str], Settings]) -> Settings:
    """Settings of a city whose database is still empty."""
    return make_settings(CONFIG.format(url=database_url))


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """A database with the newest schema and nobody in it."""
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spend no quarter of a second per password: 4 is the lowest cost bcrypt takes."""
    monkeypatch.setattr(people, "BCRYPT_COST", 4)


@pytest.fixture
def ana(db: Database) -> str:
    """A person who can sign in."""
    people.add_user(db, username="ana", name="Ana Rivas", password=PASSWORD, actor="cli:root")
    return "ana"
