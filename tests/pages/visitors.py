"""Signed-in visits of the whole app without a browser, and what such a visit shows."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analytics.settings import load_settings
from analytics.store import sessions
from analytics.store.database import open_database
from components import accounts

APP = Path(__file__).resolve().parents[2] / "app.py"
USERS = {
    "mayor": "alcaldesa",
    "analyst": "analista",
    "coach": "coach",
    "editor": "editora",
    "validator": "validadora",
    "admin": "admin",
}
TEXT_FIELDS = ("label", "body", "help", "placeholder", "options", "alt", "content", "value")
CODE = re.compile(r"<pre.*?</pre>|<code.*?</code>|<style.*?</style>|<script.*?</script>", re.S)


@dataclass(frozen=True)
class Visit:
    """One page as one person in one language saw it."""

    app: AppTest

    @property
    def html(self) -> list[str]:
        """Bodies of everything that was drawn as HTML, styles left out."""
        bodies = [element.proto.body for element in self.app.get("html")]
        return [body for body in bodies if not body.startswith(("<style", "<script"))]

    @property
    def text(self) -> str:
        """Everything a person can read, without tags, commands and styles."""
        plain = (re.sub(r"<[^>]+>", " ", CODE.sub(" ", words)) for words in self._words())
        return unescape("\n".join(plain))

    @property
    def notices(self) -> list[str]:
        """What the page said instead of an answer."""
        found = [body for body in self.html if 'class="notice"' in body]
        return [unescape(re.sub(r"<[^>]+>", "", body)) for body in found]

    @property
    def sentence(self) -> str:
        """The page's first sentence; empty where it has none."""
        found = re.findall(r'<h1 class="sentence">(.*?)</h1>', "".join(self.html))
        return unescape(found[0]) if found else ""

    @property
    def command(self) -> str:
        """The command line that the page, at its end, says gives the same."""
        return self.commands[-1] if self.commands else ""

    @property
    def commands(self) -> list[str]:
        """Every command line that the page shows, in its order."""
        found = re.findall(r'<pre class="command"><code>(.*?)</code>', "".join(self.html))
        return [unescape(re.sub(r"<[^>]+>", "", command)) for command in found]

    @property
    def is_entrance(self) -> bool:
        """Whether the sign-in form is what is shown, and nothing behind it."""
        return [box.key for box in self.app.text_input] == ["sign_in_username", "sign_in_password"]

    @property
    def failed(self) -> bool:
        """Whether a traceback reached the page."""
        return bool(self.app.exception)

    def count(self, kind: str) -> int:
        """How many elements of a kind were drawn."""
        return len(self.app.get(kind))

    def decks(self) -> list[dict[str, Any]]:
        """The maps, as the browser gets them."""
        return [json.loads(map_.proto.json) for map_ in self.app.get("deck_gl_json_chart")]

    def tables(self) -> Iterator[pa.Table]:
        """Every table of values that was sent to the browser, for a grid or for a chart."""
        for grid in self.app.dataframe:
            yield pa.Table.from_pandas(grid.value)
        for chart in self.app.get("vega_lite_chart"):
            for data in (chart.proto.data, *(named.data for named in chart.proto.datasets)):
                if data.data:
                    yield _arrow(data.data)

    def _words(self) -> Iterator[str]:
        for node in self.app._tree:
            message = getattr(node, "proto", None)
            if message is None:
                continue
            yield from _texts(message)


@contextmanager
def served(original: Path, home: Path) -> Iterator[Path]:
    """Let pages and loaders work on a copy of a store: a visit writes sessions and audit lines."""
    shutil.copytree(original, home)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(home))
        environment.delenv("CABILDO_CONFIG", raising=False)
        yield home
        open_database(load_settings()).close()
        st.cache_resource.clear()


def visit(
    page: str, role: str | None, *, language: str = "es", query: dict[str, Any] | None = None
) -> Visit:
    """Open a page as somebody of a role (None: nobody), with a session as sign-in makes it."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.context = {"locale": language}
    if role is not None:
        app.session_state[accounts.SESSION] = sessions.start_session(
            open_database(load_settings()),
            USERS[role],
            address="127.0.0.1",
            lifetime=timedelta(hours=1),
        )
    for name, value in (query or {}).items():
        app.query_params[name] = value
    # The page's address, as a link leads to it: ``switch_page`` would first draw the overview.
    app._page_hash = calc_hash(page)
    return Visit(app.run())


def _texts(message: Any) -> Iterator[str]:
    """Texts of an element's message that are shown, at any depth."""
    for field, value in message.ListFields():
        values = list(value) if field.is_repeated else [value]
        if field.message_type is not None:
            for inner in values:
                if hasattr(inner, "ListFields"):
                    yield from _texts(inner)
        elif field.name in TEXT_FIELDS:
            yield from (text for text in values if isinstance(text, str))


def _arrow(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(BytesIO(data)).read_all()
