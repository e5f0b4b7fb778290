"""A real server on a free port for browser tests and benchmarks."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180


@contextmanager
def running(home: Path, log: Path, **environment: str) -> Iterator[str]:
    """Serve Cabildo on ``home`` and yield the address; the log keeps what the server says."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.fileWatcherType", "none"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"CABILDO_HOME": str(home)} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://localhost:{port}"
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=60)


def build_demo(home: Path) -> dict[str, str]:
    """Build the demonstration store in ``home``; return its sign-ins, user name to password."""
    run_command(home, "demo")
    return demo_sign_ins(home)


def demo_sign_ins(home: Path) -> dict[str, str]:
    """Read who may enter the demonstration store in ``home``: user name to password."""
    lines = (home / "demo" / "sign-ins.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split()[:2] for line in lines if line.strip())


def run_command(home: Path, *words: str) -> None:
    """Run a command of the project on the store in ``home``."""
    subprocess.run(
        [sys.executable, "-m", "analytics", *words],
        cwd=ROOT,
        env=os.environ | {"CABILDO_HOME": str(home)},
        check=True,
        capture_output=True,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"server did not start:\n{log.read_text()}")
