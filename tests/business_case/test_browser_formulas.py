"""Formulas for a browser: how each construct is written, and that nothing of a person's text gets into it."""

from __future__ import annotations

import re

import pytest

from workbench.business_case.browser_formulas import in_browser, literal
from workbench.errors import DataError

FIGURES = {"a": "p0", "b": "p1", "año": "(-3)", "half": "0.5"}
WORDS = re.compile(
    r"(?:\b(?:[pn]\d+|min|max|abs|sqrt|exp|log|pow|floor|ceil)\b|\d[\d.]*(?:e[+-]\d+)?|[-+*/%<>=!?:,()\[\]|&])*"
)
"""All that an expression may be made of."""


@pytest.mark.parametrize(
    ("formula", "expression"),
    [
        ("a + 2", "((p0+2)%(1/0))"),
        ("a / b", "((p0/p1)%(1/0))"),
        ("-a", "(-p0)"),
        ("+a", "p0"),
        ("a - año", "((p0-(-3))%(1/0))"),
        ("an\u0303o * half", "(((-3)*0.5)%(1/0))"),
        ("a ** b", "((pow(p0,p1)+0*p0)%(1/0))"),
        ("min(a, b, 3)", "((min(p0,p1,3))%(1/0))"),
        ("a < b", "((p0<p1?1:0)+0*p0+0*p1)"),
        ("a if b else 2", "((p1!=0?p0:2)+0*p1)"),
        ("log(a)", "((log(p0))%(1/0))"),
        ("1e-7 * 1e22", "((1e-07*1e+22)%(1/0))"),
    ],
    ids=str,
)
def test_each_construct_is_written_out(formula: str, expression: str) -> None:
    translated = in_browser(formula, FIGURES)
    assert translated.value == expression
    assert translated.steps == ()


def test_what_is_used_twice_is_a_step_of_its_own() -> None:
    translated = in_browser("(a + b) ** 2 < 5", FIGURES, "n7_")
    assert translated.steps[0] == ("n7_0", "((p0+p1)%(1/0))")
    assert translated.steps[1] == ("n7_1", "((pow(n7_0,2)+0*n7_0)%(1/0))")
    assert translated.value == "((n7_1<5?1:0)+0*n7_1+0*5)"


@pytest.mark.parametrize(
    "formula",
    ["a // b % 3", "round(a, b) + round(a) + round(b, 2) - round(a, -2)", "a < b <= 3 != half", "log(a, b) + sqrt(a)"],
)
def test_expressions_hold_figures_steps_and_known_words_alone(formula: str) -> None:
    translated = in_browser(formula, FIGURES)
    for expression in [translated.value, *(expression for _name, expression in translated.steps)]:
        assert WORDS.fullmatch(expression), expression


@pytest.mark.parametrize(
    "formula",
    ["datum + 1", "a.constructor", "a['b']", "alert(a)", "`a`", "a; b", "'a' * 2", "lambda: a", "[a][0]"],
)
def test_what_is_no_arithmetic_is_refused(formula: str) -> None:
    with pytest.raises(DataError):
        in_browser(formula, FIGURES)


def test_names_that_mean_something_to_vega_are_only_figures() -> None:
    known = {"datum": "p0", "event": "p1", "NaN": "2", "width": "3", "window": "4", "data": "5"}
    assert in_browser("datum + NaN", known).value == "((p0+2)%(1/0))"
    assert WORDS.fullmatch(in_browser("event * width / window - data", known).value)


@pytest.mark.parametrize("value", [0.0, -0.0, 1.5, -2.25, 1e-300, -1e300, 123456789.123456789, 2.0**53])
def test_a_number_is_written_to_the_last_digit(value: float) -> None:
    assert float(literal(value).strip("()")) == value
