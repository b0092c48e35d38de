"""Raw sheets out of the files that people have: CSV in any common dress, and Excel workbooks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.program import labels
from workbench.program.tables import AXES
from workbench.program.values import is_blank, items, text_of, tidy

DELIMITERS = (",", ";", "\t")
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")


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
    shown : mapping of str to str
        Heading, or setting, → how a workbook writes it; empty for other files.
    """

    place: Location
    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[tuple[int, list[Any]], ...]
    shown: Mapping[str, str] = field(default_factory=dict)

    def at(self, row: int | None = None, column: str = "") -> Location:
        """A place in this sheet, as the person who has it open sees it."""
        return replace(self.place, row=row, column=self.say(column) if column else "")

    def say(self, name: str) -> str:
        """A column, table or choice as the sheet writes it, or would: by its label when its headings are labels."""
        if name in self.shown:
            return self.shown[name]
        has_labels = any(column != text for column, text in self.shown.items())
        return labels.label(name) if has_labels and name in labels.LABELS else name

    def named(self, names: Sequence[str]) -> Sheet:
        """The sheet with its headings as they are declared, whatever language and dress they are written in."""
        found = {heading: labels.recognised(heading, names) or heading for heading in self.headings}
        shown = {found[heading]: text for heading, text in self.shown.items()}
        return replace(self, headings=tuple(found[heading] for heading in self.headings), shown=shown)


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
    return sum(labels.recognised(text_of(cell), known) is not None for cell in first)


def read_workbook(path: Path) -> dict[str, Sheet]:
    """Every sheet of an Excel workbook that holds something, by its table's name or else its own in lower case.

    Raises
    ------
    UnreadableFile
        When it is no workbook, holds formulas whose values were never computed, or two sheets for one table.
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
    sheets: dict[str, Sheet] = {}
    for sheet in shown.worksheets:
        name = labels.sheet_named(sheet.title) or heading(sheet.title)
        rows = [list(map(_unescaped, row)) for row in sheet.iter_rows(values_only=True)]
        if all(map(_blank, rows)) or (name == labels.CHOICES_SHEET and sheet.sheet_state != "visible"):
            continue
        place = Location(path.name, sheet.title)
        if name in sheets:
            raise UnreadableFile(_same_table(sheets[name].place.sheet, place))
        sheets[name] = _settings(place, rows) if name == labels.SETTINGS_SHEET else _sheet(place, rows)
    return sheets


def _unescaped(value: Any) -> Any:
    """A cell's text with the control characters that spreadsheets write as ``_x000D_``."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value) if isinstance(value, str) else value


def _same_table(other: str, place: Location) -> Problem:
    return Problem(
        _("The sheet is for the same table as the sheet {name}.").format(name=other),
        _("one sheet a table"),
        _("Bring their rows together in one of them, or rename the other."),
        place,
    )


def _settings(place: Location, rows: list[list[Any]]) -> Sheet:
    """The settings in a sheet, which may have text above them, under the names that settings have in files."""
    starts = (number for number, row in enumerate(rows) if row and _means(row[0], "setting"))
    start = next(starts, 0)
    sheet = _sheet(place, [[] if number < start else row for number, row in enumerate(rows)])
    keys = {text: labels.setting_named(text) for _row, cells in sheet.rows if (text := text_of(cells[0] or ""))}
    named = tuple((row, [keys.get(text_of(cells[0] or "")), *_value(keys, cells)]) for row, cells in sheet.rows)
    return replace(sheet, rows=named, shown=_shown_settings(keys))


def _means(cell: Any, name: str) -> bool:
    return cell is not None and labels.recognised(text_of(cell), (name,)) == name


def _value(keys: Mapping[str, str], cells: list[Any]) -> list[Any]:
    value = cells[1:2]
    if keys.get(text_of(cells[0] or ""), "").startswith(labels.SIDES_SETTING) and value and not is_blank(value[0]):
        axes = (labels.recognised(axis, AXES) or axis for axis in items(text_of(value[0])))
        return ["".join(f"{axis};" for axis in axes) or ";"]
    return value


def _shown_settings(keys: Mapping[str, str]) -> dict[str, str]:
    """Setting → its text without the stars of headings; a setting with parts goes by its own name too."""
    shown = {key: _starless(text) for text, key in keys.items()}
    return {key.partition(".")[0]: text.partition(":")[0] for key, text in shown.items()} | shown


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
    shown = {heading(cell): _starless(text_of(cell)) for cell in first if place.sheet and not is_blank(cell)}
    return Sheet(place, tuple(heading(cell) for cell in first), heading_row, tuple(numbered[1:]), shown)


def _starless(text: str) -> str:
    """A heading without the star that says that its column has to be filled in."""
    return tidy(text.rstrip().removesuffix("*"))


def heading(cell: Any) -> str:
    """A heading as tables declare it: ``" Requirement ID "`` is ``requirement_id``."""
    return "" if cell is None else re.sub(r"[\s-]+", "_", tidy(text_of(cell)).casefold())


def _blank(row: Sequence[Any]) -> bool:
    return all(map(is_blank, row))
