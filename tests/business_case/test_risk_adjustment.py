"""The three ways to adjust for risk, against sums by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.optimism_bias import RiskArea, optimism_bias
from workbench.business_case.reference_classes import reference_place
from workbench.business_case.returns import returns
from workbench.business_case.risk_adjustment import Uplift, changed, risk_views
from workbench.errors import SettingsError
from workbench.language import using

TERMS: dict[str, Any] = {"horizon_months": 24, "discount_rate": 0.0}
COSTS = pd.DataFrame(
    {
        "cost_id": ["Build", "Run"],
        "category": ["customisation", "support"],
        "formula": ["1000", "10"],
        "first_period": [0, 1],
        "profile": ["one_off", "even"],
        "risk_adjustment": [0.2, 0.1],
    }
)
BENEFITS = pd.DataFrame(
    {
        "benefit_id": ["B"],
        "stream": ["customer_value"],
        "formula": ["200"],
        "first_period": [5],
        "attribution": [0.5],
        "risk_adjustment": [0.25],
    }
)


def npv_of(found: Any) -> dict[str, float]:
    return dict(zip(found.table["view"], found.table["npv"], strict=True))


def test_each_view_by_hand() -> None:
    """20 months of 100 less 1000 and 24 of 10; with the bias, 5 × 1.54 = 7.7 → month 8, and the build three times."""
    found = risk_views(COSTS, BENEFITS, {}, **TERMS)
    npv = npv_of(found)
    assert npv["none"] == pytest.approx(20 * 100 - 1000 - 240)
    assert npv["tei"] == pytest.approx(20 * 75 - 1200 - 264)
    assert npv["optimism_bias"] == pytest.approx(17 * 100 - 3000 - 240)
    assert found.own_cost == pytest.approx(0.2)
    assert found.own_benefit == pytest.approx(0.25)
    assert found.project_costs == ("Build",)


def test_line_by_line_is_the_business_case_itself() -> None:
    table = risk_views(COSTS, BENEFITS, {}, horizon_months=24, discount_rate=0.1).table.set_index("view")
    own = returns(cash_flows(COSTS, BENEFITS, {}, 24), 0.1)
    assert table.loc["tei", "npv"] == own.npv
    assert table.loc["tei", "roi"] == own.roi


def test_comparable_projects_by_hand() -> None:
    """McKinsey's spreads of mean 7% delay (P80 = 0.07 ln 5) and its P80 of cost and benefit, applied to the lines."""
    found = risk_views(COSTS, BENEFITS, {}, **TERMS)
    p80 = reference_place("mckinsey_oxford_2012").measures.set_index("measure")["p80"]
    # 5 months × 11% is less than a month, which counts as one.
    expected = 19 * 100 * (1 - p80["benefit"]) - 1000 * (1 + p80["cost"]) - 240
    assert npv_of(found)["reference_p80"] == pytest.approx(expected)


def test_the_range_of_the_bias_goes_from_bound_to_bound() -> None:
    half = optimism_bias([RiskArea("All", 1.0, 1.0, 0.5)])
    row = risk_views(COSTS, BENEFITS, {}, bias=half, **TERMS).table.set_index("view").loc["optimism_bias"]
    assert row["npv_low"] == pytest.approx(17 * 100 - 3000 - 240)
    # 10% of 5 months is half a month, which counts as one.
    assert row["npv_high"] == pytest.approx(19 * 100 - 1100 - 240)
    assert row["npv_low"] < row["npv"] < row["npv_high"]


def test_a_delayed_benefit_lasts_as_long_as_planned() -> None:
    benefits = pd.DataFrame({"benefit_id": ["B"], "first_period": [10], "last_period": [14]})
    later = changed(COSTS, benefits, Uplift(time=0.5), 24)[1]
    assert later[["first_period", "last_period"]].to_numpy().tolist() == [[15, 19]]


def test_a_return_that_does_not_exist_is_none() -> None:
    table = risk_views(COSTS.assign(formula="0"), BENEFITS, {}, **TERMS).table
    assert table["roi"].tolist() == [None] * 5


def test_without_benefits_there_are_still_views() -> None:
    found = risk_views(COSTS, BENEFITS.iloc[:0], {}, **TERMS)
    assert npv_of(found)["none"] == pytest.approx(-1240)
    assert found.own_benefit == 0


def test_what_is_not_published_is_told() -> None:
    with using("en"):
        notes = risk_views(COSTS, BENEFITS, {}, reference="flyvbjerg_budzier_2011", **TERMS).notes
    assert "Nothing is published for benefit of these projects: left as planned." in notes


def test_the_conclusion_tells_every_view() -> None:
    with using("en", currency="EUR"):
        told = risk_views(COSTS, BENEFITS, {}, **TERMS).conclusion
    assert "760" in told
    assert "36" in told
    assert "above zero in 1 of the 4 adjusted views" in told


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(SettingsError, match="not known"):
        risk_views(COSTS, BENEFITS, {}, reference="mine", **TERMS)


@given(
    cost=st.floats(0, 3),
    time=st.floats(0, 2),
    benefit=st.floats(0, 1),
    more=st.sampled_from(["cost", "time", "benefit"]),
)
@settings(max_examples=25, deadline=None)
def test_more_risk_never_makes_a_program_better(cost: float, time: float, benefit: float, more: str) -> None:
    uplift = {"cost": cost, "time": time, "benefit": benefit}
    worse = {**uplift, more: min(uplift[more] + 0.3, 1.0) if more == "benefit" else uplift[more] + 0.3}
    npv, worse_npv = (
        returns(cash_flows(*changed(COSTS, BENEFITS, Uplift(**figures), 24), {}, 24), 0.1).npv
        for figures in (uplift, worse)
    )
    assert worse_npv <= npv + 1e-9
