"""A long table writes each column in one way and in the reader's numbers; its values stay."""

import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from components import language


def _page() -> None:
    import pandas as pd

    from components import figures
    from components.language import probability, speaking

    frame = pd.DataFrame(
        {
            "n": [1200.0, 3.0],
            "weighted": [1.5, 2.0],
            "z": [17.0, float("nan")],
            "q": [2.4e-68, 0.0412],
            "class": ["99 %", ""],
        }
    )
    written: figures.Written = {"n": None, "weighted": None, "z": 2, "q": probability}
    with speaking("es"):
        figures.draw(frame, {name: name for name in frame}, written, alt="Tabla", height=200)


def test_a_column_has_the_same_decimals_in_all_rows_and_keeps_its_values() -> None:
    page = AppTest.from_function(_page).run(timeout=120)
    assert not page.exception
    (drawn,) = page.dataframe
    assert drawn.value["q"].tolist() == [2.4e-68, 0.0412]
    shown = _arrow(drawn.proto.arrow_data.styler.display_values)
    assert shown.iloc[:, 0].tolist() == ["1.200", "3"]
    assert shown.iloc[:, 1].tolist() == ["1,5", "2,0"]
    assert shown.iloc[:, 2].tolist() == ["17,00", ""]
    assert shown.iloc[:, 3].tolist() == ["<\u00a00,001", "0,041"]
    assert drawn.proto.alt == "Tabla"


def _arrow(raw: bytes) -> pd.DataFrame:
    return pa.ipc.open_stream(raw).read_pandas()


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "<\u00a00,001"), (0.00099, "<\u00a00,001"), (0.001, "0,001"), (1.0, "1,000")],
)
def test_no_p_is_written_as_nought(value: float, written: str) -> None:
    with language.speaking("es"):
        assert language.probability(value) == written
        assert language.probability(float("nan")) == "–"
