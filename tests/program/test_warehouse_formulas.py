"""Formulas over columns: every engine computes what `formulas.evaluate` computes, and nothing where that refuses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError
from workbench.program import formulas
from workbench.program.warehouse_formulas import compiled, problem_of

ROWS = pd.DataFrame(
    {"at": [0, 1, 2, 3], "a": [7.0, -7.5, 0.0, 2.5], "b": [2.0, 2.0, -0.5, 0.0], "Unit_Price": [3.39, 0.1, 1e6, -4.0]}
)
NAMES = ("a", "b", "Unit_Price")
FORMULAS = (
    "a * Unit_Price + b - 1",
    "a / b",
    "a // b",
    "a % b",
    "a % -3",
    "a ** b",
    "b ** a",
    "a ** 3",
    "a ** -1",
    "Unit_Price ** 200",
    "-a ** 2",
    "2 ** a ** 2",
    "round(a)",
    "round(a * 1.5)",
    "round(Unit_Price, 1)",
    "round(Unit_Price * 123, -2)",
    "min(a, b, Unit_Price)",
    "max(a / b, 1)",
    "log(a)",
    "log(Unit_Price, 10)",
    "log(a, 1)",
    "sqrt(a)",
    "exp(a)",
    "exp(Unit_Price)",
    "abs(a) + abs(b)",
    "Unit_Price if a > b else -Unit_Price",
    "1 if -1 < b <= 2 else 0",
    "a / b if b != 0 else 5",
    "a == 7",
    "1e16 % 7 + a",
)


def computed(backend: Any, texts: Sequence[str], rows: pd.DataFrame) -> list[list[float | None]]:
    """A list a formula: its value in each row."""
    table = ibis.memtable(rows)
    values = {name: table[name] for name in NAMES}
    asked = {f"f{index}": compiled(text, values) for index, text in enumerate(texts)}
    found = backend.execute(table.select("at", **asked).order_by("at"))
    return [[None if pd.isna(value) else float(value) for value in found[name]] for name in asked]


def expected(text: str, row: pd.Series) -> float | None:
    try:
        return formulas.evaluate(text, {name: float(row[name]) for name in NAMES})
    except DataError:
        return None


def close(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)


def test_every_engine_computes_what_the_formulas_of_costs_compute(backend: Any) -> None:
    wrong = []
    for text, figures in zip(FORMULAS, computed(backend, FORMULAS, ROWS), strict=True):
        wanted = [close(expected(text, row)) for _at, row in ROWS.iterrows()]
        wrong += [] if figures == wanted else [(text, figures, wanted)]
    assert not wrong


def test_what_has_no_value_is_empty(backend: Any) -> None:
    (figures,) = computed(backend, ["a / b"], ROWS)
    assert figures == [3.5, -3.75, -0.0, None]


QUARTERS = st.integers(-160, 160).map(lambda count: count / 4)


def exact(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Arithmetic that is exact in floats, so that nothing that jumps can be on another side."""
    signs = st.sampled_from(["+", "-", "*", "//", "%"])
    calls = st.sampled_from(["min({}, {})", "max({}, {})", "abs({})", "round({})", "-{}", "{} ** 2"])
    comparisons = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.one_of(
        st.tuples(part, signs, part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(calls, part, part).map(lambda t: f"({t[0].format(t[1], t[2])})"),
        st.tuples(part, part, comparisons, part).map(lambda t: f"({t[0]} if {t[1]} {t[2]} 3 else {t[3]})"),
    )


def smooth(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Arithmetic over figures above 0 in which a rounding error stays one."""
    calls = st.sampled_from(["sqrt({0})", "log({0} + 1.5)", "exp(min({0}, 5))", "min({}, {})", "max({}, {})"])
    powers = st.sampled_from(["2", "3", "0.5", "-1", "-0.25", "0"])
    return st.one_of(
        st.tuples(part, st.sampled_from("+*/"), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(calls, part, part).map(lambda t: t[0].format(t[1], t[2])),
        st.tuples(part, powers).map(lambda t: f"({t[0]} ** {t[1]})"),
    )


def formulas_of(grow: Any, leaves: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.recursive(leaves, grow, max_leaves=6), min_size=8, max_size=12)


@settings(max_examples=12)
@given(
    formulas_of(exact, st.sampled_from(NAMES) | QUARTERS.map(lambda value: f"({value!r})")),
    st.tuples(QUARTERS, QUARTERS, QUARTERS),
)
def test_exact_arithmetic_is_that_of_python(texts: list[str], row: tuple[float, ...]) -> None:
    assert_alike(texts, row)


@settings(max_examples=12)
@given(
    formulas_of(smooth, st.sampled_from(NAMES) | st.floats(0.5, 50).map(repr)),
    st.tuples(*[st.floats(0.5, 50)] * 3),
)
def test_smooth_arithmetic_is_that_of_python(texts: list[str], row: tuple[float, ...]) -> None:
    assert_alike(texts, row)


def assert_alike(texts: list[str], row: tuple[float, ...]) -> None:
    rows = pd.DataFrame({"at": [0]} | {name: [value] for name, value in zip(NAMES, row, strict=True)})
    figures = [value for (value,) in computed(ibis.duckdb.connect(), texts, rows)]
    for text, figure in zip(texts, figures, strict=True):
        wanted = expected(text, rows.iloc[0])
        # Powers near the largest float are empty here, and still finite there.
        if wanted is None or abs(wanted) < math.exp(600):
            assert figure == (None if wanted is None else pytest.approx(wanted, rel=1e-9)), text


def test_figures_alone_are_computed_at_once() -> None:
    texts = ["3.0 * 3.4086854219106257", "a * (2 ** 0.5 / 3)", "1 / (2 - 2)", "a if 2.5 > 2 else b", "-(1e200 * 1e5)"]
    assert_alike(texts, (1.5, 2.5, 3.5))


def test_a_formula_over_an_unknown_column_names_the_known_ones() -> None:
    told = problem_of("Quantity * UnitPrize", ["Quantity", "UnitPrice"])
    assert told is not None
    assert "UnitPrize" in told.found
    assert told.expected == "one of Quantity, UnitPrice"
    assert "UnitPrice" in told.remedy


@pytest.mark.parametrize("text", ["__import__('os').system('ls')", "a.b", "a[0]", "(lambda: a)()", "a and b", "a *"])
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    assert problem_of(text, ["a", "b"]) is not None
