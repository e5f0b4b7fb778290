"""The scorecards page on 40 cities × 78 indicators × 10 years: a selection never seen before."""

import os
import statistics
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

import numpy as np

from analytics.scorecards.catalogue import Indicator, load_catalogue
from analytics.settings import load_settings
from analytics.store import people
from analytics.store.database import Database, open_database
from analytics.store.scorecard_models import ScorecardIndicator, ScorecardObservation
from analytics.store.scorecard_values import VALIDATED
from analytics.store.sessions import LIFETIME, start_session
from components.cookies import Claims, cookie_key, sign
from tests import server
from tests.benchmarks.timing import milliseconds
from tests.benchmarks.visitor import Rerun, Visitor

CITIES, YEARS, LAST = 40, 10, 2025
PAIRS, WARM_UP, AIM_RATIO = 20, 2, 5
MAYOR, COOKIE = "mayor", "cabildo"
CITY = '[cities.c{n}]\nname = "City {n}"\ncountry = "CL"\ntimezone = "UTC"\ncrs = "EPSG:32718"\n'


def run() -> list[str]:
    """Measure 20 interleaved pairs of reruns: unchanged inputs, then another city."""
    with tempfile.TemporaryDirectory() as folder:
        home, config = Path(folder) / "home", Path(folder) / "config.toml"
        config.write_text("".join(CITY.format(n=n) for n in range(CITIES)), encoding="utf-8")
        places = {"CABILDO_HOME": str(home), "CABILDO_CONFIG": str(config)}
        with patch.dict(os.environ, places):
            token = _fill(open_database(load_settings()))
            log = Path(folder) / "server.log"
            with (
                server.running(home, log, CABILDO_CONFIG=str(config)) as address,
                closing(Visitor(address, f"{COOKIE}={token}")) as tab,
            ):
                same, fresh = _pairs(tab)
    ratio = statistics.median(fresh) / statistics.median(same)
    return [
        f"{PAIRS} pairs, {CITIES} cities × {len(load_catalogue().indicators)} × {YEARS} years",
        f"city never seen before, Monte-Carlo included, server time: {milliseconds(fresh)}",
        f"unchanged inputs, server time: {milliseconds(same)}",
        f"ratio of medians {ratio:.2f}×, aim ≤ {AIM_RATIO}×",
    ]


def _pairs(tab: Visitor) -> tuple[list[float], list[float]]:
    same: list[float] = []
    fresh: list[float] = []
    query = {"city": ["c0"], "period": [str(LAST)]}
    _checked(tab.rerun("scorecards", query))
    for n in range(PAIRS + WARM_UP):
        again = _checked(tab.rerun("scorecards", query)).seconds
        query = {"city": [f"c{n + 1}"], "period": [str(LAST)]}
        new = _checked(tab.rerun("scorecards", query)).seconds
        if n >= WARM_UP:
            same.append(again)
            fresh.append(new)
    return same, fresh


def _checked(rerun: Rerun) -> Rerun:
    if rerun.exceptions or not any("vega" in name for name in rerun.by_element):
        raise RuntimeError(f"no scorecard was drawn: {rerun.exceptions or list(rerun.by_element)}")
    return rerun


def _fill(db: Database) -> str:
    """Enter and validate all values at once, add a mayor of all cities, and sign her in."""
    settings, rng = load_settings(), np.random.default_rng(1)
    people.add_user(db, username=MAYOR, name="Mayor", password="a" * 20, actor="bench")
    people.assign(db, username=MAYOR, role="mayor", scope="*", actor="bench")
    with db.begin() as session:
        for city in settings.cities:
            for sheet in load_catalogue().indicators.values():
                session.add(_plan(city, sheet))
                session.add_all(_values(city, sheet, rng))
    session_id = start_session(db, MAYOR, address="127.0.0.1")
    claims = Claims(MAYOR, session_id, datetime.now(UTC) + LIFETIME)
    return sign(cookie_key(settings.home), claims)


def _plan(city: str, sheet: Indicator) -> ScorecardIndicator:
    ordinal = sheet.value_rule == "distribution"
    return ScorecardIndicator(
        city=city,
        indicator_id=sheet.id,
        active=True,
        owner="Bench",
        base_value=0.0,
        base_on=date(LAST - YEARS, 12, 31),
        target_planned=2.0 if ordinal else 100.0,
        target_on=date(LAST + 3, 12, 31),
        direction=sheet.direction,
        maintain=False,
        method="linear",
        formula="",
        variables={},
        sdg_targets=[],
        frameworks=[],
        own={},
        evaluation={},
        saved_at=datetime.now(UTC),
        saved_by="bench",
    )


def _values(city: str, sheet: Indicator, rng: np.random.Generator) -> list[ScorecardObservation]:
    return [
        ScorecardObservation(
            city=city,
            indicator_id=sheet.id,
            period_from=date(LAST - back, 1, 1),
            period_to=date(LAST - back, 12, 31),
            value=float(rng.integers(5, 95)),
            low=3,
            medium=5,
            high=int(rng.integers(1, 9)),
            yes=bool(rng.random() < 0.5),
            text="",
            judgement="",
            sample_size=80 if sheet.value_rule == "share" else None,
            method="",
            note="",
            evidence="",
            state=VALIDATED,
            entered_by="a",
            entered_at=datetime.now(UTC),
            validated_by="b",
            validated_at=datetime.now(UTC),
        )
        for back in range(YEARS)
    ]
