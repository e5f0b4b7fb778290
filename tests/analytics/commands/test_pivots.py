"""``pivot`` on a tidy table, and ``import`` which does not take one for events."""

import pytest

TIDY = """comuna;fecha;delito;delito_n
Ñuñoa;2019-01-01;Robo;3
Ñuñoa;2019-02-01;Robo;1,096
Ñuñoa;2019-01-01;Hurto;0
Lota;2019-01-01;Robo;2
Lota;2019-02-01;Robo;5
"""


@pytest.fixture
def tidy(tmp_path):
    path = tmp_path / "cuadro.csv"
    path.write_text(TIDY, encoding="utf-8")
    return path


@pytest.mark.parametrize("lang", ["es", "pt", "en"])
def test_import_refuses_counts_and_names_the_command_that_reads_them(
    memphis, run, stored, tidy, lang
):
    answer = run("import", tidy, "--city", "memphis", "--source", "x", lang=lang)

    assert (answer.code, answer.out) == (1, "")
    for text in ("cuadro.csv", "delito_n", "python -m analytics pivot cuadro.csv"):
        assert text in answer.err
    assert stored() == (0, 0, [])


def test_the_command_reads_a_tidy_table_to_the_shape_of_a_print_out(memphis, run, tidy, tmp_path):
    out = tmp_path / "out.csv"

    answer = run("pivot", tidy, "--out", out, "--json")

    assert answer.code == 0
    told = answer.json
    assert (told["areas"], told["crimes"], told["months"], told["rows"]) == (2, 2, 2, 5)
    assert [cell["n"] for cell in told["fractions"]] == [1.096]
    assert out.read_text().splitlines()[:2] == ["area,crime,month,n", "Ñuñoa,Robo,2019-01-01,3.0"]
    assert told["columns"]["n"] == "delito_n"


def test_the_command_refuses_a_list_of_events(memphis, run, robberies):
    answer = run("pivot", robberies)

    assert (answer.code, answer.out) == (1, "")
    assert "robberies.csv" in answer.err
