"""From a raw sheet to typed records: headings matched to the declaration, every cell read, every problem kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.program.columns import Column, Kind, Table
from workbench.program.files import Sheet
from workbench.program.values import Culture, Unreadable, is_blank, read, suggestion

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[str, Any]
DTYPES = {
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "bool",
    Kind.DATE: "datetime64[us]",
    Kind.LIST: "object",
}


class Unread:
    """Stands for a cell that could not be read."""


UNREAD = Unread()


@dataclass(frozen=True)
class Records:
    """The typed rows of one table, with where each stands.

    Attributes
    ----------
    table : Table
        The declaration.
    sheet : Sheet or None
        Where the rows come from; None when the program does not have the table.
    rows : tuple of dict
        Column → value; None where empty, `UNREAD` where the cell could not be read.
    problems : tuple of Problem
        What could not be read.
    notices : tuple of Problem
        What was passed over: columns that no table declares.
    is_readable : bool
        False when the table's file could not be taken apart at all.
    """

    table: Table
    sheet: Sheet | None = None
    rows: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    is_readable: bool = True

    @property
    def knows_its_ids(self) -> bool:
        """Whether every id was read; if not, an id that seems unknown may well be there."""
        return self.is_readable and all(row[self.table.key[0]] is not UNREAD for row in self.rows)

    def at(self, index: int, column: str = "") -> Location:
        """The place of a record's cell."""
        return self.sheet.at(self.sheet.rows[index][0], column) if self.sheet else Location(self.table.name)

    def say(self, name: str) -> str:
        """A column or table as the person who wrote the records knows it."""
        return self.sheet.say(name) if self.sheet else name

    def ids(self) -> dict[str, int]:
        """Position of the first record of each id, for tables whose key is one column."""
        key = self.table.key[0]
        return {row[key]: index for index, row in reversed(list(enumerate(self.rows))) if row[key] is not UNREAD}

    def frame(self) -> pd.DataFrame:
        """The records as a frame with exactly the declared columns."""
        import pandas as pd

        return pd.DataFrame(
            {column.name: _series([row[column.name] for row in self.rows], column) for column in self.table.columns}
        )


def _series(values: list[Any], column: Column) -> pd.Series:
    import pandas as pd

    empty: Any = {Kind.LIST: (), Kind.BOOLEAN: False, Kind.INTEGER: pd.NA, Kind.NUMBER: float("nan"), Kind.DATE: pd.NaT}
    filled = [empty.get(column.kind, "") if value is None else value for value in values]
    return pd.Series(filled, dtype=DTYPES.get(column.kind, "str"))


def read_records(sheet: Sheet, table: Table, culture: Culture) -> Records:
    """Every row of a sheet, typed as the table declares."""
    sheet = sheet.named(table.headings)
    positions = {name: position for position, name in reversed(list(enumerate(sheet.headings)))}
    shifted = _unheaded(sheet)
    problems = [*_heading_problems(sheet, table), *shifted.values()]
    missing = {name for name in table.headings if name not in positions and table.column(name).required}
    readers = {column.name: _reader(column, culture, sheet, problems) for column in table.columns}
    rows = []
    for number, cells in sheet.rows:
        row: dict[str, Any] = {}
        for column in table.columns:
            if column.name in missing or number in shifted:
                row[column.name] = UNREAD
                continue
            position = positions.get(column.name, len(cells))
            value = cells[position] if position < len(cells) else None
            row[column.name] = readers[column.name](value, number)
        rows.append(row)
    return Records(table, sheet, tuple(rows), tuple(problems), tuple(_notices(sheet, table)))


def _reader(column: Column, culture: Culture, sheet: Sheet, problems: list[Problem]) -> Callable[[Any, int], Any]:
    """Reads a column's cells; what it has read once, ids and choices above all, it knows again."""
    known: dict[tuple[type, Any], Any] = {}

    def read_cell(value: Any, row: int) -> Any:
        # The type is part of it, for 1, 1.0 and True are the same key.
        key = (type(value), value) if isinstance(value, str | int | float) else None
        if key in known:
            return known[key]
        typed = _cell(value, column, culture, sheet, row, problems)
        if key and typed is not UNREAD:
            known[key] = typed
        return typed

    return read_cell


def _cell(value: Any, column: Column, culture: Culture, sheet: Sheet, row: int, problems: list[Problem]) -> Any:
    if is_blank(value) and column.required:
        where = sheet.at(row, column.name)
        problems.append(Problem(_("The cell is empty."), in_a_sentence(column.help), _("Fill it in."), where))
        return UNREAD
    try:
        return read(value, column, culture, sheet.say)
    except Unreadable as error:
        problems.append(replace(error.problem, where=sheet.at(row, column.name)))
        return UNREAD


def in_a_sentence(help_text: str) -> str:
    """The help of a table or column, translated, as it stands within a sentence."""
    told = _(help_text)
    return told[:1].lower() + told[1:]


def _heading_problems(sheet: Sheet, table: Table) -> list[Problem]:
    strange = [name for name in sheet.headings if name and name not in table.headings]
    problems = [
        Problem(
            _("The column “{name}” is missing.").format(name=sheet.say(column.name)),
            in_a_sentence(column.help),
            suggestion(column.name, strange) or _("Add the column, with this heading."),
            sheet.at(sheet.heading_row, column.name),
        )
        for column in table.columns
        if column.required and column.name not in sheet.headings
    ]
    repeated = {name for name in sheet.headings if name in table.headings and sheet.headings.count(name) > 1}
    return problems + [
        Problem(
            _("The column “{name}” stands twice.").format(name=sheet.say(name)),
            _("one column of this name"),
            _("Remove one of them, or rename it."),
            sheet.at(sheet.heading_row, name),
        )
        for name in sorted(repeated)
    ]


def _unheaded(sheet: Sheet) -> dict[int, Problem]:
    """Rows with a value that stands under no heading, and so may be shifted as a whole."""
    found = {}
    width = len(sheet.headings)
    for number, cells in sheet.rows:
        stray = [
            place
            for place, cell in enumerate(cells)
            if not (place < width and sheet.headings[place]) and not is_blank(cell)
        ]
        if stray:
            found[number] = Problem(
                _("Cell {number} of the row, “{value}”, stands under no heading.").format(
                    number=stray[0] + 1, value=cells[stray[0]]
                ),
                _("{count} cells").format(count=width),
                _("Put a text that holds the delimiter between quotation marks, or give the column a heading."),
                sheet.at(number),
            )
    return found


def _notices(sheet: Sheet, table: Table) -> list[Problem]:
    absent = [sheet.say(name) for name in table.headings if name not in sheet.headings]
    return [
        Problem(
            _("The column “{name}” is not used.").format(name=sheet.say(name)),
            remedy=suggestion(sheet.say(name), absent),
            where=sheet.at(sheet.heading_row, name),
        )
        for name in sheet.headings
        if name and name not in table.headings
    ]
