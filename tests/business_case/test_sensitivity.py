"""Tornado and break-even against figures worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.break_even import break_even
from workbench.business_case.sensitivity import tornado
from workbench.business_case.valuation import Valuation, valuation
from workbench.errors import DataError
from workbench.language import using


def case_of(benefit: str, cost: str = "0", **ranges: tuple[float, float, float]) -> Valuation:
    """One cost and one benefit paid once, so that the net present value is their difference."""
    costs = pd.DataFrame({"cost_id": ["C"], "category": ["other"], "formula": [cost], "profile": ["one_off"]})
    benefits = pd.DataFrame({"benefit_id": ["B"], "stream": ["cost_reduction"], "formula": [benefit]})
    rows = [(name, f"The {name}", "EUR", *figures) for name, figures in ranges.items()]
    assumptions = pd.DataFrame(rows, columns=["assumption_id", "name", "unit", "low", "base", "high"])
    return valuation(
        costs.assign(first_period=0),
        benefits.assign(profile="one_off"),
        assumptions,
        horizon_months=12,
        discount_rate=0,
    )


def test_the_tornado_is_the_one_worked_out_by_hand() -> None:
    case = case_of("a * b", "c", a=(2, 3, 5), b=(10, 20, 25), c=(10, 30, 50), idle=(1, 2, 3), fixed=(4, 4, 4))
    found = tornado(case)
    assert found.base_npv == 30
    swings = found.swings.set_index("assumption_id")
    assert swings.index.tolist() == ["a", "b", "c"]
    assert swings[["npv_low", "npv_high", "swing"]].to_numpy().tolist() == [[10, 70, 60], [0, 45, 45], [50, 10, 40]]
    assert swings.loc["a", ["name", "unit", "low", "base", "high"]].tolist() == ["The a", "EUR", 2, 3, 5]
    assert (found.without_range, found.without_effect) == ((), ("idle",))


def test_assumptions_without_a_range_are_named() -> None:
    found = tornado(case_of("a * b", a=(2, 3, 5), b=(math.nan, 20, math.nan)))
    assert found.without_range == ("b",)
    assert len(found.swings) == 1


def test_the_conclusion_names_what_turns_the_sign() -> None:
    with using("en", currency="EUR"):
        told = tornado(case_of("a", "c", a=(2, 30, 50), c=(10, 15, 50))).conclusion
        calm = tornado(case_of("a", "1", a=(2, 3, 5))).conclusion
        nothing = tornado(case_of("5")).conclusion
    assert told == (
        "The net present value depends most on “The a”: between -13\xa0€ and 35\xa0€. "
        "2 assumptions can turn its sign, each alone: “The a” and “The c”."
    )
    assert "No assumption alone" in calm
    assert "nothing can be said" in nothing


def test_a_formula_without_a_value_at_an_end_is_told() -> None:
    with using("en"), pytest.raises(DataError, match=r"Line B: .* divides by zero"):
        tornado(case_of("9 / a", a=(0, 3, 5)))


@given(st.floats(1, 100), st.floats(0.2, 5), st.floats(0.5, 3))
@settings(max_examples=50, deadline=None)
def test_break_even_of_a_power_is_its_root(cost: float, power: float, base: float) -> None:
    found = break_even(case_of(f"a ** {power!r}", repr(cost), a=(base / 2, base, base * 2)))
    (row,) = found.values.to_dict("records")
    exact = cost ** (1 / power)
    if exact <= row["searched_to"]:
        assert row["break_even"] == pytest.approx(exact, rel=1e-9)
        assert row["within_range"] == (base / 2 <= row["break_even"] <= base * 2)
        assert row["margin"] == pytest.approx(abs(exact - base) / base, rel=1e-6, abs=1e-9)
    else:
        assert math.isnan(row["break_even"])


@pytest.mark.parametrize(
    ("benefit", "ends", "expected", "others"),
    [
        ("a + 1000", (5, 6, 7), math.nan, 0),
        ("1 + (a - 2) * (a - 4) * (a - 9)", (1, 3.5, 9), 4, 2),
        ("1 + max(a - 3, 0 - 1)", (1, 2.5, 4), 3, 0),
        ("1 + 1 / a - 0.25", (1, 2, 3), 4, 0),
    ],
)
def test_the_nearest_break_even_is_told_and_the_others_counted(
    benefit: str, ends: tuple[float, float, float], expected: float, others: int
) -> None:
    # Fifty on both sides keep the amount at the base value above zero.
    (row,) = break_even(case_of(f"{benefit} + 50", "51", a=ends)).values.to_dict("records")
    assert row["break_even"] == pytest.approx(expected, rel=1e-9, nan_ok=True)
    assert row["others"] == others


def test_two_break_evens_within_one_step_and_one_that_is_touched_are_found() -> None:
    """From 0 to 40 a step is 40 ÷ 512."""
    (row,) = break_even(case_of("100 + (a - 7.001) * (a - 7.002)", "100", a=(3, 4, 5))).values.to_dict("records")
    assert (row["break_even"], row["others"], row["is_jump"]) == (pytest.approx(7.001), 1, False)
    (row,) = break_even(case_of("100 + (a - 7.001) ** 2", "100", a=(3, 4, 5))).values.to_dict("records")
    assert (row["break_even"], row["others"]) == (pytest.approx(7.001, abs=1e-5), 0)
    (row,) = break_even(case_of("100 + (a - 7.001) ** 3", "100", a=(3, 4, 5))).values.to_dict("records")
    assert row["break_even"] == pytest.approx(7.001, abs=1e-4)


def test_a_jump_over_zero_is_told_as_one() -> None:
    case = case_of("90 if a < 7 else 110", "100", a=(5, 6, 9))
    (row,) = break_even(case).values.to_dict("records")
    assert (row["break_even"], row["is_jump"]) == (pytest.approx(7), True)
    jump = "At the value of “The a” it changes sign there without being zero: the formula jumps."
    with using("en"):
        assert break_even(case).conclusion.endswith(f"within its range: “The a” at 7. {jump}")
        assert break_even(case_of("90 if a < 7 else 110", "100", a=(5, 6, 6.5))).conclusion.endswith(jump)
        assert "jumps" not in break_even(case_of("a", "20", a=(10, 30, 40))).conclusion


def test_where_a_formula_has_no_value_far_out_the_range_is_searched_alone() -> None:
    (row,) = break_even(case_of("100 / (10 - a)", "50", a=(5, 6, 9))).values.to_dict("records")
    assert row["break_even"] == pytest.approx(8)
    with_hole: Any = break_even(case_of("100 - sqrt(100 - a)", "95", a=(60, 70, 80))).values.iloc[0]
    assert (with_hole["searched_from"], with_hole["searched_to"]) == (60, 80)
    assert with_hole["break_even"] == pytest.approx(75)


def test_the_conclusion_tells_the_break_even_within_the_range_or_the_nearest() -> None:
    with using("en"):
        within = break_even(case_of("a", "20", a=(10, 30, 40))).conclusion
        beyond = break_even(case_of("a", "20", a=(25, 30, 40))).conclusion
    assert within == "1 assumption alone brings the net present value to zero within its range: “The a” at 20."
    assert beyond.endswith("Nearest is “The a”: at 20 in place of 30.")


def test_where_nothing_is_worth_anything_there_is_no_break_even() -> None:
    found = break_even(case_of("a * 0", a=(1, 2, 3)))
    assert np.isnan(found.values["break_even"]).all()


def test_a_program_without_lines_has_neither_tornado_nor_break_even() -> None:
    frames = [
        pd.DataFrame({name: pd.Series(dtype=str) for name in (key, "formula")})
        for key in ("cost_id", "benefit_id", "assumption_id")
    ]
    case = valuation(*frames[:2], frames[2].assign(base=0.0), horizon_months=12, discount_rate=0.1)
    assert len(tornado(case).swings) == len(break_even(case).values) == 0
