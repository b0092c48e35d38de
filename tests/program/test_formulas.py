"""Formulas: computed as Python computes, refused where they are anything but arithmetic, never run."""

from __future__ import annotations

import math
import os
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError
from workbench.program import formulas

VALUES = {"calls": 1200.0, "seconds": 30.0, "fee": 0.5, "año": 2.0, "zero": 0.0}

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False)


def _leaves() -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(list(VALUES)), st.integers(0, 1000).map(str), st.floats(0, 1e4).map(repr))


def _compound(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**"])
    comparisons = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    calls = st.sampled_from(["min({}, {})", "max({}, {})", "abs({1})", "sqrt({0})", "exp({0})", "log({0}, {1})"])
    return st.one_of(
        st.tuples(part, signs, part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(part, part, comparisons, part).map(lambda t: f"({t[0]} if {t[1]} {t[2]} 3 else {t[3]})"),
        st.tuples(calls, part, part).map(lambda t: t[0].format(t[1], t[2])),
        part.map(lambda t: f"-{t}"),
    )


@given(st.recursive(_leaves(), _compound, max_leaves=8), NUMBERS)
@settings(max_examples=300, deadline=None)
def test_formulas_compute_what_python_computes(formula: str, calls: float) -> None:
    values = {**VALUES, "calls": calls}
    functions = {"min": min, "max": max, "abs": abs, "sqrt": math.sqrt, "exp": math.exp, "log": math.log}
    try:
        expected = float(eval(formula, {"__builtins__": {}, **functions}, dict(values)))
    except (ArithmeticError, ValueError, TypeError):
        expected = math.nan
    computed, refusal = _computed(formula, values)
    # A part that overflows is refused even where Python would carry infinity on to a finite end.
    if not refusal or (math.isfinite(expected) and "too large" not in refusal):
        assert computed == pytest.approx(expected, rel=1e-9, abs=1e-12)


def _computed(formula: str, values: dict[str, float]) -> tuple[float, str]:
    try:
        return formulas.evaluate(formula, values), ""
    except DataError as error:
        return math.nan, str(error)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("calls * seconds / 3600 * 40", 400.0),
        ("7 // 2 + 7 % 4", 6.0),
        ("2 ** 10", 1024.0),
        ("round(10 / 3, 2)", 3.33),
        ("(calls > 1000) * 5", 5.0),
        ("fee if calls > 2000 else 2 * fee", 1.0),
        ("calls *\n  año\u00a0* 1", 2400.0),
        ("sqrt(16) + exp(0) + log(100, 10)", 7.0),
        ("1_000", 1000.0),
    ],
)
def test_what_people_write_is_computed(formula: str, expected: float) -> None:
    assert formulas.problems(formula, VALUES) == []
    assert formulas.evaluate(formula, VALUES) == pytest.approx(expected)


REFUSED = [
    "__import__('os').system('touch {file}')",
    "__import__('os')",
    "open('{file}', 'w')",
    "eval('1')",
    "exec('import os')",
    "().__class__.__bases__[0].__subclasses__()",
    "calls.__class__",
    "calls.real",
    "'text'",
    "b'bytes'",
    "f'{{calls}}'",
    "[1, 2]",
    "{{'a': 1}}",
    "(1, 2)",
    "calls[0]",
    "lambda: 1",
    "(lambda: 1)()",
    "[x for x in (1, 2)]",
    "max(*[1, 2])",
    "max(1, 2, key=abs)",
    "(x := 3)",
    "calls and fee",
    "not calls",
    "~calls",
    "calls ^ 2",
    "calls << 3",
    "calls | 3",
    "calls @ 2",
    "calls is fee",
    "calls in fee",
    "True",
    "None",
    "...",
    "3j",
    "1e999",
    "calls * 0,5",
    "=calls",
    "calls # a note",
    "calls; fee",
    "import os",
    "calls = 3",
    "await calls",
    "yield",
    "min",
    "min(calls)",
    "sqrt()",
    "round(1, 2, 3)",
    "10%",
    "if(calls > 1; 2; 3)",
    "",
    "   ",
    "\x00",
    "calls +",
]


