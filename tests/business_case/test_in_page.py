"""A business case for a page: which assumptions move, how far, and what is left to compute."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.in_page import in_page
from workbench.business_case.returns import CONVENTIONS, returns
from workbench.business_case.sensitivity import tornado
from workbench.business_case.valuation import valuation
from workbench.errors import DataError, SettingsError
from workbench.language import using

PERIOD: dict[str, Any] = {"horizon_months": 40, "discount_rate": 0.08}
COSTS = pd.DataFrame(
    {
        "cost_id": ["C-1", "C-2", "C-3"],
        "name": ["Start", "Fees", ""],
        "category": "other",
        "formula": ["9000", "users * fee", "calls * 0.01"],
        "profile": ["one_off", "even", "ramp 6"],
        "first_period": [0, 1, 2],
        "risk_adjustment": [0.1, 0.0, 0.2],
    }
)
BENEFITS = pd.DataFrame(
    {
        "benefit_id": ["B-1", "B-2"],
        "name": ["Shorter calls", "Fixed"],
        "stream": "cost_reduction",
        "formula": ["calls * saved", "100"],
        "attribution": [0.8, 1.0],
        "risk_adjustment": [0.25, 0.0],
    }
)
ASSUMPTIONS = pd.DataFrame(
    {
        "assumption_id": ["users", "fee", "calls", "saved"],
        "name": ["Users", "Fee", "Calls", "Saved in each call"],
        "unit": ["people", "€", "calls", "€"],
        "low": [8.0, 3.0, np.nan, 0.1],
        "base": [10.0, 4.0, 5000.0, 0.3],
        "high": [15.0, 4.0, np.nan, 0.7],
    }
)


@cache
def swings() -> pd.DataFrame:
    return tornado(valuation(COSTS, BENEFITS, ASSUMPTIONS, **PERIOD)).swings


def page(**changed: Any) -> Any:
    return in_page(COSTS, BENEFITS, ASSUMPTIONS, changed.pop("swings", swings()), **(PERIOD | changed))


def value(expression: str, amounts: dict[str, float]) -> float:
    """A sum of numbers, and of numbers times an amount, by hand."""
    terms = re.split(r"(?<![e])\+", expression)
    return sum(
        float(number) * amounts.get(name, 1.0) for number, _sign, name in (term.partition("*") for term in terms)
    )


def test_the_widest_swings_move_first_the_others_stay() -> None:
    assert page().sliders["assumption_id"].tolist() == ["saved", "users", "fee"]
    assert page(most=1).sliders["assumption_id"].tolist() == ["saved"]
    assert page(most=1).lines["line_id"].tolist() == ["B-1"]
    assert page().lines.to_dict("list") == {
        "line_id": ["C-2", "B-1"],
        "name": ["Fees", "Shorter calls"],
        "signal": ["a0", "a1"],
    }


def test_an_assumption_without_a_swing_does_not_move() -> None:
    still = swings().assign(swing=[4.0, 0.0, 0.0])
    assert page(swings=still).sliders["signal"].tolist() == ["p0"]


def test_totals_at_the_base_values_are_those_of_the_plan() -> None:
    made = page()
    expressions = made.signals.set_index("name")["expression"]
    amounts = {"a0": 40.0, "a1": 1500.0}
    assert value(expressions["costs_pv"], amounts) == pytest.approx(made.plan.costs_pv, rel=1e-12)
    assert value(expressions["benefits_pv"], amounts) == pytest.approx(made.plan.benefits_pv, rel=1e-12)
    flows = cash_flows(COSTS, BENEFITS, base_values(ASSUMPTIONS), 40)
    assert value(expressions["costs"], amounts) == pytest.approx(flows.costs, rel=1e-12)
    assert value(expressions["benefits"], amounts) == pytest.approx(flows.benefits, rel=1e-12)


def test_months_at_the_base_values_are_those_of_the_plan() -> None:
    months = page().months
    flows = cash_flows(COSTS, BENEFITS, base_values(ASSUMPTIONS), 40).monthly
    assert (months["fixed_costs"] + 40 * months["a0"]).tolist() == pytest.approx(flows["costs"].tolist())
    assert (months["fixed_benefits"] + 1500 * months["a1"]).tolist() == pytest.approx(flows["benefits"].tolist())
    assert months["planned"].tolist() == flows["cumulative"].tolist()


@pytest.mark.parametrize("convention", list(CONVENTIONS))
def test_the_plan_is_that_of_the_report(convention: str) -> None:
    flows = cash_flows(COSTS, BENEFITS, base_values(ASSUMPTIONS), 40)
    assert page(convention=convention).plan.npv == returns(flows, 0.08, convention).npv
    assert page(convention=convention).plan.roi == returns(flows, 0.08, convention).roi


def test_nothing_that_a_person_wrote_is_in_an_expression() -> None:
    made = page()
    text = " ".join([*made.signals["expression"], *made.monthly.values()])
    words = set(re.findall(r"[A-Za-z_]\w*", text))
    known = {"abs", "datum", "NaN", "e", "broken", "costs", "benefits", "costs_pv", "benefits_pv", "net", "period"}
    known |= {"fixed_costs", "fixed_benefits", "cumulative", "moved", "last", "next"}
    assert {word for word in words if not re.fullmatch(r"[apn]\d\w*", word)} <= known


finite = st.decimals(min_value=-10_000, max_value=10_000, places=3)


@given(st.tuples(finite, finite, finite).map(sorted))
@settings(max_examples=20, deadline=None)
def test_a_slider_reaches_the_base_value_and_nearly_its_ends(points: list[Decimal]) -> None:
    low, base, high = map(float, points)
    if low == high:
        return
    row = swings().head(1).assign(low=low, base=base, high=high)
    slider = page(swings=row).sliders.iloc[0]
    base, minimum, step = (Decimal(repr(float(slider[name]))) for name in ("base", "minimum", "step"))
    steps = (base - minimum) / step
    assert steps == steps.to_integral_value()
    assert low <= slider["minimum"] < low + slider["step"]
    assert high - slider["step"] < slider["maximum"] <= high
    assert (high - low) / slider["step"] * (1 + 1e-9) >= 20
    assert (high - low) / slider["step"] <= 251


def test_a_base_value_of_many_digits_is_still_a_step() -> None:
    row = swings().head(1).assign(low=0.0, base=1 / 3, high=1.0)
    slider = page(swings=row).sliders.iloc[0]
    assert slider["step"] == 0.01
    assert slider["minimum"] == pytest.approx(1 / 3 - 0.33)
    assert slider["maximum"] == pytest.approx(1 / 3 + 0.66)


def test_what_is_wrong_at_the_base_values_is_told() -> None:
    with pytest.raises(DataError, match="B-1"):
        in_page(COSTS, BENEFITS.assign(formula="calls / (users - 10)"), ASSUMPTIONS, swings(), **PERIOD)
    with pytest.raises(SettingsError, match="folklore"):
        page(convention="folklore")


def test_the_conclusion_names_what_moves() -> None:
    with using("en", currency="EUR"):
        assert page().conclusion.startswith("3 assumptions can be moved: “Saved in each call”, “Users”, and “Fee”.")
        assert "nothing to move" in page(swings=swings().head(0)).conclusion
    assert page().to_frame() is not None
