"""Returns: published figures out of whole programs, the named conventions, and sentences for every outcome."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import language
from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.returns import CONVENTIONS, Returns, compare_conventions, returns, spreadsheet_npv
from workbench.errors import DataError, SettingsError


def program(costs: list[float], benefits: list[float], horizon_months: int | None = None) -> CashFlows:
    """A program of these yearly amounts, spread evenly over the months of their years."""

    def lines(key: str, category: str, amounts: list[float]) -> pd.DataFrame:
        rows = [
            {
                key: f"{key}-{year}",
                category: "licences",
                "formula": f"{amount!r} / 12" if year else repr(amount),
                "first_period": 12 * year - 11 if year else 0,
                "last_period": 12 * year,
            }
            for year, amount in enumerate(amounts)
        ]
        return pd.DataFrame(rows)

    return cash_flows(
        lines("cost_id", "category", costs),
        lines("benefit_id", "stream", benefits),
        {},
        horizon_months or 12 * (max(len(costs), len(benefits)) - 1),
    )


def salesloft() -> CashFlows:
    return program([53150, 666715, 636772, 647783], [0, 1606511, 3061331, 4229760])


def test_total_economic_impact_of_salesloft() -> None:
    """Forrester, The Total Economic Impact of SalesLoft: the whole printed table, from monthly lines."""
    result = returns(salesloft(), 0.10, "tei")
    assert result.costs_pv == pytest.approx(1672201, abs=1)
    assert result.benefits_pv == pytest.approx(7168371, abs=1)
    assert result.npv == pytest.approx(5496170, abs=1)
    assert result.roi == pytest.approx(3.29, abs=0.005)
    assert result.payback_months is not None
    assert result.payback_months < 6
    assert result.yearly["costs"].tolist() == pytest.approx([53150, 666715, 636772, 647783])


def test_discounted_break_even_example() -> None:
    """The published break-even example: after 1.97 years, NPV 87,215, ROI 0.40."""
    result = returns(program([75000] + [40000] * 5, [0] + [85000] * 5), 0.12)
    assert result.npv == pytest.approx(87215, abs=1)
    assert result.roi == pytest.approx(0.40, abs=0.005)
    assert result.discounted_payback_months == pytest.approx(12 * 1.97, abs=12 * 0.005)
    assert result.payback_months == pytest.approx(12 * 75 / 45)


def test_the_spreadsheet_convention_gives_the_spreadsheets_figure() -> None:
    flows = program([10000, 0, 0, 0], [0, 3000, 3400, 7700])
    assert returns(flows, 0.065, "spreadsheet").npv == pytest.approx(2055.38, abs=0.005)
    assert returns(flows, 0.065, "textbook").npv == pytest.approx(2188.98, abs=0.005)
    assert returns(flows, 0.065, "spreadsheet").npv == pytest.approx(spreadsheet_npv(0.065, flows.yearly["net"]))


def test_conventions_side_by_side() -> None:
    """Every ROI by hand: net gain 60 of costs 220; initial cost 100, average yearly net (−20 + 40 + 140) ÷ 3."""
    flows = program([100, 60, 40, 20], [0, 40, 80, 160])
    table = compare_conventions(flows, 0.0).set_index("convention")
    assert list(table.index) == list(CONVENTIONS) == ["tei", "textbook", "spreadsheet", "nucleus"]
    assert table["npv"].tolist() == pytest.approx([60] * 4)
    assert table["roi"].tolist() == pytest.approx([60 / 220, 60 / 220, 60 / 220, 160 / 3 / 100])
    discounted = compare_conventions(flows, 0.25).set_index("convention")
    costs = 100 + 60 / 1.25 + 40 / 1.25**2 + 20 / 1.25**3
    value = -100 - 20 / 1.25 + 40 / 1.25**2 + 140 / 1.25**3
    assert discounted["npv"].tolist() == pytest.approx([value, value, value / 1.25, value])
    assert discounted["roi"].tolist() == pytest.approx([value / costs, 60 / 220, value / costs, 160 / 300])


def test_a_figure_that_does_not_exist_is_none_and_says_why() -> None:
    table = compare_conventions(program([0, 60], [0, 90]), 0.1).set_index("convention")
    assert table.loc["nucleus", "roi"] is None
    assert "three years" in table.loc["nucleus", "note"]
    no_start = returns(program([0, 60, 0, 0], [0, 90, 0, 0]), 0.1, "nucleus")
    assert no_start.roi is None
    assert "initial cost" in no_start.notes["roi"]
    assert no_start.irr == ()
    assert "negative in no year" in no_start.irr_note
    frame = no_start.to_frame()
    assert frame.loc[frame["figure"] == "roi", "value"].tolist() == [None]
    assert not any(isinstance(value, float) and np.isnan(value) for value in frame["value"])


def test_several_rates_are_told() -> None:
    result = returns(program([50, 100, 0, 0, 100], [0, 0, 600, 300, 0]), 0.1)
    assert len(result.irr) == 2
    assert "2 internal rates" in result.irr_note
    assert "185%" in result.irr_note
    assert "one internal rate" in returns(salesloft(), 0.1).irr_note
    assert "loan" in returns(program([0, 110], [100, 0]), 0.2).irr_note


def test_payback_is_interpolated_within_the_month() -> None:
    """1,000 today, then 100 a month gained and 20 paid: back after 12.5 months."""
    result = returns(program([1000] + [240] * 2, [0] + [1200] * 2), 0.0)
    assert result.payback_months == pytest.approx(12.5)
    assert result.discounted_payback_months == pytest.approx(12.5)
    assert "in month 13" in result.conclusion


@pytest.mark.parametrize(
    ("costs", "benefits", "rate", "words"),
    [
        (
            [100, 0, 0],
            [0, 120, 120],
            0.1,
            ["In today's money the program returns 2.1 times its cost over 2 years;", "in month 10"],
        ),
        ([100, 0, 0], [0, 50, 50], 0.0, ["returns 1 times its cost", "in month 24"]),
        ([100, 0, 0], [0, 55, 55], 0.1, ["loses", "although it pays back in month 22"]),
        ([100, 0, 0], [0, 20, 20], 0.1, ["loses", "does not pay back"]),
        ([0, 60, 60], [0, 120, 120], 0.1, ["returns 2 times", "never out of pocket"]),
        ([0, 0, 0], [0, 120, 120], 0.1, ["In today's money the program brings", "no costs fall in that time"]),
        ([0, 0, 0], [0, 0, 0], 0.1, ["Over 2 years the program has neither costs nor benefits."]),
        ([100, 0, 0], [0, 0, 0], 0.1, ["loses", "does not pay back"]),
        ([0, 0, 130], [0, 120, 0], 0.2, ["returns 1.1 times", "undiscounted, it does not pay back"]),
    ],
)
def test_conclusions(costs: list[float], benefits: list[float], rate: float, words: list[str]) -> None:
    with language.using("en", currency="EUR"):
        told = returns(program(costs, benefits), rate).conclusion
    assert [word for word in words if word not in told] == []


def test_a_payback_on_the_last_day_of_a_month_is_in_that_month() -> None:
    """110 paid today (100 and a tenth for risk) and 11 a month gained: back after 10 months, not in the 11th."""
    costs = pd.DataFrame(
        [{"cost_id": "C", "category": "licences", "formula": "100", "profile": "one_off", "risk_adjustment": 0.1}]
    )
    benefits = pd.DataFrame([{"benefit_id": "B", "stream": "cost_reduction", "formula": "11", "first_period": 1}])
    costs["last_period"] = pd.NA
    told = returns(cash_flows(costs, benefits, {}, 12), 0.0).conclusion
    assert "in month 10." in told


def test_a_convention_that_discounts_a_year_more_does_not_speak_of_todays_money() -> None:
    flows = program([100, 0, 0], [0, 120, 120])
    assert "today" not in returns(flows, 0.1, "spreadsheet").conclusion
    assert returns(flows, 0.1, "spreadsheet").conclusion.startswith("Discounted by one year more than usual, the")


def test_flows_of_one_sign_are_told_by_their_net() -> None:
    """There are costs and benefits; the net is 0 or −10 a year, then 0 or 10."""
    losing = returns(program([100, 50, 60], [0, 50, 50]), 0.1)
    assert losing.irr_note == "The net flow is positive in no year, so there is no internal rate of return."
    gaining = returns(program([0, 50, 50], [0, 60, 50]), 0.1)
    assert gaining.irr_note == "The net flow is negative in no year, so there is no internal rate of return."


@pytest.mark.parametrize(
    ("costs", "benefits", "word"),
    [([100, 0, 144], [0, 240, 0], "above"), ([0, 240, 0], [100, 0, 144], "below")],
)
def test_a_rate_that_only_touches_zero_is_no_return(costs: list[float], benefits: list[float], word: str) -> None:
    """−100 + 240 ÷ 1.2 − 144 ÷ 1.44 = 0, and −100 (1 − 1.2 ÷ (1 + r))² is below zero at every other rate."""
    result = returns(program(costs, benefits), 0.1)
    assert result.irr == pytest.approx((0.2,))
    assert result.single_irr is None
    assert f"touches zero at 20% without ever being {word} it" in result.irr_note
    assert result.to_frame().set_index("figure").loc["irr", "shown"] == "–"


def test_one_rate_that_crosses_zero_is_the_return() -> None:
    """100 becomes 110 in a year; a triple zero at 10% crosses too: 100 (1.1 ÷ (1 + r) − 1)³."""
    once = returns(program([100, 0], [0, 110]), 0.05)
    assert once.single_irr == pytest.approx(0.1)
    thrice = returns(program([100, 0, 363, 0], [0, 330, 0, 133.1]), 0.05)
    assert thrice.single_irr == pytest.approx(0.1, abs=1e-4)


def test_notes_name_their_figures_and_are_told_once() -> None:
    told = returns(program([100, 0, 0], [0, 0, 0]), 0.1).notes_told
    assert told == [
        "Internal rate of return: The net flow is positive in no year, so there is no internal rate of return.",
        "Payback and Discounted payback: The costs are not earned back within 2 years.",
    ]


def test_every_figure_has_a_name_and_a_writing() -> None:
    with language.using("en", currency="EUR"):
        frame = returns(salesloft(), 0.10).to_frame().set_index("figure")
    assert frame.loc["npv", "shown"] == "5.5\xa0M\xa0€"
    assert frame.loc["roi", "shown"] == "329%"
    assert frame["name"].astype(bool).all()
    assert returns(salesloft(), 0.10)._repr_html_().startswith("<p>")


def test_wrong_parameters_are_refused() -> None:
    with pytest.raises(SettingsError, match="tei, textbook, spreadsheet, nucleus"):
        returns(salesloft(), 0.1, "forrester")
    with pytest.raises(DataError):
        returns(salesloft(), -1.5)


AMOUNTS = st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1e6)), min_size=2, max_size=6)


@given(AMOUNTS, AMOUNTS, st.floats(0, 1), st.sampled_from(list(CONVENTIONS)))
@settings(max_examples=80, deadline=None)
def test_what_holds_for_any_program(costs: list[float], benefits: list[float], rate: float, convention: str) -> None:
    flows = program(costs, benefits)
    result = returns(flows, rate, convention)
    size = result.costs_pv + result.benefits_pv
    assert result.npv == pytest.approx(result.benefits_pv - result.costs_pv, abs=1e-9 * size)
    if flows.costs and abs(result.npv) > 1e-9 * size:
        assert (result.discounted_payback_months is not None) == (result.npv > 0)
        assert (result.benefit_cost_ratio > 1) == (result.npv > 0)  # type: ignore[operator]
    figures: dict[str, Any] = {name: getattr(result, name) for name in ("roi", "payback_months", "benefit_cost_ratio")}
    assert {name for name, value in figures.items() if value is None} <= result.notes.keys()
    assert "{" not in result.conclusion


@given(st.floats(1, 1e6), AMOUNTS, st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_discounting_never_brings_the_money_back_sooner(outlay: float, benefits: list[float], rate: float) -> None:
    result: Returns = returns(program([outlay, *([0.0] * len(benefits))], [0.0, *benefits]), rate)
    if result.discounted_payback_months is not None:
        assert result.payback_months is not None
        assert result.payback_months <= result.discounted_payback_months + 1e-9
