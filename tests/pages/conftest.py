"""One copy of the demonstration store per module: pages write sessions and audit lines into it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from analytics.settings import load_settings
from analytics.store.database import open_database
from tests.conftest import Demo


@pytest.fixture(scope="module")
def city_open(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Serve pages from a copy of the demonstration store; yields its home."""
    home = tmp_path_factory.mktemp("pages") / "home"
    shutil.copytree(demo_store.home, home)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(home))
        environment.delenv("CABILDO_CONFIG", raising=False)
        yield home
        open_database(load_settings()).close()
        st.cache_resource.clear()
