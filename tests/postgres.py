"""A throw-away PostgreSQL server for the test session, reached by a Unix socket only.

Import ``postgres_server`` and ``database_url`` into a conftest to have both databases.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

OWNER = "postgres"  # root may not run a server: the packages bring this system user
SERVER_OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
NO_SERVER = "no PostgreSQL server binaries found: apt-get install postgresql"


def server_binaries() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``: on the path, told by pg_config, or Debian's."""
    candidates = [Path(found).parent] if (found := shutil.which("initdb")) else []
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        candidates.append(Path(told.stdout.strip()))
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((c for c in candidates if (c / "initdb").is_file()), None)


@contextmanager
def cluster(binaries: Path) -> Iterator[Path]:
    """Start a new server and give its socket folder; nothing of it remains afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cabildo-pg-"))
    data, log = folder / "data", folder / "log"
    try:
        if os.getuid() == 0:
            shutil.chown(folder, OWNER)
        _run(folder, binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync")  # fmt: skip
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {SERVER_OPTIONS}"
        _run(folder, binaries / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield folder
        finally:
            _run(folder, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """Socket folder of a server that lives as long as the test session."""
    binaries = server_binaries()
    if binaries is None or (os.getuid() == 0 and not _exists(OWNER)):
        pytest.skip(NO_SERVER)
    with cluster(binaries) as folder:
        yield folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of the test's own, on each supported server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'home' / 'cabildo.db'}"
        return
    folder, name = request.getfixturevalue("postgres_server"), f"test_{uuid4().hex}"
    with psycopg.connect(host=str(folder), user=OWNER, dbname=OWNER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield f"postgresql+psycopg://{OWNER}@/{name}?host={folder}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(folder: Path, *command: object) -> None:
    words = [str(word) for word in command]
    if os.getuid() == 0:
        words = ["runuser", "-u", OWNER, "--", *words]
    # A pipe would stay open in the server: its output goes to files.
    with (folder / "output").open("wb") as output:
        done = subprocess.run(words, cwd=folder, stdout=output, stderr=output, check=False)
    assert done.returncode == 0, (folder / "output").read_text(errors="replace")


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
