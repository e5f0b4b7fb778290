"""Dates and times: formats, evidence for the order, spans."""

from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.errors import SourceError
from analytics.sources.dates import PRECISIONS, ClockEvidence, DateEvidence
from analytics.sources.occurrences import join_moments

NOW = datetime(2026, 6, 1, 12)
ZONE = "America/Santiago"


def plan(dates, told=None):
    evidence = DateEvidence()
    evidence.add(pa.array(dates, pa.string()))
    return evidence.settle(file="datos.csv", column="fecha", told=told)


def join(dates, times=None, ends=None, *, told=None, written_zone=ZONE):
    """Read columns as an import does; one (from, to, precision, reason) per row."""
    clocks = None
    if times is not None:
        evidence = ClockEvidence()
        evidence.add(pa.array(times, pa.string()))
        clocks = evidence.settle().read(pa.array(times, pa.string()))
    found = join_moments(
        plan(dates, told).read(pa.array(dates, pa.string())),
        clocks=clocks,
        ends=None if ends is None else plan(ends, told).read(pa.array(ends, pa.string())),
        zone=ZONE,
        written_zone=written_zone,
        now=NOW,
    )
    return [
        (start.astype(datetime), stop.astype(datetime), PRECISIONS[precision], str(reason))
        for start, stop, precision, reason in zip(
            found.occurred_from, found.occurred_to, found.precision, found.reason, strict=True
        )
    ]


def instant(*parts):
    moment = datetime(*parts)
    return moment, moment, "minute", ""


def day(year, month, day_of_month):
    start = datetime(year, month, day_of_month)
    return start, datetime.fromordinal(start.toordinal() + 1), "day", ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-03-05", day(2019, 3, 5)),
        ("2019/3/5", day(2019, 3, 5)),
        ("20190305", day(2019, 3, 5)),
        (" 2019-03-05T20:05 ", instant(2019, 3, 5, 20, 5)),
        ("2019-03-05 20:05:06", instant(2019, 3, 5, 20, 5, 6)),
        ("2019-03-05T20:05:06.25", instant(2019, 3, 5, 20, 5, 6, 250_000)),
        ("25/03/2019", day(2019, 3, 25)),
        ("25-03-19", day(2019, 3, 25)),
        ("25.3.2019 8:05 p. m.", instant(2019, 3, 25, 20, 5)),
        ("03/25/2019 12:30:00 AM", instant(2019, 3, 25, 0, 30)),
        ("5 de marzo de 2019", day(2019, 3, 5)),
        ("05-Mar-2019", day(2019, 3, 5)),
        ("5 de março de 2019", day(2019, 3, 5)),
        ("March 5, 2019 20:05", instant(2019, 3, 5, 20, 5)),
        ("2019-03", (datetime(2019, 3, 1), datetime(2019, 4, 1), "month", "")),
        ("2019", (datetime(2019, 1, 1), datetime(2020, 1, 1), "year", "")),
        ("", (None, None, "unknown", "")),
        ("S/D", (None, None, "unknown", "")),
    ],
)
def test_each_way_of_writing_a_date_is_read(text, expected):
    assert join([text]) == [expected]


def test_a_written_offset_is_converted_to_the_time_of_the_city():
    # Santiago is UTC-3 in January and UTC-4 in July.
    assert join(["2019-01-05T01:30:00Z", "2019-07-05T01:30:00+00:00", "2019-07-05 01:30-02"]) == [
        instant(2019, 1, 4, 22, 30),
        instant(2019, 7, 4, 21, 30),
        instant(2019, 7, 4, 23, 30),
    ]


def test_moments_of_a_stated_zone_are_converted():
    assert join(["2019-07-05 01:30"], written_zone="UTC") == [instant(2019, 7, 4, 21, 30)]


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (["03/04/2019", "13/04/2019"], datetime(2019, 4, 3)),
        (["03/04/2019", "04/13/2019"], datetime(2019, 3, 4)),
        (["03/04/19", "13/04/19"], datetime(2019, 4, 3)),
    ],
)
def test_one_telling_value_decides_the_whole_column(column, first):
    assert join(column)[0][0] == first


def test_a_column_without_evidence_is_refused_with_an_example():
    with pytest.raises(SourceError) as refusal:
        plan(["03/04/2019", "05/06/2019"])

    assert refusal.value.code == "source.ambiguous_dates"
    assert refusal.value.details["column"] == "fecha"
    assert refusal.value.details["example"] == "03/04/2019"


def test_contradictory_evidence_is_refused():
    with pytest.raises(SourceError) as refusal:
        plan(["13/04/2019", "04/13/2019", "01/02/2019"])

    assert (refusal.value.details["day_first"], refusal.value.details["month_first"]) == (1, 1)


def test_one_typing_error_in_many_does_not_turn_the_order():
    column = ["13/04/2019"] * 150 + ["04/13/2019", "01/02/2019"]

    *_, typo, last = join(column)

    assert typo[3] == "unreadable_date"
    assert last == day(2019, 2, 1)


def test_the_same_day_and_month_needs_no_evidence():
    assert join(["05/05/2019"]) == [day(2019, 5, 5)]


