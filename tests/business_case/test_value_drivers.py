"""Value drivers: they count nothing twice, and agree with the lifetime value."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.customer_lifetime import lifetime_value, rate_a_period
from workbench.business_case.double_counting import double_counting
from workbench.business_case.value_drivers import value_drivers
from workbench.program import formulas
from workbench.program.tables import STREAMS, TABLES

DRIVERS = value_drivers()
FORMULAS = {
    **dict(zip(DRIVERS.benefits["benefit_id"], DRIVERS.benefits["formula"], strict=True)),
    **dict(zip(DRIVERS.losses["cost_id"], DRIVERS.losses["formula"], strict=True)),
}


def test_both_streams_are_there() -> None:
    assert set(DRIVERS.benefits["stream"]) == set(STREAMS)
    assert tuple(DRIVERS.benefits.columns) == TABLES["benefits"].headings
    assert tuple(DRIVERS.losses.columns) == TABLES["costs"].headings
    assert len(DRIVERS.to_frame()) == len(FORMULAS)


def test_formulas_use_every_figure_and_no_other() -> None:
    used = set[str]().union(*(formulas.names(formula) for formula in FORMULAS.values()))
    assert used == set(DRIVERS.assumptions["assumption_id"])


@given(
    before=st.floats(0.01, 0.1),
    better=st.floats(0.05, 0.9),
    discount=st.floats(0.0, 0.3),
    months=st.integers(1, 60),
    margin=st.floats(1, 100),
)
@settings(max_examples=30)
def test_saved_customers_are_worth_their_lifetime(
    before: float, better: float, discount: float, months: int, margin: float
) -> None:
    after = before * better
    values = {
        "customers": 1000,
        "churn_before": before,
        "churn_after": after,
        "yearly_discount": discount,
        "value_months": months,
        "customer_margin": margin,
        "extra_leavers": 0.001,
    }
    worth = lifetime_value(margin, 1 - after, rate_a_period(discount), periods=months)
    assert formulas.evaluate(FORMULAS["BEN-04"], values) == pytest.approx(1000 * (before - after) * worth)
    assert formulas.evaluate(FORMULAS["COST-23"], values) == pytest.approx(worth)


@given(share=st.floats(0, 1), saved=st.floats(0, 300))
@settings(max_examples=30)
def test_shorter_and_fewer_calls_together_are_all_that_is_saved(share: float, saved: float) -> None:
    """Talk time before less talk time after, which two lines must share without counting any of it twice."""
    values = {
        "calls_a_month": 1000,
        "talk_seconds": 300,
        "seconds_saved": saved,
        "agent_hour": 18,
        "self_service_share": share,
        "self_service_cost": 0,
        "adoption": 1,
    }
    before, after = 1000 * 300, 1000 * (1 - share) * (300 - saved)
    found = formulas.evaluate(FORMULAS["BEN-01"], values) + formulas.evaluate(FORMULAS["BEN-02"], values)
    assert found == pytest.approx((before - after) / 3600 * 18)


def test_adoption_climbs_within_a_year() -> None:
    """The S-curve is half way after 6 of 12 months and full after 12."""
    benefits = DRIVERS.benefits.assign(formula="100")
    flows = cash_flows(pd.DataFrame(), benefits, {}, 36).line_flows
    assert flows[18].tolist() == [50.0] * len(benefits)
    assert flows[24].tolist() == [100.0] * len(benefits)


def test_no_two_drivers_claim_the_same_gain() -> None:
    """Whatever moves is known least: its range is as wide as its base, that of all else a tenth of it."""
    moving = {"seconds_saved", "self_service_share", "minutes_saved", "churn_before", "lift", "extra_sales"}
    assumptions = DRIVERS.assumptions.assign(base=0.5)
    wide = assumptions["assumption_id"].isin(moving)
    assumptions["low"] = 0.5 - wide.map({True: 0.25, False: 0.025})
    assumptions["high"] = 0.5 + wide.map({True: 0.25, False: 0.025})
    found = double_counting(DRIVERS.benefits, assumptions, 36)
    assert found.overlaps == ()
    assert found.moving["BEN-01"] == "seconds_saved"
    assert found.moving["BEN-06"] == "extra_sales"
