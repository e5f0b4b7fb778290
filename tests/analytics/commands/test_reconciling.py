"""``reconcile``: a row per month, and what both sides cover added up."""

import pandas as pd
import pytest

OFFICIAL = """comuna,fecha,delito,n
Memphis,2019-01-01,Robo,4
Memphis,2019-02-01,Robo,1.096
Memphis,2019-03-01,Robo,9
Nashville,2019-01-01,Robo,100
"""


@pytest.fixture
def ask(memphis, run, robberies, tmp_path):
    path = tmp_path / "oficial.csv"
    path.write_text(OFFICIAL, encoding="utf-8")
    assert run("import", robberies, "--city", "memphis", "--source", "police").code == 0

    def call(*words, area="Memphis", out="r.csv"):
        options = ("--official", path, "--area", area, "--out", tmp_path / out)
        return run("reconcile", "--city", "memphis", *options, *words)

    return call


@pytest.mark.parametrize(("out", "read"), [("r.csv", pd.read_csv), ("r.parquet", pd.read_parquet)])
def test_the_months_are_written_and_the_whole_ones_added_up(ask, tmp_path, out, read):
    answer = ask("--json", out=out)

    assert answer.code == 0
    told = answer.json
    # January begins on the 5th and March ends on the 30th: only February is whole.
    assert (told["months"], told["months_compared"]) == (3, 1)
    assert (told["n_official"], told["n_ours"]) == (1.096, 2)
    assert told["months_with_fractions"] == len(told["fractions"]) == 1
    frame = read(tmp_path / out)
    assert frame["ours"].tolist() == [2, 2, 3]
    assert frame["official"].tolist() == [4, 1.096, 9]
    assert frame["is_partial"].tolist() == [True, False, True]


def test_an_unknown_area_or_suffix_is_refused_and_nothing_is_written(ask, tmp_path):
    for answer in (ask(area="Bartlett"), ask(out="r.xlsx"), ask("--crime", "Estafa")):
        assert (answer.code, answer.out) == (1, "")
    assert not (tmp_path / "r.csv").exists()
