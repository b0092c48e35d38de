"""Holding a gate: which gate and promise, what was known at the time, and the gates before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from workbench.business_case.baseline import freeze, read_baseline
from workbench.business_case.gate_choice import promised_vendor
from workbench.business_case.gate_evidence import evidence_at
from workbench.business_case.gate_holding import GateBooks, hold
from workbench.errors import DataError, SettingsError

NONE = pd.DataFrame({"cost_id": [], "category": [], "formula": []}, dtype=str)
RATE, MONTHS = 0.0, 12
DAYS = {"G-1": "2026-01-31", "G-2": "2026-07-31", "G-3": None}


def benefits(*ids: str, formula: str = "sales") -> pd.DataFrame:
    return pd.DataFrame({"benefit_id": list(ids), "name": "", "stream": "customer_value", "formula": formula})


def assumptions(sales: float, as_of: str = "2025-12-31") -> pd.DataFrame:
    return pd.DataFrame({"assumption_id": ["sales"], "name": ["Sales"], "base": [sales], "low": [sales - 10],
                         "high": [sales + 10], "distribution": ["uniform"], "evidence": ["opinion"],
                         "as_of": [pd.Timestamp(as_of)]})  # fmt: skip


def frozen(gate: str, month: int, gained: pd.DataFrame, known: pd.DataFrame, **more: Any) -> str:
    terms: dict[str, Any] = {"horizon_months": MONTHS, "discount_rate": RATE, "currency": "EUR"}
    day = date.fromisoformat(DAYS[gate] or "2027-01-31")
    return freeze(NONE, gained, known, gate_id=gate, frozen_on=day, month=month, **terms | more)


def gates() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "gate_id": ["G-3", "G-1", "G-2", "G-9"],
            "name": ["Year", "Pilot", "Launch", "Some day"],
            "held_on": pd.to_datetime([None, "2026-01-31", "2026-07-31", None]),
            "month": pd.array([9, 0, 6, None], dtype="Int64"),
            "decision": ["", "continue", "change", ""],
        }
    )


@pytest.fixture
def books() -> GateBooks:
    """Promised 100 a month from B1; planned 90 at launch, with B2 beside it; now 80, and B3 came."""
    paid = [("B1", 1, 100.0), ("B1", 5, 70.0), ("B2", 8, 60.0), ("B3", 4, 5.0), ("B1", 12, 1.0)]
    measured = [("2026-01-15", 104.0), ("2026-08-31", 90.0), ("2027-03-01", 10.0)]
    return GateBooks(
        gates=gates(),
        costs=NONE,
        benefits=benefits("B1", "B2", "B3"),
        assumptions=assumptions(80.0, "2026-08-31"),
        actuals=pd.DataFrame(paid, columns=["line_id", "period", "amount"]),
        evidence=pd.DataFrame({"assumption_id": "sales", "measured_on": pd.to_datetime([day for day, _x in measured]),
                               "estimate": [x for _day, x in measured], "standard_error": 0.0}),
        baselines={"G-2": frozen("G-2", 6, benefits("B1", "B2"), assumptions(90.0)),
                   "G-1": frozen("G-1", 0, benefits("B1"), assumptions(100.0))},
        as_of=date(2026, 10, 31),
        currency="EUR",
        horizon_months=MONTHS,
        discount_rate=RATE,
        convention="tei",
    )  # fmt: skip


def test_the_last_gate_with_a_month_is_held_to_the_first_promise(books: GateBooks) -> None:
    held = hold(books)
    assert (held.gate.gate_id, held.gate.month, held.gate.baseline.gate_id) == ("G-3", 9, "G-1")
    assert held.gate.baseline_npv == 1200
    # B1: 100, 70 and seven months of 80 planned now; B2: 60 and eight; B3: 5 and eight; then three months of each.
    assert held.gate.past_npv == (100 + 70 + 7 * 80) + (60 + 8 * 80) + (5 + 8 * 80)
    assert held.gate.remaining_npv == 3 * 3 * 80
    assert not held.is_frozen


@pytest.mark.parametrize(("last_month", "held_at"), [(5, "G-1"), (6, "G-2"), (8, "G-2"), (9, "G-3")])
def test_a_gate_to_come_is_held_only_where_it_is_asked_for(books: GateBooks, last_month: int, held_at: str) -> None:
    paid = pd.DataFrame({"line_id": ["B1"], "period": [last_month], "amount": [90.0]})
    until = replace(books, actuals=paid)
    assert hold(until).gate.gate_id == held_at
    assert hold(until, "G-3").gate.gate_id == "G-3"


def test_before_the_first_gate_the_first_is_held(books: GateBooks) -> None:
    gates_to_come = books.gates.assign(month=books.gates["month"] + 3)
    paid = pd.DataFrame({"line_id": ["B1"], "period": [1], "amount": [90.0]})
    assert hold(replace(books, gates=gates_to_come, actuals=paid)).gate.gate_id == "G-1"


def test_earlier_gates_are_held_with_their_own_plan_and_what_was_known(books: GateBooks) -> None:
    held = hold(books)
    assert held.chain["gate_id"].tolist() == ["G-1", "G-2", "G-3"]
    assert held.chain["baseline_npv"].tolist() == [1200, 1200, 1200]
    # At the first, 104 was measured exactly, and nothing was paid in month 0; at the second, B3 was not known.
    assert held.chain["forecast_npv"].tolist()[:2] == [12 * 104, (100 + 70 + 4 * 104) + 6 * 104 + 6 * 2 * 104]
    assert held.chain["decision"].tolist() == ["continue", "change", ""]


def test_a_gate_that_was_frozen_is_held_as_it_was(books: GateBooks) -> None:
    held = hold(books, "G-2")
    assert held.is_frozen
    assert held.chain["gate_id"].tolist() == ["G-1", "G-2"]
    assert held.gate.forecast_npv == hold(books).chain["forecast_npv"][1]
    assert held.unknown == 1  # B3's of month 4
    assert held.warnings[-1] == "1 actual amount is of a line that came after this plan, and is left out."
    assert (held.gate.later, held.measured.later) == (2, 2)
    told = "The gate is held with the plan that was frozen at it, not with the tables as they are now."
    assert "2 measurements were made after the gate, and wait for the next." in held.notes
    assert told in held.notes
    assert told not in hold(books).notes


def test_what_the_plan_rests_on_is_not_weighed_in_again(books: GateBooks) -> None:
    """Of three measurements one is of the figure's own day, one older, one after the day of the data."""
    held = hold(books)
    assert (len(held.measured.counted), len(held.measured.known), held.measured.later) == (0, 2, 1)
    assert held.gate.updated_assumptions.empty
    assert any(note.startswith("2 measurements are no younger than the figures in the plan") for note in held.notes)
    older = replace(books, assumptions=assumptions(80.0, "2026-08-30"))
    assert hold(older).gate.updated_assumptions["after"].tolist() == [90]


