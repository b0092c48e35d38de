"""The capture workbook: a sheet a table with lists, notes and locked headings, blank or filled; it reads back whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from xlsxwriter.exceptions import XlsxWriterException

from workbench import resources
from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.language import using
from workbench.program import excel_settings
from workbench.program.excel_book import MOST_ROWS, Book
from workbench.program.excel_cells import held, refused
from workbench.program.excel_tables import name_ids, write_choices, write_table
from workbench.program.guidance import rubrics
from workbench.program.reading import Records
from workbench.program.settings import FILE_NAME
from workbench.program.tables import TABLES

if TYPE_CHECKING:
    from workbench.program.store import Program


def write_workbook(path: Path, language: str, program: Program | None = None, as_of: date | None = None) -> None:
    """Write the workbook in which people fill in a program; `Program.open` reads it back.

    Parameters
    ----------
    path : Path
        A new .xlsx file; it appears whole or not at all.
    language : str
        Language of headings, sheets, choices and notes: ``en`` or ``es``.
    program : Program, optional
        What the sheets are filled with; a blank workbook by default.
    as_of : date, optional
        Date of the data in a blank workbook; left to be filled in by default.

    Raises
    ------
    DataError
        When the file is there already or cannot be written, or with everything that no cell can hold.
    """
    if path.exists():
        raise DataError(_taken(path))
    contents = _filled(program) if program else _blank(language, as_of)
    problems = contents.problems()
    if problems:
        raise DataError(problems)
    try:
        _write_whole(contents, path, language)
    except (OSError, XlsxWriterException) as error:
        raise DataError(
            Problem(
                _("The workbook cannot be written: {reason}.").format(reason=error),
                remedy=_("Check the path, and that there is room on the disk."),
                where=Location(str(path)),
            )
        ) from error


def _taken(path: Path) -> Problem:
    return Problem(
        _("{path} is there already.").format(path=path),
        _("a new file"),
        _("Name another file, or move this one away."),
    )


@dataclass(frozen=True)
class _Contents:
    """What a workbook is filled with."""

    settings: Mapping[str, Any]
    tables: Mapping[str, Records]

    def problems(self) -> list[Problem]:
        """Everything that no cell can hold, where it stands now."""
        found = excel_settings.problems_of(self.settings, Location(FILE_NAME))
        for records in self.tables.values():
            found += _problems_of(records)
        return found


def _problems_of(records: Records) -> list[Problem]:
    if len(records.rows) >= MOST_ROWS:
        found = _("The table {table} has {count} rows.").format(table=records.table.name, count=len(records.rows))
        expected = _("at most {count}, which is what a spreadsheet can hold").format(count=MOST_ROWS - 1)
        return [Problem(found, expected, _("Keep the program as a folder."), Location(records.table.name))]
    return [
        replace(told, where=records.at(index, column.name))
        for index, row in enumerate(records.rows)
        for column in records.table.columns
        if (told := refused(held(row[column.name], column), row[column.name]))
    ]


def _filled(program: Program) -> _Contents:
    return _Contents(program.settings.to_values(), {name: program.records(name) for name in TABLES})


def _blank(language: str, as_of: date | None) -> _Contents:
    template = Template((resources.folder("templates") / "program" / language / FILE_NAME).read_text(encoding="utf-8"))
    settings = yaml.safe_load(template.substitute(as_of=as_of.isoformat() if as_of else ""))
    return _Contents(settings, {name: Records(table) for name, table in TABLES.items()})


def _write_whole(contents: _Contents, path: Path, language: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as place:
        made = Path(place) / path.name
        with using(language):
            _write(contents, made)
        made.rename(path)


def _write(contents: _Contents, path: Path) -> None:
    settings = contents.settings
    book = Book(path, settings.get("as_of"))
    excel_settings.write_settings(book, settings, settings.get("name") or _("A CRM program"))
    for name, table in TABLES.items():
        records = contents.tables[name]
        rows = [[held(row[column.name], column) for column in table.columns] for row in records.rows]
        write_table(book, table, rows, _rubrics(contents, name), settings.get("currency", ""))
    write_choices(book)
    name_ids(book)
    book.close()


def _rubrics(contents: _Contents, name: str) -> dict[str, str]:
    """What the scores mean, for the headings under which scores are given."""
    criteria = contents.tables["criteria"].rows
    columns = [column.name for column in TABLES[name].columns if column.refers_to == "criteria"]
    return dict.fromkeys([*columns, "score"], rubrics(criteria)) if criteria and columns else {}
