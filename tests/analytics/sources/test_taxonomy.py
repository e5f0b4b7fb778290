"""The taxonomy and the crosswalk to it."""

import hashlib

import pytest

from analytics.errors import SourceError
from analytics.sources import taxonomy


def test_every_category_has_a_name_in_each_language():
    categories = taxonomy.load_taxonomy()

    assert all(c.key and c.es and c.pt and c.en and c.group for c in categories)
    assert len({c.key for c in categories}) == len(categories)


def test_every_crosswalk_row_leads_to_a_category():
    keys = {c.key for c in taxonomy.load_taxonomy()}

    assert set(taxonomy.load_crosswalk().values()) <= keys


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("personal robbery", "robbery_violence"),
        ("ROBO A TRANSEUNTE EN VIA PUBLICA CON VIOLENCIA", "robbery_violence"),
        ("robo a transeúnte en vía  pública con violencia", "robbery_violence"),
        ("VIOLENCIA FAMILIAR", "domestic_violence"),
        ("HOMICIDIO CULPOSO POR TRÁNSITO VEHICULAR (ATROPELLADO)", "traffic"),
        ("HOMICIDIO POR ARMA DE FUEGO", "homicide"),
        ("PERDIDA DE LA VIDA POR SUICIDIO", "not_an_offence"),
        ("Roubo (art. 157) - VEICULO", "robbery_vehicle"),
        ("Atraco", "robbery_violence"),
        ("nunca visto", "unclassified"),
        (None, "unclassified"),
    ],
)
def test_published_names_lead_to_categories(text, key):
    assert taxonomy.categorise([text]) == [key]


def test_the_checksum_is_that_of_the_file():
    content = taxonomy.CROSSWALK_FILE.read_bytes()

    assert taxonomy.crosswalk_checksum() == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ("robo,no_such_key\n", "source.crosswalk_key", 2),
        ("robo,fraud\nROBO,assault\n", "source.crosswalk_conflict", 3),
    ],
)
def test_a_wrong_crosswalk_row_is_named(tmp_path, monkeypatch, rows, code, row):
    path = tmp_path / "crosswalk.csv"
    path.write_text("published_name,key\n" + rows)
    monkeypatch.setattr(taxonomy, "CROSSWALK_FILE", path)

    with pytest.raises(SourceError) as refusal:
        taxonomy.load_crosswalk()

    assert (refusal.value.code, refusal.value.details["row"]) == (code, row)


@pytest.mark.shared
def test_nearly_every_mexico_city_record_of_2019_is_classified(shared_data):
    import pyarrow.compute as pc
    from pyarrow import csv

    path = shared_data / "ciudad-de-mexico" / "carpetas_puntos_2019.csv.gz"
    counts = pc.value_counts(csv.read_csv(path)["delito"])
    texts = counts.field("values").to_pylist()
    keys = taxonomy.categorise(texts)

    assert all(key != "unclassified" for key in keys)
