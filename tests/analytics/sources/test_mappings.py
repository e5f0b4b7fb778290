"""What columns mean: guessed from names, told by a file."""

import pytest

from analytics.errors import SourceError
from analytics.sources.column_names import guess_roles, guess_source_kind, personal_columns
from analytics.sources.mappings import Mapping, left_out, read_mapping, resolve

MEXICO = ["anio_hecho", "fecha_hecho", "hora_hecho", "delito", "colonia", "latitud", "longitud"]


@pytest.fixture
def mapping_file(tmp_path):
    def run(text):
        path = tmp_path / "mapeo.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return run


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            MEXICO,
            {
                "date": "fecha_hecho",
                "time": "hora_hecho",
                "category": "delito",
                "longitude": "longitud",
                "latitude": "latitud",
            },
        ),
        (
            ["BO_INICIADO", "DATAOCORRENCIA", "HORAOCORRENCIA", "DATACOMUNICACAO", "RUBRICA"],
            {"date": "DATAOCORRENCIA", "time": "HORAOCORRENCIA", "category": "RUBRICA"},
        ),
        (
            ["uid", "offense_type", "datetime", "longitude", "latitude"],
            {
                "record_id": "uid",
                "category": "offense_type",
                "datetime": "datetime",
                "longitude": "longitude",
                "latitude": "latitude",
            },
        ),
        (
            ["X", "Y", "LAT", "LNG", "Fecha", "Hora", "Tipo_Accid", "TIPO", "Año"],
            {
                "date": "Fecha",
                "time": "Hora",
                "category": "Tipo_Accid",
                "longitude": "LNG",
                "latitude": "LAT",
            },
        ),
        (["Fecha de denuncia", "Fecha de los hechos"], {"date": "Fecha de los hechos"}),
        (["Fecha de denuncia"], {"date": "Fecha de denuncia"}),
        (["timestamp", "fecha_hecho"], {"date": "fecha_hecho"}),
        (["occurred_at", "hora"], {"datetime": "occurred_at"}),
        (["Nº Parte", "coord_x", "coord_y"], {"longitude": "coord_x", "latitude": "coord_y"}),
        (["Año", "x", "y"], {"date": "Año", "longitude": "x", "latitude": "y"}),
        (["a", "b"], {}),
    ],
)
def test_roles_are_guessed_from_names(columns, expected):
    assert guess_roles(columns) == expected


def test_personal_columns_are_known_by_their_names():
    columns = ["Nombre de la víctima", "RUT", "placa", "e-mail", "Teléfono", "CPF", "delito"]

    assert personal_columns([*columns, "nombre_colonia", "delegacia_nome"]) == tuple(columns[:-1])


def test_a_personal_column_mapped_on_purpose_is_kept():
    columns = ["fecha", "placa", "nombre"]

    assert left_out(resolve(Mapping(record_id="placa"), columns, file="f"), columns) == ("nombre",)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("patrullas-2019", "patrol"),
        ("Cámaras C5", "camera"),
        ("llamadas 911", "call"),
        ("app vecinal", "citizen"),
        ("botones de pánico", "sensor"),
        ("fgj-carpetas", "institutional"),
        ("prueba", "other"),
    ],
)
def test_the_kind_of_a_source_is_told_from_its_name(source, kind):
    assert guess_source_kind(source) == kind


def test_a_mapping_file_names_columns_options_and_detections(mapping_file):
    path = mapping_file(
        '[columns]\ndate = "F. Hecho"\nlatitude = ""\nlongitude = ""\n'
        '[options]\ndate_format = "dd/mm/aaaa"\nsource_kind = "patrol"\ndetection = "detected"\n'
        '[detection]\n"Flagrancia" = "detected"\n'
    )

    mapping = read_mapping(path)

    assert (mapping.date, mapping.date_order, mapping.source_kind) == ("F. Hecho", "dmy", "patrol")
    assert (mapping.fixed_detection, mapping.detections) == ("detected", {"flagrancia": "detected"})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[columns]\nfecha = "x"', "columns.fecha"),
        ("[columns]\ndate = 3", "columns.date"),
        ('columns = "x"', "columns"),
        ('[options]\nsource_kind = "policia"', "options.source_kind"),
        ('[options]\ndate_format = "primero el día"', "options.date_format"),
        ('[options]\ntimezone = "Santiago"', "options.timezone"),
        ('[opciones]\nx = "1"', "opciones"),
        ('[detection]\nx = "si"', "detection.x"),
    ],
)
def test_a_wrong_mapping_key_is_named(mapping_file, text, key):
    with pytest.raises(SourceError) as refusal:
        read_mapping(mapping_file(text))

    assert refusal.value.details["key"] == key


def test_a_mapping_that_is_no_toml_is_refused(mapping_file):
    with pytest.raises(SourceError) as refusal:
        read_mapping(mapping_file("date: fecha"))

    assert refusal.value.code == "source.mapping_unreadable"


def test_a_mapped_column_is_found_whatever_its_case_and_accents():
    mapping = Mapping(date="fecha del hécho")

    assert resolve(mapping, ["FECHA_HECHO", "fecha"], file="f").date == "FECHA_HECHO"


def test_what_a_mapping_leaves_open_is_guessed():
    fitted = resolve(Mapping(date="f1"), ["f1", "delito", "lat", "lon", "fecha_hora"], file="f")

    assert fitted.columns == {
        "date": "f1",
        "category": "delito",
        "longitude": "lon",
        "latitude": "lat",
    }


@pytest.mark.parametrize(
    ("mapping", "columns", "code", "column"),
    [
        (None, ["a", "b"], "source.no_columns", None),
        (None, ["delito", "lat", "lon"], "source.missing_column", "date"),
        (None, ["fecha", "lon"], "source.missing_column", "latitude"),
        (None, ["fecha", "lat"], "source.missing_column", "longitude"),
        (None, ["fecha", "geometry"], "source.missing_column", "latitude"),
        (Mapping(category="rubro"), ["fecha", "delito"], "source.missing_column", "rubro"),
    ],
)
def test_a_missing_column_is_named_beside_those_found(mapping, columns, code, column):
    with pytest.raises(SourceError) as refusal:
        resolve(mapping, columns, file="datos.csv")

    assert refusal.value.code == code
    assert refusal.value.details.get("column") == column
    assert refusal.value.details["found"] == ", ".join(columns)


def test_a_file_may_have_no_date_if_the_mapping_says_so():
    assert resolve(Mapping(date=""), ["delito", "lat", "lon"], file="f").moment is None
