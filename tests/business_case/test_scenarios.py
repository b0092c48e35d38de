"""Scenarios: side by side, and the waterfall of why they differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.returns import CONVENTIONS, returns
from workbench.business_case.scenarios import Scenario, read_scenarios, scenarios
from workbench.errors import DataError, SettingsError
from workbench.language import using

TERMS: dict[str, Any] = {"horizon_months": 24, "discount_rate": 0.0}


def table(**values: float) -> pd.DataFrame:
    names = [f"The {name}" for name in values]
    return pd.DataFrame({"assumption_id": list(values), "name": names, "base": list(values.values())})


COSTS = pd.DataFrame(
    {"cost_id": ["C"], "category": "licences", "formula": "fee", "first_period": 0, "profile": "one_off"}
)
BENEFITS = pd.DataFrame({"benefit_id": ["B"], "stream": "cost_reduction", "formula": "price * quantity"})
PLAN = table(fee=500.0, price=2.0, quantity=30.0)


def test_plan_delay_and_nothing_are_always_there() -> None:
    """24 months of 2 × 30 less 500; four months later 20 of them fall within the horizon."""
    found = scenarios(COSTS, BENEFITS, PLAN, delay_months=4, **TERMS)
    assert found.table["kind"].tolist() == ["as_planned", "delay", "do_nothing"]
    assert found.table["npv"].tolist() == [24 * 60 - 500, 20 * 60 - 500, 0]
    assert found.table["difference"].tolist() == [0, -240, -940]
    assert found.steps[["step", "contribution"]].to_numpy().tolist() == [
        ["benefits_later", -240],
        ["cost_factor", 500],
        ["benefit_factor", -1440],
    ]
    assert found.conclusion.startswith("As planned, the net present value is 940")
    assert "4 months later costs 240" in found.conclusion


def test_two_factors_of_a_product_share_what_they_make_together() -> None:
    """Price 2 → 3 and quantity 30 → 20 over 24 months: (3 − 2)(30 + 20)/2 and (20 − 30)(2 + 3)/2, times 24."""
    cautious = Scenario("Cautious", {"price": 3.0, "quantity": 20.0, "fee": 600.0})
    found = scenarios(COSTS, BENEFITS, PLAN, [cautious], **TERMS)
    steps = found.steps[found.steps["scenario"] == "Cautious"].set_index("step")["contribution"]
    assert steps.to_dict() == pytest.approx({"fee": -100, "price": 25 * 24, "quantity": -25 * 24})
    assert found.changes[["label", "before", "after"]].to_numpy().tolist()[0] == ["The price", 2, 3]
    assert "“Cautious”, with 840" in found.conclusion


def test_factors_multiply_all_lines() -> None:
    found = scenarios(
        COSTS, BENEFITS, PLAN, read_scenarios({"Dear": {"cost_factor": 1.5, "benefit_factor": 0.5}}), **TERMS
    )
    dear = found.table.set_index("scenario").loc["Dear"]
    assert (dear["costs_pv"], dear["benefits_pv"], dear["npv"]) == (750, 720, -30)
    assert dear["roi"] == pytest.approx(-30 / 750)


def test_the_waterfall_goes_from_the_plan_to_the_scenario() -> None:
    found = scenarios(COSTS, BENEFITS, PLAN, [Scenario("S", {"price": 3.0, "fee": 499.0}, delay_months=2)], **TERMS)
    bars = found.waterfall("S", most=2)
    assert bars["kind"].tolist() == ["total", "step", "step", "step", "total"]
    assert bars["label"].tolist()[:3] == ["As planned", "The price", "Benefits come later"]
    assert bars["label"].iloc[3] == "1 other change"
    assert bars["start"].tolist()[1:4] == pytest.approx(bars["end"].tolist()[:3])
    assert bars["end"].iloc[3] == pytest.approx(bars["end"].iloc[4]) == pytest.approx(22 * 90 - 499)
    assert found.waterfall("As planned")["kind"].tolist() == ["total"]
    with pytest.raises(SettingsError, match="not known"):
        found.waterfall("Other")


def test_a_line_that_very_many_changes_touch_is_split_in_order() -> None:
    names = [f"part_{number}" for number in range(13)]
    benefits = BENEFITS.assign(formula=" * ".join(names))
    found = scenarios(
        COSTS.head(0),
        benefits,
        table(**dict.fromkeys(names, 1.0)),
        [Scenario("All double", dict.fromkeys(names, 2.0))],
        **TERMS,
    )
    steps = found.steps[found.steps["scenario"] == "All double"]
    assert steps["in_order"].all()
    assert steps["contribution"].tolist() == pytest.approx([24.0 * 2**number for number in range(13)])


@settings(max_examples=15)
@given(
    st.floats(0.1, 9), st.floats(0.1, 9), st.floats(0.1, 9), st.integers(0, 30), st.sampled_from([*CONVENTIONS]),
    st.floats(0, 3)
)  # fmt: skip
def test_steps_add_up_and_figures_are_those_of_the_changed_tables(
    price: float, quantity: float, fee: float, delay: int, convention: str, factor: float
) -> None:
    terms: dict[str, Any] = {"horizon_months": 30, "discount_rate": 0.13, "convention": convention}
    costs = COSTS.assign(risk_adjustment=0.2)
    benefits = pd.concat([BENEFITS, BENEFITS.assign(benefit_id="B2", formula="max(price, fee)", profile="ramp 6")])
    values = {"price": price, "quantity": quantity, "fee": fee}
    found = scenarios(costs, benefits, PLAN, [Scenario("S", values, delay, factor)], **terms)
    totals = found.steps.groupby("scenario")["contribution"].sum()
    for row in found.table.to_dict("records"):
        assert totals.get(row["scenario"], 0.0) == pytest.approx(row["difference"], rel=1e-9, abs=1e-6)
    later = [frame.assign(first_period=frame.get("first_period", 1) + delay) for frame in (costs, benefits)]
    later[0]["formula"] = f"fee * {factor!r}"
    expected = returns(cash_flows(later[0], later[1], values, 30), 0.13, convention)
    row = found.table.iloc[1]
    assert row["npv"] == pytest.approx(expected.npv, rel=1e-9, abs=1e-6)
    assert row["costs_pv"] == pytest.approx(expected.costs_pv)
    assert np.array_equal(row["payback_months"], expected.payback_months or np.nan, equal_nan=True) or (
        row["payback_months"] == pytest.approx(expected.payback_months, abs=1e-9)
    )


def test_everything_wrong_is_told_at_once() -> None:
    wrong = [
        Scenario("A", {"prize": 1.0}),
        Scenario("B", {"price": float("nan")}, delay_months=-1),
        Scenario("C", cost_factor=-1.0),
        Scenario("C"),
    ]
    with pytest.raises(SettingsError) as raised:
        scenarios(COSTS, BENEFITS, PLAN, wrong, delay_months=0, **TERMS)
    told = str(raised.value)
    assert len(raised.value.problems) == 6
    assert "Perhaps price is meant." in told
    assert "Two scenarios are called “C”" in told


def test_a_name_that_the_comparison_needs_itself_is_refused() -> None:
    with pytest.raises(SettingsError, match="Do nothing"):
        scenarios(COSTS, BENEFITS, PLAN, [Scenario("Do nothing")], **TERMS)


def test_a_scenario_without_an_amount_is_told() -> None:
    benefits = BENEFITS.assign(formula="quantity / price")
    with pytest.raises(DataError, match="divides by zero"):
        scenarios(COSTS, benefits, PLAN, [Scenario("Zero", {"price": 0.0})], **TERMS)


def test_figures_of_a_file_are_read_as_what_they_are() -> None:
    """A file's figures all come as numbers with a point; months are whole."""
    (read,) = read_scenarios({" Late ": {"price": 3, "delay_months": 2.0, "cost_factor": 1.5}})
    assert (read.name, read.delay_months, type(read.delay_months), read.values) == ("Late", 2, int, {"price": 3.0})


