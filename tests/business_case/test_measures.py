"""Measures: published figures, closed forms, and what must hold for any flows."""

from __future__ import annotations

import math

import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from workbench.business_case.returns import (
    benefit_cost_ratio,
    discounted_payback_period,
    net_present_value,
    payback_period,
    present_value,
    return_on_investment,
    spreadsheet_npv,
)
from workbench.errors import DataError, NoSolutionError

FLOWS = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=20)
RATES = st.floats(-0.5, 2)


def test_total_economic_impact_of_salesloft() -> None:
    """Forrester, The Total Economic Impact of SalesLoft: 10%, initial column undiscounted."""
    costs = present_value([53150, 666715, 636772, 647783], 0.10)
    benefits = present_value([0, 1606511, 3061331, 4229760], 0.10)
    assert costs == pytest.approx(1672201, abs=1)
    assert benefits == pytest.approx(7168371, abs=1)
    assert benefits - costs == pytest.approx(5496170, abs=1)
    assert return_on_investment(benefits, costs) == pytest.approx(3.29, abs=0.005)


def test_discounted_break_even_example() -> None:
    """The published break-even example: 12%, five years, 75,000 once, 40,000 a year against 85,000 a year."""
    costs = present_value([75000] + [40000] * 5, 0.12)
    benefits = present_value([0] + [85000] * 5, 0.12)
    assert benefits == pytest.approx(306406, abs=1)
    assert costs == pytest.approx(219191, abs=1)
    flows = [-75000] + [45000] * 5
    assert net_present_value(flows, 0.12) == pytest.approx(87215, abs=1)
    assert return_on_investment(benefits, costs) == pytest.approx(0.40, abs=0.005)
    assert discounted_payback_period(flows, 0.12) == pytest.approx(1.97, abs=0.005)


def test_the_spreadsheet_discounts_todays_flow_too() -> None:
    """The example of the spreadsheet's own manual: 6.5% over four flows."""
    flows = [-10000, 3000, 3400, 7700]
    assert spreadsheet_npv(0.065, flows) == pytest.approx(2055.38, abs=0.005)
    assert net_present_value(flows, 0.065) == pytest.approx(2188.98, abs=0.005)


def test_an_annuity_has_its_closed_form() -> None:
    assert present_value([0] + [100] * 30, 0.07) == pytest.approx(100 * (1 - 1.07**-30) / 0.07)


@given(FLOWS, RATES)
def test_net_present_value_agrees_with_an_independent_library(flows: list[float], rate: float) -> None:
    expected = pyxirr.npv(rate, flows)
    assert net_present_value(flows, rate) == pytest.approx(expected, rel=1e-9, abs=1e-6 * 2 ** len(flows))


@given(FLOWS, st.floats(-10, 10), RATES)
def test_net_present_value_is_linear(flows: list[float], factor: float, rate: float) -> None:
    mixed = [factor * flow + reverse for flow, reverse in zip(flows, flows[::-1], strict=True)]
    expected = factor * net_present_value(flows, rate) + net_present_value(flows[::-1], rate)
    scale = present_value([abs(flow) + abs(reverse) for flow, reverse in zip(flows, flows[::-1], strict=True)], rate)
    assert net_present_value(mixed, rate) == pytest.approx(expected, rel=1e-9, abs=1e-9 * (1 + 20 * scale))


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-100, 50, 50], 2.0),
        ([-100, 40, 40, 40], 2.5),
        ([-100, 100], 1.0),
        ([-100, 400], 0.25),
        ([-100, 40, 40], None),
        ([0, 0], 0.0),
        ([100, -50], 0.0),
        ([5], 0.0),
        ([-5], None),
        ([-50, -50, 0, 200], 2.5),
        ([-0.1, -0.2, 0.3], 2.0),
    ],
)
def test_payback_is_interpolated_within_its_period(flows: list[float], expected: float | None) -> None:
    assert payback_period(flows) == (expected if expected is None else pytest.approx(expected))


def test_payback_counts_the_last_crossing() -> None:
    """Cumulative −100, 50, −150, 50, so the money is back after 2/3, then out again, then back for good after 2.75."""
    assert payback_period([-100, 150, -200, 200]) == pytest.approx(2.75)
    assert payback_period([-100, 150, -200, 100]) is None
    assert payback_period([50, -100, 100]) == pytest.approx(1.5)


@given(FLOWS)
def test_payback_exists_exactly_when_the_flows_sum_to_zero_or_more(flows: list[float]) -> None:
    total, size = math.fsum(flows), math.fsum(map(abs, flows))
    if abs(total) > 1e-9 * size:
        assert (payback_period(flows) is not None) == (total > 0)


@given(FLOWS, RATES)
def test_discounted_payback_exists_exactly_when_the_value_is_positive(flows: list[float], rate: float) -> None:
    value, size = net_present_value(flows, rate), present_value([abs(flow) for flow in flows], rate)
    if abs(value) > 1e-9 * size:
        assert (discounted_payback_period(flows, rate) is not None) == (value > 0)


@given(FLOWS, st.floats(1e-3, 1e6))
def test_payback_does_not_depend_on_the_currency(flows: list[float], factor: float) -> None:
    total, size = math.fsum(flows), math.fsum(map(abs, flows))
    converted = payback_period([factor * flow for flow in flows])
    if abs(total) > 1e-9 * size and payback_period(flows) is not None:
        assert converted == pytest.approx(payback_period(flows), abs=1.001 if size else 0)


def test_ratios() -> None:
    assert benefit_cost_ratio(300, 200) == 1.5
    assert return_on_investment(300, 200) == 0.5
    assert return_on_investment(0, 200) == -1
    with pytest.raises(NoSolutionError, match="no costs"):
        return_on_investment(300, 0)
    for benefits, costs in ((-1, 5), (1, -5), (math.nan, 5)):
        with pytest.raises(DataError):
            benefit_cost_ratio(benefits, costs)


@pytest.mark.parametrize("rate", [-1, -2, math.nan, math.inf])
def test_impossible_rates_are_refused(rate: float) -> None:
    for compute in (present_value, net_present_value, discounted_payback_period):
        with pytest.raises(DataError, match="rate"):
            compute([-1, 2], rate)
    with pytest.raises(DataError, match="rate"):
        spreadsheet_npv(rate, [-1, 2])


@pytest.mark.parametrize("flows", [[], [1, math.nan], [math.inf], [[1, 2]]])
def test_impossible_flows_are_refused(flows: list[float]) -> None:
    with pytest.raises(DataError):
        payback_period(flows)
    with pytest.raises(DataError):
        present_value(flows, 0.1)


def test_a_value_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(DataError, match="too large"):
        present_value([1.0] * 200, -0.9999)
