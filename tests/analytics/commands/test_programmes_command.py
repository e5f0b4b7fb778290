"""``programme`` on fixture schedules with the published worked checks, and ``cohort-import``."""

from datetime import date

import pytest

from analytics.programmes import templates
from analytics.programmes.periods import add_months, day_period
from analytics.settings import load_settings
from analytics.store import gates, programmes
from analytics.store.database import open_database
from analytics.store.gates import Place

START = date(2026, 1, 1)
S_CURVE = (5, 5, 10, 15, 15, 15, 15, 10, 5, 5)
HEAD = """
key = "fixture"
months = 10
source = "worked checks"
[name]
es = "F"
pt = "F"
en = "F"
"""
GATE = """
[[gates]]
key = "g{n}"
kind = "document"
month = {month}
weight = {weight}
[gates.name]
es = "G"
pt = "G"
en = "G"
[gates.short]
es = "G"
pt = "G"
en = "G"
"""


@pytest.fixture
def cohort(memphis, tmp_path, monkeypatch):
    """Give a city whose gates (month, weight) are the fixture's, some of them passed."""
    folder = tmp_path / "templates"
    folder.mkdir()
    for function in (templates.template, templates.load_templates):
        monkeypatch.setattr(function, "__defaults__", (folder,))

    def built(gates_of, passed):
        text = HEAD + "".join(
            GATE.format(n=n, month=month, weight=weight)
            for n, (month, weight) in enumerate(gates_of)
        )
        (folder / "fixture.toml").write_text(text, encoding="utf-8")
        db = open_database(load_settings())
        programmes.create_programme(db, key="c", name="C", template_key="fixture", actor="ana")
        programmes.enrol(
            db, "c", [programmes.NewCity("solana", "Solana", "CL", START)], actor="ana"
        )
        for n, month in enumerate(passed):
            day = add_months(START, month)
            gates.close(
                db, Place("c", "solana", f"g{n}"), day, evidence="", version=1,
                reported_on=day, actor="ana",
            )  # fmt: skip

    return built


def asked(run, month):
    day = add_months(START, month).isoformat()
    answer = run("programme", "--programme", "c", "--as-of", day, "--json")
    assert answer.code == 0, answer.err
    return answer.json["cities"][0]


EVEN = [(n / 2, 5) for n in range(1, 21)]
# Half a month's value in the middle of the month: the curve at whole months is the published one.
CURVE = [(n - half, w / 2) for n, w in enumerate(S_CURVE, start=1) for half in (0.5, 0)]


@pytest.mark.parametrize(
    ("gates_of", "passed", "month", "es", "sv", "spi_t", "ieac"),
    [
        (EVEN, [n / 2 for n in range(1, 8)], 5, 3.5, -1.5, 0.70, 14.3),
        (EVEN, [n / 2 for n in range(1, 13)], 6, 6.0, 0.0, 1.00, 10.0),
        (CURVE, [n / 2 for n in range(1, 9)], 5, 4.0, -1.0, 0.80, 12.5),
    ],
)
def test_the_worked_checks_of_the_method(cohort, run, gates_of, passed, month, es, sv, spi_t, ieac):
    cohort(gates_of, passed)
    earned = asked(run, month)["measured"]["earned"]
    assert earned["es"] == pytest.approx(es)
    assert earned["sv"] == pytest.approx(sv, abs=1e-12)
    assert earned["spi_t"] == pytest.approx(spi_t, abs=1e-12)
    assert round(earned["ieac"], 1) == ieac


@pytest.mark.parametrize("month", range(13))
def test_a_punctual_city_is_on_track_at_every_month(cohort, run, month):
    cohort([(3, 30), (9, 40), (10, 30)], [m for m in (3, 9, 10) if m <= month])
    status = asked(run, month)["status"]
    assert status["key"] == ("done" if month >= 10 else "run")


def test_the_forecast_of_a_gate_is_told_with_slip_and_moves(cohort, run):
    cohort([(3, 50), (9, 50)], [3])
    db = open_database(load_settings())
    place, period = Place("c", "solana", "g1"), day_period(date(2026, 10, 12))
    gates.reforecast(db, place, period, version=1, reported_on=date(2026, 5, 1), actor="ana")
    gate = asked(run, 6)["gates"][1]
    assert (gate["baseline"], gate["expected"]) == ("2026-10-01", "2026-10-12")
    # 12 October 2026 is a holiday in Chile, and there are two weekends.
    assert (gate["slip_days"], gate["slip_working_days"], gate["moves"]) == (11, 6, 1)
    assert asked(run, 3)["gates"][1]["slip_days"] == 0


def test_a_list_of_cities_is_enrolled_and_what_is_doubtful_is_told(run, memphis, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("city,country\nSan José,CR\nSan José,US\nSolana,\n", encoding="utf-8")
    words = ["--programme", "net", "--template", "i_team", "--start", "2026-01-01", "--json"]
    answer = run("cohort-import", path, *words)
    assert answer.code == 0, answer.err
    assert answer.json["enrolled"] == 2
    assert [row["reason"] for row in answer.json["refused"]] == ["no_country"]
    again = run("cohort-import", path, *words)
    assert again.code == 1
    assert "San José" in again.err
    told = run("programme", "--programme", "net", "--as-of", "2026-02-01")
    assert told.code == 0
    assert "San José" in told.out
    assert run("programme", "--programme", "nowhere").code == 1


@pytest.mark.parametrize(("suffix", "start"), [("pdf", b"%PDF"), ("pptx", b"PK"), ("xlsx", b"PK")])
def test_a_cohort_is_written_as_a_file_of_the_day_asked(cohort, run, tmp_path, suffix, start):
    cohort([(3, 50), (9, 50)], [3])
    out = tmp_path / f"c.{suffix}"
    asked = ["report", "cohorts", "--programme", "c", "--as-of", "2026-06-01", "--json"]
    answer = run(*asked, "--out", out)
    assert answer.code == 0, answer.err
    assert answer.json["sentence"].startswith("1 of 1 cities are on time")
    assert out.read_bytes().startswith(start)
    assert run("report", "cohorts", "--programme", "none", "--out", out).code == 1
