"""What a check proposes that a mapping accept: a line of its TOML, and the mapping that has it.

The clinic and a refusal for stray coordinates state such lines; nothing is accepted by itself.
"""

import tomllib
from dataclasses import dataclass, replace
from typing import Any

from analytics.sources.mappings import Mapping
from analytics.sources.remedies import REMEDIES

PROPOSED = ("remedies", "coordinate_crs", "location_precision", "columns")


@dataclass(frozen=True)
class Proposal:
    """One thing that a mapping may accept.

    ``option`` is one of ``PROPOSED``. ``value`` is one of ``REMEDIES``, a CRS or a precision; of
    ``columns`` it is the column of the longitude and ``other`` that of the latitude.
    """

    option: str
    value: str
    other: str = ""

    def added_to(self, mapping: Mapping) -> Mapping:
        """Return the mapping with this accepted; remedies it accepts already stay."""
        if self.option == "columns":
            return replace(mapping, longitude=self.value, latitude=self.other)
        if self.option == "location_precision":
            return replace(mapping, fixed_location_precision=self.value)
        if self.option == "coordinate_crs":
            return replace(mapping, coordinate_crs=self.value)
        names = dict.fromkeys((*mapping.accepted_remedies, self.value))
        return replace(mapping, remedies=", ".join(names))


def read_proposal(line: str) -> Proposal | None:
    """Read a line that the clinic or a refusal states.

    Parameters
    ----------
    line : str
        TOML, such as ``options.coordinate_crs = "EPSG:3857"``.

    Returns
    -------
    Proposal or None
        Of several remedies the last, which is the one that the mapping lacks; None of an empty
        line and of one that belongs to the settings, not to a mapping.
    """
    told: dict[str, Any] = tomllib.loads(line)
    if "columns" in told:
        return Proposal("columns", told["columns"]["longitude"], told["columns"]["latitude"])
    for option, value in told.get("options", {}).items():
        if option == "remedies":
            value = next(name for name in reversed(value.split(", ")) if name in REMEDIES)
        return Proposal(option, value)
    return None
