"""Opening the database: engine, transactions, first start and migrations.

``begin`` is for changes, ``read`` for reading. On SQLite a changing transaction takes the write
lock at its start, so that two writers queue instead of failing half-way.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from analytics.errors import StoreError
from analytics.settings import Settings
from analytics.store.models import Versioned

BUSY_TIMEOUT_MS = 10_000
MIGRATIONS = "analytics.store:migrations"
MIGRATION_LOCK = "cabildo:migrate"

# Reentrant and one for all: Alembic's context is global to the process.
_opening = RLock()
_open: dict[str, "Database"] = {}


class Database:
    """An open database; share one per process, it is safe across threads.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        As :func:`open_database` builds it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writers = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(engine.execution_options(sqlite_begin="DEFERRED"))
        event.listen(self._writers, "before_flush", _remember_edits)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Give one transaction: committed at the end, rolled back on any exception.

        Yields
        ------
        sqlalchemy.orm.Session

        Raises
        ------
        StoreError
            ``store.stale_save`` if a versioned record was changed by someone else meanwhile, with
            both versions and both sets of values; ``store.stale_deleted`` if it is gone.
        """
        with self._writers() as session:
            try:
                with session.begin():
                    yield session
            except StaleDataError as error:
                raise self._stale(session.info["edits"]) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give one consistent reading session; what it changes is never committed."""
        with self._readers() as session:
            yield session

    def close(self) -> None:
        """Close every connection and forget the database."""
        with _opening:
            self.engine.dispose()
            for url in [url for url, db in _open.items() if db is self]:
                del _open[url]

    def _stale(self, edits: list[tuple[type[Versioned], Any, int, dict[str, Any]]]) -> StoreError:
        with self.read() as session:
            for model, identity, version, yours in edits:
                record = f"{model.__name__} {'/'.join(map(str, identity))}"
                stored = session.get(model, identity)
                if stored is None:
                    return StoreError("store.stale_deleted", record=record, yours=yours)
                if stored.version != version:
                    return StoreError(
                        "store.stale_save",
                        record=record,
                        your_version=version,
                        stored_version=stored.version,
                        yours=yours,
                        stored=_shown(stored),
                    )
        raise AssertionError("a stale save without a changed record")


def open_database(settings: Settings) -> Database:
    """Open the database of ``settings``, once per process and URL.

    An empty database is migrated to the newest schema, an older SQLite database as well. Safe to
    call at once from many threads and processes.

    Raises
    ------
    StoreError
        ``store.schema_behind`` (PostgreSQL: run ``migrate``), ``store.schema_ahead`` (a newer
        Cabildo wrote it), ``store.foreign_database`` (tables, but not ours),
        ``store.unsupported_database`` or ``store.unreachable``.
    """
    with _opening:
        if settings.database_url not in _open:
            engine = _engine(settings)
            try:
                with _migrating(engine) as connection:
                    _bring_up(connection)
            except BaseException:
                engine.dispose()
                raise
            _open[settings.database_url] = Database(engine)
        return _open[settings.database_url]


def migrate(settings: Settings, revision: str = "head") -> None:
    """Move the schema of the database to ``revision``, up or down, in one transaction.

    Parameters
    ----------
    settings : Settings
    revision : str
        ``head``, ``base`` or the name of a revision; going down drops what it added.

    Raises
    ------
    StoreError
        ``store.unknown_revision``, or as :func:`open_database`.
    """
    with _opening:
        engine = _engine(settings)
        try:
            with _migrating(engine) as connection:
                _move(connection, revision)
        finally:
            engine.dispose()


def serialise(session: Session, name: str) -> None:
    """Hold every other transaction that names ``name`` until this one ends.

    On SQLite a changing transaction already holds the only write lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _remember_edits(session: Session, *_: Any) -> None:
    """Keep what is about to be saved: after a failed flush the values are gone."""
    session.info["edits"] = [
        (type(row), inspect(row).identity, row.version, _shown(row))
        for row in [*session.dirty, *session.deleted]
        if isinstance(row, Versioned)
    ]


def _shown(row: Versioned) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.shown}


def _engine(settings: Settings) -> Engine:
    url = _url(settings.database_url)
    if not settings.home.exists():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if url.get_backend_name() == "postgresql":
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError("store.unsupported_database", database="?") from error
    in_a_file = url.database not in (None, "", ":memory:")
    if url.get_backend_name() == "postgresql" or (url.get_backend_name() == "sqlite" and in_a_file):
        return url
    raise StoreError("store.unsupported_database", database=url.render_as_string())


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")


def _switch_to_wal(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Give the only connection that may look at or change the schema, in a transaction."""
    with _alone(engine), _connect(engine) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            lock = func.pg_advisory_xact_lock(func.hashtextextended(MIGRATION_LOCK, 0))
            connection.execute(select(lock))
        yield connection


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """On SQLite, shut other processes out and switch to WAL, which no transaction may do."""
    if engine.dialect.name != "sqlite":
        yield
        return
    file = Path(str(engine.url.database))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.with_name(file.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        event.listen(engine, "connect", _switch_to_wal, once=True)
        yield


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except DBAPIError as error:
        raise StoreError(
            "store.unreachable", database=_name(engine), problem=str(error.orig).strip()
        ) from error


def _bring_up(connection: Connection) -> None:
    """Migrate what may be migrated unasked, refuse the rest."""
    script = _revisions(MIGRATIONS)
    head, found = script.get_current_head(), _revision(connection)
    if found == head:
        return
    if found is None and set(inspect(connection).get_table_names()) - {"alembic_version"}:
        raise StoreError("store.foreign_database", database=_name(connection.engine))
    if found is not None:
        if not _knows(script, found):
            raise StoreError("store.schema_ahead", database=_name(connection.engine), found=found)
        if connection.dialect.name != "sqlite":
            raise StoreError(
                "store.schema_behind", database=_name(connection.engine), found=found, needed=head
            )
    command.upgrade(_config(connection), "head")


def _move(connection: Connection, revision: str) -> None:
    config, script = _config(connection), _revisions(MIGRATIONS)
    if revision not in ("head", "base") and not _knows(script, revision):
        raise StoreError("store.unknown_revision", revision=revision)
    found = _revision(connection)
    if found is not None and not _knows(script, found):
        raise StoreError("store.schema_ahead", database=_name(connection.engine), found=found)
    below = {r.revision for r in script.iterate_revisions(found, "base")} if found else set()
    if revision == "base" or revision in below - {found}:
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _knows(script: ScriptDirectory, revision: str) -> bool:
    return revision in {r.revision for r in script.walk_revisions()}


@cache
def _revisions(location: str) -> ScriptDirectory:
    """Read the migrations once per process: that takes longer than looking at the database."""
    return ScriptDirectory.from_config(_located(location))


def _config(connection: Connection) -> Config:
    config = _located(MIGRATIONS)
    config.attributes["connection"] = connection
    return config


def _located(location: str) -> Config:
    config = Config()
    config.set_main_option("script_location", location)
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
