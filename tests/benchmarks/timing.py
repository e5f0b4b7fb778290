"""Seconds of calls, and how their spread is printed."""

import statistics
import time
from collections.abc import Callable, Sequence


def seconds(function: Callable[[], object], repeats: int) -> list[float]:
    """Time ``repeats`` calls after one that warms up."""
    function()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return taken


def spread(values: Sequence[float], unit: str) -> str:
    """Write the median with its quartiles."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:,.1f} {unit} (quartiles {low:,.1f}–{high:,.1f})"


def milliseconds(values: Sequence[float]) -> str:
    """Write seconds as a median with quartiles in milliseconds."""
    return spread([1000 * value for value in values], "ms")
