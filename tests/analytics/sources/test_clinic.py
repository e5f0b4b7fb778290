"""The input clinic: remedies only where accepted, defects named with their rows and examples."""

import json
import math
from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import Point

from analytics.errors import ProjectionError, SourceError
from analytics.settings import City
from analytics.sources.bounds import Bounds, city_bounds
from analytics.sources.clinic import Clinic, _decimals, _Repeats
from analytics.sources.coordinates import Locator
from analytics.sources.mappings import Mapping, read_mapping
from analytics.sources.remedies import REMEDIES, candidate_crs, fit_remedies, read_crs

BOX = [[-70.8, -33.6], [-70.4, -33.6], [-70.4, -33.3], [-70.8, -33.3], [-70.8, -33.6]]
SANTIAGO = Bounds(-71.0, -33.8, -70.2, -33.1)
HEADER = "fecha,delito,lat,lon\n"
ROWS = "".join(f"2019-03-{day:02},ROBO,-33.44{day:02}1,-70.66{day:02}1\n" for day in range(1, 21))


CITIES = """
[cities.santiago]
name = "Santiago"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"
boundary = "santiago.geojson"

[cities.providencia]
name = "Providencia"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"
boundary = "providencia.geojson"

[cities.memphis]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "EPSG:32615"
"""


@pytest.fixture
def settings(make_settings, tmp_path):
    """Cities with a boundary, in place of those that the importing fixtures use otherwise."""
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [BOX]},
    }
    shapes = {"type": "FeatureCollection", "features": [feature]}
    (tmp_path / "santiago.geojson").write_text(json.dumps(shapes))
    return make_settings(CITIES)


def defects(found):
    return {one["defect"]: one for one in found.report.choices["clinic"]}


STRAYS = {
    "swap": ("-70.65,-33.45", "swapped_coordinates", "swapped_coordinates"),
    "sign": ("-33.45,70.65", "lost_sign", "outside_city"),
    "decimal_point": ("-33450000,-70.65", "lost_decimal_point", "outside_city"),
}


@pytest.mark.parametrize(("remedy", "case"), STRAYS.items())
def test_a_stray_row_is_proposed_a_remedy_and_moved_only_when_it_is_accepted(
    import_text, remedy, case
):
    pair, defect, reason = case
    text = HEADER + ROWS + f"2019-04-01,HURTO,{pair}\n"

    before = import_text(text)
    after = import_text(text, mapping=Mapping(remedies=remedy))

    assert before.report.quarantined == {reason: 1}
    assert before.report.choices["remedies"] == {}
    lat, lon = pair.split(",")
    assert defects(before)[defect] == {
        "defect": defect,
        "rows": 1,
        "remedy": f'options.remedies = "{remedy}"',
        "examples": [f"{lon}, {lat}"],
    }
    assert after.report.quarantined == {}
    assert after.report.choices["remedies"] == {remedy: 1}
    assert defect not in defects(after)
    (moved,) = [event for event in after.events if event["source_category"] == "HURTO"]
    assert (moved["longitude"], moved["latitude"]) == (-70.65, -33.45)
    unmoved = [event for event in after.events if event["source_category"] == "ROBO"]
    assert [(e["longitude"], e["latitude"]) for e in unmoved] == [
        (e["longitude"], e["latitude"]) for e in before.events
    ]


@pytest.mark.parametrize(("remedy", "case"), STRAYS.items())
def test_where_strays_would_land_is_told_beside_what_is_kept(import_text, remedy, case):
    pair = case[0]
    lat, lon = map(float, pair.split(","))
    inside = "".join(f"2019-04-01,ROBO,-33.4{n:02d},-70.65\n" for n in range(70))
    text = HEADER + inside + f"2019-04-01,HURTO,{pair}\n" * 60

    before = import_text(text)
    after = import_text(text, mapping=Mapping(remedies=remedy))

    assert before.report.strays == {remedy: [[lon, lat, -70.65, -33.45]] * 50}
    assert after.report.strays == before.report.strays
    assert "strays" not in before.report.choices


