"""Stage gates: sunk costs, the variance's parts, forecasts and what to do, in closed form."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.baseline import Baseline, freeze, read_baseline
from workbench.business_case.evidence_update import update_assumptions
from workbench.business_case.stage_gates import StageGate, gate_chain, stage_gate
from workbench.business_case.variance import price_names
from workbench.errors import DataError
from workbench.language import using

NONE = pd.DataFrame()


def costs(*rows: dict[str, Any]) -> pd.DataFrame:
    defaults = {"category": "licences", "formula": "100", "name": ""}
    return pd.DataFrame([{"cost_id": f"C{n}", **defaults, **row} for n, row in enumerate(rows, 1)])


def benefits(*rows: dict[str, Any]) -> pd.DataFrame:
    defaults = {"stream": "customer_value", "formula": "quantity * price", "name": ""}
    return pd.DataFrame([{"benefit_id": f"B{n}", **defaults, **row} for n, row in enumerate(rows, 1)])


def assumptions(quantity: float = 100.0, price: float = 2.0) -> pd.DataFrame:
    columns = {"assumption_id": ["quantity", "price"], "base": [quantity, price], "unit": ["pieces", "EUR a piece"]}
    return pd.DataFrame(columns)


def actuals(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["line_id", "period", "amount", "note"][: len(rows[0]) if rows else 4])


def baseline(spent: pd.DataFrame, gained: pd.DataFrame, known: pd.DataFrame, rate: float = 0.0) -> Baseline:
    terms: dict[str, Any] = {"horizon_months": 6, "discount_rate": rate}
    return read_baseline(freeze(spent, gained, known, gate_id="G-0", frozen_on=date(2026, 1, 31), **terms))


def parts(gate: StageGate, column: str) -> dict[str, float]:
    return gate.to_frame().set_index("part")[column].to_dict()


def test_variance_in_closed_form() -> None:
    """A benefit of 100 × 2 a month from month 1; at month 4 it began in month 2, with 110 pieces, and 300 came a month.

    Timing −1 × 200; volume 3 × 10 × 2; price 3 × (300 − 110 × 2); a new cost of 50 is scope. To date: −50 + 900 − 800.
    To come: 2 months of 110 × 2.5, planned at 200 each: volume 2 × 10 × 2 and price 2 × 110 × 0.5.
    """
    gate = stage_gate(
        baseline(NONE, benefits({}), assumptions()),
        costs({"first_period": 3, "profile": "one_off", "formula": "50"}),
        benefits({"first_period": 2}),
        assumptions(110.0, 2.5),
        actuals(("B1", 2, 300.0, "Rush"), ("B1", 3, 300.0, "Rush"), ("B1", 4, 300.0, ""), ("B1", 1, 0.0, "")),
        month=4,
    )
    assert parts(gate, "to_date") == pytest.approx(
        {"scope": -50, "timing": -200, "volume": 60, "price": 240, "all": 50}
    )
    assert parts(gate, "npv") == pytest.approx({"scope": -50, "timing": -200, "volume": 100, "price": 350, "all": 200})
    assert gate.forecast_npv - gate.baseline_npv == pytest.approx(200)
    reasons = gate.variance.set_index("part")["reason"]
    assert reasons["scope"] == "The line is new since the baseline."
    assert reasons["timing"] == "Now it runs from month 2 to the end, even; planned from month 1 to the end, even."
    assert reasons["volume"] == "quantity went from 100 to 110."
    assert reasons["price"] == "price went from 2 to 2.5. Rush"
    assert gate.missing == 1  # the new cost of month 3 has no actual amount


def test_what_is_spent_does_not_count_for_going_on() -> None:
    """The system cost 5000, not 500, and brings 100 a month: going on for two months is still worth 200."""
    spent, gained = costs({"formula": "500", "first_period": 0, "profile": "one_off"}), benefits({"formula": "100"})
    gate = stage_gate(
        baseline(spent, gained, assumptions()), spent, gained, assumptions(), actuals(("C1", 0, 5000.0)), month=4
    )
    assert (gate.baseline_npv, gate.past_npv, gate.remaining_npv, gate.forecast_npv) == (100, -4600, 200, -4400)
    assert gate.recommendation.decision == "change"
    assert gate.missing == 4
    assert "4 months of lines are past without an actual amount" in gate.warnings[0]


def test_past_and_remaining_are_discounted_by_year() -> None:
    """At 10%, months 1 to 6 are all of year 1; the rest in the gate's money is worth 1.1 ** (3 / 12) times more."""
    gained = benefits({"formula": "110"})
    gate = stage_gate(baseline(NONE, gained, assumptions(), 0.1), NONE, gained, assumptions(), actuals(), month=3)
    assert (gate.past_npv, gate.remaining_npv) == pytest.approx((300, 300))
    assert gate.remaining_at_gate == pytest.approx(300 * 1.1**0.25)


