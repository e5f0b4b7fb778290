"""What a file tells beside the names of its columns: coordinates by their values, its year."""

import re
from datetime import datetime
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.errors import SourceError
from analytics.settings import City
from analytics.sources.cells import clean
from analytics.sources.column_names import guess_roles, is_shape
from analytics.sources.coordinates import Locator
from analytics.sources.mappings import Mapping
from analytics.sources.records import Table, TableOfYear

MOSTLY = 0.9  # of the filled cells of a column
FILLED = 0.5
# A coordinate has decimals; a code or an age that falls into range has not.
EXACT = r"^[+-]?\d{1,3}[.,]\d{3,}$"
FIRST_YEAR = 1990


def with_year(table: Table, told: Mapping) -> Table:
    """Give a table the year that its mapping states; ask for it where only the file name has it.

    Raises
    ------
    SourceError
        ``source.year_in_name`` if no column tells when something happened and the name of the
        file holds one year: it may be that of the events or of the publication.
    """
    if told.year:
        return TableOfYear(table, told.year)
    file = table.facts.path.name
    silent = told.date is None and told.datetime is None
    if silent and not {"date", "datetime"} & guess_roles(table.columns).keys():
        years = {y for y in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", file) if _is_past(int(y))}
        if len(years) == 1:
            raise SourceError("source.year_in_name", file=file, year=years.pop())
    return table


def coordinates_by_content(table: Table, told: Mapping, city: City) -> dict[str, str]:
    """Find the two columns that hold degrees within the city, where no name says coordinate.

    The first chunk of the file is looked at. A column counts when nine tenths of its filled
    cells are numbers with three decimals or more that lie within the city's bounds.

    Returns
    -------
    dict of str to str
        ``longitude`` and ``latitude``; empty unless exactly one pair of columns fits.
    """
    if told.longitude is not None or told.latitude is not None or table.roles.get("longitude"):
        return {}
    if guess_roles(table.columns).keys() & {"longitude", "latitude"}:
        return {}
    chunk = next(table.chunks(), None)
    if chunk is None:
        return {}
    bounds, taken = Locator(city, told.decimal).bounds, set(told.columns.values())
    free = [name for name in table.columns if name not in taken and not is_shape(name)]
    longitudes, latitudes = [], []
    for name in free:
        values = _degrees(clean(chunk.column(name)))
        middle = np.full(len(values), (bounds.south + bounds.north) / 2)
        if len(values) and np.mean(bounds.contain(values, middle)) >= MOSTLY:
            longitudes.append(name)
        if len(values) and np.mean(bounds.contain(0 * values + bounds.west, values)) >= MOSTLY:
            latitudes.append(name)
    pairs = [(x, y) for x, y in product(longitudes, latitudes) if x != y]
    return dict(zip(("longitude", "latitude"), pairs[0], strict=True)) if len(pairs) == 1 else {}


def told_roles(table: Table, told: Mapping) -> dict[str, str]:
    """Return the roles that the format tells and the mapping leaves open."""
    if told.date or told.datetime:
        return {r: c for r, c in table.roles.items() if not getattr(told, r) and "date" not in r}
    return {role: column for role, column in table.roles.items() if getattr(told, role) is None}


def _degrees(cells: pa.StringArray) -> npt.NDArray[np.float64]:
    """Numbers of a column that may hold coordinates, NaN for the cells that are none."""
    n = len(cells) - cells.null_count
    exact = pc.sum(pc.match_substring_regex(cells, EXACT)).as_py() or 0
    if n < FILLED * len(cells) or exact < MOSTLY * n:
        return np.empty(0)
    texts = pc.replace_substring(pc.drop_null(cells), ",", ".")
    is_number = pc.match_substring_regex(texts, EXACT)
    numbers = pc.cast(pc.if_else(is_number, texts, pa.scalar(None, pa.string())), pa.float64())
    return np.asarray(pc.fill_null(numbers, np.nan))


def _is_past(year: int) -> bool:
    return FIRST_YEAR <= year <= datetime.now().year
