"""The first sheet of a spreadsheet model: the returns under the convention in use, and whether to trust the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from workbench import language
from workbench.business_case.cash_flows import CashFlows
from workbench.business_case.excel_model_book import TOP, ModelBook, cell, column_of, quoted
from workbench.business_case.excel_model_inputs import AMOUNT
from workbench.business_case.excel_model_results import RATE, Sheets, signs_and_changes
from workbench.business_case.returns import CONVENTIONS, NUCLEUS_YEARS, Returns
from workbench.language import gettext as _
from workbench.program.profiles import MONTHS_A_YEAR

NONE = "–"
GUESSES = (0.1, 1.0, -0.3, 5.0, -0.7, 30.0)
"""Where a spreadsheet begins its search for the rate of return, one after another until it finds it."""


def write_summary(
    book: ModelBook, sheets: Sheets, flows: CashFlows, figures: Returns, title: str, as_of: date, lines: int
) -> None:
    """Write the returns, the discount rate that they hold for, and whether the model can be trusted."""
    sheet = sheets.summary
    convention = CONVENTIONS[figures.convention]
    sheet.write_string(0, 0, title or _("Business case"), book.look("title"))
    said = _("Amounts in {currency}; figures as of {day}.")
    sheet.write_string(1, 0, said.format(currency=language.symbol(), day=language.day(as_of)), book.look("said"))
    for column, heading in enumerate((_("Figure"), _("Value"), _("How it is computed"))):
        sheet.write_string(TOP - 1, column, heading, book.look("heading"))
    sheet.write_string(TOP, 0, _("Discount rate a year"), book.look("name"))
    book.figure(sheet, TOP, 1, figures.discount_rate, "share")
    sheet.write_string(TOP, 2, _("Change it here; everything follows."), book.look("note"))
    _name_cell(book, sheet, RATE, TOP)
    told = _results(sheets, flows, figures, _Ranges.of(sheets.years, len(flows.yearly)))
    for row, result in enumerate(told, TOP + 1):
        sheet.write_string(row, 0, result.title, book.look("name"))
        book.formula(sheet, row, 1, result.formula, result.value, result.look)
        sheet.write_string(row, 2, result.note, book.look("note"))
        _name_cell(book, sheet, f"model_{result.code}", row)
    _write_foot(book, sheets, TOP + 2 + len(told), convention.name, convention.description, lines)
    for column, width in enumerate((36, 20, 90)):
        sheet.set_column(column, column, width)


def _name_cell(book: ModelBook, sheet: Worksheet, name: str, row: int) -> None:
    """Name the cell that holds a result or the discount rate."""
    book.name_range(name, f"={quote_sheetname(sheet.get_name())}!{cell(row, 1, 'both')}")


@dataclass(frozen=True)
class _Ranges:
    """The columns of the years' sheet."""

    costs: str
    benefits: str
    net: str
    costs_pv: str
    benefits_pv: str
    net_pv: str
    changes: str
    sheet: Worksheet

    @classmethod
    def of(cls, sheet: Worksheet, years: int) -> _Ranges:
        costs, benefits, net, costs_pv, benefits_pv, net_pv, changes = (
            column_of(sheet, column, years) for column in (1, 2, 3, 6, 7, 8, 10)
        )
        return cls(costs, benefits, net, costs_pv, benefits_pv, net_pv, changes, sheet)

    def cells(self, column: int, first: int, last: int) -> str:
        """Cells of some years alone."""
        name = xl_col_to_name(column, True)
        return f"{quote_sheetname(self.sheet.get_name())}!{name}${TOP + first + 1}:{name}${TOP + last + 1}"


@dataclass(frozen=True)
class _Result:
    code: str
    title: str
    formula: str
    value: float | str
    look: str
    note: str