def test_the_rest_in_the_gates_money_is_the_same_whatever_the_convention_discounts_more() -> None:
    """A spreadsheet's present values are a year too small; what 330 to come are worth in month 3 is the same."""
    gained, worth = benefits({"formula": "110"}), {}
    for convention in ("tei", "spreadsheet"):
        terms: dict[str, Any] = {"horizon_months": 6, "discount_rate": 0.1, "convention": convention}
        plan = read_baseline(freeze(NONE, gained, assumptions(), gate_id="G", frozen_on=date(2026, 1, 31), **terms))
        gate = stage_gate(plan, NONE, gained, assumptions(), actuals(), month=3)
        worth[convention] = (gate.remaining_npv, gate.remaining_at_gate)
        assert len(gate.notes) == (convention == "spreadsheet")
    assert worth["tei"] == pytest.approx((300, 300 * 1.1**0.25))
    assert worth["spreadsheet"] == pytest.approx((300 / 1.1, 300 * 1.1**0.25))


def test_at_the_last_month_the_program_has_ended() -> None:
    gained = benefits({"formula": "100"})
    plan, paid = baseline(NONE, gained, assumptions()), actuals(("B1", 2, 20.0))
    gate = stage_gate(plan, NONE, gained, assumptions(), paid, month=6, gate_id="G-2")
    assert gate.recommendation.decision == "ended"
    assert gate.conclusion.startswith("The program has ended: it came to 520")
    assert gate_chain([gate])["decision_label"].tolist() == ["Ended"]
    assert stage_gate(plan, NONE, gained, assumptions(), paid, month=6, draws=128).odds_told == ""
    assert stage_gate(plan, NONE, gained, assumptions(), paid, month=5).recommendation.decision == "change"


def test_a_line_that_a_measurement_turns_negative_is_told_and_counts() -> None:
    """Planned 10 − 4 a month, measured 10 − 12: three months of −2 are to come; what is past is not looked at."""
    known = assumptions(10.0, 4.0)
    gained = benefits({"formula": "quantity - price"}, {"formula": "0 - quantity", "last_period": 3}, {"formula": "5"})
    plan = baseline(NONE, gained.iloc[[0, 2]], known)
    measured = pd.DataFrame({"assumption_id": ["price"], "estimate": [12.0], "standard_error": [0.0]})
    gate = stage_gate(plan, NONE, gained, known, actuals(), measured, month=3)
    assert gate.below_zero == ("B1",)
    assert gate.remaining_npv == 3 * (-2 + 5)
    assert gate.warnings[-1] == ("1 line is below zero in the forecast of the months to come, and counts as it is: B1.")
    assert stage_gate(plan, NONE, gained, known, actuals(), month=3).below_zero == ()


def test_what_is_planned_after_the_promise_refuses_no_earlier_gate() -> None:
    gained = benefits({})
    plan = baseline(NONE, gained, assumptions())
    paid = actuals(("B1", 1, 150.0), ("B1", 40, 9.0))
    gate = stage_gate(plan, NONE, gained, assumptions(), paid, month=4)
    assert (gate.forecast_npv, gate.later) == (150 + 5 * 200, 1)
    with pytest.raises(DataError, match=r"in month 40, and the promise .* from 0 to 6.*freeze a new baseline"):
        stage_gate(plan, NONE, gained, assumptions(), paid, month=40)


