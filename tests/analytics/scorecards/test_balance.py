"""The measurement balance map counts what is measured, told and inferred apart."""

from analytics.scorecards.balance import TENDENCY, balance
from analytics.scorecards.catalogue import load_catalogue

SHEETS = list(load_catalogue().indicators.values())
OF = load_catalogue().indicators


def test_every_cell_is_there_and_the_whole_catalogue_adds_up() -> None:
    found = balance(SHEETS, frozenset(), {})
    assert len(found.cells) == 3 * 5 * 2
    assert sum(cell.offered for cell in found.cells) == 78
    assert found.measured == 0
    assert found.management_share is None


def test_what_is_measured_is_counted_where_it_belongs() -> None:
    found = balance(SHEETS, frozenset({"INS-09", "INS-15", "POL-03"}), {})
    cells = {(c.dimension, c.level, c.hierarchy): c for c in found.cells if c.measured}
    assert {key: cell.measured for key, cell in cells.items()} == {
        ("institutional", "process", "management"): 1,
        ("institutional", "product", "management"): 1,
        ("political", "result", "strategic"): 1,
    }
    assert found.management_share == 2 / 3
    # INS-09: the book states the hierarchy but not the level; INS-15 the other way round.
    assert [cell.inferred for cell in cells.values()] == [1, 1, 1]


def test_what_would_fill_the_gap_is_strategic_and_the_cheapest_first() -> None:
    found = balance(SHEETS, frozenset({"INS-09"}), {"TER-23": 30, "TER-02": 10, "POL-01": 1})
    assert [filler.sheet.id for filler in found.fillers[:3]] == ["POL-01", "TER-02", "TER-23"]
    assert found.fillers[3].minutes is None
    for filler in found.fillers:
        sheet = OF[filler.sheet.id]
        assert sheet.typology.hierarchy == "strategic"
        assert sheet.typology.level in TENDENCY[sheet.dimension]
