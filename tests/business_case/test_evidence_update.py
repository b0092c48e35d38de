"""Evidence: precision weighting in closed form, and what it never does."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.evidence_update import update_assumptions
from workbench.errors import DataError

PLAN = pd.DataFrame(
    {
        "assumption_id": ["share", "price", "calls"],
        "name": ["Share", "Price", "Calls"],
        "low": [0.0, math.nan, 90.0],
        "base": [6.0, 10.0, 100.0],
        "high": [12.0, math.nan, 120.0],
        "distribution": ["uniform", "", "triangular"],
        "evidence": "opinion",
        "source": "plan",
    }
)
DEVIATION = 12 / math.sqrt(12)


def measured(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["assumption_id", "estimate", "standard_error"])


def test_equal_precisions_meet_in_the_middle() -> None:
    update = update_assumptions(PLAN, measured(("share", 9.0, DEVIATION)))
    (row,) = update.table.to_dict("records")
    assert (row["before"], row["sd_before"], row["weight"]) == pytest.approx((6.0, DEVIATION, 0.5))
    assert (row["after"], row["sd_after"]) == pytest.approx((7.5, DEVIATION / math.sqrt(2)))
    assert "“Share” goes from 6 to 7.5: what was measured weighs 50%." in update.conclusion


def test_a_triangular_prior_has_its_own_spread() -> None:
    """Variance of a triangle: (a² + b² + c² − ab − ac − bc)/18."""
    row = update_assumptions(PLAN, measured(("calls", 100.0, 5.0))).table.iloc[0]
    variance = (90**2 + 100**2 + 120**2 - 90 * 100 - 90 * 120 - 100 * 120) / 18
    assert row["sd_before"] == pytest.approx(math.sqrt(variance))
    assert row["sd_after"] == pytest.approx(1 / math.sqrt(1 / variance + 1 / 25))
    assert row["after"] == 100


def test_the_table_is_brought_up_to_date_and_the_rest_stays() -> None:
    evidence = measured(("share", 9.0, DEVIATION)).assign(evidence="randomised", source="")
    after = update_assumptions(PLAN, evidence).assumptions
    row = after.iloc[0]
    assert (row["base"], row["distribution"], row["evidence"], row["source"]) == (7.5, "normal", "randomised", "plan")
    # 90% of a normal distribution lies within 1.644854 standard deviations.
    assert row["high"] - row["low"] == pytest.approx(2 * 1.644854 * DEVIATION / math.sqrt(2), rel=1e-6)
    pd.testing.assert_frame_equal(after.iloc[1:], PLAN.iloc[1:])
    assert PLAN["base"].tolist() == [6.0, 10.0, 100.0]


def test_without_a_range_the_measurement_replaces_the_plan() -> None:
    row = update_assumptions(PLAN, measured(("price", 12.0, 0.5))).table.iloc[0]
    assert (row["sd_before"], row["weight"], row["after"], row["sd_after"]) == (0, 1, 12, 0.5)


def test_an_exact_count_settles_it() -> None:
    evidence = measured(("share", 8.0, 0.0), ("share", 3.0, 1.0))
    row = update_assumptions(PLAN, evidence).table.iloc[0]
    assert (row["after"], row["sd_after"], row["measurements"]) == (8.0, 0.0, 2)


def test_nothing_measured_changes_nothing() -> None:
    update = update_assumptions(PLAN, measured())
    pd.testing.assert_frame_equal(update.assumptions, PLAN)
    assert "Nothing was measured" in update.conclusion


figures = st.tuples(st.just("share"), st.floats(-50, 50), st.floats(0.05, 50))


@settings(max_examples=40)
@given(st.lists(figures, min_size=1, max_size=5), st.randoms())
def test_the_order_of_measurements_is_all_the_same(rows: list[tuple[str, float, float]], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (update_assumptions(PLAN, measured(*order)).table.iloc[0] for order in (rows, shuffled))
    assert first["after"] == pytest.approx(second["after"], abs=1e-9)
    ends = [6.0, *(estimate for _name, estimate, _error in rows)]
    assert min(ends) - 1e-9 <= first["after"] <= max(ends) + 1e-9
    assert first["sd_after"] < min([DEVIATION, *(error for _name, _estimate, error in rows)])


@settings(max_examples=30)
@given(st.floats(-50, 50), st.floats(0.1, 9), st.floats(-50, 50), st.floats(0.1, 9))
def test_two_at_once_are_two_after_one_another(first: float, error: float, second: float, other: float) -> None:
    together = update_assumptions(PLAN, measured(("share", first, error), ("share", second, other)))
    once = update_assumptions(PLAN, measured(("share", first, error)))
    twice = update_assumptions(once.assumptions, measured(("share", second, other)))
    assert twice.table["after"].iloc[0] == pytest.approx(together.table["after"].iloc[0], abs=1e-9)
    assert twice.table["sd_after"].iloc[0] == pytest.approx(together.table["sd_after"].iloc[0])


def test_everything_wrong_is_told_at_once() -> None:
    wrong = measured(("shares", 1.0, 1.0), ("price", math.nan, 1.0), ("share", 1.0, -1.0), ("share", 1.0, math.nan))
    with pytest.raises(DataError) as raised:
        update_assumptions(PLAN, wrong)
    assert len(raised.value.problems) == 4
    assert "Perhaps share is meant." in str(raised.value)


def test_the_intervals_hold_80_percent_before_and_after() -> None:
    """Of a uniform range from 0 to 10 four fifths lie between 1 and 9; a normal one reaches 1.281552 deviations."""
    plan = pd.DataFrame({"assumption_id": ["share"], "low": [0.0], "base": [5.0], "high": [10.0],
                         "distribution": ["uniform"]})  # fmt: skip
    measured = pd.DataFrame({"assumption_id": ["share"], "estimate": [5.0], "standard_error": [10 / 12**0.5]})
    (row,) = update_assumptions(plan, measured).table.to_dict("records")
    assert (row["before_low"], row["before_high"]) == pytest.approx((1.0, 9.0))
    reach = 1.281552 * 10 / 12**0.5 / 2**0.5
    assert (row["after_low"], row["after_high"]) == pytest.approx((5 - reach, 5 + reach), rel=1e-5)
