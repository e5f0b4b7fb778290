"""Splink's weights for candidate pairs: the alternative that the rule is measured against."""

import logging
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from analytics.errors import FilterError, TooFewEventsError
from analytics.sources.linkage_candidates import Candidates, Reach
from analytics.sources.linkage_weights import Weighed

if TYPE_CHECKING:
    from splink.backends.duckdb import DuckDBAPI
    from splink.internals.comparison_creator import ComparisonCreator

INSTALL = "pip install splink==5.0.0"
METRES = (20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 225, 250, 300)  # upper ends of levels
MINUTES = (5, 10, 20, 30, 40, 50, 60, 75, 90, 110, 130)
START_SHARE = 0.05  # of the pairs that are one incident, before learning
ROUNDS = 200
MAX_PAIRS = 5e6  # to learn from
MAX_BITS = 1000.0
DIGITS = 9  # sums over several threads differ beyond, and equal runs must be equal

# Times twice: Splink learns nothing about columns that its training rule names.
TOLD = """
CREATE OR REPLACE TEMP TABLE told AS
SELECT row AS unique_id, category, x_m, y_m, from_s, to_s, source AS told_by,
    from_s AS begins_s, to_s AS ends_s, floor(from_s / 86400)::BIGINT AS day
FROM numbered WHERE from_s IS NOT NULL
"""
# The whole city's pairs: among near ones alone too few are coincidences to learn what those look
# like. Pairs over midnight are weighed but not learnt from, as Splink learns by equalities.
LEARNT_FROM = """
l.day = r.day AND l.told_by <> r.told_by
AND greatest(0, l.begins_s - r.ends_s, r.begins_s - l.ends_s) <= {reach_s}
"""
BLOCKED = """
CREATE OR REPLACE TEMP TABLE blocked AS
SELECT least(one, other) AS join_key_l, greatest(one, other) AS join_key_r, 0 AS match_key
FROM pairs
"""
WEIGHED = """
SELECT match_weight AS bits, match_probability AS probability
FROM pairs JOIN {predicted} AS w
    ON w.unique_id_l = least(one, other) AND w.unique_id_r = greatest(one, other)
ORDER BY one, other
"""
NO_PLACE = "x_m_l IS NULL OR x_m_r IS NULL"
DISTANCE_M = "sqrt((x_m_l - x_m_r)^2 + (y_m_l - y_m_r)^2)"
GAP_S = "greatest(0, from_s_l - to_s_r, from_s_r - to_s_l)"


def weigh_with_splink(
    connection: duckdb.DuckDBPyConnection, candidates: Candidates, reach: Reach
) -> Weighed:
    """Weigh candidate pairs by Splink's model instead of ours.

    Levels of distance, of gap and of equal category, taken as independent, with the chances of
    each among true and other pairs (m and u) and the share of true pairs learnt by
    expectation–maximisation from the city's pairs of one day within reach in time (Linacre et al.
    2022, *International Journal of Population Data Science* 7(3)). A pair without a place is
    weighed by gap and category alone.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        As :func:`analytics.sources.linkage_candidates.find_candidates` leaves it.
    candidates : Candidates
        What it found.
    reach : Reach
        With which they were found.

    Returns
    -------
    Weighed
        In order of the candidates. The probability is of each pair by itself.

    Raises
    ------
    FilterError
        ``links.no_splink`` if Splink is not installed.
    TooFewEventsError
        ``links.untrained`` if there are no pairs to learn from, or no coincidences among them.
    """
    try:
        from splink.backends.duckdb import DuckDBAPI
    except ImportError as absent:
        raise FilterError("links.no_splink", install=INSTALL) from absent
    if not len(candidates.one):
        return Weighed(np.empty(0), np.empty(0))
    # Advice for people who build models by hand.
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection.execute(TOLD)
    connection.execute(BLOCKED)
    predicted = _predict(DuckDBAPI(connection=connection), reach, n=len(candidates.one))
    found = connection.execute(WEIGHED.format(predicted=predicted)).fetchnumpy()
    bits = np.clip(np.asarray(found["bits"], dtype=float), -MAX_BITS, MAX_BITS)
    probability = np.asarray(found["probability"], dtype=float)
    return Weighed(np.round(bits, DIGITS), np.round(probability, DIGITS))


def _predict(api: "DuckDBAPI", reach: Reach, *, n: int) -> str:
    """Learn and weigh; return the table with the weights."""
    from splink import Linker, SettingsCreator
    from splink.blocking_rule_library import CustomRule
    from splink.internals.exceptions import EMTrainingException

    # One table: the pairs are given, and none of them is within a source.
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(),
        probability_two_random_records_match=START_SHARE,
        max_iterations=ROUNDS,
        retain_matching_columns=False,
    )
    linker = Linker(api.register("told"), settings, log_level=None)
    rule = LEARNT_FROM.format(reach_s=reach.minutes * 60)
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            CustomRule(rule),
            fix_u_probabilities=False,
            populate_probability_two_random_records_match_from_trained_values=True,
            max_pairs=MAX_PAIRS,
        )
    except (EMTrainingException, ValueError) as untrained:  # the latter for a chance of zero
        raise TooFewEventsError("links.untrained", n=n) from untrained
    linker.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
    return str(linker.inference.predict().physical_name)


def _comparisons() -> "list[ComparisonCreator | dict[str, Any]]":
    from splink.comparison_level_library import CustomLevel, ElseLevel, ExactMatchLevel
    from splink.comparison_library import CustomComparison

    unplaced = CustomLevel(NO_PLACE).configure(is_null_level=True)
    near = [CustomLevel(f"{DISTANCE_M} <= {metres}") for metres in METRES]
    soon = [CustomLevel(f"{GAP_S} <= {minutes * 60}") for minutes in MINUTES]
    return [
        CustomComparison([unplaced, *near, ElseLevel()], "distance"),
        CustomComparison([*soon, ElseLevel()], "gap"),
        CustomComparison([ExactMatchLevel("category"), ElseLevel()], "same_category"),
    ]
