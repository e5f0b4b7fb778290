"""Real places and small grids for the tests of hotspots."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from analytics.hotspots.grids import Grid, study_grid
from analytics.settings import City

MEMPHIS = City("memphis", "Memphis", "US", "America/Chicago", "EPSG:32615")


@pytest.fixture
def memphis_xy(shared_data: Path) -> np.ndarray:
    """The 2,245 robberies of 2019 in metres of EPSG:32615, shape (2245, 2)."""
    frame = pd.read_csv(shared_data / "memphis" / "memphis_robberies.csv")
    to_utm = Transformer.from_crs("EPSG:4326", MEMPHIS.crs, always_xy=True)
    return np.column_stack(to_utm.transform(frame["longitude"], frame["latitude"]))


@pytest.fixture
def memphis_grid(memphis_xy: np.ndarray) -> Grid:
    """500 m cells over the bounding box of the robberies."""
    return study_grid(MEMPHIS, 500.0, (*memphis_xy.min(axis=0), *memphis_xy.max(axis=0)))
