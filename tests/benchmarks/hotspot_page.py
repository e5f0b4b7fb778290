"""The hotspot page over its websocket: a filter never seen before against unchanged inputs."""

import os
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import psutil  # type: ignore[import-untyped]
from streamlit.proto.WidgetStates_pb2 import WidgetState

from analytics.settings import load_settings
from analytics.store.database import open_database
from analytics.store.sessions import LIFETIME, start_session
from components.cookies import Claims, cookie_key, sign
from tests import server
from tests.benchmarks.timing import milliseconds, spread
from tests.benchmarks.visitor import Rerun, Visitor

PAIRS = 20
WARM_UP = 2
ANALYST = "analista"
COOKIE = "cabildo"  # components.accounts.COOKIE, which needs a running Streamlit
STEP = timedelta(days=7)
SHOWN = 8
AIM_KB, AIM_RATIO = 150, 3


class _Measured:
    """Reruns of one kind, with what each cost the server's processor."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.reruns: list[Rerun] = []
        self.cpu: list[float] = []

    def add(self, tab: Visitor, period: list[str]) -> None:
        before = self._cpu_seconds()
        self.reruns.append(_ask(tab, period))
        self.cpu.append(self._cpu_seconds() - before)

    def _cpu_seconds(self) -> float:
        used = self._process.cpu_times()
        return float(used.user + used.system)


def run() -> list[str]:
    """Measure 20 interleaved pairs of reruns: unchanged inputs, then another period."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with patch.dict(os.environ, CABILDO_HOME=str(home), CABILDO_CONFIG=""):
            server.build_demo(home)
            with (
                server.running(home, Path(folder) / "server.log") as address,
                closing(Visitor(address, f"{COOKIE}={_token()}")) as tab,
            ):
                return _report(*_pairs(tab))


def _token() -> str:
    """Sign the analyst in the way the entrance does, without asking for the password."""
    settings = load_settings()
    session_id = start_session(open_database(settings), ANALYST, address="127.0.0.1")
    claims = Claims(ANALYST, session_id, datetime.now(UTC) + LIFETIME)
    return sign(cookie_key(settings.home), claims)


def _pairs(tab: Visitor) -> tuple[_Measured, _Measured]:
    """Open the page, then rerun it: the period in force again, and the next one."""
    _checked(tab.rerun("hotspots", {}))
    process = _server_process()
    same, fresh = _Measured(process), _Measured(process)
    periods = _periods(tab.widgets["dates"].default)
    for _ in range(WARM_UP):
        period = next(periods)
        _ask(tab, period)
    for _ in range(PAIRS):
        same.add(tab, period)
        period = next(periods)
        fresh.add(tab, period)
    return same, fresh


def _periods(opened_with: Sequence[str]) -> Iterator[list[str]]:
    """Yield periods as long as the one the page opens with, each a week earlier."""
    first, last = (date.fromisoformat(day.replace("/", "-")) for day in opened_with)
    while True:
        first, last = first - STEP, last - STEP
        yield [first.isoformat(), last.isoformat()]


def _ask(tab: Visitor, period: list[str]) -> Rerun:
    state = WidgetState(id=tab.widgets["dates"].id)
    state.string_array_value.data.extend(period)
    return _checked(tab.rerun("hotspots", {"dates": period}, [state]))


def _checked(rerun: Rerun) -> Rerun:
    if rerun.exceptions or not any("deck_gl" in name for name in rerun.by_element):
        raise RuntimeError(f"the page drew no map: {rerun.exceptions or list(rerun.by_element)}")
    return rerun


def _server_process() -> psutil.Process:
    children = psutil.Process().children()
    return next(child for child in children if "streamlit" in child.cmdline())


def _report(same: _Measured, fresh: _Measured) -> list[str]:
    kb = [rerun.bytes / 1000 for rerun in fresh.reruns]
    again_kb = [rerun.bytes / 1000 for rerun in same.reruns]
    seconds, again = ([r.seconds for r in m.reruns] for m in (fresh, same))
    ratio = statistics.median(seconds) / statistics.median(again)
    cpu, cpu_again = statistics.mean(fresh.cpu), statistics.mean(same.cpu)
    return [
        f"{PAIRS} pairs, demonstration city, analyst",
        f"new filter, bytes sent: {spread(kb, 'kB')}, aim ≤ {AIM_KB} kB",
        f"unchanged inputs, bytes sent: {spread(again_kb, 'kB')}",
        f"new filter, server time: {milliseconds(seconds)}",
        f"unchanged inputs, server time: {milliseconds(again)}",
        f"ratio of medians {ratio:.2f}×, aim ≤ {AIM_RATIO}×",
        f"processor time, means: {1000 * cpu:.0f} ms and {1000 * cpu_again:.0f} ms,"
        f" ratio {cpu / cpu_again:.2f}×",
        "heaviest in a new filter, median kB:",
        *_heaviest(fresh.reruns),
        "heaviest with unchanged inputs, median kB:",
        *_heaviest(same.reruns),
    ]


def _heaviest(reruns: Sequence[Rerun]) -> list[str]:
    names = {name for rerun in reruns for name in rerun.by_element}
    medians = Counter(
        {name: statistics.median(rerun.by_element[name] for rerun in reruns) for name in names}
    )
    return [f"  {n / 1000:7.1f}  {name}" for name, n in medians.most_common(SHOWN)]
