"""Short ways through whole columns, against plain Python on every text."""

import math
import re

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from analytics.sources.cells import MISSING, clean, first_fault, plain_numbers

texts = st.lists(
    st.text(st.sampled_from("aZñÑ-./ \u00a0\t1"), max_size=6) | st.sampled_from(["NA", "-", "s/d"])
)
numbers = st.text(st.sampled_from("0123456789.-"), max_size=6)
missing = set(MISSING.to_pylist())


@given(texts)
def test_texts_are_trimmed_and_folded_and_no_data_is_null(written):
    def by_hand(text):
        folded = re.sub(r"[\u00a0\s]+", " ", text).strip().lower()
        return None if folded in missing else folded

    assert clean(pa.array(written, pa.string())).to_pylist() == [by_hand(t) for t in written]


@given(texts, st.integers(0, 3))
def test_a_slice_of_a_column_is_cleaned_like_the_column(written, first):
    whole = pa.array(written, pa.string())

    assert clean(whole.slice(first)).equals(clean(whole).slice(first))


@given(st.lists(numbers | st.just("-99.1332"), max_size=6))
def test_plain_numbers_are_those_that_python_reads(written):
    found = plain_numbers(pa.array(written, pa.string()))

    readable = [re.fullmatch(r"-?(\d+\.?\d*|\.\d+)|", text) for text in written]
    if all(readable):
        assert found.to_pylist() == [float(text) if text else None for text in written]
    else:
        assert found is None


def test_what_is_not_written_plainly_is_left_to_the_patterns():
    for text in ("1e5", "+1", " 1", "1,5", "inf", "nan", "١"):
        assert plain_numbers(pa.array(["1.5", text])) is None


def test_a_number_beyond_all_bounds_is_infinite():
    assert math.isinf(plain_numbers(pa.array(["9" * 400]))[0].as_py())


def test_the_first_fault_of_a_row_is_named():
    faults = first_fault(
        [
            pa.array([True, False, False]).to_numpy(False),
            pa.array([True, True, False]).to_numpy(False),
        ],
        ["half", "unreadable"],
    )

    assert faults.tolist() == ["half", "unreadable", ""]