@pytest.mark.parametrize("written", REFUSED)
def test_anything_but_arithmetic_is_refused_with_a_remedy(written: str, tmp_path: object) -> None:
    file = f"{tmp_path}/made"
    formula = written.format(file=file)
    told = formulas.problems(formula, VALUES)
    assert told
    assert all(found and expected and remedy for found, expected, remedy in told)
    with pytest.raises(DataError):
        formulas.evaluate(formula, VALUES)
    assert not os.path.exists(file)  # noqa: PTH110


@pytest.mark.parametrize(
    "formula",
    [
        "9**9**9**9**9",
        "calls**calls**calls",
        "(" * 5000 + "1" + ")" * 5000,
        "(" * 300 + "1" + ")" * 300,
        "-" * 900 + "1",
        "+".join(["1"] * 400),
        "abs(" * 150 + "1" + ")" * 150,
        "9" * 5000,
        "9" * 900,
        "calls*" * 150 + "calls",
        "exp(exp(exp(9)))",
    ],
)
def test_huge_formulas_are_refused_at_once(formula: str) -> None:
    start = time.perf_counter()
    with pytest.raises(DataError):
        formulas.evaluate(formula, VALUES)
    assert time.perf_counter() - start < 2


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_either_computed_or_refused(text: str) -> None:
    told = formulas.problems(text, VALUES)
    try:
        result = formulas.evaluate(text, VALUES)
    except DataError:
        return
    assert not told
    assert math.isfinite(result)


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ("calls / zero", "divides by zero"),
        ("calls // 0", "divides by zero"),
        ("calls % 0", "divides by zero"),
        ("0 ** -1", "divides by zero"),
        ("(0 - 4) ** 0.5", "no value"),
        ("sqrt(0 - calls)", "no value"),
        ("log(zero)", "no value"),
        ("exp(calls)", "too large"),
        ("1e200 * 1e200", "too large"),
        ("1 / (1e200 * 1e200)", "too large"),
    ],
)
def test_no_value_is_told_with_the_formula(formula: str, word: str) -> None:
    with pytest.raises(DataError) as raised:
        formulas.evaluate(formula, VALUES)
    assert word in str(raised.value)
    assert formula in str(raised.value)


def test_division_by_zero_names_the_figures() -> None:
    with pytest.raises(DataError, match=r"calls = 1,200, zero = 0"):
        formulas.evaluate("calls / zero", VALUES)


def test_missing_values_are_refused() -> None:
    with pytest.raises(DataError, match="without a value"):
        formulas.evaluate("calls + 1", {"calls": math.nan})


def test_every_problem_is_told_and_a_close_name_offered() -> None:
    told = formulas.problems("Cals * secconds + nothing_like_it ** cals.real", VALUES)
    assert len(told) == 4
    assert "Did you mean calls?" in told[0][2]
    assert "Did you mean seconds?" in told[1][2]
    assert "Did you mean" not in told[2][2]


def test_names_are_the_assumptions_used() -> None:
    assert formulas.names("min(calls, 3) * año + (fee if seconds > 1 else 0)") == {"calls", "año", "fee", "seconds"}
    assert formulas.names("1 + 2") == set()
    with pytest.raises(DataError):
        formulas.names("calls +")


def test_an_accent_typed_in_two_ways_is_one_name() -> None:
    decomposed = unicodedata.normalize("NFD", "año")
    assert decomposed != "año"
    assert formulas.is_name(decomposed)
    assert formulas.evaluate("año * 2", {decomposed: 3}) == 6
    assert formulas.evaluate(f"{decomposed} * 2", {"año": 3}) == 6
    assert formulas.problems("ﬁn", ["fin"]) == []


@pytest.mark.parametrize("text", ["calls", "año_2", "_x", "Ωmega", "match", "llamadas_al_día"])
def test_names_that_formulas_can_use(text: str) -> None:
    assert formulas.is_name(text)


@pytest.mark.parametrize(
    "text", ["", " ", "2nd", "a b", "a-b", "a.b", "if", "None", "max", "𝐦ax", "𝐢f", "calls ", "a\n", "A¹"]
)
def test_names_that_formulas_cannot_use(text: str) -> None:
    assert not formulas.is_name(text)


@given(st.text(min_size=1, max_size=8).filter(formulas.is_name))
@settings(max_examples=100, deadline=None)
def test_a_name_that_is_accepted_is_read_back_by_the_parser(name: str) -> None:
    assert formulas.evaluate(f"{name} + 1", {name: 2.0}) == 3
