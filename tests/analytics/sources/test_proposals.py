"""Proposals: every line that a check states is read, and adds to a mapping what it says."""

import pytest

from analytics.sources.mappings import Mapping, read_mapping
from analytics.sources.proposals import Proposal, read_proposal


@pytest.mark.parametrize(
    ("line", "proposal"),
    [
        ('options.remedies = "swap"', Proposal("remedies", "swap")),
        ('options.remedies = "sign, swap"', Proposal("remedies", "swap")),
        ('options.coordinate_crs = "EPSG:3857"', Proposal("coordinate_crs", "EPSG:3857")),
        ('options.location_precision = "block"', Proposal("location_precision", "block")),
        (
            'columns = {longitude = "Lat. \\"y\\"", latitude = "año"}',
            Proposal("columns", 'Lat. "y"', "año"),
        ),
        ("", None),
        ('cities.santiago.crs = "EPSG:32719"', None),
    ],
)
def test_a_line_is_read_as_what_it_proposes(line, proposal):
    assert read_proposal(line) == proposal


@pytest.mark.parametrize(
    "line",
    [
        'options.remedies = "swap"',
        'options.coordinate_crs = "EPSG:3857"',
        'options.location_precision = "block"',
        'columns = {longitude = "lat", latitude = "lon"}',
    ],
)
def test_accepting_a_line_is_the_same_as_writing_it_into_a_mapping(line, tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text(line, encoding="utf-8")
    proposal = read_proposal(line)
    assert proposal is not None
    assert proposal.added_to(Mapping()) == read_mapping(path)


def test_a_remedy_joins_those_that_are_accepted_and_the_rest_of_the_mapping_stays():
    before = Mapping(date="fecha", remedies="sign")
    once = Proposal("remedies", "swap").added_to(before)
    assert once == Mapping(date="fecha", remedies="sign, swap")
    assert Proposal("remedies", "swap").added_to(once) == once
