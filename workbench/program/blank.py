"""New programs: a blank one to fill in, or a copy of the sample."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from workbench import resources
from workbench.errors import DataError, Problem
from workbench.language import LANGUAGES
from workbench.language import gettext as _
from workbench.program.columns import Table
from workbench.program.folder import cell
from workbench.program.settings import FILE_NAME
from workbench.program.tables import TABLES
from workbench.program.warehouse_settings import DEFAULT_FOLDER

if TYPE_CHECKING:
    import pandas as pd

YEAR_ON = "year_on"
"""The sample program a year later, with gates that were held and what was really paid and gained."""


def sample(language: str, later: str = "") -> Path:
    """The folder of the sample program in a language; with `YEAR_ON` a year later."""
    return resources.folder("sample_data") / "_".join(part for part in ("program", language, later) if part)


def write_blank(folder: Path, language: str, as_of: date, rows: Mapping[str, pd.DataFrame] | None = None) -> None:
    """Make a new program: its settings to adapt, and a file of headings a table.

    Parameters
    ----------
    folder : Path
        New or empty.
    language : str
        Of the settings' notes.
    as_of : date
        Date of the data.
    rows : mapping of str to DataFrame, optional
        What the tables start with, by their names; nothing by default.

    Raises
    ------
    DataError
        When the folder holds something already.
    """
    _make(folder)
    template = Template((resources.folder("templates") / "program" / language / FILE_NAME).read_text(encoding="utf-8"))
    (folder / FILE_NAME).write_text(template.substitute(as_of=as_of.isoformat()), encoding="utf-8")
    for table in TABLES.values():
        # The mark at the start makes spreadsheets read the accents right.
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.headings)
            writer.writerows(_cells((rows or {}).get(table.name), table))


def _cells(frame: pd.DataFrame | None, table: Table) -> Iterator[list[str]]:
    if frame is None:
        return
    for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
        yield [cell(row[column.name], column) for column in table.columns]


def write_sample(folder: Path, language: str) -> None:
    """Copy the sample program and its customer tables, to change and try.

    Raises
    ------
    DataError
        When the folder holds something already.
    """
    _make(folder)
    shutil.copytree(sample(language), folder, dirs_exist_ok=True)
    others = [f"*_{code}.csv" for code in LANGUAGES if code != language]
    passed_over = shutil.ignore_patterns("truth*", "source_records*", *others)
    shutil.copytree(resources.folder("sample_data") / DEFAULT_FOLDER, folder / DEFAULT_FOLDER, ignore=passed_over)
    file = folder / FILE_NAME
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"../{DEFAULT_FOLDER}", DEFAULT_FOLDER), encoding="utf-8", newline="\n")


def _make(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            Problem(
                _("{path} holds something already.").format(path=folder),
                _("a new or an empty folder"),
                _("Name another folder."),
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