def test_a_remedy_that_is_not_accepted_moves_nothing_beside_one_that_is(import_text):
    text = HEADER + ROWS + "".join(f"2019-04-01,HURTO,{case[0]}\n" for case in STRAYS.values())

    found = import_text(text, mapping=Mapping(remedies="sign"))

    assert found.report.choices["remedies"] == {"sign": 1}
    assert found.report.quarantined == {"swapped_coordinates": 1, "outside_city": 1}
    assert defects(found)["swapped_coordinates"]["remedy"] == 'options.remedies = "sign, swap"'


@pytest.mark.parametrize(
    ("x", "y", "remedy", "place"),
    [
        (-33.45, -70.65, "swap", (-70.65, -33.45)),
        (70.65, 33.45, "sign", (-70.65, -33.45)),
        (-70650000.0, -33450000.0, "decimal_point", (-70.65, -33.45)),
        (-7065.0, -3345.0, "decimal_point", (-70.65, -33.45)),
        (70650000.0, -33.45, "", None),  # two faults at once are not guessed
        (-58.4, -34.6, "", None),
    ],
)
def test_one_remedy_is_found_or_none(x, y, remedy, place):
    fits = fit_remedies(
        np.array([x]), np.array([y]), SANTIAGO, lambda a, b: (a, b), in_degrees=True
    )

    assert fits.remedy.tolist() == [remedy]
    if place:
        assert (fits.longitude[0], fits.latitude[0]) == place
    else:
        assert np.isnan(fits.longitude[0])


def test_a_minus_before_one_number_is_enough_where_the_city_lies_on_the_equator():
    quito = Bounds(-78.7, -0.4, -78.2, 0.2)

    fits = fit_remedies(
        np.array([78.5]), np.array([0.1]), quito, lambda a, b: (a, b), in_degrees=True
    )

    assert (fits.longitude[0], fits.latitude[0]) == (-78.5, 0.1)


def test_a_point_with_two_places_for_its_decimals_is_left_alone():
    wide = Bounds(-80.0, -40.0, -60.0, 5.0)  # -33.45 and -3.345 both lie in it

    fits = fit_remedies(
        np.array([-70.65]), np.array([-3345.0]), wide, lambda a, b: (a, b), in_degrees=True
    )

    assert fits.remedy.tolist() == [""]


degrees = st.floats(-180, 180).map(lambda value: round(value, 4))
numbers = st.one_of(degrees, st.integers(-(10**9), 10**9).map(float))
boxes = st.tuples(degrees, st.floats(-90, 90), st.floats(0.1, 60), st.floats(0.1, 60)).map(
    lambda box: Bounds(box[0], box[1], min(box[0] + box[2], 180.0), min(box[1] + box[3], 90.0))
)


@given(boxes, st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30))
@example(Bounds(31.0, 0.0, 91.0, 1.0), [(0.0, 91.0)])
def test_a_remedied_point_is_never_outside_and_one_that_two_remedies_fit_is_not_touched(
    bounds, points
):
    x, y = np.array(points).T
    stray = ~bounds.contain(x, y)
    points = [point for point, out in zip(points, stray, strict=True) if out]
    x, y = x[stray], y[stray]

    fits = fit_remedies(x, y, bounds, lambda a, b: (a, b), in_degrees=True)

    for index, (lon, lat) in enumerate(points):
        ways = plain_ways(lon, lat, bounds)
        told = str(fits.remedy[index])
        if len(ways) == 1:
            assert (told, fits.longitude[index], fits.latitude[index]) == ways[0]
            assert bounds.contain(fits.longitude[index : index + 1], fits.latitude[[index]]).all()
        else:
            assert told == ""
            assert np.isnan(fits.longitude[index])


