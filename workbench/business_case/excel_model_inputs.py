"""The sheets of a spreadsheet model that people change: the assumptions, and the lines month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from xlsxwriter.utility import quote_sheetname, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from workbench.business_case.categories import label as category_label
from workbench.business_case.excel_model_book import TOP, ModelBook, cell
from workbench.business_case.excel_model_formulas import in_spreadsheet
from workbench.business_case.excel_model_lines import ModelLine, month_formula
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.excel_book import set_height, write_note
from workbench.program.labels import label

VALUE = 2
DOCUMENTED = ("low", "base", "high", "unit", "distribution", "evidence", "source", "owner", "as_of")
# Letters are narrower than the digits that a column is measured in.
ASSUMPTION_HEIGHTS = (30, 44, 20, 58)
CHOICES = ("distribution", "evidence")
ASSUMPTION_WIDTHS = (26, 38, 14, 10, 10, 10, 18, 14, 16, 48, 20, 12)
LINE_WIDTHS = (11, 34, 9, 18, 34, 12, 7, 7, 14)
ID, NAME, KIND, CATEGORY, FORMULA, AMOUNT, FIRST, LAST, PROFILE, FIGURES = range(10)


@dataclass(frozen=True)
class LineFigures:
    """What the cells of the lines come to.

    Attributes
    ----------
    amounts : ndarray, shape (lines,)
        Full amount a month.
    flows : ndarray, shape (lines, months + 1)
        Adjusted amount of each month.
    """

    amounts: NDArray[np.float64]
    flows: NDArray[np.float64]


def write_assumptions(book: ModelBook, sheet: Worksheet, assumptions: pd.DataFrame, names: dict[str, str]) -> None:
    """Write the assumptions: a named cell for each to change, beside what is documented of it.

    Parameters
    ----------
    book : ModelBook
        The workbook.
    sheet : Worksheet
        An empty sheet.
    assumptions : DataFrame
        The table of this name; only ``assumption_id`` and ``base`` must be there.
    names : dict of str to str
        The name of each assumption's cell, in the order of the table.
    """
    headings = [_("Name of the cell"), label("name"), _("Value in use"), *map(label, DOCUMENTED)]
    said = _("Change a value in use: every other sheet follows. Base holds the value as planned.")
    book.entitle(sheet, _("Assumptions"), said, headings)
    rows = assumptions.reindex(columns=["name", *DOCUMENTED]).to_dict("records")
    for row, (name, record) in enumerate(zip(names.values(), rows, strict=True), TOP):
        sheet.write_string(row, 0, name, book.look("name"))
        book.put(sheet, row, 1, _text(record["name"]))
        book.figure(sheet, row, VALUE, float(record["base"]), "figure")
        _document(book, sheet, row, record)
        texts = [name, *(_text(record[column]) for column in ("name", "unit", "source"))]
        set_height(sheet, row, texts, ASSUMPTION_HEIGHTS)
        book.name_range(name, f"={quote_sheetname(sheet.get_name())}!{cell(row, VALUE, 'both')}")
    _set_widths(sheet, ASSUMPTION_WIDTHS)
    sheet.freeze_panes(TOP, VALUE + 1)


def _document(book: ModelBook, sheet: Worksheet, row: int, record: dict[Any, Any]) -> None:
    for column, heading in enumerate(DOCUMENTED, VALUE + 1):
        value = record[heading]
        if isinstance(value, int | float) and not pd.isna(value):
            sheet.write_number(row, column, value, book.look("figure"))
        else:
            book.put(sheet, row, column, _text(value, heading in CHOICES))
    told = [_text(record["source"]), _text(record["evidence"], is_choice=True)]
    if any(told):
        write_note(sheet, row, VALUE, "\n".join(part for part in told if part))


def _text(value: Any, is_choice: bool = False) -> str:
    if value is None or pd.isna(value) or value == "":
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return label(str(value)) if is_choice else str(value)


def write_lines(
    book: ModelBook, sheet: Worksheet, lines: list[ModelLine], names: dict[str, str], figures: LineFigures
) -> None:
    """Write a row for each line: its formula over the assumptions' cells, its timing and shares, and every month.

    Parameters
    ----------
    book : ModelBook
        The workbook.
    sheet : Worksheet
        An empty sheet.
    lines : list of ModelLine
        The lines, costs first.
    names : dict of str to str
        The name of each assumption's cell.
    figures : LineFigures
        What the formulas come to.

    Raises
    ------
    DataError
        With every line whose formula no spreadsheet can hold.
    """
    columns = LineColumns.of(lines, figures.flows.shape[1])
    said = _("Every month is a formula: the amount, how it develops, attribution and risk. Change the coloured cells.")
    book.entitle(sheet, _("Lines"), said, columns.headings())
    for month in range(columns.months):
        sheet.write_number(TOP - 1, columns.month(month), month, book.look("period"))
    formulas = _translated(lines, names)
    for place, (line, formula) in enumerate(zip(lines, formulas, strict=True)):
        row = TOP + place
        _write_line(book, sheet, row, line, columns)
        book.formula(sheet, row, AMOUNT, formula, figures.amounts[place], "amount")
        _write_months(book, sheet, row, line, columns, figures.flows[place])
    _set_widths(sheet, LINE_WIDTHS)
    sheet.freeze_panes(TOP, NAME + 1)


@dataclass(frozen=True)
class LineColumns:
    """Which column of the lines' sheet holds what; the figures of the profiles need as many as the longest has."""

    figures: int
    months: int

    @classmethod
    def of(cls, lines: list[ModelLine], months: int) -> LineColumns:
        """The columns that these lines need."""
        return cls(max((len(line.profile.figures) for line in lines), default=0) or 1, months)

    @property
    def attribution(self) -> int:
        """Column of the attribution; risk, adjustment, total and the months follow."""
        return FIGURES + self.figures

    def month(self, month: int) -> int:
        """Column of a month."""
        return self.attribution + 4 + month

    def headings(self) -> list[str]:
        """What stands above the columns before the months."""
        return [
            _("Line"),
            label("name"),
            _("Kind"),
            _("Category"),
            _("Formula as planned"),
            _("Amount a month"),
            _("First month"),
            _("Last month"),
            _("Profile"),
            *(_("Figure {number} of the profile").format(number=number + 1) for number in range(self.figures)),
            _("Attribution"),
            _("Risk adjustment"),
            _("Adjustment"),
            _("Total"),
        ]


