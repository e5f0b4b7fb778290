"""The block says honestly whether the map beats the plain count, in every language."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.events.filters import Filters
from analytics.hotspots.scoring import MODELS, SHARES
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout, Validity, Window
from analytics.settings import LANGUAGES
from components import language, validity_view
from components.catalogue import translate

DAY = date(2026, 10, 31)


def outcome(density: float, count: float, spread: float = 0.2) -> Validity:
    """A result whose PAI is the same at every share."""
    pai = np.tile([density, count, 2.0, 10.0], len(SHARES))
    summary = pd.DataFrame(
        {
            "share": np.repeat(SHARES, len(MODELS)),
            "model": np.tile(MODELS, len(SHARES)),
            "n": 10 * pai,
            "hit_rate": 0.05 * pai,
            "pai": pai,
            "pei_star": pai / 10,
            "pai_low": pai - spread,
            "pai_high": pai + spread,
        }
    )
    window = Window(1, (date(2026, 7, 1), date(2026, 9, 30)), (date(2026, 10, 1), DAY))
    return Validity(
        city="memphis",
        filters=Filters(date_to=DAY),
        method=Method(100, 400),
        holdout=Holdout(92, 31, 1),
        windows=(window,),
        frame=summary.assign(window=1),
        summary=summary,
        n_test=(200.0,),
        n_cells=1000,
        seed=7,
        resampled="events",
    )


@pytest.fixture(params=LANGUAGES)
def speaks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(language, "current", lambda: request.param)
    return str(request.param)


def test_a_better_map_is_said_to_be_better_with_both_shares(speaks: str) -> None:
    said = validity_view.verdict(outcome(6.0, 4.0)).replace("\u00a0", "")
    assert "30%" in said and "20%" in said and "5%" in said
    beaten = translate(speaks, "validity.does_not_beat", area="", density="", count="", won=0, of=5)
    assert said.split()[:4] != beaten.split()[:4]
    assert translate(speaks, "validity.within_error") not in said


@pytest.mark.parametrize("density", [4.0, 3.0])
def test_a_map_that_is_not_better_is_said_not_to_be(speaks: str, density: float) -> None:
    said = validity_view.verdict(outcome(density, 4.0))
    words = {"es": "no supera", "pt": "não supera", "en": "does not beat"}
    assert words[speaks] in said


def test_a_difference_that_may_be_chance_is_said_to_be_one(speaks: str) -> None:
    said = validity_view.verdict(outcome(4.3, 4.0))
    assert said.endswith(translate(speaks, "validity.within_error"))


def test_the_number_of_areas_won_is_counted() -> None:
    found = outcome(6.0, 4.0)
    rows = found.summary
    lost = rows["share"].eq(0.01) & rows["model"].eq("density")
    worse = replace(found, summary=rows.assign(n=rows["n"].mask(lost, 1.0)))
    assert (found.shares_won, worse.shares_won) == (5, 4)