def plain_ways(lon, lat, box):
    """Every way into the box, one row at a time, as the rule says it in words."""

    def inside(a, b):
        return box.west <= a <= box.east and box.south <= b <= box.north

    def points(value, limit):
        if abs(value) <= limit or value != int(value):
            return [value]
        return [value / 10**digits for digits in range(1, 16)]

    ways = [("swap", lat, lon)] if inside(lat, lon) else []
    single = [(-lon, lat)] * (lon > 0) + [(lon, -lat)] * (lat > 0)
    single = [pair for pair in single if inside(*pair)]
    both = [(-lon, -lat)] if lon > 0 and lat > 0 and inside(-lon, -lat) else []
    ways += [("sign", *pair) for pair in single or both]
    if abs(lon) > 180 or abs(lat) > 90:
        pairs = [(a, b) for a in points(lon, 180) for b in points(lat, 90) if inside(a, b)]
        ways += [("decimal_point", *pair) for pair in pairs]
    return ways


@given(
    st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20),
    st.sets(st.sampled_from(REMEDIES)),
)
def test_the_locator_moves_stray_rows_only_and_only_into_the_city(points, accepted):
    city = City("santiago", "Santiago", "CL", "America/Santiago", "EPSG:32719")
    texts = [pa.array([repr(value) for value in column]) for column in zip(*points, strict=True)]

    plain, places = Locator(city).locate(*texts), Locator(city, remedies=accepted).locate(*texts)

    box = city_bounds(city)
    located = ~np.isnan(places.longitude)
    assert box.contain(places.longitude[located], places.latitude[located]).all()
    was = ~np.isnan(plain.longitude)
    assert np.array_equal(places.longitude[was], plain.longitude[was])
    assert np.array_equal(places.remedied, located & ~was)
    assert set(places.remedy[places.remedied]) <= accepted


def test_columns_in_another_crs_are_transformed_when_the_mapping_says_so(import_text):
    metres = Transformer.from_crs(4326, 32719, always_xy=True).transform(-70.65, -33.45)
    text = f"fecha,delito,este,norte\n2019-04-01,ROBO,{metres[0]!r},{metres[1]!r}\n"
    columns = {"longitude": "este", "latitude": "norte"}

    with pytest.raises(ProjectionError) as refusal:
        import_text(text, mapping=Mapping(**columns))
    found = import_text(text, mapping=Mapping(**columns, coordinate_crs="EPSG:32719"))

    assert refusal.value.details["candidates"] == 'options.coordinate_crs = "EPSG:32719"'
    (event,) = found.events
    assert (event["longitude"], event["latitude"]) == pytest.approx((-70.65, -33.45), abs=1e-9)
    assert (event["x_m"], event["y_m"]) == pytest.approx(metres, abs=1e-3)
    assert found.report.choices["coordinate_crs"] == "EPSG:32719"


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32719", "EPSG:32718", "EPSG:32720"])
def test_the_crs_of_a_file_in_metres_is_the_candidate(crs):
    lon, lat = np.linspace(-70.7, -70.5, 9), np.linspace(-33.5, -33.3, 9)
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)

    assert candidate_crs(x, y, "EPSG:32719", SANTIAGO) == [crs]


def test_sirgas_is_named_where_the_city_uses_it_and_not_beside_the_same_places():
    lon, lat = np.array([-46.63]), np.array([-23.55])
    x, y = Transformer.from_crs(4326, 31983, always_xy=True).transform(lon, lat)
    sao_paulo = Bounds(-46.9, -24.1, -46.3, -23.3)

    assert candidate_crs(x, y, "EPSG:31983", sao_paulo) == ["EPSG:31983"]
    assert candidate_crs(x, y, "EPSG:5880", sao_paulo) == ["EPSG:32723"]


def test_degrees_have_no_candidate_in_metres():
    mexico = Bounds(-108.0, 0.0, -90.0, 84.0)  # UTM 14 North: metres near 0, 0 would lie in it

    assert candidate_crs(np.array([-58.4]), np.array([-34.6]), "EPSG:32614", mexico) == []


