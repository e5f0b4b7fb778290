"""Charts speak the caller's language, keep gaps open and wear one configuration."""

import json
import math
from typing import Any

import pandas as pd
import pytest
import vl_convert
from streamlit.testing.v1 import AppTest

from components import charts
from components.tokens import DARK, FONT, LIGHT, Palette

WEEKDAYS = ["Lu", "Ma", "Mi", "Ju", "Vi", "Sá", "Do"]


def number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def monthly() -> pd.DataFrame:
    when = pd.date_range("2026-01-01", periods=4, freq="MS")
    return pd.DataFrame({"when": when, "n": [10.0, math.nan, 14.0, 12.5], "low": 9.0, "high": 15.0})


def trend(frame: pd.DataFrame, palette: Palette = LIGHT) -> Any:
    return charts.trend(frame, palette, number=number, moment=lambda day: f"mes {day.month}")


def week(frame: pd.DataFrame) -> Any:
    return charts.hour_weekday(
        frame, LIGHT, weekdays=WEEKDAYS, hour=lambda hour: f"{hour} hs", number=number
    )


def received() -> Any:
    days = pd.to_datetime(["2026-10-26", "2026-10-28"])
    return charts.freshness(
        pd.DataFrame({"source": "Patrullas", "day": days}),
        LIGHT,
        last={"Patrullas": "hoy 06:00", "Cámaras": "nunca"},
        period=(pd.Timestamp("2026-10-25"), pd.Timestamp("2026-11-03")),
        moment=lambda day: f"{day.day} de {day.month}",
    )


def shares() -> Any:
    frame = pd.DataFrame({"label": ["Patrullas 60 %", "Cámaras 40 %"], "share": [0.6, 0.4]})
    return charts.bars_share(frame, LIGHT)


def validity(scale: float = 1.0, palette: Palette = LIGHT) -> Any:
    rows = [
        (share, model, scale * pai, scale * (pai - 0.5), scale * (pai + 0.5))
        for share, top in ((0.005, 30.0), (0.05, 12.0))
        for model, pai in (("density", top / 2), ("count", top / 3), ("best", top))
    ]
    return charts.times_better(
        pd.DataFrame(rows, columns=["share", "model", "pai", "pai_low", "pai_high"]),
        palette,
        names={"density": "mapa", "count": "conteo", "best": "mejor posible"},
        chance="1 = azar",
        share=lambda value: f"{number(100 * value)} %",
        times=lambda value: f"{number(value)} veces",
    )


ALL = {
    "validity": validity,
    "trend": lambda: trend(monthly()),
    "week": lambda: week(pd.DataFrame({"weekday": [1, 7], "hour": [0, 23], "n": [1, 7]})),
    "freshness": received,
    "shares": shares,
}


def drawn(chart: Any) -> str:
    """The chart as the browser's own library draws it."""
    return vl_convert.vegalite_to_svg(chart.to_json(), vl_version="6.4")


@pytest.mark.parametrize("name", ALL)
def test_every_chart_is_drawn_and_wears_the_configuration(name: str) -> None:
    spec = ALL[name]().to_dict()
    assert spec["config"]["font"] == FONT
    assert spec["config"]["background"] == "transparent"
    assert spec["config"]["legend"] == {"disable": True}
    assert spec["autosize"] == {"type": "fit-x", "contains": "padding"}
    assert "<svg" in drawn(ALL[name]())


def test_colours_follow_the_palette() -> None:
    assert LIGHT.accent in json.dumps(trend(monthly()).to_dict())
    dark = json.dumps(trend(monthly(), DARK).to_dict())
    assert DARK.accent in dark and LIGHT.accent not in dark


def test_the_last_value_and_the_usual_range_are_printed_as_the_caller_words_them() -> None:
    picture = drawn(trend(monthly()))
    for text in ("12,5", "9,0", "15,0"):
        assert f">{text}<" in picture


def test_a_month_without_a_value_breaks_the_line_instead_of_falling_to_zero() -> None:
    picture = drawn(trend(monthly()))
    spec = json.dumps(trend(monthly()).to_dict())
    assert '"n": null' in spec and '"n": 0' not in spec
    (line,) = [part for part in picture.split("<path") if 'stroke="#4A4D4E"' in part]
    assert line.split('d="')[1].split('"')[0].count("M") == 2


def test_the_last_known_value_is_marked_when_the_last_month_is_missing() -> None:
    frame = monthly()
    frame.loc[3, "n"] = math.nan
    assert ">14,0<" in drawn(trend(frame))


