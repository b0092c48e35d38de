"""Raw sheets out of the files that people have: CSV in any common dress, and Excel workbooks."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.program import labels
from workbench.program.tables import AXES
from workbench.program.values import SpreadsheetError, is_blank, items, text_of, tidy

LARGEST_WORKBOOK = 200_000_000  # bytes, unpacked
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
        text = _decoded(path.read_bytes(), place)
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
    declared, text = _declared_delimiter(text)
    return _sheet(place, _split(text, declared or _delimiter(text, known), place))


def _decoded(content: bytes, place: Location) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    text = content.decode("utf-8-sig", errors="surrogateescape")
    strange = [sign for sign in text if not sign.isascii()]
    broken = sum("\udc80" <= sign <= "\udcff" for sign in strange)
    if not broken:
        return text
    if broken < len(strange) / 2:
        row = next(number for number, line in enumerate(text.splitlines(), 1) if re.search("[\udc80-\udcff]", line))
        raise UnreadableFile(
            Problem(
                _("The file is written in two encodings; the second begins here."),
                _("UTF-8 or Windows-1252 throughout"),
                _("Save the table again as CSV (UTF-8)."),
                replace(place, row=row),
            )
        )
    return content.decode("cp1252", errors="replace")


def _declared_delimiter(text: str) -> tuple[str, str]:
    """The delimiter that a first line such as ``sep=;`` names, and the text without that line."""
    first, _end, rest = text.partition("\n")
    declared = re.fullmatch(r"sep=(.)\r?", first)
    return (declared[1], rest) if declared else ("", text)


def _delimiter(text: str, known: Sequence[str]) -> str:
    first = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    return max(DELIMITERS, key=lambda mark: len(_named(_reader([first], mark, False)[0], known)))


def _named(cells: list[Any], known: Sequence[str]) -> list[Any]:
    return [cell for cell in cells if labels.recognised(text_of(cell), known) is not None]


def _split(text: str, delimiter: str, place: Location) -> list[list[Any]]:
    csv.field_size_limit(2**31 - 1)
    try:
        return _reader(io.StringIO(text, newline=""), delimiter, True)
    except _BadQuotes as error:
        raise UnreadableFile(
            Problem(
                _("A text begins with a quotation mark here and does not end where its cell ends."),
                _("quotation marks in pairs"),
                _("Put quotation marks around the whole cell, and double those inside it."),
                replace(place, row=error.row),
            )
        ) from error


class _BadQuotes(Exception):
    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__(row)


def _reader(lines: Iterable[str], delimiter: str, strict: bool) -> list[list[Any]]:
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter, strict=strict, skipinitialspace=delimiter != "\t"):
            rows.append(row)  # noqa: PERF402 - what was read before an error gives its row
    except csv.Error as error:
        raise _BadQuotes(len(rows) + 1) from error
    return rows or [[]]


def read_workbook(path: Path) -> dict[str, Sheet]:
    """Every sheet of an Excel workbook that holds something, by its table's name or else its own in lower case.

    Raises
    ------
    UnreadableFile
        When it is no workbook, holds formulas whose values were never computed, or two sheets for one table.
    """
    shown, computed = _cells(path, values=True), _cells(path, values=False)
    problems = [*_never_computed(path, shown, computed), *_doubled(path, list(shown))]
    if problems:
        raise UnreadableFile(*problems)
    sheets: dict[str, Sheet] = {}
    for title, rows in shown.items():
        name = labels.sheet_named(title) or heading(title)
        if all(map(_blank, rows)) or name == labels.CHOICES_SHEET:
            continue
        place = Location(path.name, title)
        sheets[name] = _settings(place, rows) if name == labels.SETTINGS_SHEET else _sheet(place, rows)
    return sheets


def _unescaped(value: Any) -> Any:
    """A cell's text with the control characters that spreadsheets write as ``_x000D_``."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value) if isinstance(value, str) else value


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


def _cells(path: Path, values: bool) -> dict[str, list[list[Any]]]:
    """The cells of each sheet, by its title: values as they were stored, or formulas."""
    from openpyxl import load_workbook

    try:
        with ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_WORKBOOK:
                raise UnreadableFile(
                    Problem(_("The workbook is too large."), _("a planning workbook"), where=Location(path.name))
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, data_only=values, read_only=True)
            found = {sheet.title: _rows(sheet) for sheet in book.worksheets}
        book.close()
        return found
    except UnreadableFile:
        raise
    except PermissionError as error:
        raise UnreadableFile(
            Problem(
                _("The file may not be read."), remedy=_("Ask for the right to read it."), where=Location(path.name)
            )
        ) from error
    # A damaged workbook makes the libraries that take it apart raise almost anything.
    except Exception as error:
        raise UnreadableFile(
            Problem(
                _("The file is no Excel workbook that can be read."),
                _("an .xlsx workbook"),
                _("Open it in a spreadsheet and save it as .xlsx, without a password."),
                Location(path.name),
            )
        ) from error


def _rows(sheet: Any) -> list[list[Any]]:
    # What a file says of its size can be far beyond the cells that hold something.
    sheet.reset_dimensions()
    rows = [[_stored(cell) for cell in row] for row in sheet.rows]
    while rows and _blank(rows[-1]):
        rows.pop()
    return rows


def _stored(cell: Any) -> Any:
    return SpreadsheetError(cell.value) if cell.data_type == "e" else _unescaped(cell.value)


def _never_computed(path: Path, shown: dict[str, Any], computed: dict[str, Any]) -> Iterator[Problem]:
    """A problem for each sheet with formulas, when no formula of the workbook has a stored value."""
    formulas = {
        title: [
            (row, column)
            for row, cells in enumerate(rows)
            for column, value in enumerate(cells)
            if str(value).startswith("=") and _at(shown[title], row, column) != value
        ]
        for title, rows in computed.items()
    }
    values = [_at(shown[title], row, column) for title, cells in formulas.items() for row, column in cells]
    if any(value is not None for value in values):
        return
    for title, cells in formulas.items():
        if cells:
            yield Problem(
                _("The formulas of this sheet have no stored values."),
                _("values"),
                _("Open the workbook in a spreadsheet, save it and try again."),
                Location(path.name, title, cells[0][0] + 1),
            )


def _at(rows: list[list[Any]], row: int, column: int) -> Any:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else None


def _doubled(path: Path, titles: list[str]) -> Iterator[Problem]:
    names = [labels.sheet_named(title) or heading(title) for title in titles]
    for title, name in zip(titles, names, strict=True):
        if names.count(name) > 1:
            yield Problem(
                _("Another sheet is for the same table."),
                _("one sheet a table"),
                _("Rename or remove one of them."),
                Location(path.name, title),
            )


def _sheet(place: Location, rows: list[list[Any]]) -> Sheet:
    numbered = [(number, list(row)) for number, row in enumerate(rows, start=1) if not _blank(row)]
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
    headings = [heading(cell) for cell in first]
    while headings and not headings[-1]:
        headings.pop()
    shown = {heading(cell): _starless(text_of(cell)) for cell in first if place.sheet and not is_blank(cell)}
    return Sheet(place, tuple(headings), heading_row, tuple(numbered[1:]), shown)


def _starless(text: str) -> str:
    """A heading without the star that says that its column has to be filled in."""
    return tidy(text.rstrip().removesuffix("*"))


def heading(cell: Any) -> str:
    """A heading as tables declare it: ``" Requirement ID "`` is ``requirement_id``."""
    return "" if cell is None else re.sub(r"[\s-]+", "_", tidy(text_of(cell)).casefold())


def _blank(row: Sequence[Any]) -> bool:
    return all(map(is_blank, row))
