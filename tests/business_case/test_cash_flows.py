"""Cash flows: lines laid out over months, adjusted, cut at the horizon and rolled up to years."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.errors import DataError


def costs(*rows: dict[str, Any]) -> pd.DataFrame:
    defaults = {"category": "licences", "name": "", "formula": "100"}
    return pd.DataFrame([{"cost_id": f"C-{n}", **defaults, **row} for n, row in enumerate(rows, 1)])


def benefits(*rows: dict[str, Any]) -> pd.DataFrame:
    defaults = {"stream": "customer_value", "name": "", "formula": "100"}
    return pd.DataFrame([{"benefit_id": f"B-{n}", **defaults, **row} for n, row in enumerate(rows, 1)])


NONE = pd.DataFrame()


def test_months_and_years() -> None:
    flows = cash_flows(
        costs({"first_period": 0, "profile": "one_off", "formula": "1200"}, {"formula": "fee"}),
        benefits({"first_period": 4, "last_period": 15, "formula": "300"}),
        {"fee": 50.0},
        horizon_months=24,
    )
    assert flows.yearly["year"].tolist() == [0, 1, 2]
    assert flows.yearly["costs"].tolist() == [1200, 600, 600]
    assert flows.yearly["benefits"].tolist() == [0, 2700, 900]
    assert flows.yearly["net"].tolist() == [-1200, 2100, 300]
    assert flows.yearly["cumulative"].tolist() == [-1200, 900, 1200]
    assert flows.monthly["period"].tolist() == list(range(25))
    assert flows.monthly["benefits"].tolist() == [0] * 4 + [300] * 12 + [0] * 9
    assert (flows.costs, flows.benefits) == (2400, 3600)


def test_risk_raises_costs_and_cuts_benefits() -> None:
    flows = cash_flows(
        costs({"risk_adjustment": 0.2}),
        benefits({"attribution": 0.5, "risk_adjustment": 0.1}),
        {},
        horizon_months=10,
    )
    assert flows.unadjusted_costs == pytest.approx(1000)
    assert flows.costs == pytest.approx(1200)
    assert flows.unadjusted_benefits == pytest.approx(1000)
    assert flows.benefits == pytest.approx(450)
    assert flows.lines["unadjusted_total"].tolist() == pytest.approx([1000, 1000])
    assert flows.lines["total"].tolist() == pytest.approx([1200, 450])


def test_a_broken_last_year_is_shorter() -> None:
    flows = cash_flows(costs({}), NONE, {}, horizon_months=18)
    assert flows.yearly["costs"].tolist() == [0, 1200, 600]


def test_lines_beyond_the_horizon_are_cut_and_told() -> None:
    flows = cash_flows(
        costs(
            {"last_period": 30},
            {"first_period": 25},
            {"first_period": 24, "last_period": 36, "profile": "one_off"},
            {"last_period": 36, "profile": "percentages 100 0"},
            {"last_period": 10**9, "profile": "ramp 3"},
        ),
        NONE,
        {},
        horizon_months=24,
    )
    assert flows.cut_lines == ("C-1", "C-5")
    assert flows.excluded_lines == ("C-2",)
    assert "C-1 and C-5" in flows.conclusion
    assert "left out: C-2" in flows.conclusion
    assert flows.lines["total"].tolist() == pytest.approx([2400, 0, 100, 1200, 2300])


def test_lines_table_says_what_each_line_is() -> None:
    flows = cash_flows(costs({"name": "Seats"}), benefits({"stream": "cost_reduction"}), {}, horizon_months=12)
    assert flows.lines[["line_id", "name", "kind", "category"]].to_numpy().tolist() == [
        ["C-1", "Seats", "cost", "licences"],
        ["B-1", "", "benefit", "cost_reduction"],
    ]
    assert list(flows.lines.columns[-2:]) == ["year_0", "year_1"]
    assert flows.line_flows.shape == (2, 13)


def test_a_line_starting_in_month_0_lives_on() -> None:
    flows = cash_flows(costs({"first_period": 0, "profile": "growth 10%"}), NONE, {}, horizon_months=12)
    assert flows.monthly["costs"].tolist() == pytest.approx([100] * 12 + [110])


def test_frames_as_a_program_gives_them() -> None:
    typed = {"first_period": "Int64", "last_period": "Int64", "profile": "str", "risk_adjustment": "float64"}
    frame = costs({"first_period": 1, "last_period": 3, "profile": "even", "risk_adjustment": 0.0}, {"first_period": 2})
    flows = cash_flows(frame.astype(typed), benefits({}).head(0), {}, horizon_months=6)
    assert flows.monthly["costs"].tolist() == [0, 100, 200, 200, 100, 100, 100]


def test_no_lines_give_zeros() -> None:
    flows = cash_flows(NONE, NONE, {}, horizon_months=12)
    assert flows.yearly["net"].tolist() == [0, 0]
    assert flows.lines.empty
    assert flows.conclusion


def test_every_wrong_line_is_told_at_once() -> None:
    with pytest.raises(DataError) as raised:
        cash_flows(
            costs({"formula": "x"}, {"profile": "bogus"}, {"first_period": 5, "last_period": 3}, {"first_period": -1}),
            benefits({"attribution": 1.5}, {"risk_adjustment": -0.1}, {"formula": "1/0", "profile": "ramp"}),
            {},
            horizon_months=12,
        )
    told = str(raised.value)
    assert [line in told for line in ("C-1", "C-2", "C-3", "C-4", "B-1", "B-2", "B-3")] == [True] * 7
    assert len(raised.value.problems) == 8


def test_the_horizon_is_checked() -> None:
    with pytest.raises(DataError, match="horizon"):
        cash_flows(NONE, NONE, {}, horizon_months=0)


@st.composite
def cases(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    def line(share: str) -> dict[str, Any]:
        first = draw(st.integers(0, 40))
        return {
            "formula": repr(draw(st.floats(0, 1e6, allow_subnormal=False))),
            "first_period": first,
            "last_period": draw(st.one_of(st.none(), st.integers(first, 80))),
            "profile": draw(st.sampled_from(["even", "one_off", "ramp 7", "s_curve 9", "percentages 5 9", "growth 4"])),
            share: draw(st.floats(0, 1)),
        }

    spent = [line("risk_adjustment") for _ in range(draw(st.integers(1, 4)))]
    gained = [line("attribution") for _ in range(draw(st.integers(1, 4)))]
    return costs(*spent), benefits(*gained), draw(st.integers(1, 60))


@given(cases())
@settings(max_examples=60, deadline=None)
def test_sums_agree_however_they_are_taken(case: tuple[pd.DataFrame, pd.DataFrame, int]) -> None:
    flows = cash_flows(case[0], case[1], {}, horizon_months=case[2])
    is_cost = flows.lines["kind"] == "cost"
    for name, lines in (("costs", flows.lines[is_cost]), ("benefits", flows.lines[~is_cost])):
        total = getattr(flows, name)
        assert flows.monthly[name].sum() == pytest.approx(total)
        assert flows.yearly[name].sum() == pytest.approx(total)
        assert lines["total"].sum() == pytest.approx(total)
        assert lines.filter(like="year_").to_numpy().sum() == pytest.approx(total)
    assert flows.yearly["cumulative"].iloc[-1] == pytest.approx(flows.monthly["cumulative"].iloc[-1])
    assert flows.yearly["cumulative"].iloc[-1] == pytest.approx(flows.benefits - flows.costs)
    assert flows.costs >= flows.unadjusted_costs * (1 - 1e-12)
    assert flows.benefits <= flows.unadjusted_benefits * (1 + 1e-12)


@given(cases())
@settings(max_examples=30, deadline=None)
def test_a_longer_horizon_changes_no_earlier_month(case: tuple[pd.DataFrame, pd.DataFrame, int]) -> None:
    def laid_out(horizon: int) -> CashFlows:
        return cash_flows(case[0], case[1], {}, horizon_months=horizon)

    short, long = laid_out(case[2]), laid_out(case[2] + 13)
    both = long.monthly.head(case[2] + 1)
    assert np.allclose(short.monthly["net"], both["net"])


@pytest.mark.parametrize(("horizon", "months"), [(36, 12), (30, 6), (1, 1), (12, 12)])
def test_how_many_months_the_last_year_has(horizon: int, months: int) -> None:
    flows = cash_flows(NONE, NONE, {}, horizon)
    assert flows.last_year_months == months
    assert bool(flows.notes) == (months < 12)
