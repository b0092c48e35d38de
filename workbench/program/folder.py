"""A program written into a folder: settings, a CSV file a table, baselines; reading it gives the same again."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import baselines
from workbench.program.columns import Column, Kind
from workbench.program.settings import FILE_NAME, Settings
from workbench.program.tables import TABLES
from workbench.program.values import LIST_MARKS

if TYPE_CHECKING:
    from workbench.program.store import Program

EXACT_TO = 1e15
"""Whole figures below this are written with all their digits and nothing behind them."""
_FIGURE = re.compile(r"(?<![\d.])(\d{1,3}\.\d{3})(?!\d)")


def write_folder(program: Program, folder: Path) -> None:
    """Write a program as plain files: UTF-8, commas between the cells, points in the figures, ISO dates.

    Parameters
    ----------
    program : Program
        From wherever it is kept.
    folder : Path
        New or empty; it appears whole or not at all.

    Raises
    ------
    DataError
        When the folder holds something already or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(_taken(folder))
    try:
        _write_whole(program, folder)
    except OSError as error:
        raise DataError(
            Problem(
                _("The folder cannot be written: {reason}.").format(reason=error.strerror),
                remedy=_("Check the path, and that there is room on the disk."),
                where=Location(str(folder)),
            )
        ) from error


def _taken(folder: Path) -> Problem:
    return Problem(
        _("{path} holds something already.").format(path=folder),
        _("a new or an empty folder"),
        _("Name another folder."),
    )


def _write_whole(program: Program, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as place:
        made = Path(place) / folder.name
        made.mkdir()
        _write_settings(program.settings, made / FILE_NAME)
        for name in TABLES:
            _write_table(program, name, made / f"{name}.csv")
        baselines.write_folder(program.baselines, made)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)


def _write_settings(settings: Settings, file: Path) -> None:
    text = yaml.safe_dump(settings.to_values(), allow_unicode=True, sort_keys=False, width=120)
    file.write_text(text, encoding="utf-8", newline="\n")


def _write_table(program: Program, name: str, file: Path) -> None:
    table = TABLES[name]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(table.headings)
        for row in program.records(name).rows:
            writer.writerow([cell(row[column.name], column) for column in table.columns])


def cell(value: Any, column: Column) -> str:
    """A value as text that reads the same in every locale.

    Examples
    --------
    >>> cell(1.234, Column("amount", "", Kind.NUMBER)), cell(("Care, calls",), Column("parts", "", Kind.LIST))
    ('1.2340', 'Care, calls;')
    >>> cell(1234567.0, Column("amount", "", Kind.NUMBER))
    '1234567'
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime(value.year, value.month, value.day) else value.isoformat()
    if isinstance(value, tuple):
        text = "; ".join(map(unmistakable, value) if column.items is Kind.NUMBER else value)
        return text + ";" if "," in text and not LIST_MARKS.search(text) else text
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_TO:
        return f"{value:.0f}"
    return unmistakable(str(value)) if column.kind in (Kind.NUMBER, Kind.PROFILE) else str(value)


def unmistakable(text: str) -> str:
    """Figures with one more decimal where three could be read as thousands.

    Examples
    --------
    >>> unmistakable("1.234"), unmistakable("1.5")
    ('1.2340', '1.5')
    """
    return _FIGURE.sub(r"\g<1>0", text)
