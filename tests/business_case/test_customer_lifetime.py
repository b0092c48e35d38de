"""What a customer is worth: Fader and Hardie's three formulas, sums by brute force, and what fewer leavers gain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.business_case.customer_lifetime import lifetime_value, rate_a_period, retention_gain
from workbench.errors import DataError, NoSolutionError

RATES = st.floats(0.0, 0.9)
DISCOUNTS = st.floats(0.01, 0.5)


@given(retention=RATES, discount=DISCOUNTS)
def test_the_three_formulas(retention: float, discount: float) -> None:
    """Fader and Hardie 2012: m(1 + d)/(1 + d − r), mr/(1 + d − r), m/(1 + d − r)."""
    below = 1 + discount - retention
    found = [lifetime_value(50, retention, discount, first=first) for first in ("now", "renewal", "end")]
    assert found == pytest.approx([50 * (1 + discount) / below, 50 * retention / below, 50 / below])


@given(retention=st.floats(0.0, 1.0), discount=DISCOUNTS, periods=st.integers(0, 80))
def test_a_number_of_periods_is_a_sum(retention: float, discount: float, periods: int) -> None:
    kept = retention / (1 + discount)
    assert lifetime_value(7, retention, discount, periods=periods) == pytest.approx(
        sum(7 * kept**t for t in range(periods))
    )
    assert lifetime_value(7, retention, discount, first="renewal", periods=periods) == pytest.approx(
        sum(7 * kept**t for t in range(1, periods + 1))
    )


def test_without_an_end_or_a_discount_every_period_counts_alike() -> None:
    assert lifetime_value(10, 1.0, 0.0, periods=36) == 360


@given(before=st.floats(0.02, 0.3), better=st.floats(0.0, 1.0), discount=DISCOUNTS)
def test_the_gain_is_that_of_those_saved_each_period(before: float, better: float, discount: float) -> None:
    """Of the customers left, those who would have gone and stay bring a whole life from then on."""
    after = before * (1 - better)
    left = (1 - before) / (1 + discount)
    saved = (1000 * (before - after) / (1 + discount) * left**t for t in range(1500))
    worth = lifetime_value(20, 1 - after, discount)
    assert retention_gain(1000, 20, before, after, discount) == pytest.approx(sum(saved) * worth, rel=1e-6, abs=1e-6)


def test_twelve_months_compound_to_a_year() -> None:
    assert (1 + rate_a_period(0.10)) ** 12 == pytest.approx(1.10)
    assert rate_a_period(0.10, 1) == pytest.approx(0.10)


def test_a_sum_without_end_is_refused() -> None:
    with pytest.raises(NoSolutionError, match="no end"):
        lifetime_value(10, 1.0, 0.0)


def test_every_problem_is_told() -> None:
    with pytest.raises(DataError) as caught:
        lifetime_value(float("nan"), 1.2, 0.1, first="later", periods=-1)
    assert len(caught.value.problems) == 4
    with pytest.raises(DataError, match="rate"):
        lifetime_value(1, 0.5, -1.0)
