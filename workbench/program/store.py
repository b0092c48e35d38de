"""A program where it is kept: a folder of CSV files, one Excel workbook, or a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import (
    addresses,
    baselines,
    checks,
    decision_record,
    hidden,
    said_twice,
    unfilled,
    units,
    unspread,
)
from workbench.program.files import Sheet, UnreadableFile, heading, read_csv, read_workbook
from workbench.program.reading import Records, in_a_sentence, read_records
from workbench.program.settings import FILE_NAME, ReadSettings, Settings, read_sheet, read_yaml
from workbench.program.tables import TABLES
from workbench.program.values import suggestion
from workbench.program.warehouse_settings import DEFAULT_FOLDER, base_of

if TYPE_CHECKING:
    import pandas as pd

    from workbench.program.warehouse import Tell, Warehouse

WORKBOOK_NAME = "program.xlsx"
SETTINGS_SHEET = "program"


@dataclass(frozen=True)
class Program:
    """A program whose tables have been read and hold together.

    Attributes
    ----------
    path : Path or str
        Folder, workbook or database file; for a database on a server the address without its password.
    settings : Settings
        What holds for the whole program.
    files : tuple of Path
        Every file that was read.
    notices : tuple of Problem
        What was passed over, for example columns that no table declares, and what an open round still hides.
    baselines : mapping of str to str
        Gate → the sealed text that was frozen at it (``business_case.baseline.read_baseline`` opens it); none in a
        workbook.
    """

    path: Path | str
    settings: Settings
    files: tuple[Path, ...]
    notices: tuple[Problem, ...]
    _records: Mapping[str, Records] = field(repr=False)
    baselines: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, path: str | Path) -> Program:
        """Read a program and check it whole.

        Parameters
        ----------
        path : str or Path
            A folder with ``program.yaml`` and a CSV file a table (or with ``program.xlsx``); an ``.xlsx`` workbook
            with a sheet a table and the settings in its sheet ``program`` or in a ``program.yaml`` beside it; or the
            address of a database: ``our-crm.db``, ``sqlite:///our-crm.db``, ``postgresql://user@host/our_crm``.

        Raises
        ------
        DataError
            With every problem of every file, when there is any.
        """
        if addresses.is_address(path):
            return cls._of_database(path)
        found = _gather(Path(path))
        return cls._checked(Path(path), found, _records(found))

    @classmethod
    def _of_database(cls, address: str | Path) -> Program:
        from workbench.program import database

        read, tables, kept = database.read(str(address))
        file = addresses.file_of(address)
        found = _Found(read, {}, (file,) if file else (), (), (), kept)
        return cls._checked(file or addresses.shown(address), found, tables)

    @classmethod
    def _checked(cls, path: Path | str, found: _Found, tables: Mapping[str, Records]) -> Program:
        settings, frozen = found.read.settings, baselines.lines(found.baselines)
        currency = settings.currency if settings else ""
        problems = [*found.read.problems, *found.problems, *checks.problems_of(tables, frozen, currency)]
        if problems or settings is None:
            raise DataError(problems)
        notices = [*found.notices, *(notice for records in tables.values() for notice in records.notices)]
        notices += [*hidden.notices(tables), *decision_record.notices(tables), *units.notices(tables, currency)]
        notices += [*unfilled.notices(tables), *unspread.notices(tables), *said_twice.notices(tables, settings)]
        notices += baselines.notices(found.baselines, tables.get("gates", Records(TABLES["gates"])))
        return cls(path, settings.anchored(base_of(path)), found.files, tuple(notices), tables, found.baselines)

    def has(self, name: str) -> bool:
        """Whether the program has rows in a table that no open round hides."""
        return bool(hidden.shown(self.records(name), self.records("rounds")).rows)

    def records(self, name: str) -> Records:
        """The typed rows of a table, hidden ones too; none when the program does not have it."""
        return self._records.get(name, Records(TABLES[name]))

    def table(self, name: str) -> pd.DataFrame:
        """A table as a frame with exactly the declared columns; without rows when the program does not have it.

        Scores of a round that is still open are not in it, nor are preferences while one is: nobody sees those of the
        others until they are shown, in a report either. `notices` counts them.
        """
        return hidden.shown(self.records(name), self.records("rounds")).frame()

    def tables(self, *names: str) -> tuple[pd.DataFrame, ...]:
        """Tables that a report cannot do without.

        Raises
        ------
        DataError
            Naming every one that is missing, or has no rows that are shown.
        """
        missing = [name for name in names if not self.has(name)]
        if missing:
            raise DataError(
                hidden.refusal(self.records(name)) if self.records(name).rows else _absent(self.path, name)
                for name in missing
            )
        return tuple(map(self.table, names))

    @property
    def has_warehouse(self) -> bool:
        """Whether the program says where customer tables are, or has a folder of them."""
        return self.settings.warehouse is not None or (Path(self.path) / DEFAULT_FOLDER).is_dir()

    def warehouse(self, tell: Tell | None = None) -> Warehouse:
        """The customer tables, behind the engine that the settings name.

        Parameters
        ----------
        tell : callable, optional
            Is told what is being read: a text, how many steps are done, and of how many.

        Raises
        ------
        DataError
            When nothing answers, or with everything that is wrong with the places and column maps of the tables.
        SettingsError
            When the address is of no known kind, or its engine is not installed.
        """
        from workbench.program.warehouse import Warehouse

        return Warehouse.open(self, tell)


def _records(found: _Found) -> dict[str, Records]:
    culture = found.read.culture
    read = {name: read_records(sheet, TABLES[name], culture) for name, sheet in found.sheets.items()}
    read |= {name: Records(TABLES[name], is_readable=False) for name in found.unreadable}
    return {name: read[name] for name in TABLES if name in read}


def _absent(path: Path | str, name: str) -> Problem:
    return Problem(
        _("The table {table} is missing or has no rows.").format(table=name),
        in_a_sentence(TABLES[name].help),
        _("Fill it in; “crm-workbench init” makes a blank one."),
        Location(f"{name}.csv" if Path(path).is_dir() else Path(path).name),
    )


@dataclass(frozen=True)
class _Found:
    """What a place held, before the tables are read."""

    read: ReadSettings
    sheets: Mapping[str, Sheet]
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    baselines: Mapping[str, str] = field(default_factory=dict)

    @property
    def unreadable(self) -> list[str]:
        """Tables whose own file gave no sheet."""
        names = [heading(file.stem) for file in self.files if file.parent.name != baselines.FOLDER]
        return [name for name in names if name in TABLES and name not in self.sheets]


def _gather(path: Path) -> _Found:
    if path.is_dir():
        inside = path / WORKBOOK_NAME
        if inside.exists() and any(path.glob("*.csv")):
            raise DataError(_both(path))
        return _from_workbook(inside) if inside.exists() else _from_folder(path)
    if path.is_file():
        return _from_workbook(path)
    raise DataError(
        Problem(
            _("There is no program at {path}.").format(path=path),
            _("a folder, an .xlsx workbook or a database"),
            _("Check the path; “crm-workbench init” makes a new program."),
        )
    )


def _from_folder(folder: Path) -> _Found:
    files = sorted(file for file in folder.iterdir() if file.suffix.casefold() == ".csv")
    known = [file for file in files if heading(file.stem) in TABLES]
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for file in known:
        name = heading(file.stem)
        try:
            sheet = read_csv(file, TABLES[name].headings)
            problems += [_twice(file)] if name in sheets else []
            sheets[name] = sheet
        except UnreadableFile as error:
            problems += error.problems
    own, kept = folder / FILE_NAME, baselines.read_folder(folder)
    if not known:
        problems.append(_no_tables(folder.name))
    return _Found(
        read_yaml(own),
        sheets,
        tuple(file for file in (own, *known, *kept.files) if file.exists()),
        (*problems, *kept.problems),
        (*_strangers([(heading(file.stem), file.name) for file in files], sheets), *kept.notices),
        kept.texts,
    )


def _twice(file: Path) -> Problem:
    return Problem(
        _("Another file holds the same table."),
        _("one file a table"),
        _("Rename or remove one of them."),
        Location(file.name),
    )


def _from_workbook(path: Path) -> _Found:
    try:
        sheets = read_workbook(path)
    except UnreadableFile as error:
        return _Found(ReadSettings(), {}, (path,), error.problems, ())
    inside, beside = sheets.pop(SETTINGS_SHEET, None), path.parent / FILE_NAME
    known = {name: sheet for name, sheet in sheets.items() if name in TABLES}
    passed_over = baselines.passed_over(path.parent) if path.name == WORKBOOK_NAME else ()
    return _Found(
        read_sheet(inside) if inside else read_yaml(beside),
        known,
        (path,) if inside or not beside.exists() else (path, beside),
        () if known else (_no_tables(path.name),),
        (*_strangers([(name, sheet.place.sheet) for name, sheet in sheets.items()], known), *passed_over),
    )


def _both(folder: Path) -> Problem:
    return Problem(
        _("The folder holds {workbook} and CSV files.").format(workbook=WORKBOOK_NAME),
        _("one or the other"),
        _("Move those that do not count out of the folder."),
        Location(folder.name),
    )


def _no_tables(name: str) -> Problem:
    return Problem(
        _("The program has no tables."), ", ".join(TABLES), _("Add a file or a sheet a table."), Location(name)
    )


def _strangers(found: list[tuple[str, str]], known: Mapping[str, object]) -> tuple[Problem, ...]:
    """A notice for each file or sheet, by its name and as a person sees it, that is no table."""
    absent = [name for name in TABLES if name not in known]
    return tuple(
        Problem(_("No table has this name; it is not used."), remedy=suggestion(name, absent), where=Location(shown))
        for name, shown in found
        if name not in TABLES
    )