def test_measurements_of_the_day_of_the_gate_count() -> None:
    plan = pd.DataFrame({"assumption_id": ["Sales", "calls"], "as_of": [pd.NaT, pd.Timestamp("2026-01-02")]})
    days = pd.to_datetime(["2026-01-02", "2026-01-03", "2026-01-02", "2026-01-03", "2026-01-04"])
    rows = pd.DataFrame({"assumption_id": ["sales", "SALES", "calls", "calls", "calls"], "measured_on": days})
    found = evidence_at(rows, plan, date(2026, 1, 3))
    assert found.counted.index.tolist() == [0, 1, 3]
    assert found.known.index.tolist() == [2]
    assert found.later == 1


def test_the_gate_s_own_month_is_past_for_lines_that_it_does_not_know(books: GateBooks) -> None:
    more = pd.DataFrame([("B3", 6, 5.0), ("B3", 7, 5.0)], columns=["line_id", "period", "amount"])
    actuals = pd.concat([books.actuals, more], ignore_index=True)
    assert hold(replace(books, actuals=actuals), "G-2").unknown == 2


def test_another_gate_of_the_same_month_is_not_before_it(books: GateBooks) -> None:
    held = hold(replace(books, gates=gates().assign(month=[6, 0, 6, None]).astype({"month": "Int64"})), "G-3")
    assert held.chain["gate_id"].tolist() == ["G-1", "G-3"]