def _translated(lines: list[ModelLine], names: dict[str, str]) -> list[str]:
    formulas, problems = [], []
    for line in lines:
        try:
            formulas.append(in_spreadsheet(line.formula, names))
        except DataError as error:
            told = _("Line {line}: {problem}")
            problems += [
                Problem(told.format(line=line.line_id, problem=wrong.found), wrong.expected, wrong.remedy)
                for wrong in error.problems
            ]
    if problems:
        raise DataError(problems)
    return formulas


def _write_line(book: ModelBook, sheet: Worksheet, row: int, line: ModelLine, columns: LineColumns) -> None:
    kind = _("Cost") if line.is_cost else _("Benefit")
    texts = (line.line_id, line.name, kind, category_label(line.category), " ".join(line.formula.split()))
    for column, text in enumerate(texts):
        book.put(sheet, row, column, text)
    set_height(sheet, row, texts, LINE_WIDTHS[: len(texts)])
    book.figure(sheet, row, FIRST, line.first, "whole")
    book.figure(sheet, row, LAST, line.last, "whole")
    book.put(sheet, row, PROFILE, line.profile.kind)
    for place, figure in enumerate(line.profile.figures):
        book.figure(sheet, row, FIGURES + place, figure, "figure")
    if not line.is_cost:
        book.figure(sheet, row, columns.attribution, line.attribution, "share")
    book.figure(sheet, row, columns.attribution + 1, line.risk, "share")


def _write_months(
    book: ModelBook, sheet: Worksheet, row: int, line: ModelLine, columns: LineColumns, flow: NDArray[np.float64]
) -> None:
    attribution, risk = cell(row, columns.attribution), cell(row, columns.attribution + 1)
    adjustment = 1 + line.risk if line.is_cost else line.attribution * (1 - line.risk)
    written = f"1+{risk}" if line.is_cost else f"{attribution}*(1-{risk})"
    book.formula(sheet, row, columns.attribution + 2, written, adjustment, "factor")
    months = f"{cell(row, columns.month(0))}:{cell(row, columns.month(columns.months - 1))}"
    book.formula(sheet, row, columns.attribution + 3, f"SUM({months})", float(flow.sum()), "amount")
    for month, amount in enumerate(flow):
        column = columns.month(month)
        book.formula(sheet, row, column, _month(row, column, line, columns), amount, "amount")


def _month(row: int, column: int, line: ModelLine, columns: LineColumns) -> str:
    month, first, last = cell(TOP - 1, column, "row"), cell(row, FIRST, "column"), cell(row, LAST, "column")
    place = {
        "month": month,
        "first": first,
        "figure": cell(row, FIGURES, "column"),
        "figures": xl_range_abs(row, FIGURES, row, FIGURES + columns.figures - 1).replace(f"${row + 1}", str(row + 1)),
    }
    amount = f"{cell(row, AMOUNT, 'column')}*{cell(row, columns.attribution + 2, 'column')}"
    lives = f'AND({month}>={first},OR({last}="",{month}<={last}))'
    return f"IF({lives},{amount}*{month_formula(line.profile.kind, place)},0)"


def _set_widths(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