@pytest.mark.parametrize(
    ("remedy", "pair"), [("sign", "33.45,70.65"), ("decimal_point", "-3345000,-7065000")]
)
def test_a_file_refused_for_one_fault_is_offered_the_line_that_accepts_its_remedy(
    import_text, remedy, pair
):
    text = HEADER + f"2019-04-01,ROBO,{pair}\n" * 3

    with pytest.raises(ProjectionError) as refusal:
        import_text(text)

    line = f'options.remedies = "{remedy}"'
    assert line in refusal.value.details["candidates"]
    assert len(import_text(text, mapping=Mapping(remedies=remedy)).events) == 3


@pytest.mark.parametrize("value", ["EPSG:99999", "nonsense", "EPSG:4978", "EPSG:5773"])
def test_a_crs_that_places_nothing_is_refused_by_its_key(tmp_path, value):
    path = tmp_path / "m.toml"
    path.write_text(f'[options]\ncoordinate_crs = "{value}"\n')

    with pytest.raises(SourceError) as refusal:
        read_mapping(path)

    assert refusal.value.code == "source.mapping_value"
    assert refusal.value.details["key"] == "options.coordinate_crs"
    assert refusal.value.details["file"] == "m.toml"


def test_the_options_of_a_mapping_are_read_and_an_unknown_remedy_is_refused(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('[options]\ncoordinate_crs = "EPSG:3857"\nremedies = "swap, sign,swap"\n')
    mapping = read_mapping(path)

    assert mapping.accepted_remedies == ("swap", "sign")
    assert read_crs(mapping.coordinate_crs or "").to_epsg() == 3857
    path.write_text('[options]\nremedies = "swap, magic"\n')
    with pytest.raises(SourceError) as refusal:
        read_mapping(path)
    assert refusal.value.details["expected"] == "swap, sign, decimal_point"


def test_zeros_piles_and_repeated_rows_are_counted(import_text):
    pile = "".join(f"2019-05-01,R{n},-33.5,-70.6\n" for n in range(25))
    text = (
        HEADER + ROWS + pile + "2019-05-02,ROBO,0,0\n" + "2019-05-03,HURTO,-33.4444,-70.5555\n" * 3
    )

    found = defects(import_text(text))

    assert found["piled_points"]["rows"] == 25
    assert found["piled_points"]["examples"] == ["-70.600000, -33.500000 × 25"]
    assert (found["zero_coordinates"]["rows"], found["zero_coordinates"]["examples"]) == (
        1,
        ["0, 0"],
    )
    assert found["duplicate_rows"]["rows"] == 2  # beyond the first


def test_nineteen_rows_at_one_place_are_no_pile(import_text):
    text = HEADER + "".join(f"2019-05-01,R{n},-33.5,-70.6\n" for n in range(19))

    assert "piled_points" not in defects(import_text(text))


def test_a_full_hour_far_above_its_neighbours_is_named(import_text):
    lines = [f"2019-05-01 {hour:02}:00,R{hour}x{n}" for hour in range(1, 24) for n in range(20)]
    heaped = [f"2019-05-02 10:00,N{n}" for n in range(10)]

    found = defects(import_text("fecha,delito\n" + "\n".join(lines + heaped) + "\n"))
    assert found["heaped_hours"]["rows"] == 30
    assert found["heaped_hours"]["examples"] == ["10:00 × 30"]

    found = defects(import_text("fecha,delito\n" + "\n".join(lines + heaped[:9]) + "\n"))
    assert "heaped_hours" not in found


def test_rows_of_the_same_minute_and_place_are_counted_beyond_the_first(import_text):
    rows = [
        f"2019-05-{1 + n % 28:02} 10:{n % 60:02},R{k},{-33.4 - n / 1e4:.4f},{-70.6 - n / 1e4:.4f}"
        for n in range(60)
        for k in range(2 if n < 20 else 1)
    ]
    found = defects(import_text(HEADER + "\n".join(rows) + "\n"))
    assert found["same_time_and_place"]["rows"] == 20
    assert found["repeated_points"]["rows"] == 20

    days_apart = [row.replace("10:", "11:", 1) if ",R1," in row else row for row in rows]
    found = defects(import_text(HEADER + "\n".join(days_apart) + "\n"))
    assert "same_time_and_place" not in found
    assert found["repeated_points"]["rows"] == 20


def test_noon_and_midnight_stand_out_where_they_are_more_than_one_time_in_twenty(import_text):
    lines = [f"2019-05-01 {n % 23 + 1:02}:{n % 60:02},R{n}" for n in range(1, 351)]
    lines = [line for line in lines if " 12:00" not in line]
    noon = [f"2019-05-02 12:00,N{n}" for n in range(30)]
    midnight = [f"2019-05-02 00:00,M{n}" for n in range(19)]

    found = defects(import_text("fecha,delito\n" + "\n".join([*lines, *noon, *midnight]) + "\n"))

    assert found["noon_times"]["rows"] == 30
    assert found["noon_times"]["examples"] == ["2019-05-02T12:00"] * 3
    assert "midnight_times" not in found


def test_dates_to_come_and_default_dates_are_named(import_text):
    future = (datetime.now() + timedelta(days=400)).date()
    text = HEADER + ROWS + f"{future},ROBO,-33.4,-70.6\n1899-12-30,ROBO,-33.4,-70.6\n"
    text += "1900-01-01,ROBO,-33.4,-70.61\n"

    found = defects(import_text(text))

    assert found["future_dates"]["examples"] == [f"{future}T00:00"]
    assert found["ancient_dates"]["examples"] == ["1899-12-30T00:00", "1900-01-01T00:00"]


@pytest.mark.parametrize(
    ("digits", "line"),
    [
        (2, 'options.location_precision = "area_centroid"'),
        (3, 'options.location_precision = "block"'),
    ],
)
def test_rounding_is_named_and_answered_once_the_mapping_states_a_precision(
    import_text, digits, line
):
    step = 10.0**-digits
    text = HEADER + "".join(
        f"2019-05-01,R{n},{-33.5 + n * step:.{digits}f}00,{-70.6:.1f}\n" for n in range(1, 10)
    )

    told = defects(import_text(text))["rounded_coordinates"]
    answered = import_text(text, mapping=Mapping(fixed_location_precision="block"))

    assert (told["decimals"], told["rows"], told["remedy"]) == (digits, 9, line)
    assert defects(answered)["rounded_coordinates"]["remedy"] == ""


def test_four_decimals_are_no_rounding(import_text):
    assert "rounded_coordinates" not in defects(import_text(HEADER + ROWS))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-900_000, 900_000)), min_size=1))