def test_the_gate_of_the_promise_is_in_the_chain_even_in_the_same_month(books: GateBooks) -> None:
    held = hold(replace(books, gates=gates().assign(month=[0, 0, 0, None]).astype({"month": "Int64"})), "G-3")
    assert held.chain["gate_id"].tolist() == ["G-1", "G-3"]


def test_gates_follow_one_another_by_month_and_not_by_id(books: GateBooks) -> None:
    kept = {"G-2": frozen("G-2", 0, benefits("B1"), assumptions(90.0))}
    turned = gates().assign(month=[3, 9, 0, None]).astype({"month": "Int64"})
    held = hold(replace(books, gates=turned, baselines=kept))
    assert held.chain["gate_id"].tolist() == ["G-2", "G-1"]
    assert held.not_kept == ("Year",)


def test_a_baseline_that_was_put_in_the_place_of_another_is_refused(books: GateBooks) -> None:
    swapped = dict(books.baselines) | {"G-1": books.baselines["G-2"]}
    with pytest.raises(DataError, match="kept for gate G-1 is the baseline of gate G-2"):
        hold(replace(books, baselines=swapped))


def test_the_vendor_is_the_one_that_was_promised_with(books: GateBooks) -> None:
    costs = pd.DataFrame({"cost_id": ["C1", "C2"], "category": "other", "formula": "1", "vendor_id": ["", "V1"]})
    terms: dict[str, Any] = {"gate_id": "G-2", "frozen_on": date(2026, 7, 31), "month": 6}
    terms |= {"horizon_months": MONTHS, "discount_rate": RATE}
    kept = {**books.baselines, "G-2": freeze(costs, benefits("B1"), assumptions(90.0), **terms)}
    assert promised_vendor(gates(), kept) is None
    assert promised_vendor(gates(), kept, baseline="G-2") == "V1"


def test_a_later_promise_leaves_the_gates_before_it_out(books: GateBooks) -> None:
    held = hold(books, baseline="G-2")
    assert held.chain["gate_id"].tolist() == ["G-2", "G-3"]
    assert held.gate.baseline_npv == 2 * 12 * 90


def test_a_gate_whose_plan_was_not_kept_is_named(books: GateBooks) -> None:
    held = hold(replace(books, baselines={"G-1": books.baselines["G-1"]}))
    assert held.chain["gate_id"].tolist() == ["G-1", "G-3"]
    assert held.not_kept == ("Launch",)
    assert held.warnings[-1] == "No plan was kept at Launch: the chain leaves them out."


def test_a_gate_is_held_to_its_own_plan_when_it_is_the_first(books: GateBooks) -> None:
    held = hold(books, "G-1")
    assert held.chain["gate_id"].tolist() == ["G-1"]
    assert held.chain_told == "At the first gate the forecast is 1,250\xa0€, against 1,200\xa0€ promised"
    assert held.earlier == ()


def test_shortfalls_are_by_line_the_largest_first(books: GateBooks) -> None:
    short = hold(books).shortfalls
    # B1: promised 1200, now 730 and three months of 80; the other lines are new, and gain.
    assert short[["line_id", "name", "npv"]].to_numpy().tolist() == [["B1", "B1", 100 + 70 + 10 * 80 - 1200]]
    assert "went from 100 to 80" in short["reason"][0]


def test_what_is_unproved_rests_on_opinion_or_nothing_and_still_matters(books: GateBooks) -> None:
    held = hold(books)
    assert held.unproved["assumption_id"].tolist() == ["sales"]
    # 68.27% of a normal distribution lie within one standard deviation, and so much of the 20 counts, half each way.
    assert held.unproved["swing"].tolist() == pytest.approx([20 * 0.6826894921 / 2 * 9])
    assert len(hold(replace(books, assumptions=books.assumptions.assign(evidence=""))).unproved) == 1
    proved = replace(books, assumptions=books.assumptions.assign(evidence="matched"))
    assert hold(proved).unproved.empty


def test_the_promise_s_terms_hold_and_others_are_told(books: GateBooks) -> None:
    assert hold(books).other_terms == ()
    for change in ({"horizon_months": 24}, {"discount_rate": 0.1}, {"convention": "textbook"}):
        (told,) = hold(replace(books, **change)).other_terms
        assert told.startswith("Promise and forecast count over 12 months at 0% (tei), as was promised")
        assert hold(replace(books, **change)).gate.forecast_npv == hold(books).gate.forecast_npv


