"""The sheets of a capture workbook that hold tables: headings with notes, cells with lists and hints, and the rows."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from workbench.language import gettext as _
from workbench.program.columns import Column, Kind, Table
from workbench.program.excel_book import LINE, MOST_ROWS, STAR, Book, cells, set_height, write_note
from workbench.program.excel_cells import Held
from workbench.program.guidance import allowed, note
from workbench.program.labels import CHOICES_SHEET, label
from workbench.program.tables import TABLES

LISTED_ROWS = 5000
LARGEST = 1e300
BUTTON = 5
LONGEST_TITLE, LONGEST_HINT = 32, 255  # of what a spreadsheet shows beside a cell
NARROWEST, WIDEST = 11, 34
WIDTHS = {Kind.LIST: 26, Kind.FORMULA: 34, Kind.NAME: 24, Kind.PROFILE: 16}

_CHOICES = tuple(dict.fromkeys(column.choices for table in TABLES.values() for column in table.columns))
_LISTS = tuple(choices for choices in _CHOICES if choices)
_LISTED = sorted({column.refers_to for table in TABLES.values() for column in table.columns} - {""})


def write_table(book: Book, table: Table, rows: Sequence[Sequence[Held]], more: Mapping[str, str], money: str) -> None:
    """Add the sheet of a table.

    Parameters
    ----------
    book : Book
        The workbook being written.
    table : Table
        The declaration.
    rows : sequence of sequence
        What the cells hold, in the order of the columns.
    more : mapping of str to str
        Column → what its note says besides what is declared.
    money : str
        The program's currency; "" when it is not known yet.
    """
    sheet = book.add(table.name)
    widths = [_width(column, [row[position] for row in rows]) for position, column in enumerate(table.columns)]
    for position, column in enumerate(table.columns):
        sheet.set_column(position, position, widths[position], book.look(_look(column)))
        told = note(column, money) + ("\n\n" + more[column.name] if column.name in more else "")
        write_note(sheet, 0, position, told)
        whole = {"multi_range": xl_range(1, position, MOST_ROWS - 1, position)}
        sheet.data_validation(1, position, 1, position, _validation(column) | whole)
    _write_headings(book, sheet, table, widths)
    sheet.autofilter(0, 0, max(len(rows), 1), len(table.columns) - 1)
    for number, row in enumerate(rows, start=1):
        set_height(sheet, number, row, widths)
        for position, value in enumerate(row):
            book.put(sheet, number, position, value)


def _write_headings(book: Book, sheet: Worksheet, table: Table, widths: Sequence[int]) -> None:
    texts = [heading(column) for column in table.columns]
    for position, text in enumerate(texts):
        sheet.write_string(0, position, text, book.look("heading"))
    # Bold letters are wide, and the button of the filter stands beside them.
    lines = max(len(textwrap.wrap(text, width - BUTTON)) for text, width in zip(texts, widths, strict=True))
    sheet.set_row(0, 8 + LINE * lines, book.look("heading"))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)


def heading(column: Column) -> str:
    """The heading of a column, with a star where every cell has to be filled in."""
    return label(column.name) + (STAR if column.required else "")


def _look(column: Column) -> str:
    return {Kind.NUMBER: "number", Kind.INTEGER: "number", Kind.DATE: "date"}.get(column.kind, "text")


def _width(column: Column, texts: Sequence[Held]) -> int:
    words = [len(word) for word in heading(column).split(" ")]
    longest = [len(line) for text in texts if isinstance(text, str) for line in text.split("\n")]
    choices = [len(label(choice)) for choice in column.choices]
    usual = WIDTHS.get(column.kind, 26 if column.kind is Kind.TEXT and not column.name.endswith("_id") else NARROWEST)
    wanted = max([max(longest, default=0 if choices else usual), *choices, NARROWEST]) + 2
    return max(min(wanted, WIDEST), *(word + BUTTON for word in words))


def _validation(column: Column) -> dict[str, Any]:
    """What a spreadsheet offers and refuses in the cells of a column, and what it says beside them."""
    said = allowed(column)
    hint = {
        "input_title": label(column.name)[:LONGEST_TITLE],
        "input_message": textwrap.shorten(said, LONGEST_HINT, placeholder=" …"),
        "error_title": label(column.name)[:LONGEST_TITLE],
        "error_message": textwrap.shorten(said or _("Any text"), LONGEST_HINT, placeholder=" …"),
    }
    return _rule(column) | (hint if said else {})


def _rule(column: Column) -> dict[str, Any]:
    if column.choices:
        place = _LISTS.index(column.choices)
        return {"validate": "list", "source": "=" + cells(CHOICES_SHEET, place, len(column.choices))}
    if column.kind is Kind.BOOLEAN:
        return {"validate": "list", "source": [_("Yes"), _("No")]}
    if column.refers_to and column.kind is not Kind.LIST:
        # An id may be written before the row that it names: the person is warned and may go on.
        return {"validate": "list", "source": f"={_ids(column.refers_to)}", "error_type": "warning"}
    if column.kind is Kind.DATE:
        return {"validate": "date", "criteria": ">=", "value": date(1900, 3, 1)}
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return {"validate": "integer" if column.kind is Kind.INTEGER else "decimal", "criteria": "between"} | {
            "minimum": -LARGEST if column.minimum is None else column.minimum,
            "maximum": LARGEST if column.maximum is None else column.maximum,
        }
    return {"validate": "any"}


def _ids(table: str) -> str:
    return f"{table}_ids"


def name_ids(book: Book) -> None:
    """Name the ids of every table that another one refers to: from the first row to the last that has one."""
    for name in _LISTED:
        position = TABLES[name].headings.index(TABLES[name].key[0])
        ids = cells(name, position, LISTED_ROWS)
        first = cells(name, position, 1).split(":")[0]
        last = f'SUMPRODUCT(MAX(({ids}<>"")*ROW({ids})))'
        book.name_range(_ids(name), f"=OFFSET({first},0,0,MAX(1,{last}-1),1)")


def write_choices(book: Book) -> None:
    """Add the hidden sheet that the lists of choices draw from."""
    sheet = book.add(CHOICES_SHEET)
    named = {column.choices: column.name for table in TABLES.values() for column in table.columns}
    for position, choices in enumerate(_LISTS):
        sheet.write_string(0, position, label(named[choices]), book.look("heading"))
        sheet.write_column(1, position, list(map(label, choices)), book.look("text"))
    sheet.hide()