def test_decimals_are_those_of_the_shortest_text(cases):
    values = [number / 10**digits for digits, number in cases]
    wanted = [len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in values]

    assert _decimals(np.array(values), np.zeros(len(values))).tolist() == wanted


@given(st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=8))
def test_repeats_are_counted_whatever_the_chunks(chunks):
    repeats = _Repeats()
    for chunk in chunks:
        repeats.add(np.array(chunk, dtype=np.int64))
        repeats.counted()

    keys, counts = repeats.counted()
    every = [key for chunk in chunks for key in chunk]
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == {
        key: every.count(key) for key in set(every)
    }


def test_a_clinic_that_saw_nothing_finds_nothing():
    assert Clinic(Mapping(), in_degrees=True, now=datetime(2026, 1, 1)).findings() == []


@pytest.fixture
def providencia(shared_data, tmp_path):
    """Write the boundary of Providencia beside the settings; return its polygon."""
    communes = gpd.read_file(
        shared_data / "santiago-de-chile" / "comunas_region_metropolitana.geojson"
    )
    shape = communes[communes["Comuna"] == "Providencia"]
    shape.to_file(tmp_path / "providencia.geojson")
    return shape.geometry.iloc[0]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "crs", "rows", "inside"),
    [
        ("Estaciones_actuales_Metro_de_Santiago.csv", "EPSG:3857", 117, 11),
        ("Numero_Robos_en_Viviendas_providencia.json", "EPSG:32719", 7, 7),
    ],
)
def test_files_in_metres_land_in_providencia_after_the_one_line_that_the_refusal_names(
    shared_data, import_path, providencia, name, crs, rows, inside
):
    path = shared_data / "providencia" / name

    with pytest.raises(ProjectionError) as refusal:
        import_path(path, "providencia", Mapping(date=""))
    found = import_path(path, "providencia", Mapping(date="", coordinate_crs=crs))

    assert refusal.value.details["candidates"] == f'options.coordinate_crs = "{crs}"'
    assert (found.report.accepted, found.report.located_share) == (rows, 1.0)
    points = [Point(event["longitude"], event["latitude"]) for event in found.events]
    assert sum(providencia.contains(point) for point in points) == inside
    if crs == "EPSG:3857":  # San Pablo, the first station, by the closed form of the projection
        radius = 6_378_137.0
        longitude = math.degrees(-7872880.46633236 / radius)
        latitude = math.degrees(math.atan(math.sinh(-3954412.20735521 / radius)))
        assert (points[0].x, points[0].y) == pytest.approx((longitude, latitude), abs=1e-9)