def _results(sheets: Sheets, flows: CashFlows, figures: Returns, years: _Ranges) -> list[_Result]:
    count = flows.horizon_months + 1
    roi = _ROI[figures.convention](years, flows.horizon_months)
    ratio = _over(f"SUM({years.benefits_pv})", f"SUM({years.costs_pv})")
    has_one_rate = sum(signs_and_changes(flows.yearly["net"].to_numpy())[1]) == 1
    irr = figures.single_irr if has_one_rate else None
    plain, discounted = _payback(sheets, count, (4, 5, 9)), _payback(sheets, count, (7, 8, 10))
    return [
        _Result("npv", _("Net present value"), f"SUM({years.net_pv})", figures.npv, "amount", _("Sum over the years")),
        _Result("costs_pv", _("Present value of costs"), f"SUM({years.costs_pv})", figures.costs_pv, "amount", ""),
        _Result(
            "benefits_pv",
            _("Present value of benefits"),
            f"SUM({years.benefits_pv})",
            figures.benefits_pv,
            "amount",
            "",
        ),
        _Result("roi", _("Return on investment"), roi, _or_none(figures.roi), "share", ""),
        _Result(
            "benefit_cost_ratio", _("Benefit-cost ratio"), ratio, _or_none(figures.benefit_cost_ratio), "ratio", ""
        ),
        _Result(
            "irr",
            _("Internal rate of return"),
            _rate_of_return(years, irr),
            _or_none(irr),
            "share",
            _("Where the yearly net flow changes its sign once; – where it never does, or where there may be several."),
        ),
        _Result(
            "payback_months",
            _("Payback, in months"),
            plain,
            _or_none(figures.payback_months),
            "months",
            _("From when on the running sum stays at zero or above; – where it does not within the horizon."),
        ),
        _Result(
            "discounted_payback_months",
            _("Discounted payback, in months"),
            discounted,
            _or_none(figures.discounted_payback_months),
            "months",
            "",
        ),
    ]


def _or_none(value: float | None) -> float | str:
    return NONE if value is None else value


def _over(numerator: str, denominator: str) -> str:
    return f"IF({denominator}=0,{quoted(NONE)},{numerator}/{denominator})"


def _discounted_roi(years: _Ranges, horizon: int) -> str:
    costs = f"SUM({years.costs_pv})"
    return f"IF({costs}=0,{quoted(NONE)},SUM({years.benefits_pv})/{costs}-1)"


def _plain_roi(years: _Ranges, horizon: int) -> str:
    costs = f"SUM({years.costs})"
    return f"IF({costs}=0,{quoted(NONE)},SUM({years.benefits})/{costs}-1)"


def _nucleus_roi(years: _Ranges, horizon: int) -> str:
    if horizon < MONTHS_A_YEAR * NUCLEUS_YEARS:
        return quoted(NONE)
    return _over(f"AVERAGE({years.cells(3, 1, NUCLEUS_YEARS)})", f"SUM({years.cells(1, 0, 0)})")


_ROI: dict[str, Callable[[_Ranges, int], str]] = {
    "tei": _discounted_roi,
    "textbook": _plain_roi,
    "spreadsheet": _discounted_roi,
    "nucleus": _nucleus_roi,
}


def _rate_of_return(years: _Ranges, known: float | None) -> str:
    guesses = [*([] if known is None else [round(known, 4)]), *GUESSES]
    *tried, last = (f"IRR({years.net},{guess!r})" for guess in guesses)
    found = last
    for attempt in reversed(tried):
        found = f"IFERROR({attempt},{found})"
    return f"IF(SUM({years.changes})=1,{found},{quoted(NONE)})"


def _payback(sheets: Sheets, count: int, columns: tuple[int, int, int]) -> str:
    net, cumulative, below = (column_of(sheets.months, column, count) for column in columns)
    costs = column_of(sheets.months, 2, count)
    last = f"MAX({below})"
    crossing = f"{last}-INDEX({cumulative},{last}+1)/INDEX({net},{last}+2)"
    ends_below = f"IF({last}={count - 1},{quoted(NONE)},{crossing})"
    return f"IF(SUM({costs})=0,{quoted(NONE)},IF(COUNT({below})=0,0,{ends_below}))"


def _write_foot(book: ModelBook, sheets: Sheets, row: int, name: str, description: str, lines: int) -> None:
    sheet = sheets.summary
    sheet.write_string(row, 0, _("Convention"), book.look("name"))
    sheet.write_string(row, 1, _(name), book.look("note"))
    sheet.write_string(row, 2, _(description), book.look("note"))
    sheet.write_string(row + 1, 0, _("No line's amount is below zero"), book.look("name"))
    right, wrong = _("Yes"), _("No: enter costs and benefits as positive amounts")
    amounts = column_of(sheets.lines, AMOUNT, max(lines, 1))
    check = f'IF(COUNTIF({amounts},"<0")=0,{quoted(right)},{quoted(wrong)})'
    book.formula(sheet, row + 1, 1, check, right, "note")