def test_a_trend_without_a_usual_range_is_drawn() -> None:
    assert ">12,5<" in drawn(trend(monthly().drop(columns=["low", "high"])))


def test_a_week_starts_on_monday_and_shows_hours_in_the_callers_words() -> None:
    picture = drawn(week(pd.DataFrame({"weekday": [1], "hour": [5], "n": [2]})))
    places = [picture.index(f">{day}<") for day in WEEKDAYS]
    assert places == sorted(places)
    for hour in ("0 hs", "6 hs", "12 hs", "18 hs", "23 hs"):
        assert f">{hour}<" in picture


def test_the_fullest_hour_has_the_strongest_colour_and_zero_the_weakest() -> None:
    picture = drawn(week(pd.DataFrame({"weekday": [1, 2], "hour": [0, 0], "n": [0, 70]})))
    assert LIGHT.hours[0] in picture and LIGHT.hours[6] in picture


def test_a_week_without_any_event_is_drawn() -> None:
    frame = pd.DataFrame({"weekday": [1, 2], "hour": [0, 1], "n": [0, 0]})
    assert LIGHT.hours[0] in drawn(week(frame))


def test_a_source_that_never_sent_keeps_its_row() -> None:
    picture = drawn(received())
    for text in ("Patrullas", "Cámaras", "hoy 06:00", "nunca"):
        assert f">{text}<" in picture


def test_each_day_received_is_one_tick_and_mondays_are_worded() -> None:
    picture = drawn(received())
    assert picture.count(f'fill="{LIGHT.accent}"') == 2
    assert ">26 de 10<" in picture and ">2 de 11<" in picture


def test_words_of_a_label_cannot_become_code() -> None:
    label = '"]);alert(1)//'
    chart = charts.hour_weekday(
        pd.DataFrame({"weekday": [1], "hour": [0], "n": [1]}),
        LIGHT,
        weekdays=WEEKDAYS,
        hour=lambda _hour: label,
        number=number,
    )
    assert '"]);alert(1)//'.replace("&", "&amp;") in drawn(chart).replace("&quot;", '"')


def test_bars_reach_their_share_of_the_whole() -> None:
    spec = shares().to_dict()
    values = next(iter(spec["datasets"].values()))
    assert [row["share"] for row in values] == [0.6, 0.4]
    assert spec["layer"][1]["encoding"]["x"]["scale"]["domain"] == [0, 1]


def test_each_model_has_its_mark_and_only_two_have_intervals() -> None:
    spec = validity().to_dict()
    kinds = [layer["mark"]["type"] for layer in spec["layer"]]
    assert kinds == ["rule", "rule", "point", "rule", "point", "point", "tick"]
    assert [layer["mark"].get("fill") for layer in spec["layer"][2:5:2]] == [LIGHT.accent, LIGHT.bg]
    assert spec["height"] == 122
    picture = drawn(validity())
    for text in ("0,5 %", "5,0 %", "1 = azar", "10,0 veces", "30,0 veces"):
        assert f">{text}<" in picture


@pytest.mark.parametrize("scale", [0.05, 0.2, 1, 40, 3000])
def test_the_axis_names_chance_and_at_most_four_multiples(scale: float) -> None:
    axis = validity(scale).to_dict()["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"][0] == 1
    assert axis["values"] == sorted(set(axis["values"]))
    assert len(axis["values"]) <= 5
    assert "<svg" in drawn(validity(scale))


def _page() -> None:
    import pandas as pd

    from components import charts
    from components.tokens import LIGHT

    frame = pd.DataFrame({"label": ["Patrullas 100 %"], "share": [1.0]})
    charts.show(charts.bars_share(frame, LIGHT), alt="Todo lo informan las patrullas")


def test_a_chart_on_a_page_has_words_for_those_who_cannot_see_it() -> None:
    page = AppTest.from_function(_page).run(timeout=120)
    assert not page.exception
    (chart,) = page.get("vega_lite_chart")
    assert chart.proto.alt == "Todo lo informan las patrullas"
    assert chart.proto.theme == ""


def test_days_with_equal_short_names_stay_rows_of_their_own() -> None:
    frame = pd.DataFrame({"weekday": [1, 5], "hour": [3, 3], "n": [7, 7]})
    names = ["Se", "Te", "Qu", "Qu", "Se", "Sá", "Do"]
    chart = charts.hour_weekday(frame, LIGHT, weekdays=names, hour=str, number=number)
    picture = drawn(chart)
    assert picture.count(">Se<") == picture.count(">Qu<") == 2
    assert picture.count(f'fill="{LIGHT.hours[6]}"') == 2
