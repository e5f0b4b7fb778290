"""The preview of a file's columns: roles, reasons, confidence, examples."""

import json
from pathlib import Path

import pytest

from analytics.errors import SourceError
from analytics.sources.mappings import Mapping
from analytics.sources.preview import Guess, Preview, preview_file, restored, stored

PARTE = (
    "Folio;F. del hecho;hora;Delito;Nombre denunciante;lat;lon\n"
    "7;03/04/2024;14:05;ROBO;Ana;-33,451;-70,651\n"
    "8;05/06/2024;s/d;HURTO;Luis;-33,452;-70,652\n"
    "9;07/08/2024;23:10;ROBO;Eva;95;-70,653\n"
    "10;ayer;00:15;ROBO;;-33,454;-70,654\n"
)


@pytest.fixture
def look(settings, tmp_path: Path):
    def run(text: str, told: Mapping | None = None) -> Preview:
        path = tmp_path / "parte.csv"
        path.write_text(text, encoding="utf-8")
        city = settings.city("santiago")
        return preview_file(path, told or Mapping(), settings=settings, city=city)

    return run


def guess(preview: Preview, role: str) -> Guess:
    return next(guess for guess in preview.guesses if guess.role == role)


def test_roles_are_guessed_from_names_with_examples(look):
    seen = look(PARTE)
    assert guess(seen, "category") == Guess("category", "Delito", "name")
    assert guess(seen, "time") == Guess("time", "hora", "name")
    assert guess(seen, "detection") == Guess("detection", "", "none")
    assert seen.examples["Folio"] == ("7", "8", "9")
    assert seen.examples["Delito"] == ("ROBO", "HURTO")


def test_confidence_is_the_share_of_filled_cells_that_the_role_can_use(look):
    shares = look(PARTE).shares
    assert shares["date", "F. del hecho"] == 0.75
    assert shares["time", "hora"] == 1.0  # of three, since s/d is no value
    assert shares["latitude", "lat"] == 0.75
    assert shares["longitude", "lon"] == 1.0
    assert shares["record_id", "Folio"] == 1.0
    assert shares["record_id", "Delito"] == 0.5
    assert shares["category", "Nombre denunciante"] == 0.75
    assert shares["date", "Delito"] == 0.0


def test_a_personal_column_is_marked(look):
    assert look(PARTE).personal == {"Nombre denunciante"}


def test_dates_that_may_be_confused_are_named_and_a_telling_one_settles_them(look):
    assert "F. del hecho" in look(PARTE).undecided
    assert "F. del hecho" not in look(PARTE.replace("03/04", "23/04")).undecided


def test_coordinates_without_a_name_are_found_by_content(look):
    seen = look(PARTE.replace("lat;lon", "eje a;eje b").replace(";95;", ";-33,453;"))
    assert guess(seen, "latitude") == Guess("latitude", "eje a", "content")
    assert guess(seen, "longitude") == Guess("longitude", "eje b", "content")


def test_what_a_mapping_tells_comes_first_and_what_the_file_lacks_is_not_told(look):
    told = Mapping(category="nombre denunciante", time="", record_id="no está")
    seen = look(PARTE, told)
    assert guess(seen, "category") == Guess("category", "Nombre denunciante", "told")
    assert guess(seen, "time") == Guess("time", "", "told")
    assert guess(seen, "record_id") == Guess("record_id", "Folio", "name")


def test_a_file_whose_names_say_nothing_is_shown_all_the_same(look):
    seen = look("uno;dos\n1;2\n")
    assert {guess.how for guess in seen.guesses} == {"none"}
    assert seen.columns == ("uno", "dos")


def test_a_file_without_rows_is_refused(look):
    with pytest.raises(SourceError, match=r"source\.header_only"):
        look("fecha;delito\n")


def test_the_mapping_made_of_choices_names_every_role_and_keeps_the_rest(look):
    told = Mapping(delimiter=";", detections={"flagrancia": "detected"})
    made = look(PARTE, told).mapping({"date": "F. del hecho", "category": "Delito"}, "dd/mm/yyyy")
    assert made.columns == {"date": "F. del hecho", "category": "Delito"}
    assert (made.latitude, made.record_id) == ("", "")
    assert (made.date_order, made.delimiter) == ("dmy", ";")
    assert made.detections == {"flagrancia": "detected"}


def test_a_long_value_is_cut(look):
    seen = look("fecha;delito\n2024-01-01;" + "x" * 90 + "\n")
    assert seen.examples["delito"] == ("x" * 39 + "…",)


def test_a_mapping_survives_json_and_fields_of_another_release_are_passed_over():
    told = Mapping(date="día", latitude="", detections={"x": "detected"}, sheet="Hoja 2")
    kept = json.loads(json.dumps(stored(told)))
    assert kept == {
        "date": "día",
        "latitude": "",
        "detections": {"x": "detected"},
        "sheet": "Hoja 2",
    }
    again = restored(kept | {"later": 1}, "Partes")
    assert (again.columns, again.latitude, again.sheet) == (told.columns, "", "Hoja 2")
    assert again.remembered_as == "Partes"
