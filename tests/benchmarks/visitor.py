"""A browser as far as Streamlit's server can tell: its websocket, its message cache, no drawing.

What it does follows Streamlit 1.67's own frontend: a ``new_element`` that the server marks
cacheable is kept by its hash, every rerun tells which hashes are held, and one that has not been
used for more than ``max_cached_message_age`` finished runs is dropped.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import websocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

TIMEOUT_SECONDS = 60
QUIET_SECONDS = 0.05
WIDGET_ID = re.compile(r"\$\$(?:ID|WIDGET_ID)-[0-9a-f]+-(?P<key>.+)")


@dataclass
class Rerun:
    """What one rerun cost: until the script finished, and everything the server sent for it."""

    seconds: float = 0.0
    bytes: int = 0
    references: int = 0
    exceptions: list[str] = field(default_factory=list)
    by_element: Counter[str] = field(default_factory=Counter)


class Visitor:
    """One tab: opens a page and sends the state of its widgets.

    Parameters
    ----------
    address : str
        ``http://host:port``.
    cookie : str
        Value of the Cookie header.
    """

    def __init__(self, address: str, cookie: str) -> None:
        self._address = address
        self._socket = websocket.create_connection(
            f"ws{address.removeprefix('http')}/_stcore/stream",
            origin=address,
            cookie=cookie,
            subprotocols=["streamlit"],
            timeout=TIMEOUT_SECONDS,
        )
        self._page_hash = ""
        self._used_at: dict[str, int] = {}
        self._runs = 0
        self._max_age = 0
        self._labels: dict[str, str] = {}
        self.widgets: dict[str, Any] = {}

    def rerun(
        self, page: str, query: dict[str, list[str]], states: list[WidgetState] | None = None
    ) -> Rerun:
        """Ask for a run of ``page`` and take in everything until the server is quiet.

        ``query`` is the part of the address after the question mark; ``states`` are widget values.
        """
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string = urlencode(query, doseq=True)
        state.page_script_hash = self._page_hash
        state.page_name = "" if self._page_hash else page
        state.cached_message_hashes.extend(self._used_at)
        state.context_info.url = f"{self._address}/{page}"
        state.context_info.locale = "es"
        state.context_info.timezone = "America/Santiago"
        state.context_info.color_scheme = "light"
        state.widget_states.widgets.extend(states or [])
        start = time.perf_counter()
        self._socket.send_binary(asked.SerializeToString())
        cost = Rerun()
        for message in self._until_finished(cost):
            self._take(message, cost)
        cost.seconds = time.perf_counter() - start
        for message in self._until_quiet(cost):
            self._take(message, cost)
        return cost

    def close(self) -> None:
        """Leave the page."""
        self._socket.close()

    def _until_finished(self, cost: Rerun) -> Iterator[ForwardMsg]:
        """Yield messages to the end of the run; one that ends early is followed by another."""
        while True:
            message = self._receive(cost)
            yield message
            early = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if message.HasField("script_finished") and not early:
                self._age()
                return

    def _until_quiet(self, cost: Rerun) -> Iterator[ForwardMsg]:
        self._socket.settimeout(QUIET_SECONDS)
        try:
            while True:
                yield self._receive(cost)
        except websocket.WebSocketTimeoutException:
            return
        finally:
            self._socket.settimeout(TIMEOUT_SECONDS)

    def _receive(self, cost: Rerun) -> ForwardMsg:
        payload = self._socket.recv()
        message: ForwardMsg = ForwardMsg.FromString(payload)
        n = _on_the_wire(len(payload))
        cost.bytes += n
        cost.by_element[self._label(message)] += n
        return message

    def _take(self, message: ForwardMsg, cost: Rerun) -> None:
        """Do with a message what a browser does with it besides drawing."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            cost.references += 1
            self._used_at[message.ref_hash] = self._runs
        elif message.metadata.cacheable:
            self._used_at[message.hash] = self._runs
        if kind == "new_session":
            self._page_hash = message.new_session.page_script_hash
            self._max_age = message.new_session.config.max_cached_message_age
        elif kind == "delta" and message.delta.HasField("new_element"):
            element = _content(message)
            if message.delta.new_element.HasField("exception"):
                cost.exceptions.append(element.message)
            self.widgets[_key(element)] = element

    def _age(self) -> None:
        """Drop what no run has used lately, when a run has finished."""
        self._runs += 1
        self._used_at = {
            name: used for name, used in self._used_at.items() if self._runs - used <= self._max_age
        }

    def _label(self, message: ForwardMsg) -> str:
        """Name what a message carries: the element's type and key, remembered for references."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            return f"reference to {self._labels.get(message.ref_hash, 'unknown')}"
        label = str(kind)
        if kind == "delta":
            inner = message.delta.WhichOneof("type")
            label = str(inner)
            if inner == "new_element":
                label = str(message.delta.new_element.WhichOneof("type"))
                label = f"{label} {_key(_content(message))}".strip()
        self._labels[message.hash] = label
        return label


def _content(message: ForwardMsg) -> Any:
    element = message.delta.new_element
    return getattr(element, str(element.WhichOneof("type")))


def _key(element: Any) -> str:
    """Return the key an element was given, from the id made of it."""
    found = WIDGET_ID.fullmatch(getattr(element, "id", ""))
    return found["key"] if found and found["key"] != "None" else ""


def _on_the_wire(n: int) -> int:
    """Add the header of the websocket frame, from server to browser unmasked (RFC 6455)."""
    return n + (2 if n < 126 else 4 if n < 65_536 else 10)
