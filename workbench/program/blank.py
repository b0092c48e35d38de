"""New programs: a blank one to fill in, or a copy of the sample."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path
from string import Template

from workbench import resources
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.settings import FILE_NAME
from workbench.program.tables import TABLES


def sample(language: str) -> Path:
    """The folder of the sample program in a language."""
    return resources.folder("sample_data") / f"program_{language}"


def write_blank(folder: Path, language: str, as_of: date) -> None:
    """Make a program without rows: its settings to adapt, and a file of headings a table.

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
            csv.writer(file).writerow(table.headings)


def write_sample(folder: Path, language: str) -> None:
    """Copy the sample program, to change and try.

    Raises
    ------
    DataError
        When the folder holds something already.
    """
    _make(folder)
    shutil.copytree(sample(language), folder, dirs_exist_ok=True)


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
