"""Class floors of the density scale, and how much of the study area lies in each class."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NICE_STEPS = (1.0, 2.0, 5.0)
N_CLASSES = 7
TOP_CLASS_FROM = 2 / 3  # of the peak, so that the top class is seen and small


def fitted_classes(density_per_km2_30d: NDArray[np.float64]) -> tuple[float, ...]:
    """Return seven rising 1–2–5 floors that end below the surface's peak.

    Parameters
    ----------
    density_per_km2_30d : ndarray
        Events per km² and 30 days; NaN outside the study area.

    Returns
    -------
    tuple of 7 float
        The largest floor is the last 1–2–5 number not above two thirds of the peak, so that the
        top class is seen and small.
    """
    return nice_floors(float(np.nanmax(density_per_km2_30d)) * TOP_CLASS_FROM, N_CLASSES)


def nice_floors(highest: float, n: int) -> tuple[float, ...]:
    """Return the ``n`` largest 1–2–5 numbers up to ``highest``, rising."""
    ladder = [m * 10.0**e for e in range(-12, 10) for m in NICE_STEPS]
    reached = [step for step in ladder if step <= (highest if highest > 0 else 1.0)]
    return tuple(float(f"{step:.0e}") for step in reached[-n:])


def even_floors(highest: float, n: int = N_CLASSES) -> tuple[float, ...]:
    """Return at most ``n`` floors from 0 in equal 1–2–5 steps, the last not above ``highest``.

    For few values of one order of magnitude, such as counts of areas, which a 1–2–5 ladder would
    put into two or three classes.
    """
    if not highest > 0:
        return (0.0,)
    ladder = (m * 10.0**e for e in range(-12, 10) for m in NICE_STEPS)
    step = next(step for step in ladder if step * n > highest)
    return tuple(float(f"{i * step:.3g}") for i in range(n) if i * step <= highest * (1 + 1e-9))


def area_by_class(
    density_per_km2_30d: NDArray[np.float64], cell_m: float, floors: tuple[float, ...]
) -> pd.DataFrame:
    """Measure the study area in each class of the scale, the lowest (below class 1) first.

    Parameters
    ----------
    density_per_km2_30d : ndarray
        Events per km² and 30 days; NaN outside the study area.
    cell_m : float
        Side of a cell in metres.
    floors : tuple of float
        Rising class floors in the density's unit.

    Returns
    -------
    pandas.DataFrame
        ``low``, ``high`` (events per km² and 30 days; half-open, the last open-ended),
        ``area_km2``, ``share`` of the study area.
    """
    values = density_per_km2_30d[np.isfinite(density_per_km2_30d)]
    edges = [0.0, *floors, np.inf]
    counts, _ = np.histogram(values, bins=edges)
    cell_km2 = cell_m**2 / 1e6
    return pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "area_km2": counts * cell_km2,
            "share": counts / counts.sum(),
        }
    )