def test_a_formula_without_a_value_now_names_its_line() -> None:
    gained = benefits({"formula": "1 / quantity"})
    plan = baseline(NONE, benefits({}), assumptions())
    with pytest.raises(DataError, match=r"Line B1: .*divides by zero"):
        stage_gate(plan, NONE, gained, assumptions(0.0), actuals(), month=1)


def test_what_stopping_costs_is_held_to_the_rest_in_the_gates_own_money() -> None:
    """At 21%, what is worth −100 today is worth −108 in month 5: more than stopping costs, which lies between."""
    spent = costs({"formula": "121", "first_period": 6})
    plan = baseline(spent.assign(first_period=5), NONE, assumptions(), 0.21)
    paid, terms = actuals(("C1", 6, 121.0)), {"month": 5}
    found = stage_gate(plan, spent, NONE, assumptions(), paid, **terms)
    assert (found.remaining_npv, found.remaining_at_gate) == pytest.approx((-100, -100 * 1.21 ** (5 / 12)))
    between = (100 - found.remaining_at_gate) / 2
    assert (
        stage_gate(plan, spent, NONE, assumptions(), paid, **terms, stop_cost=between).recommendation.decision == "stop"
    )


def test_a_line_taken_out_keeps_what_it_cost() -> None:
    spent = costs({"formula": "10"}, {"formula": "20"})
    gate = stage_gate(
        baseline(spent, NONE, assumptions()), spent.head(1), NONE, assumptions(), actuals(("C2", 1, 25.0)), month=2
    )
    assert gate.forecast_npv == -60 - 25
    assert parts(gate, "npv") == pytest.approx({"scope": 95, "timing": 0, "volume": 0, "price": 0, "all": 95})
    assert gate.variance["reason"].tolist() == ["The line was taken out."]


def test_a_changed_formula_is_scope_and_changed_shares_are_price() -> None:
    """6 months: formula 200 → 300 (scope +600), attribution 1 → 0.5 (price −900)."""
    before, after = benefits({}), benefits({"formula": "quantity * 3", "attribution": 0.5})
    gate = stage_gate(baseline(NONE, before, assumptions()), NONE, after, assumptions(), actuals(), month=0)
    assert parts(gate, "npv") == pytest.approx({"scope": 600, "timing": 0, "volume": 0, "price": -900, "all": -300})


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_timing_is_at_planned_shares_whatever_they_are_now(share: float) -> None:
    """200 a month from month 1, then from month 3: timing −400 of 1200, the other 800 at another share."""
    after = benefits({"first_period": 3, "attribution": share})
    gate = stage_gate(baseline(NONE, benefits({}), assumptions()), NONE, after, assumptions(), actuals(), month=0)
    expected = {"scope": 0, "timing": -400, "volume": 0, "price": -800 * (1 - share), "all": -1200 + 800 * share}
    assert parts(gate, "npv") == pytest.approx(expected)


@pytest.mark.parametrize("risk", [0.15, 0.2, 0.3, 0.4, 1.0])
def test_shares_alone_are_no_timing_not_even_by_rounding(risk: float) -> None:
    before, after = ({"profile": "ramp 7", "risk_adjustment": each} for each in (0.1, risk))
    promise = baseline(NONE, benefits(before), assumptions(), 0.1)
    gate = stage_gate(promise, NONE, benefits(after), assumptions(), actuals(), month=2)
    assert gate.variance["part"].tolist() == ["price"]