@pytest.mark.shared
def test_the_rounding_of_memphis_is_named(shared_data, import_path):
    found = import_path(shared_data / "memphis" / "memphis_robberies.csv", "memphis")

    assert found.report.choices["clinic"] == [
        {
            "defect": "rounded_coordinates",
            "rows": 2245,
            "remedy": 'options.location_precision = "block"',
            "examples": [],
            "decimals": 3,
        },
        # 2,245 robberies at 1,893 distinct places.
        {"defect": "repeated_points", "rows": 352, "remedy": "", "examples": []},
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PEÃ‘ALOLEN", ["PEÃ‘ALOLEN"]),
        ("Ã‘UÃ‘OA", ["Ã‘UÃ‘OA"]),
        ("Ã¡rbol", ["Ã¡rbol"]),
        ("CALLE NÂº 4", ["NÂº"]),
        ("esq. pr«x. Barrio", ["pr«x."]),
        ("TABAR\x90", ["TABAR\x90"]),
        ("Rob\ufffdo", ["Rob\ufffdo"]),
        ("PEÑALOLÉN", []),
        ("SÃO PAULO", []),
        ("«MAÇÃ» e “CORAÇÃO”", []),
        ("Calle N° 4, 1º piso", []),
    ],
)
def test_text_of_a_wrong_encoding_is_told_from_letters(import_text, text, words):
    found = import_text(f'id,fecha,delito\n1,2019-01-05,"{text}"\n2,2019-01-06,Robo ñ\n')

    clinic = found.report.choices["clinic"]
    assert [(one["defect"], one["rows"], one["examples"]) for one in clinic] == (
        [("garbled_text", 1, words)] if words else []
    )


def test_a_word_of_a_personal_column_is_no_example(import_text):
    found = import_text("id,fecha,delito,nombre\n1,2019-01-05,Robo,PEÃ‘A\n")

    assert found.report.choices["personal_columns_left_out"] == ["nombre"]
    assert found.report.choices["clinic"] == []


@pytest.mark.parametrize(
    ("first", "n", "named"),
    [
        ("2010-04-20", 1000, [("stray_dates", 1, ["2010 × 1"])]),
        ("2010-04-20", 998, []),  # 1 of 999 is more than one in a thousand
        ("2018-04-20", 1000, []),  # no year between
    ],
)
def test_a_few_dates_years_before_all_others_are_named(import_text, first, n, named):
    rows = [f"{i},2019-01-05,Robo" for i in range(1, n)]

    found = import_text("\n".join(["id,fecha,delito", f"0,{first},Robo", *rows]) + "\n")

    clinic = found.report.choices["clinic"]
    assert [(one["defect"], one["rows"], one["examples"]) for one in clinic] == named
