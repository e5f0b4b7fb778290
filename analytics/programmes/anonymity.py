"""A cohort without its cities' names: nothing left tells them apart but what is shown of them."""

from collections.abc import Mapping
from dataclasses import replace

from analytics.programmes.cohort import SEVERITY, CohortOnDay


def anonymised(found: CohortOnDay, names: Mapping[str, str]) -> CohortOnDay:
    """Return the cohort with some of its cities under other names.

    Parameters
    ----------
    found : CohortOnDay
    names : mapping
        Key of each city to hide → the name it is shown under.

    Returns
    -------
    CohortOnDay
        Hidden cities have the shown name for a key as well and no country. Worst first, as before;
        where cities are equal the shown names decide, so that no alphabet of real names is left.
    """
    cities = [
        replace(city, key=names[city.key], name=names[city.key], country="")
        if city.key in names
        else city
        for city in found.cities
    ]
    cities.sort(key=lambda city: (SEVERITY.index(city.status.key), -city.slip_days, city.name))
    return replace(found, cities=tuple(cities))