def test_what_was_measured_changes_the_forecast() -> None:
    """Planned 100 ± 3.04 (90% between 95 and 105), measured 90 as exactly: 95 a month from here on."""
    known = assumptions().assign(low=[95.0, np.nan], high=[105.0, np.nan], distribution=["normal", ""])
    error = 10 / (2 * 1.6448536269514722)
    evidence = pd.DataFrame({"assumption_id": ["quantity"], "estimate": [90.0], "standard_error": [error]})
    past = actuals(*(("B1", month, 200.0) for month in range(1, 4)))
    gate = stage_gate(baseline(NONE, benefits({}), known), NONE, benefits({}), known, past, evidence, month=3)
    assert gate.forecast_npv == pytest.approx(600 + 3 * 95 * 2)
    assert gate.updated_assumptions["after"].tolist() == pytest.approx([95])
    # 80% of a normal distribution lies within 1.281552 standard deviations: 3 months × 2 × 3.04 / √2.
    reach = 1.281552 * 3 * 2 * error / 2**0.5
    assert gate.forecast_high - gate.forecast_npv == pytest.approx(reach, rel=1e-5)
    assert gate.forecast_npv - gate.forecast_low == pytest.approx(reach, rel=1e-5)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from(["C1", "B1", "B2"]), st.integers(0, 6), st.floats(-1e4, 1e4)), max_size=9,
             unique_by=lambda row: row[:2]),
    st.integers(0, 6), st.integers(1, 5), st.floats(0.1, 500), st.floats(0.1, 20), st.sampled_from([0.0, 0.5, 1.0]),
)  # fmt: skip
def test_the_parts_always_add_up(
    rows: list[tuple[str, int, float]], month: int, first: int, quantity: float, price: float, share: float
) -> None:
    plan = baseline(costs({}), benefits({"profile": "ramp 3"}), assumptions(), 0.1)
    gained = benefits({"first_period": first, "attribution": share}, {"formula": "quantity"})
    gate = stage_gate(plan, costs({}), gained, assumptions(quantity, price), actuals(*rows), month=month)
    whole = gate.variance[["to_date", "npv"]].sum()
    past = gate.monthly[gate.monthly["is_past"]]
    assert whole["npv"] == pytest.approx(gate.forecast_npv - gate.baseline_npv, abs=1e-6)
    assert whole["to_date"] == pytest.approx((past["forecast"] - past["planned"]).sum(), abs=1e-6)
    assert gate.past_npv + gate.remaining_npv == pytest.approx(gate.forecast_npv)
    assert gate.waterfall["end"].iloc[-2] == pytest.approx(gate.forecast_npv, abs=1e-6)
    assert gate.later == sum(period > month for _line, period, _amount in rows)


def test_on_plan_nothing_varies() -> None:
    spent, gained = costs({"risk_adjustment": 0.1}), benefits({"profile": "s_curve 4", "attribution": 0.7})
    plan = baseline(spent, gained, assumptions(), 0.1)
    gate = stage_gate(plan, spent, gained, assumptions(), actuals(), month=3)
    assert gate.variance.empty
    assert gate.forecast_npv == pytest.approx(plan.npv)
    assert gate.to_frame()["npv"].tolist() == [0] * 5


def test_independent_assumptions_add_up_as_squares() -> None:
    """Two lines of 6 months that move by 6 × 3 and 6 × 4 in one standard deviation: together by 6 × 5."""
    z = 1.6448536269514722
    known = assumptions().assign(low=[100 - 3 * z, 2 - 4 * z], high=[100 + 3 * z, 2 + 4 * z], distribution="normal")
    gained = benefits({"formula": "quantity"}, {"formula": "price + 50"})
    gate = stage_gate(baseline(NONE, gained, known), NONE, gained, known, actuals(), month=0)
    assert gate.forecast_high - gate.forecast_npv == pytest.approx(1.281552 * 30, rel=1e-5)


def test_the_chain_is_in_order_with_what_was_decided() -> None:
    gained = benefits({})
    plan = baseline(NONE, gained, assumptions())
    gates = [
        stage_gate(plan, NONE, gained, assumptions(), actuals(), month=month, gate_id=gate_id, name=name)
        for month, gate_id, name in ((5, "G-2", "Launch"), (1, "G-1", ""))
    ]
    noted = pd.DataFrame({"gate_id": ["G-1", "G-9"], "decision": ["change", "stop"]})
    chain = gate_chain(gates, noted)
    assert chain["gate_id"].tolist() == ["G-1", "G-2"]
    assert chain["name"].tolist() == ["G-1", "Launch"]
    assert chain["decision"].tolist() == ["change", ""]
    assert chain["decision_label"].tolist() == ["Change", "Continue (recommended)"]


