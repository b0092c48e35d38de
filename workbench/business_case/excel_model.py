"""The spreadsheet model: a business case as a workbook of live formulas that finance can check and change."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.drivers import base_values, line_amounts
from workbench.business_case.excel_model_book import ModelBook
from workbench.business_case.excel_model_inputs import LineColumns, LineFigures, write_assumptions, write_lines
from workbench.business_case.excel_model_lines import ModelLine, model_lines
from workbench.business_case.excel_model_names import cell_names
from workbench.business_case.excel_model_results import Sheets, write_months, write_years
from workbench.business_case.excel_model_summary import write_summary
from workbench.business_case.returns import CONVENTIONS, Returns, returns
from workbench.language import gettext as _


def write_model(
    path: Path | BytesIO,
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    *,
    horizon_months: int,
    discount_rate: float,
    as_of: date,
    convention: str = "tei",
    title: str = "",
    in_language: str | None = None,
) -> Returns:
    """Write a business case as a spreadsheet whose every figure follows from its assumptions.

    The workbook has a sheet with the returns, one with the assumptions (a named cell each), one with the lines month by
    month, and their sums by month and by year. Sheets are not protected; what people wrote stays text. Beside every
    formula stands what it comes to, for viewers that do not calculate; those returns are given back.

    Parameters
    ----------
    path : Path or BytesIO
        The file to write, ending in ``.xlsx``, or a buffer.
    costs, benefits, assumptions : DataFrame
        The tables of these names.
    horizon_months : int
        Last month that counts.
    discount_rate : float
        Yearly, above −1.
    as_of : date
        Date of the figures; also the date that the file says it was made on.
    convention : str
        One of `returns.CONVENTIONS`.
    title : str
        Title of the first sheet.
    in_language : str, optional
        One of `language.LANGUAGES`; the one in use by default.

    Raises
    ------
    DataError
        With every line or assumption that is wrong, or that no spreadsheet can hold.
    SettingsError
        When there is no such convention.
    """
    spoken = language.current()
    code = in_language or spoken.code
    locale = spoken.locale if code == spoken.code else code
    with language.using(code, locale, spoken.currency):
        values = base_values(assumptions)
        flows = cash_flows(costs, benefits, values, horizon_months)
        figures = returns(flows, discount_rate, convention)
        book = ModelBook(path, as_of)
        lines = model_lines(costs, benefits)
        names = cell_names(values)
        sheets = Sheets(*(book.add(name) for name in _titles()))
        write_assumptions(book, sheets.assumptions, assumptions, names)
        write_lines(book, sheets.lines, lines, names, _figures(costs, benefits, values, flows))
        _write_results(book, sheets, flows, figures, lines, title, as_of)
        book.close()
    return figures


def _titles() -> tuple[str, ...]:
    return _("Summary"), _("Assumptions"), _("Lines"), _("Months"), _("Years")


def _figures(costs: pd.DataFrame, benefits: pd.DataFrame, values: dict[str, float], flows: CashFlows) -> LineFigures:
    amounts = [line_amounts(lines, values).to_numpy() for lines in (costs, benefits) if len(lines)]
    return LineFigures(np.concatenate([np.empty(0), *amounts]), flows.line_flows.to_numpy())


def _write_results(
    book: ModelBook,
    sheets: Sheets,
    flows: CashFlows,
    figures: Returns,
    lines: list[ModelLine],
    title: str,
    as_of: date,
) -> None:
    columns = LineColumns.of(lines, flows.horizon_months + 1)
    write_months(book, sheets, flows, figures.discount_rate, columns)
    write_years(book, sheets, flows, figures.discount_rate, CONVENTIONS[figures.convention].extra_years)
    write_summary(book, sheets, flows, figures, title, as_of, len(lines))