@pytest.mark.parametrize("months", [1.5, -2.0, float("inf"), float("nan")], ids=["half", "before", "endless", "none"])
def test_a_delay_that_is_no_number_of_months_is_refused(months: float) -> None:
    with pytest.raises(SettingsError, match=r"Scenario “Late”: It starts .* months later"):
        scenarios(COSTS, BENEFITS, PLAN, read_scenarios({"Late": {"delay_months": months}}), **TERMS)


def test_a_scenario_needs_a_name() -> None:
    with pytest.raises(SettingsError, match="A scenario has no name"):
        scenarios(COSTS, BENEFITS, PLAN, read_scenarios({" ": {"price": 3.0}}), **TERMS)


def test_the_scenarios_that_differ_most_are_drawn_in_their_order() -> None:
    """From 2 a piece: 1 more or less of price makes 720 of difference, the fee 1."""
    chosen = read_scenarios({"Fee": {"fee": 501.0}, "Low": {"price": 1.0}, "Same": {}, "High": {"price": 3.5}})
    found = scenarios(COSTS, BENEFITS, PLAN, chosen, delay_months=1, **TERMS)
    assert found.to_draw(most=2) == ["Low", "High", "1 month later"]
    assert found.to_draw(most=9) == ["Fee", "Low", "Same", "High", "1 month later"]


def test_a_scenario_is_told_with_the_change_that_does_most_of_it() -> None:
    chosen = read_scenarios({"Dear": {"fee": 600.0, "price": 3.0}, "Same": {}})
    with using("en", currency="EUR"):
        found = scenarios(COSTS, BENEFITS, PLAN, chosen, **TERMS)
        assert found.told("Dear") == "“Dear”: 1,560\xa0€ in place of 940\xa0€, most by “The price” (+720\xa0€)"
        assert found.told("Same") == "“Same” changes nothing: 940\xa0€"
        with pytest.raises(SettingsError, match="not known"):
            found.told("Other")
