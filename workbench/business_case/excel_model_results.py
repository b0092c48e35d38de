"""The sheets of a spreadsheet model that follow from the lines: their sums by month and by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from xlsxwriter.worksheet import Worksheet

from workbench.business_case.cash_flows import CashFlows, year_of
from workbench.business_case.excel_model_book import TOP, ModelBook, column_of
from workbench.business_case.excel_model_inputs import LineColumns
from workbench.business_case.measures import ROUNDING
from workbench.language import gettext as _
from workbench.program.profiles import MONTHS_A_YEAR

RATE = "model_discount_rate"


@dataclass(frozen=True)
class Sheets:
    """The sheets of the model."""

    summary: Worksheet
    assumptions: Worksheet
    lines: Worksheet
    months: Worksheet
    years: Worksheet


def write_months(book: ModelBook, sheets: Sheets, flows: CashFlows, rate: float, columns: LineColumns) -> None:
    """Write a row for each month: sums of the lines, the running sums, and where these are below zero."""
    sheet, monthly = sheets.months, flows.monthly
    headings = [_("Month"), _("Year"), _("Costs"), _("Benefits"), _("Net"), _("Cumulative"), _("Discount factor")]
    headings += [_("Discounted net"), _("Discounted cumulative"), _("Below zero"), _("Below zero, discounted")]
    said = _("Month 0 is today. Each month is discounted as its year.")
    book.entitle(sheet, _("Months"), said, headings)
    sheet.set_column(0, len(headings) - 1, 14)
    sheet.freeze_panes(TOP, 1)
    years = year_of(monthly["period"].to_numpy())
    factors = (1 + rate) ** -years.astype(float)
    discounted = monthly["net"].to_numpy() * factors
    figures = np.column_stack(
        (years, monthly[["costs", "benefits", "net", "cumulative"]], factors, discounted, np.cumsum(discounted))
    )
    is_cost = (flows.lines["kind"] == "cost").to_numpy()
    limits = [ROUNDING * float(np.abs(monthly["net"]).sum()), ROUNDING * float(np.abs(discounted).sum())]
    for month, values in enumerate(figures):
        row = TOP + month
        sheet.write_number(row, 0, month, book.look("whole"))
        written = _month_formulas(sheets, row, month, columns, is_cost)
        below = [month if values[place] < -limit else "" for place, limit in ((4, limits[0]), (7, limits[1]))]
        looks = ("whole", *["amount"] * 4, "factor", "amount", "amount", "whole", "whole")
        for column, (formula, value, look) in enumerate(zip(written, [*values, *below], looks, strict=True), 1):
            book.formula(sheet, row, column, formula, value, look)


def _month_formulas(sheets: Sheets, row: int, month: int, columns: LineColumns, is_cost: Any) -> list[str]:
    previous = month > 0
    count = columns.months
    line_column = columns.month(month)
    costs = _sum_of(sheets.lines, line_column, 0, int(is_cost.sum()))
    benefits = _sum_of(sheets.lines, line_column, int(is_cost.sum()), len(is_cost))
    net, discounted = column_of(sheets.months, 4, count), column_of(sheets.months, 7, count)
    return [
        f"INT((A{row + 1}+{MONTHS_A_YEAR - 1})/{MONTHS_A_YEAR})",
        costs,
        benefits,
        f"D{row + 1}-C{row + 1}",
        f"F{row}+E{row + 1}" if previous else f"E{row + 1}",
        f"POWER(1+{RATE},-B{row + 1})",
        f"E{row + 1}*G{row + 1}",
        f"I{row}+H{row + 1}" if previous else f"H{row + 1}",
        f'IF(F{row + 1}<-{ROUNDING:G}*SUMPRODUCT(ABS({net})),A{row + 1},"")',
        f'IF(I{row + 1}<-{ROUNDING:G}*SUMPRODUCT(ABS({discounted})),A{row + 1},"")',
    ]


def _sum_of(lines: Worksheet, column: int, first: int, after: int) -> str:
    return f"SUM({column_of(lines, column, after - first, TOP + first)})" if after > first else "0"


def write_years(book: ModelBook, sheets: Sheets, flows: CashFlows, rate: float, extra_years: int) -> None:
    """Write a row for each year: sums of the months, present values, and how often the net flow changes its sign."""
    sheet, yearly = sheets.years, flows.yearly
    headings = [_("Year"), _("Costs"), _("Benefits"), _("Net"), _("Cumulative"), _("Discount factor")]
    headings += [_("Present value of costs"), _("Present value of benefits"), _("Net present value")]
    headings += [_("Sign so far"), _("Change of sign")]
    book.entitle(sheet, _("Years"), _("Year 0 is today; year 1 has months 1 to 12."), headings)
    sheet.set_column(0, len(headings) - 1, 14)
    sheet.freeze_panes(TOP, 1)
    factors = (1 + rate) ** -(yearly["year"].to_numpy(dtype=float) + extra_years)
    costs, benefits = yearly["costs"].to_numpy() * factors, yearly["benefits"].to_numpy() * factors
    signs, changes = signs_and_changes(yearly["net"].to_numpy())
    figures = np.column_stack(
        (yearly[["costs", "benefits", "net", "cumulative"]], factors, costs, benefits, benefits - costs, signs, changes)
    )
    looks = (*["amount"] * 4, "factor", *["amount"] * 3, "whole", "whole")
    for year, values in enumerate(figures):
        row = TOP + year
        sheet.write_number(row, 0, year, book.look("whole"))
        written = _year_formulas(sheets.months, row, year, flows.horizon_months + 1, extra_years)
        for column, (formula, value, look) in enumerate(zip(written, values, looks, strict=True), 1):
            book.formula(sheet, row, column, formula, value, look)


def signs_and_changes(net: Any) -> tuple[list[int], list[int]]:
    """The sign of the last amount that was not zero, and where it changes, as the sheet's formulas tell them."""
    signs: list[int] = []
    for amount in net:
        signs.append(int(np.sign(amount)) or (signs[-1] if signs else 0))
    changes = [int(before * sign < 0) for before, sign in zip([0, *signs], signs, strict=False)]
    return signs, changes


def _year_formulas(months: Worksheet, row: int, year: int, count: int, extra_years: int) -> list[str]:
    now, before = row + 1, row
    of_year = column_of(months, 1, count)
    return [
        f"SUMIF({of_year},A{now},{column_of(months, 2, count)})",
        f"SUMIF({of_year},A{now},{column_of(months, 3, count)})",
        f"C{now}-B{now}",
        f"E{before}+D{now}" if year else f"D{now}",
        f"POWER(1+{RATE},-(A{now}+{extra_years}))",
        f"B{now}*F{now}",
        f"C{now}*F{now}",
        f"H{now}-G{now}",
        f"IF(D{now}=0,J{before},SIGN(D{now}))" if year else f"SIGN(D{now})",
        f"IF(J{before}*J{now}<0,1,0)" if year else "0",
    ]
