"""A city's own indicators: added, judged with the catalogue's, changed, refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from analytics.errors import FilterError
from analytics.scorecards.audiences import Audience, serves
from analytics.scorecards.catalogue import VALUE_RULES, load_catalogue
from analytics.scorecards.continuity import handover
from analytics.scorecards.office import EntryDesk, ValidationDesk, read_scorecard
from analytics.scorecards.own import (
    PERIODICITIES,
    OwnSheet,
    catalogue_of,
    check_own,
    next_id,
    own_of,
    phrases,
    sheet_of,
)
from analytics.scorecards.periods import parse
from analytics.settings import load_settings
from analytics.store.database import open_database
from analytics.store.scorecard_values import Plan
from tests.analytics.scorecards.builders import reading
from tests.analytics.scorecards.test_entering import GOOD

OWN = OwnSheet(
    "Familias que usan la Manzana",
    "territorial",
    "ownership",
    "familias",
    "whole",
    "result",
    "strategic",
    1,
    "quarterly",
    methods=("Encuestas",),
    audiences=("Ciudadanos",),
)
TODAY, PERIOD = date(2026, 11, 24), parse("2026-S1")


@pytest.fixture
def desk(home) -> Iterator[EntryDesk]:
    db = open_database(load_settings())
    yield EntryDesk(db, "quimera", "ana", TODAY)
    db.close()


def test_an_own_indicator_is_planned_entered_and_judged_like_the_catalogues(desk) -> None:
    saved = desk.save_own(OWN, "Desarrollo Social")
    assert (saved.indicator_id, saved.owner, own_of(saved)) == ("LOC-01", "Desarrollo Social", OWN)
    dates = {"base_on": date(2024, 12, 31), "target_on": date(2027, 12, 31)}
    planned = replace(saved, base_value=100.0, target_planned=400.0, **dates)
    desk.save_plan(replace(planned, sdg_targets=("5.4", "11.3"), frameworks=("SDG", "NUA")))
    values = desk.enter([reading("LOC-01", "2026-S1", value=400.0)])
    ValidationDesk(desk.db, "quimera", "eva").validate(values)
    shown = read_scorecard(desk.db, "quimera", PERIOD, TODAY).of("LOC-01")
    assert (shown.status, shown.score, shown.sheet.name.pt) == ("achieved", 100.0, OWN.name)
    assert (shown.sheet.typology.period_months, shown.sheet.typology.level_basis) == (3.0, "city")
    assert serves(shown.sheet, Audience.EXTERNAL)
    assert not serves(shown.sheet, Audience.INTERNAL)
    assert shown.sheet.methods[0].en == "Surveys"
    assert [sheet.id for sheet, _plan in handover(desk.db, "quimera", TODAY).measured] == ["LOC-01"]
    assert desk.template("Desarrollo Social", PERIOD, word=lambda k, **_: k, language="es")


def test_switched_off_it_is_out_of_the_scorecard_and_keeps_its_values(desk: EntryDesk) -> None:
    saved = desk.save_own(OWN, "Social")
    desk.enter([reading("LOC-01", "2026-S1", value=3.0)])
    off = desk.save_plan(replace(saved, active=False))
    assert read_scorecard(desk.db, "quimera", PERIOD, TODAY).assessments == ()
    desk.save_plan(replace(off, active=True))
    assert len(read_scorecard(desk.db, "quimera", PERIOD, TODAY).drafts) == 1


def test_ids_follow_each_other_and_names_are_not_taken_twice(desk: EntryDesk) -> None:
    desk.save_own(OWN, "Social")
    second = desk.save_own(replace(OWN, name="Otra cosa"), "Social")
    assert (second.indicator_id, next_id(desk.plans())) == ("LOC-02", "LOC-03")
    taken = load_catalogue().indicators["INS-01"].name
    for name in (f" {OWN.name.upper()} ", taken.es, taken.en):
        with pytest.raises(FilterError, match=r"own\.taken"):
            desk.save_own(replace(OWN, name=name), "Social")
    assert (
        desk.save_own(replace(OWN, unit="hogares"), "Social", desk.plans()["LOC-01"]).version == 2
    )


def test_the_kind_of_value_does_not_change_under_values(desk: EntryDesk) -> None:
    saved = desk.save_own(OWN, "Social")
    changed = desk.save_own(replace(OWN, value_rule="share"), "Social", saved)
    desk.enter([reading("LOC-01", "2026-S1", value=30.0)])
    with pytest.raises(FilterError, match=r"own\.kind"):
        desk.save_own(OWN, "Social", changed)


@pytest.mark.parametrize("rule", VALUE_RULES)
def test_every_kind_of_value_can_be_a_citys_own(desk: EntryDesk, rule: str) -> None:
    desk.save_own(replace(OWN, value_rule=rule), "Social")
    (entered,) = desk.enter([reading("LOC-01", "2026-S1", **GOOD[rule])])
    assert {name: getattr(entered, name) for name in GOOD[rule]} == GOOD[rule]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "own.empty", "name"),
        ({"unit": ""}, "own.empty", "unit"),
        ({"name": "x" * 201}, "own.long", "name"),
        ({"dimension": "cultural"}, "own.value", "dimension"),
        ({"category": "nothing"}, "own.value", "category"),
        ({"value_rule": "colour"}, "own.value", "value_rule"),
        ({"direction": 2}, "own.value", "direction"),
        ({"periodicity": "daily"}, "own.value", "periodicity"),
        ({"methods": ("Adivinanza",)}, "own.value", "methods"),
        ({"audiences": ("Marcianos",)}, "own.value", "audiences"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_with_its_field(
    changes: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(FilterError) as refused:
        check_own("LOC-01", replace(OWN, **changes), load_catalogue())
    assert (refused.value.code, refused.value.details["field"]) == (code, field)


def test_what_the_store_keeps_is_read_back_and_the_shared_catalogue_is_untouched() -> None:
    plans = {"LOC-07": Plan("LOC-07", own=OWN.plain())}
    assert own_of(plans["LOC-07"]) == OWN
    assert list(catalogue_of(plans).indicators)[-1] == "LOC-07"
    assert "LOC-07" not in load_catalogue().indicators
    assert len(catalogue_of({}).indicators) == 78
    assert set(phrases("audiences")) >= set(OWN.audiences)
    rhythms = {sheet_of("L", replace(OWN, periodicity=p)).typology.period_months
               for p in PERIODICITIES}  # fmt: skip
    assert rhythms == set(PERIODICITIES.values())
