"""Remedies on the page of sources: accepted by a tick, undone without, imported with the file."""

import pyarrow.parquet as pq
import pytest
from pyproj import Transformer

from analytics.events.publishing import batch_path
from analytics.settings import load_settings
from components.catalogue import translate, translate_n
from tests.pages.test_sources import GOOD, analyst, held, offered, plain, served_pages, store
from tests.pages.visitors import Visit

__all__ = ["analyst", "served_pages", "store"]  # fixtures

SWAPPED = "".join(f"2{n};1{n}/10/2026 15:00;ROBO;-73,40{n};-33,20{n}\n" for n in range(1, 4))
SIGNLESS = "31;13/10/2026 15:00;ROBO;33,201;73,401\n"
FILE = GOOD + SWAPPED + SIGNLESS


def box(app, proposal: str):
    (found,) = [one for one in app.checkbox if one.key.startswith(f"accept_{proposal}")]
    return found


def tick(app, proposal: str, *, on: bool = True) -> Visit:
    return Visit(box(app, proposal).set_value(on).run())


def events_of(batch):
    return pq.read_table(batch_path(load_settings(), batch)).to_pylist()


def test_a_remedy_is_offered_with_its_rows_and_nothing_is_accepted_by_itself(analyst):
    offered(analyst, FILE, button="check")
    assert box(analyst, "remedies_swap").label == (
        f"{translate('es', 'clinic.do.swap')} · {translate_n('es', 'clinic.rows', 3)}"
    )
    # Three decimals throughout: the file's precision is proposed as well.
    assert [one.value for one in analyst.checkbox] == [False, False, False]


def test_ticking_a_remedy_checks_the_file_anew_and_says_how_many_rows_it_rescues(store, analyst):
    offered(analyst, FILE, button="check")
    seen = tick(analyst, "remedies_swap")
    assert translate_n("es", "clinic.rescued", 3, before="8", after="11") in plain(seen)
    assert "De 12 filas se aceptan 11" in plain(seen)
    assert (box(analyst, "remedies_swap").value, box(analyst, "remedies_sign").value) == (
        True,
        False,
    )
    assert len(held(store)) == 3

    seen = tick(analyst, "remedies_swap", on=False)
    assert translate_n("es", "clinic.given_back", 3, before="11", after="8") in plain(seen)
    assert not box(analyst, "remedies_swap").value


@pytest.mark.parametrize("button", ["import_columns", "import"])
def test_an_import_uses_what_was_accepted_and_what_was_undone_it_does_not(store, analyst, button):
    offered(analyst, FILE, button="check")
    tick(analyst, "remedies_sign")
    tick(analyst, "remedies_swap")
    tick(analyst, "remedies_sign", on=False)
    analyst.button(key=button).click().run()
    batch = held(store)[-1]
    assert (batch.rows_accepted, batch.choices["remedies"]) == (11, {"swap": 3})
    moved = [event for event in events_of(batch) if event["source_record_id"] == "21"]
    assert [(event["longitude"], event["latitude"]) for event in moved] == [(-73.401, -33.201)]
    assert len(analyst.checkbox) == 0


def metres(crs: str) -> str:
    """The good rows, x and y in another CRS."""
    project = Transformer.from_crs(4326, crs, always_xy=True).transform
    points = [project(-73.4 - n / 1000, -33.2 - n / 1000) for n in range(1, 9)]
    rows = [f"{n};1{n}/10/2026 14:05;ROBO;{y:.2f};{x:.2f}" for n, (x, y) in enumerate(points, 1)]
    return "\n".join(["id;fecha;delito;y;x", *rows, ""]).replace(".", ",")


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32718"])
def test_the_crs_that_a_refusal_names_is_offered_and_brings_the_file_in(store, analyst, crs):
    refused = offered(analyst, metres(crs), button="check")
    assert translate("es", "sources.refused", file="parte.csv") in plain(refused)
    accepted = tick(analyst, f"coordinate_crs_{crs}")
    assert translate_n("es", "clinic.now_in", 8, rows="8") in plain(accepted)
    undone = tick(analyst, f"coordinate_crs_{crs}", on=False)
    assert translate("es", "sources.refused", file="parte.csv") in plain(undone)
    tick(analyst, f"coordinate_crs_{crs}")
    analyst.button(key="import_columns").click().run()
    batch = held(store)[-1]
    assert (batch.rows_accepted, batch.rows_located) == (8, 8)
    places = {round(event["longitude"], 6) for event in events_of(batch)}
    assert places == {round(-73.4 - n / 1000, 6) for n in range(1, 9)}


def test_exchanged_columns_are_offered_and_show_in_the_fields_of_the_columns(store, analyst):
    offered(analyst, GOOD.replace("lat;lon", "lon;lat"), button="check")
    tick(analyst, "columns")
    fields = {one.key.rsplit("_", 1)[0]: one.value for one in analyst.selectbox}
    assert (fields["role_longitude"], fields["role_latitude"]) == ("lat", "lon")
    tick(analyst, "columns", on=False)
    fields = {one.key.rsplit("_", 1)[0]: one.value for one in analyst.selectbox}
    assert (fields["role_longitude"], fields["role_latitude"]) == ("lon", "lat")


def test_what_was_accepted_is_remembered_for_the_source(analyst):
    offered(analyst, FILE, button="check")
    tick(analyst, "remedies_swap")
    analyst.button(key="import_columns").click().run()
    offered(analyst, FILE, button="check", name="otra.csv")
    remembered = translate("es", "mapping.remembered", name="Patrullas", source="Patrullas")
    assert remembered in plain(Visit(analyst))
    assert not [one for one in analyst.checkbox if "swap" in one.key]
