"""Ratios and medians of one run, never assertions: ``python -m tests.benchmarks [NAME…]``."""

import sys
from collections.abc import Callable

from tests.benchmarks import (
    density,
    hotspot_page,
    importing,
    linking,
    near_repeats,
    scorecard_page,
    significance,
    validity,
)

BENCHMARKS: dict[str, Callable[[], list[str]]] = {
    "hotspot_page": hotspot_page.run,
    "scorecard_page": scorecard_page.run,
    "density": density.run,
    "significance": significance.run,
    "validity": validity.run,
    "near_repeats": near_repeats.run,
    "importing": importing.run,
    "importing_years": importing.run_years,
    "linking": linking.run,
}


def main(names: list[str]) -> None:
    """Print the lines of the benchmarks named, or of all."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    for name in names or BENCHMARKS:
        print(f"{name}", flush=True)
        for line in BENCHMARKS[name]():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
