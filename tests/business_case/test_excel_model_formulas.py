"""Formulas as a spreadsheet writes them: a real engine finds what Python finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from workbench.business_case.excel_model_formulas import in_spreadsheet
from workbench.errors import DataError
from workbench.program.formulas import evaluate

VALUES = {"a": 7.0, "b": 2.5, "zero": 0.0, "año": -3.0}
CELLS = {"a": "A1", "b": "B1", "zero": "C1", "año": "D1"}
FORMULAS = """
a + b * 2 - 1|a - (b - 1)|a / (b / 2)|a - -b|-a ** 2|(-a) ** 2|2 ** -2|zero ** zero|zero ** 2|a ** b|a ** -b * 2
-a % b|a % -b|a // b|-a // b|a * 3 // (b + 1)|a % (b - 4)|-(a + b) * 2|+a|1e-7 * a|1.5E+9
round(2.5)|round(3.5)|round(-2.5)|round(b)|round(-0.5)|round(a + b / 3, 2)|round(1234.5678, -2)|round(250, -2)
round(350, -2)|round(0.125, 2)|round(0.375, 2)|round(b - 4)|round(-b)|round(a / 3 - b, 1) * 2
min(a, b, zero)|max(a, b) - min(b, año)|abs(año) + abs(-b)|sqrt(a)|exp(b)|log(a)|log(8, 2)|1 / log(8, 2)|log(a + b, b)
a > b|a < b|(a >= b) * 5 + (a == 7) * 10|(a != b) + 1|1 < b < a|1 < a < b|1 < 2 == 2
a if a > b else b|a if zero else b|1 if b else 0|a if 0 < b < 1 else (b if año < 0 else 1)|(a if b > 1 else b) * 2
a - 1 > b + 1|(1 if a > b else 0) ** 2|a / b if b > 0 else 0|5 if zero == 0 else a / zero|(a - b) / (a + b)
""".replace("\n", "|")
CASES = [formula for formula in FORMULAS.split("|") if formula]


def test_a_real_engine_agrees_with_python(tmp_path: Path, calculate: Any) -> None:
    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(VALUES.values()))
        for row, formula in enumerate(CASES, 1):
            sheet.write_formula(row, 0, "=" + in_spreadsheet(formula, CELLS))
    (found,) = calculate([path])
    results = {formula: found.active.cell(row, 1).value for row, formula in enumerate(CASES, 2)}
    assert results == {formula: pytest.approx(evaluate(formula, VALUES), rel=1e-12, abs=1e-12) for formula in CASES}
    assert len(results) == 61


def test_what_people_wrote_is_checked_first() -> None:
    with pytest.raises(DataError, match="not an assumption"):
        in_spreadsheet("calls * WEBSERVICE", {"calls": "calls"})
    with pytest.raises(DataError, match="not a function here"):
        in_spreadsheet("hyperlink(calls)", {"calls": "calls"})


def test_a_formula_that_no_cell_holds_is_told() -> None:
    nested = "a"
    for _depth in range(7):
        nested = f"round({nested}, 1)"
    with pytest.raises(DataError, match="too long for a spreadsheet"):
        in_spreadsheet(nested, CELLS)


def test_accents_typed_in_two_ways_are_one_name() -> None:
    assert in_spreadsheet("an\u0303o * 2", {"año": "year"}) == "year*2"
