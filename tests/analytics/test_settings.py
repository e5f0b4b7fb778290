"""config.toml: what is wrong is refused with the key that is wrong."""

from pathlib import Path

import pytest

from analytics.errors import SettingsError
from analytics.settings import ROOT, Official, load_settings

CITY = """
[cities.memphis]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "EPSG:32615"
"""


def refusal(make_settings, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        make_settings(text)
    return caught.value


def test_a_city_needs_four_keys_only(make_settings):
    city = make_settings(CITY).city("memphis")
    assert (city.name, city.crs, city.cell_m, city.bandwidth_m) == (
        "Memphis",
        "EPSG:32615",
        100,
        400,
    )


def test_the_projects_own_settings_are_valid(monkeypatch, home):
    monkeypatch.delenv("CABILDO_CONFIG", raising=False)
    settings = load_settings()
    assert settings.path == ROOT / "config.toml"
    assert settings.city("quimera").boundary == home / "layers/quimera/boundary.geojson"


def test_paths_are_relative_to_the_settings_file(make_settings, tmp_path: Path):
    official = 'official = { file = "counts.csv", area = "Memphis", crimes = ["Robo"] }\n'
    city = make_settings(CITY + 'boundary = "layers/b.geojson"\n' + official).city("memphis")
    assert city.official == Official(tmp_path / "counts.csv", "Memphis", crimes=("Robo",))
    assert city.boundary == tmp_path / "layers/b.geojson"


@pytest.mark.parametrize("name", ["name", "country", "timezone", "crs"])
def test_a_missing_key_is_named(make_settings, name):
    text = "\n".join(line for line in CITY.splitlines() if not line.startswith(name + " "))
    error = refusal(make_settings, text)
    assert (error.code, error.details["key"]) == ("settings.missing_key", f"cities.memphis.{name}")


@pytest.mark.parametrize(
    ("line", "code", "key"),
    [
        ('colour = "red"', "settings.unknown_key", "cities.memphis.colour"),
        ("cell_m = 0", "settings.wrong_value", "cities.memphis.cell_m"),
        ("bandwidth_m = 50000", "settings.wrong_value", "cities.memphis.bandwidth_m"),
        ("synthetic = 1", "settings.wrong_value", "cities.memphis.synthetic"),
        ("density_classes = [1, 2]", "settings.wrong_value", "cities.memphis.density_classes"),
        ("boundary = 3", "settings.wrong_value", "cities.memphis.boundary"),
        ("official = 3", "settings.wrong_value", "cities.memphis.official"),
        ("official = {file = 'a'}", "settings.missing_key", "cities.memphis.official.area"),
        ("official = {x = 1}", "settings.unknown_key", "cities.memphis.official.x"),
        (
            "official = {file = 'a', area = 'b', crimes = 'c'}",
            "settings.wrong_value",
            "cities.memphis.official.crimes",
        ),
    ],
)
def test_a_wrong_value_is_named(make_settings, line, code, key):
    error = refusal(make_settings, CITY + line)
    assert (error.code, error.details["key"]) == (code, key)


@pytest.mark.parametrize(
    ("crs", "code"),
    [
        ("EPSG:4326", "settings.crs_not_metres"),
        ("EPSG:2274", "settings.crs_not_metres"),
        ("UTM 15", "settings.crs_unknown"),
    ],
)
def test_a_crs_must_be_projected_in_metres(make_settings, crs, code):
    error = refusal(make_settings, CITY.replace("EPSG:32615", crs))
    assert (error.code, error.details["key"]) == (code, "cities.memphis.crs")


def test_a_timezone_must_exist(make_settings):
    error = refusal(make_settings, CITY.replace("America/Chicago", "Chicago"))
    assert error.details["key"] == "cities.memphis.timezone"


def test_what_is_not_toml_says_where(make_settings):
    error = refusal(make_settings, "[cities\n")
    assert error.code == "settings.not_toml"
    assert "line 1" in str(error.details["problem"])


def test_an_unknown_city_lists_the_known(make_settings):
    with pytest.raises(SettingsError) as caught:
        make_settings(CITY).city("nashville")
    assert caught.value.details["known"] == "memphis"


def test_an_absent_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CABILDO_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.code == "settings.missing_file"


def test_a_changed_file_is_read_anew(make_settings, tmp_path):
    make_settings(CITY)
    settings = make_settings(CITY.replace('"Memphis"', '"Memphis, Tennessee"'))
    assert settings.city("memphis").name == "Memphis, Tennessee"


@pytest.mark.parametrize("name", ["areas", "two words", "a.b"])
def test_a_layer_needs_a_name_that_can_stand_in_an_address(make_settings, name: str):
    with pytest.raises(SettingsError) as refusal:
        make_settings(CITY + f'layers = {{ "{name}" = "x.geojson" }}\n')
    assert refusal.value.details["key"] == f"cities.memphis.layers.{name}"


def test_the_name_of_areas_is_a_text(make_settings):
    assert make_settings(CITY + 'areas_name = "barrio"\n').city("memphis").areas_name == "barrio"
    with pytest.raises(SettingsError):
        make_settings(CITY + "areas_name = 3\n")
