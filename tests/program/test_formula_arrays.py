"""Formulas over arrays give, draw by draw, what the same formula gives for one draw alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError
from workbench.language import using
from workbench.program import formulas
from workbench.program.formula_arrays import ArrayFormula

NAMES = ("calls", "fee", "año")
FIGURES = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False))
DRAWS = st.lists(st.tuples(FIGURES, FIGURES, FIGURES), min_size=1, max_size=6)
CONSTANTS = st.one_of(st.integers(0, 20).map(str), st.floats(0, 1e4, allow_subnormal=False).map(repr))
LEAVES = st.one_of(st.sampled_from(NAMES), CONSTANTS)


def _exact(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """What NumPy and Python round alike."""
    comparisons = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    calls = st.sampled_from(["min({}, {})", "max({}, {}, 2)", "abs({1})", "sqrt({0})", "round({0})", "round({0}, 2)"])
    return st.one_of(
        st.tuples(part, st.sampled_from(["+", "-", "*", "/", "//", "%"]), part).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(part, part, comparisons, part).map(lambda t: f"({t[0]} if {t[1]} {t[2]} 3 else {t[3]})"),
        st.tuples(part, comparisons, part, comparisons, part).map(lambda t: f"({' '.join(t)})"),
        st.tuples(calls, part, part).map(lambda t: t[0].format(t[1], t[2])),
        part.map(lambda t: f"-{t}"),
    )


def _smooth(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """What may differ in the last digit, kept away from what would make a leap of it."""
    calls = st.sampled_from(["exp({})", "log({})", "log({}, {})"])
    return st.one_of(
        st.tuples(part, st.sampled_from(["*", "/", "**"]), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(calls, part, part).map(lambda t: t[0].format(t[1], t[2])),
    )


def one_by_one(formula: str, draws: list[tuple[float, ...]]) -> tuple[list[float], str]:
    """The values before the first draw that fails, and why that fails."""
    values: list[float] = []
    for draw in draws:
        try:
            values.append(formulas.evaluate(formula, dict(zip(NAMES, draw, strict=True))))
        except DataError as error:
            return values, str(error)
    return values, ""


def at_once(formula: str, draws: list[tuple[float, ...]]) -> tuple[list[float], str]:
    columns = dict(zip(NAMES, np.array(draws).T, strict=True))
    try:
        return ArrayFormula.read(formula, NAMES).compute(columns, len(draws)).tolist(), ""
    except DataError as error:
        return [], str(error)


@given(st.recursive(LEAVES, _exact, max_leaves=8), DRAWS)
@settings(max_examples=250, deadline=None)
def test_all_draws_at_once_are_what_each_is_alone(formula: str, draws: list[tuple[float, ...]]) -> None:
    expected, refusal = one_by_one(formula, draws)
    computed, told = at_once(formula, draws)
    assert told == refusal
    assert computed == ([] if refusal else expected)


@given(st.recursive(LEAVES, _smooth, max_leaves=4), DRAWS)
@settings(max_examples=150, deadline=None)
def test_powers_and_logarithms_agree_to_rounding(formula: str, draws: list[tuple[float, ...]]) -> None:
    expected, refusal = one_by_one(formula, draws)
    computed, told = at_once(formula, draws)
    assert told == refusal
    # Each rounding of an exponent is multiplied by its size, at most some hundreds where the result is still finite.
    assert refusal or computed == pytest.approx(expected, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("190000", [190000, 190000, 190000]),
        ("round(fee, 2)", [2.67, 1.0, 0.12]),
        ("round(fee)", [3.0, 1.0, 0.0]),
        ("1 / calls if calls > 0 else 7", [7.0, 0.5, 0.25]),
        ("(0 < calls < 10 / calls) * 1", [0.0, 1.0, 0.0]),
        ("calls // 3 + calls % 3", [0.0, 2.0, 2.0]),
        ("log(calls + 1, 3)", [0.0, 1.0, np.log(5) / np.log(3)]),
        ("max(calls, año, 1)", [3.0, 3.0, 4.0]),
    ],
)
def test_figures_worked_out_by_hand(formula: str, expected: list[float]) -> None:
    values = {"calls": np.array([0.0, 2.0, 4.0]), "fee": np.array([2.675, 1.0, 0.125]), "año": 3.0}
    assert ArrayFormula.read(formula, values).compute(values, 3) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ("1 / (calls - 2)", "divides by zero (calls = 2)"),
        ("1 / (1 / (calls - 2))", "divides by zero (calls = 2)"),
        ("3 if 1 / (calls - 2) > 5 else 4", "divides by zero (calls = 2)"),
        ("(0 - calls) ** 0.5", "no value (calls = 1)"),
        ("log(calls - 3)", "no value (calls = 1)"),
        ("log(5, calls - 2)", "no value (calls = 1)"),
        ("exp(calls * 300)", "too large (calls = 3)"),
        ("(1e200 ** calls) / (1e200 ** calls)", "too large (calls = 2)"),
    ],
)
def test_the_first_draw_that_fails_is_told_with_its_figures(formula: str, word: str) -> None:
    values = {"calls": np.array([1.0, 2.0, 3.0, 2.0])}
    with using("en"), pytest.raises(DataError) as raised:
        ArrayFormula.read(formula, values).compute(values, 4)
    assert word in str(raised.value)


def test_a_draw_without_a_value_is_told() -> None:
    with using("en"), pytest.raises(DataError, match="uses calls, without a value"):
        ArrayFormula.read("calls + 1", ["calls"]).compute({"calls": np.array([1.0, np.nan])}, 2)


def test_what_is_no_arithmetic_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(DataError):
        ArrayFormula.read("calls.__class__", ["calls"])
    with pytest.raises(DataError):
        ArrayFormula.read("cals * 2", ["calls"])


def test_an_accent_typed_in_two_ways_is_one_name() -> None:
    decomposed = "an\u0303o"
    assert ArrayFormula.read("año * 2", [decomposed]).compute({decomposed: np.array([3.0])}, 1).tolist() == [6.0]