def test_the_rule_and_the_draws_are_passed_on(books: GateBooks) -> None:
    held = hold(books, draws=256, seed=3, stop_cost=1.0, tolerance=0.5)
    assert all(gate.drawn is not None and len(gate.drawn.npv) == 256 for gate in (held.gate, *held.earlier))
    assert hold(books, draws=256, seed=4).gate.forecast_low != held.gate.forecast_low
    assert hold(books, "G-1", tolerance=0.0).gate.recommendation.decision == "continue"
    worse = replace(books, benefits=benefits("B1", formula="sales - 85"), actuals=books.actuals.head(1))
    assert hold(worse, "G-3", tolerance=5.0).gate.recommendation.decision == "stop"
    # Three months of −5 are to come: stopping may cost 15, not 14.99.
    assert hold(worse, "G-3", tolerance=5.0, stop_cost=15.0).gate.recommendation.decision == "continue"
    assert hold(worse, "G-3", tolerance=5.0, stop_cost=14.99).gate.recommendation.decision == "stop"


def test_what_cannot_be_held_says_what_to_do(books: GateBooks) -> None:
    def refused(error: type[Exception], match: str, gate: str = "", baseline: str = "", **change: Any) -> None:
        with pytest.raises(error, match=match):
            hold(replace(books, **change), gate, baseline)

    refused(DataError, "No plan was frozen at a gate.*crm-workbench freeze PROGRAM G-3", baselines={})
    refused(DataError, "No gate has a month.*which month", gates=gates().assign(month=pd.NA).astype({"month": "Int64"}))
    refused(DataError, "Gate G-9 has no month", "G-9")
    refused(SettingsError, "There is no gate G-7.*G-3, G-1, G-2,? or G-9", "G-7")
    refused(SettingsError, "No plan was frozen at gate G-3.*G-2 or G-1", "", "G-3")
    refused(SettingsError, "frozen in month 6, after gate G-1 in month 0", "G-1", "G-2")
    refused(DataError, "is in EUR, and the program in USD", currency="USD")
    refused(DataError, "no actual amounts.*table actuals", actuals=books.actuals.head(0))
    refused(DataError, "The gate is in month 13", "G-3", gates=gates().assign(month=[13, 0, 6, 9]))


def test_the_seal_that_was_noted_is_compared_with_the_promise(books: GateBooks) -> None:
    seals = {gate: read_baseline(text).sha256 for gate, text in books.baselines.items()}
    assert hold(books, seal=seals["G-1"]).gate.baseline.sha256 == seals["G-1"]
    assert hold(books, baseline="G-2", seal=seals["G-2"]).gate.baseline.gate_id == "G-2"
    with pytest.raises(
        DataError, match=f"gate G-1 has the seal {seals['G-1']}, and the one .* noted is {seals['G-2']}"
    ):
        hold(books, seal=seals["G-2"])


def test_a_program_that_was_extended_still_holds_its_gates(books: GateBooks) -> None:
    """The promise is of 12 months; the program goes on to month 60, with an amount and a gate in month 40."""
    more = pd.DataFrame([("B1", 40, 5.0)], columns=["line_id", "period", "amount"])
    longer = replace(books, horizon_months=60, actuals=pd.concat([books.actuals, more], ignore_index=True))
    assert hold(longer, "G-2").gate.forecast_npv == hold(books, "G-2").gate.forecast_npv
    assert hold(longer, "G-2").gate.later == hold(books, "G-2").gate.later + 1
    late = replace(longer, gates=books.gates.assign(month=pd.array([40, 0, 6, None], dtype="Int64")))
    with pytest.raises(DataError, match=r"The gate is in month 40.*freeze a new baseline and hold the gate to that"):
        hold(late)
    anew = frozen("G-3", 40, benefits("B1", "B2", "B3"), assumptions(80.0), horizon_months=60)
    renewed = hold(replace(late, baselines={**books.baselines, "G-3": anew}), baseline="G-3")
    assert (renewed.gate.month, renewed.gate.baseline_npv) == (40, 3 * 60 * 80)
