"""Own counts beside official ones: null is not zero, and a fraction is flagged, never mended."""

import math
from io import StringIO

import pandas as pd
import pytest

from analytics.errors import SourceError
from analytics.events.filters import Filters
from analytics.sources.aggregates import read_counts
from analytics.sources.reconciliation import monthly_totals, reconcile
from tests.analytics.events.builders import record, store_in

OFFICIAL = """comuna,fecha,delito,n
A,2019-01-01,Robo,4
A,2019-02-01,Robo,0
A,2019-03-01,Robo,1.096
A,2019-01-01,Hurto,1
B,2019-01-01,Robo,100
"""
KINDS = ("parquet", "csv")
OURS = pd.DataFrame(
    {
        "month": pd.to_datetime(["2019-01-01", "2019-02-01", "2019-04-01"]),
        "records": [6, 1, 9],
        "incidents": [3, 1, 8],
        "is_partial": [True, False, False],
    }
)


@pytest.fixture
def official(tmp_path):
    path = tmp_path / "oficial.csv"
    path.write_text(OFFICIAL, encoding="utf-8")
    return read_counts(path, scratch=tmp_path, area="A")


def column(frame, name):
    return [None if math.isnan(value) else value for value in frame[name]]


def test_months_stand_beside_each_other_by_hand(official):
    frame = reconcile(OURS, official)

    assert [f"{month:%m}" for month in frame["month"]] == ["01", "02", "03", "04"]
    assert column(frame, "official") == [5, 0, 1.096, None]
    assert column(frame, "ours") == column(frame, "incidents") == [3, 1, None, 8]
    assert column(frame, "records") == [6, 1, None, 9]
    assert column(frame, "difference") == [-2, 1, None, None]
    assert column(frame, "share") == [0.6, None, None, None]
    assert frame["n_fractional"].tolist() == [0, 0, 1, 0]
    assert frame["is_partial"].tolist() == [True, False, False, False]


def test_records_and_one_crime_can_be_asked_for(official):
    frame = reconcile(OURS, official, crimes=["hurto"], records=True)

    assert (frame["official"][0], frame["ours"][0], frame["difference"][0]) == (1, 6, 5)
    assert frame["n_fractional"].sum() == 0


def test_a_crime_that_is_not_there_is_refused(official):
    with pytest.raises(SourceError, match=r"source\.crime_unknown"):
        reconcile(OURS, official, crimes=["Estafa"])


def test_counts_by_year_are_refused(tmp_path):
    (tmp_path / "o.csv").write_text("anio,n\n2018,7\n2019,9\n")

    with pytest.raises(SourceError, match=r"source\.not_monthly"):
        reconcile(OURS, read_counts(tmp_path / "o.csv", scratch=tmp_path))


def test_a_citys_months_are_counted_from_its_first_day_to_its_last(tmp_path):
    store = store_in(tmp_path / "store")
    engine = store.engine(
        record("a", "2024-01-10T08:00"),
        record("b", "2024-01-31T08:00"),
        record("c", "2024-03-31T08:00"),
        record("d"),
    )

    frame = monthly_totals(engine, Filters())

    assert frame["month"].dt.month.tolist() == [1, 2, 3]
    assert frame["records"].tolist() == frame["incidents"].tolist() == [2, 0, 1]
    assert frame["is_partial"].tolist() == [True, False, False]


def test_of_a_parquet_file_only_the_area_is_read_and_its_rows_keep_their_numbers(tmp_path):
    table = pd.read_csv(StringIO(OFFICIAL), parse_dates=["fecha"])
    table.loc[len(table)] = [None, pd.Timestamp("2019-01-01"), "Robo", 7]
    table.astype({"comuna": "category"}).to_parquet(tmp_path / "o.parquet", index=False)
    (tmp_path / "o.csv").write_text(OFFICIAL, encoding="utf-8")

    both = [read_counts(tmp_path / f"o.{kind}", scratch=tmp_path, area="a") for kind in KINDS]

    assert both[0].counts.equals(both[1].counts)
    assert both[0].fractions == both[1].fractions
    assert [cell.row for cell in both[0].fractions] == [4]
    with pytest.raises(SourceError, match=r"source\.area_unknown") as caught:
        read_counts(tmp_path / "o.parquet", scratch=tmp_path, area="C")
    assert {"A", "B"} <= set(caught.value.details["found"].split(", "))


@pytest.mark.shared
def test_the_official_counts_of_providencia(shared_data, tmp_path):
    path = shared_data / "chile-cead" / "cead_delincuencia_chile.parquet"
    ours = pd.DataFrame(
        {
            "month": pd.date_range("2010-01-01", "2025-12-01", freq="MS"),
            "records": 10,
            "incidents": 5,
            "is_partial": False,
        }
    )

    counts = read_counts(path, scratch=tmp_path, area="Providencia")
    frame = reconcile(ours, counts)

    assert len(counts.counts) == 5760
    by_year = frame.groupby(frame["month"].dt.year)["official"].sum()
    assert (by_year[2010], by_year[2019], by_year[2025]) == (20_554, 18_302, 15_550)
    assert frame["official"].notna().sum() == len(frame) == 192
    assert (frame["difference"] == 5 - frame["official"]).all()
    assert frame["n_fractional"].sum() == 0


@pytest.mark.shared
def test_the_fractions_of_santiago_are_flagged_and_left_as_they_are(shared_data, tmp_path):
    path = shared_data / "chile-cead" / "cead_delincuencia_chile.parquet"

    counts = read_counts(path, scratch=tmp_path, area="Santiago")

    march = [cell for cell in counts.fractions if cell.month == pd.Timestamp("2010-03-01")]
    assert 1.096 in [cell.n for cell in march]
    frame = reconcile(OURS, counts)
    whole = pd.read_parquet(path).query("comuna == 'Santiago' and delito_n % 1 != 0")
    assert frame["n_fractional"].sum() == len(counts.fractions) == len(whole) > 0
    assert frame["official"].sum() == pytest.approx(
        pd.read_parquet(path).query("comuna == 'Santiago'")["delito_n"].sum()
    )
