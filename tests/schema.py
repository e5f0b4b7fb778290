"""Migrations from nothing, run once per kind of server and repeated statement by statement after.

Hundreds of tests open an empty database; what Alembic thinks between the statements is the same
each time and takes most of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, inspect

LOOKING = ("SELECT", "PRAGMA")

Statements = list[tuple[str, Any]]


class Repeated:
    """Stands for ``alembic.command`` where a database is opened."""

    downgrade = staticmethod(command.downgrade)

    def __init__(self) -> None:
        self._statements: dict[str, Statements] = {}

    def upgrade(self, config: Config, revision: str) -> None:
        """Migrate; an empty database to the newest schema with the statements known."""
        connection: Connection = config.attributes["connection"]
        kind = connection.dialect.name
        if revision != "head" or inspect(connection).get_table_names():
            command.upgrade(config, revision)
        elif kind not in self._statements:
            with _recorded(connection) as statements:
                command.upgrade(config, revision)
            self._statements[kind] = statements
        else:
            for statement, parameters in self._statements[kind]:
                connection.exec_driver_sql(statement, parameters)


@contextmanager
def _recorded(connection: Connection) -> Iterator[Statements]:
    statements: Statements = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if not statement.lstrip().upper().startswith(LOOKING):
            statements.append((statement, parameters or None))

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)
