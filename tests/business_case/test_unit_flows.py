"""Unit flows: lines without their amounts, and lines that begin later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.measures import present_value
from workbench.business_case.unit_flows import delayed, discount_factors, unit_flows

COSTS = pd.DataFrame(
    {"cost_id": ["C"], "category": "other", "formula": "7", "profile": "ramp 2", "risk_adjustment": 0.5}
)
BENEFITS = pd.DataFrame({"benefit_id": ["B"], "stream": "customer_value", "formula": "3", "attribution": 0.5})


def test_amounts_times_unit_flows_are_the_cash_flows() -> None:
    units = unit_flows(COSTS, BENEFITS, 5)
    assert (units.line_ids, units.signs.tolist(), units.formulas) == (("C", "B"), [-1, 1], ("7", "3"))
    assert units.flows[0].tolist() == pytest.approx([0, 0.75, 1.5, 1.5, 1.5, 1.5])
    whole = cash_flows(COSTS, BENEFITS, {}, 5).line_flows.to_numpy()
    np.testing.assert_allclose(units.flows * [[7], [3]], whole)


def test_no_lines_are_no_rows() -> None:
    assert unit_flows(pd.DataFrame(), pd.DataFrame(), 5).flows.shape == (0, 6)


@settings(max_examples=20)
@given(st.integers(1, 40), st.floats(-0.5, 2), st.integers(0, 2))
def test_factors_give_the_present_value_of_years(horizon: int, rate: float, extra: int) -> None:
    flows = cash_flows(pd.DataFrame(), BENEFITS, {}, horizon)
    expected = present_value(flows.yearly["benefits"], rate) / (1 + rate) ** extra
    assert flows.monthly["benefits"].to_numpy() @ discount_factors(horizon, rate, extra) == pytest.approx(expected)


@settings(max_examples=20)
@given(st.integers(0, 9), st.integers(0, 5), st.none() | st.integers(5, 9))
def test_a_later_line_is_the_same_line_moved(months: int, first: int, last: int | None) -> None:
    timed = COSTS.assign(first_period=first, last_period=pd.array([last], dtype="Int64"))
    now, later = (unit_flows(table, pd.DataFrame(), 20).flows[0] for table in (timed, delayed(timed, months)))
    np.testing.assert_allclose(later[months:], now[: 21 - months])
    assert not later[:months].any()
