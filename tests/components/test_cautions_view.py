"""Warnings name the hotspots they are about, in the number their count asks for."""

import pandas as pd
import pytest

from analytics.hotspots.cautions import Cautions, Cluster
from components import cautions_view, language


def cautions(*flags: tuple[str, ...]) -> Cautions:
    clusters = tuple(
        Cluster(i, 0.0, 0.0, 4, 60.0, 0.1, 0.6, {"patrullas": 1.0}, named)
        for i, named in enumerate(flags, start=1)
    )
    return Cautions(clusters, 0.3, 0.9, pd.DataFrame())


@pytest.fixture(autouse=True)
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "current", lambda: "es")


def test_each_kind_of_warning_is_one_sentence_that_names_its_hotspots() -> None:
    said = cautions_view.feedback(cautions(("detected",), (), ("detected", "one_source")))
    assert len(said) == 2
    assert said[0].startswith("Los puntos 1, 3 están hechos sobre todo de registros detectados")
    assert said[1].startswith("El punto 3 existe casi solo en una fuente")


def test_hotspots_without_a_flag_are_not_warned_of() -> None:
    assert cautions_view.feedback(cautions((), ())) == []


@pytest.mark.parametrize(("located", "badly"), [(0.85, False), (0.849, True)])
def test_the_located_share_is_bad_below_85_percent(located: float, badly: bool) -> None:
    assert Cautions((), 0.0, located, pd.DataFrame()).is_badly_located is badly
