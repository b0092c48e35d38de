"""Raters who lean high or low."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from workbench.planning.leaning import lean_sentence, leaning


def placed(matrix: np.ndarray) -> pd.DataFrame:
    """Heights of requirements × raters on one criterion; NaN where a rater gave none."""
    wide = pd.DataFrame(matrix, index=[f"R{row}" for row in range(len(matrix))])
    wide.columns = [f"RATER{column}" for column in wide.columns]
    tall = wide.stack().rename_axis(["requirement_id", "rater_id"]).rename("height").reset_index()
    return tall.dropna().assign(criterion_id="V", score=tall["height"])


def test_a_rater_who_gives_a_fifth_more_leans_high_by_it():
    table = leaning(placed(np.array([[0.2, 0.2, 0.4], [0.5, 0.5, 0.7], [0.3, 0.3, 0.5]]))).set_index("rater_id")
    assert table["lean"].tolist() == pytest.approx([-0.1, -0.1, 0.2])
    assert table["leaning"].tolist() == ["low", "low", "high"]


def test_two_raters_lean_apart_equally():
    table = leaning(placed(np.random.default_rng(1).random((9, 2))))
    assert table["lean"].sum() == pytest.approx(0)


def test_the_interval_is_students_over_the_requirements():
    heights = np.random.default_rng(2).random((12, 4))
    own = heights[:, 0] - heights[:, 1:].mean(axis=1)
    low, high = ttest_1samp(own, 0).confidence_interval(0.9)
    row = leaning(placed(heights), 0.9).iloc[0]
    assert (row["lean"], row["low"], row["high"]) == (
        pytest.approx(own.mean()),
        pytest.approx(low),
        pytest.approx(high),
    )


def test_criteria_of_one_requirement_are_one_observation():
    heights = np.random.default_rng(3).random((6, 3))
    once = placed(heights)
    twice = pd.concat([once, once.assign(criterion_id="U")])
    pd.testing.assert_frame_equal(leaning(once), leaning(twice))


def test_raters_without_company_are_left_out_and_too_little_is_not_told():
    nan = np.nan
    table = leaning(placed(np.array([[0.1, 0.5, nan], [nan, nan, 0.9]])))
    assert table["rater_id"].tolist() == ["RATER0", "RATER1"]
    assert table["leaning"].tolist() == ["unknown", "unknown"]


def test_raters_who_agree_lean_neither_way():
    table = leaning(placed(np.array([[0.1, 0.1, 0.1], [0.7, 0.7, 0.7], [0.3, 0.3, 0.3]])))
    assert set(table["leaning"]) == {"neither"}


def test_of_raters_who_do_not_lean_few_are_told_that_they_do():
    """False alarms at 95%: 5% of 400 tellings, with room for the raters of a committee not being independent."""
    chance = np.random.default_rng(4)
    tables = [leaning(placed(chance.random((15, 4)))) for _time in range(100)]
    alarms = np.mean([(table["leaning"] != "neither").mean() for table in tables])
    assert 0.02 <= alarms <= 0.09


def test_a_rater_is_told_of_itself_alone():
    table = leaning(placed(np.array([[0.2, 0.2, 0.4], [0.5, 0.5, 0.8], [0.3, 0.3, 0.5]])))
    told = lean_sentence(table, "RATER2")
    assert told.startswith("Your scores are higher than those of the others, by 23% of the scale on average.")
    assert told.endswith("over 3 requirements.")
    assert "RATER" not in told
    assert "lower" in lean_sentence(table, "RATER0")
    assert lean_sentence(table, "RATER9") == "There is nothing to compare your scores with yet."
    one = leaning(placed(np.array([[0.1, 0.5]])))
    assert lean_sentence(one, "RATER0").startswith("Too few")
    level = leaning(placed(np.array([[0.1, 0.1], [0.3, 0.3]])))
    assert "neither high nor low" in lean_sentence(level, "RATER0")
