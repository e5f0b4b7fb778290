"""Which event follows which: originator, repeat, near repeat, or single."""

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

LABELS = ("single", "originator", "near_repeat", "repeat")
SINGLE, ORIGINATOR, NEAR, REPEAT = range(4)


def labelled(
    events: pd.DataFrame, *, same_place_m: float, near_m: float, days: int
) -> pd.DataFrame:
    """Label each event by what came before and after it nearby.

    A *repeat* follows another event at the same place, a *near repeat* one near it; an
    *originator* follows none but is followed; what neither follows nor is followed is *single*.
    Both limits are right-open, as in the Knox table: ``days`` 7 is up to six days later. Events of
    one moment follow each other in the order of the table.

    Parameters
    ----------
    events : pandas.DataFrame
        ``occurred_from``, ascending, and ``x_m``, ``y_m`` in metres of the city's CRS.
    same_place_m, near_m : float
        Distances below which a place is the same, or near.
    days : int
        Calendar days.

    Returns
    -------
    pandas.DataFrame
        The events with ``label``, one of :data:`LABELS`.
    """
    xy = events[["x_m", "y_m"]].to_numpy(float)
    day = events["occurred_from"].to_numpy("datetime64[D]").astype(np.int64)
    codes = _codes(np.ascontiguousarray(xy), day, float(same_place_m), float(near_m), days)
    return events.assign(label=np.array(LABELS)[codes])


@njit(nogil=True, cache=True)
def _codes(
    xy_m: NDArray[np.float64],
    day: NDArray[np.int64],
    same_place_m: float,
    near_m: float,
    days: int,
) -> NDArray[np.uint8]:
    codes = np.zeros(len(day), dtype=np.uint8)
    for i in range(len(day)):
        for j in range(i + 1, len(day)):
            if day[j] - day[i] >= days:
                break
            dx, dy = xy_m[j, 0] - xy_m[i, 0], xy_m[j, 1] - xy_m[i, 1]
            distance = np.sqrt(dx * dx + dy * dy)
            if distance < near_m:
                codes[i] = max(codes[i], ORIGINATOR)
                codes[j] = max(codes[j], REPEAT if distance < same_place_m else NEAR)
    return codes