def test_prices_are_what_names_money() -> None:
    told = ["EUR", "€ a call", "thousand EUR", "currency an hour", "moneda por hora", "calls", "Eurostat calls", ""]
    table = pd.DataFrame({"assumption_id": list("abcdefgh"), "unit": told})
    assert price_names(table, "EUR") == set("abcde")


def test_a_price_of_the_baseline_stays_one_when_its_unit_is_lost() -> None:
    """100 pieces at 2, then at 3: 6 months of 100 more, by price and not by volume."""
    gained, plain = benefits({}), assumptions(100.0, 3.0).assign(unit="")
    gate = stage_gate(baseline(NONE, gained, assumptions()), NONE, gained, plain, actuals(), month=0)
    assert parts(gate, "npv") == pytest.approx({"scope": 0, "timing": 0, "volume": 0, "price": 600, "all": 600})


def test_a_price_of_now_is_no_reason_where_actual_amounts_stand_in_every_month() -> None:
    once = benefits({"profile": "one_off"})
    gate = stage_gate(
        baseline(NONE, once, assumptions()), NONE, once, assumptions(100.0, 3.0), actuals(("B1", 1, 250.0)), month=2
    )
    assert parts(gate, "npv")["price"] == 50
    assert gate.variance["reason"].tolist() == ["The actual amounts differ from the plan."]


def test_gates_that_cannot_be_held_say_why() -> None:
    plan = baseline(costs({}), NONE, assumptions())
    with pytest.raises(DataError, match="in month 7"):
        stage_gate(plan, costs({}), NONE, assumptions(), actuals(), month=7)
    same = benefits({}).assign(benefit_id="C1")
    with pytest.raises(DataError, match="more than once among costs and benefits"):
        stage_gate(plan, costs({}), same, assumptions(), actuals(), month=1)
    with pytest.raises(DataError, match="a cost in one plan"):
        stage_gate(plan, NONE, same, assumptions(), actuals(), month=1)


def test_an_interval_from_elsewhere_is_kept_and_evidence_is_optional() -> None:
    gained = benefits({})
    plan = baseline(NONE, gained, assumptions())
    gate = stage_gate(plan, NONE, gained, assumptions(), actuals(), month=0, interval=(-5.0, 9.0))
    assert (gate.forecast_low, gate.forecast_high) == (-5, 9)
    assert gate.evidence.table.empty
    assert update_assumptions(assumptions(), gate.evidence.table).table.empty
    assert gate.conclusion.startswith("Continue. Going on is worth")


@pytest.mark.parametrize(
    ("paid", "told"),
    [
        (150.0, "is 50 € behind its plan"),
        (250.0, "is 50 € ahead of its plan"),
        (200.0, "is where it was planned to be"),
    ],
    ids=["behind", "ahead", "on-plan"],
)
def test_the_words_say_how_far_the_program_is(paid: float, told: str) -> None:
    gained = benefits({})
    with using("en", currency="EUR"):
        gate = stage_gate(
            baseline(NONE, gained, assumptions()), NONE, gained, assumptions(), actuals(("B1", 1, paid)), month=1
        )
        assert gate.progress_told.replace("\xa0", " ") == f"By month 1 the program {told}"


def test_the_words_name_the_largest_part_whatever_its_sign() -> None:
    """6 months of 100 less by price, of 50 more by scope, against 1200 promised; of 0 nothing is a share."""
    more, plan = benefits({}, {"formula": "50"}), baseline(NONE, benefits({}), assumptions())
    with using("en", currency="EUR"):
        gate = stage_gate(plan, NONE, more, assumptions(100.0, 1.0), actuals(), month=0)
        told = gate.variance_told.replace("\xa0", " ")
    assert told == "From 1,200 € promised to 900 € forecast; the largest part is price (-600 €)"
    assert gate.share_of_promise == pytest.approx(0.75)
    nothing = baseline(NONE, benefits({"formula": "0"}), assumptions())
    assert stage_gate(nothing, NONE, more, assumptions(), actuals(), month=0).share_of_promise is None
