"""Raw sheets out of the files that people have: CSV in any common dress, and Excel workbooks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.program.values import is_blank, text_of, tidy

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Sheet:
    """A table as it stands in a file, before anything is made of its cells.

    Attributes
    ----------
    place : Location
        File and, in a workbook, sheet.
    headings : tuple of str
        Names of the columns: lower case, ``_`` for spaces.
    heading_row : int
        Row of the headings.
    rows : tuple of (int, list)
        Row number as a spreadsheet shows it, and the cells; blank rows are not among them.
    """

    place: Location
    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[tuple[int, list[Any]], ...]

    def at(self, row: int | None = None, column: str = "") -> Location:
        """A place in this sheet."""
        return replace(self.place, row=row, column=column)


class UnreadableFile(Exception):
    """A file that gives no sheet; carries the problems."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


def read_csv(path: Path, known: Sequence[str]) -> Sheet:
    """The sheet in a CSV file: UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab.

    Parameters
    ----------
    path : Path
        The file.
    known : sequence of str
        Headings that the table declares; the delimiter that finds most of them is the file's.

    Raises
    ------
    UnreadableFile
        When the file is empty or cannot be opened.
    """
    place = Location(path.name)
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise UnreadableFile(
            Problem(
                _("The file cannot be opened: {reason}.").format(reason=error.strerror),
                remedy=_("Check that it is there and that you may read it."),
                where=place,
            )
        ) from error
    if "\x00" in text:
        raise UnreadableFile(
            Problem(_("The file is no text file."), _("a CSV file"), _("Save the table as CSV (UTF-8)."), place)
        )
    splits = [_split(text, mark) for mark in DELIMITERS]
    return _sheet(place, max(splits, key=lambda rows: _known_headings(rows, known)))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _split(text: str, delimiter: str) -> list[list[Any]]:
    csv.field_size_limit(2**31 - 1)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _known_headings(rows: list[list[Any]], known: Sequence[str]) -> int:
    first = next((row for row in rows if not _blank(row)), [])
    return sum(heading(cell) in known for cell in first)


def read_workbook(path: Path) -> dict[str, Sheet]:
    """Every sheet of an Excel workbook that holds something, by its name in lower case.

    Raises
    ------
    UnreadableFile
        When it is no workbook, or holds formulas whose values were never computed.
    """
    shown, formulas = _load(path, data_only=True), _load(path, data_only=False)
    problems = [
        Problem(
            _("The formula in cell {cell} has no stored value.").format(cell=cell.coordinate),
            _("a value"),
            _("Open the workbook in a spreadsheet, save it and try again."),
            Location(path.name, sheet.title, cell.row),
        )
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and shown[sheet.title][cell.coordinate].value is None
    ]
    if problems:
        raise UnreadableFile(*problems)
    sheets = {}
    for sheet in shown.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        if not all(map(_blank, rows)):
            sheets[heading(sheet.title)] = _sheet(Location(path.name, sheet.title), rows)
    return sheets


def _load(path: Path, data_only: bool) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(path, data_only=data_only)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise UnreadableFile(
            Problem(
                _("The file is no Excel workbook that can be read."),
                _("an .xlsx workbook"),
                _("Open it in a spreadsheet and save it as .xlsx, without a password."),
                Location(path.name),
            )
        ) from error


def _sheet(place: Location, rows: list[list[Any]]) -> Sheet:
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if not _blank(row)]
    if not numbered:
        raise UnreadableFile(
            Problem(
                _("The file is empty."),
                _("a row of headings"),
                _("Fill it in, or delete the file if the table is not needed."),
                place,
            )
        )
    heading_row, first = numbered[0]
    return Sheet(place, tuple(heading(cell) for cell in first), heading_row, tuple(numbered[1:]))


def heading(cell: Any) -> str:
    """A heading as tables declare it: ``" Requirement ID "`` is ``requirement_id``."""
    return "" if cell is None else re.sub(r"[\s-]+", "_", tidy(text_of(cell)).casefold())


def _blank(row: Sequence[Any]) -> bool:
    return all(map(is_blank, row))
