"""The spreadsheet model as it is written: its looks, its cells with what they come to, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbench.program.excel_book import PAPER_A4, Book

TOP = 3
"""Row, from 0, at which the cells of every sheet but the summary begin, below title, explanation and headings."""

_TEXT = {"num_format": "@", "text_wrap": True, "valign": "top"}
_AMOUNT = {"num_format": "#,##0", "valign": "top"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#0B4F7D"},
    "said": {"font_color": "#595959", "valign": "top"},
    "heading": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4F7D", "text_wrap": True, "valign": "vcenter"},
    "name": {"bold": True, "text_wrap": True, "valign": "top"},
    "note": {"font_color": "#595959", "text_wrap": True, "valign": "top", "indent": 1},
    "amount": _AMOUNT,
    "sum": _AMOUNT | {"bold": True, "top": 1},
    "figure": {"align": "right", "indent": 1, "num_format": "#,##0.######", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top", "align": "right"},
    "months": {"num_format": "0.0", "valign": "top", "align": "right"},
    "ratio": {"num_format": "0.00", "valign": "top", "align": "right"},
    "factor": {"num_format": "0.0000", "valign": "top"},
    "whole": {"align": "right", "indent": 1, "num_format": "0", "valign": "top"},
    "period": {"num_format": "0", "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4F7D"},
}
_INPUT = {"bg_color": "#FFF9E5", "border": 1, "border_color": "#BFBFBF"}


class ModelBook(Book):
    """A workbook of formulas: nothing in it is locked, and every formula is written with what it comes to."""

    def __init__(self, path: Path | BytesIO, made_on: date) -> None:
        super().__init__(path, made_on)
        self._own: dict[tuple[str, bool], Format] = {}

    def add(self, name: str, pages: int = 0) -> Worksheet:
        """A new sheet of this title, open to every change."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(PAPER_A4)
        sheet.fit_to_pages(1, pages)
        sheet.hide_gridlines(2)
        return sheet

    def look(self, name: str, boxed: bool = False) -> Format:
        """A format by its name; boxed where a person may change the cell."""
        if name not in _LOOKS:
            return super().look(name, boxed)
        if (name, boxed) not in self._own:
            self._own[name, boxed] = self._book.add_format(_LOOKS[name] | (_INPUT if boxed else {}))
        return self._own[name, boxed]

    def entitle(self, sheet: Worksheet, title: str, said: str, headings: Sequence[str]) -> None:
        """Write a sheet's title, what it is, and its headings."""
        sheet.write_string(0, 0, title, self.look("title"))
        sheet.write_string(1, 0, said, self.look("said"))
        for column, heading in enumerate(headings):
            sheet.write_string(TOP - 1, column, heading, self.look("heading"))
        sheet.set_row(TOP - 1, 45)

    def figure(self, sheet: Worksheet, row: int, column: int, value: float | None, look: str) -> None:
        """Write a number that a person may change; an empty cell to fill in where there is none."""
        if value is None or np.isnan(value):
            sheet.write_blank(row, column, None, self.look(look, boxed=True))
        else:
            sheet.write_number(row, column, value, self.look(look, boxed=True))

    def formula(self, sheet: Worksheet, row: int, column: int, formula: str, value: float | str, look: str) -> None:
        """Write a formula and what it comes to, for viewers that do not calculate."""
        shown = value if isinstance(value, str) else float(value)
        sheet.write_formula(row, column, f"={formula}", self.look(look), shown)


def cell(row: int, column: int, fixed: str = "") -> str:
    """A cell's address; `fixed` names what does not move when it is copied: row, column or both.

    Examples
    --------
    >>> cell(4, 6), cell(4, 6, "column"), cell(3, 17, "row")
    ('G5', '$G5', 'R$4')
    """
    return str(xl_rowcol_to_cell(row, column, row_abs=fixed in ("row", "both"), col_abs=fixed in ("column", "both")))


def column_of(sheet: Worksheet, column: int, rows: int, first: int = TOP) -> str:
    """The range of a sheet's column below its headings, for formulas on any sheet."""
    return f"{quote_sheetname(sheet.get_name())}!{xl_range_abs(first, column, first + rows - 1, column)}"


def quoted(text: str) -> str:
    """A text within a formula.

    Examples
    --------
    >>> quoted('the "plain" case')
    '"the ""plain"" case"'
    """
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
