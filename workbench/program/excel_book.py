"""The workbook as it is written: its looks, its cells as they are put down, its locks and its pages."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from workbench.language import gettext as _
from workbench.program.excel_cells import Held
from workbench.program.labels import label

MOST_ROWS = 1_048_576
PAPER_A4 = 9
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for the start of a formula
LONGEST_NOTE = 8000
STAR = "\u00a0*"  # A space that does not break: the star stays with its heading.
LINE, HIGHEST_ROW = 15, 405  # points
NOTE_WIDTH, NOTE_LINE, CHARACTERS_A_LINE = 380, 18, 58

_TEXT = {"num_format": "@", "text_wrap": True, "valign": "top"}
# Cells are open unless they say otherwise, and xlsxwriter only lets a cell say so together with hiding its formula.
_FIXED = {"locked": True, "hidden": True, "valign": "top"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": _FIXED | {"bold": True, "font_size": 16, "font_color": "#0B4F7D"},
    "line": _FIXED,
    "heading": _FIXED
    | {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": "#0B4F7D",
        "border": 1,
        "border_color": "#FFFFFF",
        "text_wrap": True,
        "valign": "vcenter",
    },
    "name": _FIXED | {"bold": True, "text_wrap": True},
    "meaning": _FIXED | {"font_color": "#595959", "text_wrap": True, "indent": 1},
    "link": _FIXED | {"font_color": "#0B4F7D", "underline": 1},
    "text": _TEXT,
    "quoted": _TEXT | {"quote_prefix": True},
    "number": {"align": "right", "indent": 1, "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left", "valign": "top"},
}
_BOXED = {"align": "left", "indent": 0, "border": 1, "border_color": "#BFBFBF", "bg_color": "#FFF9E5"}
_ALLOWED_UNDER_LOCK = dict.fromkeys(
    ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter"), True
)


class _Exact(float):
    """A number that is written with all its digits: xlsxwriter writes 16, and a double may need 17."""

    def __format__(self, form: str) -> str:
        return repr(float(self)).removesuffix(".0")


class Book:
    """A workbook being written."""

    def __init__(self, path: Path | BytesIO, made_on: date | None) -> None:
        literally = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
        # A row can only be removed under a lock when no cell of it is locked, to the last column of the sheet.
        place = path if isinstance(path, BytesIO) else str(path)
        self._book = xlsxwriter.Workbook(place, literally | {"default_format_properties": {"locked": False}})
        if made_on:
            self._book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day)})
        self._looks: dict[tuple[str, bool], Format] = {}

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def add(self, name: str, pages: int = 0) -> Worksheet:
        """A new sheet under the label of its name: protected where a look locks a cell, and fit to print."""
        sheet = self._book.add_worksheet(label(name))
        sheet.protect("", _ALLOWED_UNDER_LOCK)
        sheet.hide_gridlines(0)  # 0 prints them
        sheet.set_landscape()
        sheet.set_paper(PAPER_A4)
        sheet.fit_to_pages(1, pages)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&R" + _("Page {page} of {pages}").format(page="&P", pages="&N"))
        # What is text stays text, so a spreadsheet need not warn of an id such as 007.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
        return sheet

    def look(self, name: str, boxed: bool = False) -> Format:
        """A format by its name; boxed where a single cell is to be filled in."""
        if (name, boxed) not in self._looks:
            self._looks[name, boxed] = self._book.add_format(_LOOKS[name] | (_BOXED if boxed else {}))
        return self._looks[name, boxed]

    def put(self, sheet: Worksheet, row: int, column: int, value: Held, boxed: bool = False) -> None:
        """Put a value into a cell that a person fills in: text never becomes anything else."""
        if isinstance(value, str):
            self._put_text(sheet, row, column, value, boxed)
        elif isinstance(value, datetime):
            has_time = value != datetime(value.year, value.month, value.day)
            sheet.write_datetime(row, column, value, self.look("moment" if has_time else "date", boxed))
        elif value is not None:
            sheet.write_number(row, column, _Exact(value), self.look("number", boxed))

    def _put_text(self, sheet: Worksheet, row: int, column: int, text: str, boxed: bool) -> None:
        look = self.look("quoted" if text.startswith(RISKY) else "text", boxed)
        if text.startswith("<r>") and text.endswith("</r>"):
            # xlsxwriter would take it for markup of its own; in pieces it is escaped like any other text.
            plain = self.look("text")
            sheet.write_rich_string(row, column, plain, text[:1], plain, text[1:], look)
        else:
            sheet.write_string(row, column, text, look)

    def name_range(self, name: str, formula: str) -> None:
        """Name a range of cells, for lists to draw from."""
        self._book.define_name(name, formula)


def cells(sheet: str, column: int, rows: int) -> str:
    """A formula's range: so many rows of a column of a sheet, below its heading.

    Examples
    --------
    >>> cells("vendor_scores", 1, 20)
    "'Vendor scores'!$B$2:$B$21"
    """
    from xlsxwriter.utility import xl_range_abs

    return f"{quote_sheetname(label(sheet))}!{xl_range_abs(1, column, rows, column)}"


def set_height(sheet: Worksheet, row: int, values: Sequence[Held], widths: Sequence[int]) -> None:
    """Make a row as high as its texts need; a row of one line is left to the spreadsheet."""
    pairs = zip(values, widths, strict=True)
    lines = max((_lines(value, width) for value, width in pairs if isinstance(value, str)), default=1)
    if lines > 1:
        sheet.set_row(row, min(LINE * lines, HIGHEST_ROW))


def _lines(text: str, width: int) -> int:
    return sum(len(textwrap.wrap(line, width)) or 1 for line in text.split("\n"))


def write_note(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Put a note on a cell, large enough to be read whole, without the signs that a note cannot hold."""
    told = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    told = told if len(told) <= LONGEST_NOTE else told[:LONGEST_NOTE] + " …"
    height = NOTE_LINE * (_lines(told, CHARACTERS_A_LINE) + 1)
    sheet.write_comment(row, column, told, {"width": NOTE_WIDTH, "height": height, "font_size": 10})
