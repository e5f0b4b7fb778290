"""Change between two periods: the e-test written out, rates, correction, refusals."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.filters import Filters
from analytics.hotspots.change import change_map, e_test, period_before
from tests.analytics.events.builders import record, store_in

JANUARY = date(2024, 1, 1), date(2024, 1, 31)
FEBRUARY = date(2024, 2, 1), date(2024, 2, 29)


def written_out(k1: int, d1: float, k2: int, d2: float) -> float:
    """The e-test by its definition: all pairs of counts at least as far apart."""
    rate = (k1 + k2) / (d1 + d2)
    x1, x2 = np.meshgrid(np.arange(200), np.arange(200), indexing="ij")
    chance = poisson.pmf(x1, rate * d1) * poisson.pmf(x2, rate * d2)
    variance = x1 / d1**2 + x2 / d2**2
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(x1 / d1 - x2 / d2) / np.sqrt(variance)
    observed = abs(k1 / d1 - k2 / d2) / np.sqrt(k1 / d1**2 + k2 / d2**2)
    return float(chance[np.nan_to_num(t) >= observed - 1e-12].sum())


@pytest.mark.parametrize(
    ("k1", "d1", "k2", "d2"), [(3, 30, 12, 30), (0, 30, 6, 60), (20, 90, 5, 30), (8, 31, 9, 29)]
)
def test_the_e_test_is_that_of_its_definition(k1, d1, k2, d2):
    found = e_test(np.array([k1]), np.array([k2]), d1, d2)
    assert found[0] == pytest.approx(written_out(k1, d1, k2, d2), abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20))
def test_p_is_a_probability_that_does_not_care_which_period_is_first(pairs):
    first, second = np.array(pairs, dtype=float).T
    p = e_test(first, second, 30, 30)
    assert ((p >= 0) & (p <= 1)).all()
    assert np.allclose(p, e_test(second, first, 30, 30), atol=1e-9)
    assert (p[(first == 0) & (second == 0)] == 1).all()


@pytest.fixture
def town(tmp_path):
    """Cell (0, 0): 4 events then 30; cell (3, 0): 20 then 19; cell (5, 5): 1 then none."""
    store = store_in(tmp_path / "store")
    told = []

    def add(n: int, month: int, x: float, y: float) -> None:
        for _ in range(n):
            name = f"e{len(told)}"
            told.append(record(name, f"2024-{month:02d}-{1 + len(told) % 28:02d}T12:00", xy=(x, y)))

    add(4, 1, 768_250.0, 3_888_250.0)
    add(30, 2, 768_250.0, 3_888_250.0)
    add(20, 1, 769_750.0, 3_888_250.0)
    add(19, 2, 769_750.0, 3_888_250.0)
    add(1, 1, 770_750.0, 3_890_750.0)
    engine = store.engine(*told)
    yield store.city, engine
    store.db.close()


def test_a_cell_that_rose_is_found_and_the_others_are_not(town):
    city, engine = town
    found = change_map(engine, city, Filters(), before=JANUARY, after=FEBRUARY, cell_m=500)

    frame = found.to_frame()
    assert frame.columns.tolist() == [
        *("cell_x", "cell_y", "n_before", "n_after", "rate_ratio", "p", "q", "significant")
    ]
    first = frame.iloc[0]
    assert (first["n_before"], first["n_after"], first["significant"]) == (4, 30, True)
    assert first["rate_ratio"] == pytest.approx((30 / 29) / (4 / 31))
    assert frame["significant"].sum() == 1
    assert (frame["n_before"].sum(), frame["n_after"].sum()) == (25, 49)
    # Benjamini–Hochberg over all cells, those without any event included.
    assert first["q"] == pytest.approx(min(1, first["p"] * len(frame)))
    still = frame[(frame["n_before"] == 0) & (frame["n_after"] == 0)]
    assert len(still) == len(frame) - 3
    assert still["rate_ratio"].isna().all() and (still["p"] == 1).all()
    gone = frame[(frame["n_before"] == 1)].iloc[0]
    assert gone["rate_ratio"] == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (JANUARY, JANUARY),
        (JANUARY, (date(2024, 1, 31), date(2024, 2, 5))),
        (JANUARY[::-1], FEBRUARY),
    ],
)
def test_periods_that_overlap_or_run_backwards_are_refused(town, before, after):
    city, engine = town
    with pytest.raises(FilterError) as caught:
        change_map(engine, city, Filters(), before=before, after=after, cell_m=500)
    assert caught.value.code == "change.overlap"


def test_two_empty_periods_are_refused(town):
    city, engine = town
    empty = (date(2020, 1, 1), date(2020, 1, 31)), (date(2020, 2, 1), date(2020, 2, 20))
    with pytest.raises(TooFewEventsError):
        change_map(engine, city, Filters(), before=empty[0], after=empty[1], cell_m=500)


def test_the_period_before_has_as_many_days_and_ends_the_day_before():
    assert period_before(FEBRUARY) == (date(2024, 1, 3), date(2024, 1, 31))