def test_a_mapping_states_the_order():
    assert join(["03/04/2019"], told="mdy") == [day(2019, 3, 4)]
    assert join(["03/04/2019"], told="dmy") == [day(2019, 4, 3)]


def test_mixed_formats_of_one_column_are_each_read_right():
    column = ["2019-04-03", "03/04/2019", "2019-04-03 10:00:00", "25-12-2019", "13/04/2019"]

    assert join(column) == [
        day(2019, 4, 3),
        day(2019, 4, 3),
        instant(2019, 4, 3, 10),
        day(2019, 12, 25),
        day(2019, 4, 13),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22:30", instant(2019, 3, 5, 22, 30)),
        ("22:30:15", instant(2019, 3, 5, 22, 30, 15)),
        ("22:30:15:00", instant(2019, 3, 5, 22, 30, 15)),
        ("2230", instant(2019, 3, 5, 22, 30)),
        ("930", instant(2019, 3, 5, 9, 30)),
        ("8:05 p. m.", instant(2019, 3, 5, 20, 5)),
        ("8:05 p.\u00a0m.", instant(2019, 3, 5, 20, 5)),
        ("12:00 a.m.", instant(2019, 3, 5, 0, 0)),
        ("20h30", instant(2019, 3, 5, 20, 30)),
        ("1899-12-30 22:30:00", instant(2019, 3, 5, 22, 30)),
        ("22", (datetime(2019, 3, 5, 22), datetime(2019, 3, 5, 23), "hour", "")),
        ("", day(2019, 3, 5)),
        ("s/d", day(2019, 3, 5)),
    ],
)
def test_each_way_of_writing_a_time_is_read(text, expected):
    assert join(["2019-03-05"], [text]) == [expected]


@pytest.mark.parametrize("text", ["25:00", "24:00", "12:60", "mañana", "2360", "77", "13:00 p. m."])
def test_a_time_that_does_not_exist_sets_the_row_aside(text):
    assert join(["2019-03-05"], [text])[0][3] == "unreadable_time"


def test_beside_clock_numbers_a_short_number_is_minutes_past_midnight():
    times = join(["2019-03-05"] * 3, ["2230", "5", "45"])

    assert times == [
        instant(2019, 3, 5, 22, 30),
        instant(2019, 3, 5, 0, 5),
        instant(2019, 3, 5, 0, 45),
    ]


def test_the_time_column_wins_over_a_time_inside_the_date():
    assert join(["2019-05-11 11:12:00", "2019-05-11 11:12:00"], ["10:00:00:00", ""]) == [
        instant(2019, 5, 11, 10, 0),
        instant(2019, 5, 11, 11, 12),
    ]


def test_midnight_on_every_date_is_padding_and_keeps_its_day_whatever_the_offset():
    assert join(["2020/07/26 00:00:00+00", "2020/07/27 00:00:00+00"], ["22:30:00", ""]) == [
        instant(2020, 7, 26, 22, 30),
        day(2020, 7, 27),
    ]


def test_midnight_among_other_times_is_midnight():
    assert join(["2020-07-26 00:00:00", "2020-07-27 10:00:00"])[0] == instant(2020, 7, 26, 0, 0)


@pytest.mark.parametrize(
    "text", ["2019-02-30", "31/04/2019", "32/13/2019", "ayer", "2019-03-05 25:00", "0000-00-00"]
)
def test_a_date_that_does_not_exist_sets_the_row_aside(text):
    assert join(["13/01/2019", text])[1][3] == "unreadable_date"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1899-12-31", "implausible_date"),
        ("1900-01-01", ""),
        ("2026-06-02 11:00", ""),
        ("2026-06-02 13:00", "implausible_date"),
        ("2126-01-01", "implausible_date"),
    ],
)
def test_dates_before_1900_or_after_tomorrow_are_implausible(text, reason):
    assert join([text])[0][3] == reason


def test_an_end_makes_a_span_and_may_not_stand_before_the_start():
    rows = join(
        ["2019-03-05 10:00", "2019-03-05 10:00", "2019-03-05 10:00", "2019-03-05 10:00"],
        ends=["2019-03-06 08:00", "2019-03-05 09:59", "", "x"],
    )

    assert rows[0][:2] == (datetime(2019, 3, 5, 10), datetime(2019, 3, 6, 8))
    assert [row[3] for row in rows] == ["", "end_before_start", "", "unreadable_date"]
    assert rows[2] == instant(2019, 3, 5, 10)


moments = st.datetimes(datetime(1950, 1, 1), datetime(2026, 5, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
FORMATS = ["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%m-%y %I:%M %p", "%Y%m%dT%H:%M"]


@given(st.lists(st.tuples(moments, st.sampled_from(FORMATS)), min_size=1, max_size=12))
@settings(max_examples=80, deadline=None)
def test_whatever_format_a_row_takes_it_is_read_as_python_reads_it(rows):
    assume(any(moment.hour or moment.minute for moment, _ in rows))
    texts = [moment.strftime(form) for moment, form in rows]
    wanted = [datetime.strptime(text, form) for text, (_, form) in zip(texts, rows, strict=True)]
    assume(all(moment == want for (moment, _), want in zip(rows, wanted, strict=True)))

    assert [row[0] for row in join(texts, told="dmy")] == wanted
