"""Where each customer table of a program comes from: files or tables of the engine, with the map of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program.customer_tables import CUSTOMER_TABLES, CustomerTable
from workbench.program.warehouse_columns import ColumnMap, column_map, prepared
from workbench.program.warehouse_engines import Engine
from workbench.program.warehouse_errors import Told
from workbench.program.warehouse_files import TableFiles, broken_line, find, names_files
from workbench.program.warehouse_settings import TableSettings, WarehouseSettings
from workbench.program.warehouse_texts import day_of, number_of

NO_FILES = ("duckdb", "postgres")


@dataclass(frozen=True)
class Source:
    """One customer table where it comes from.

    Attributes
    ----------
    table : CustomerTable
        What is declared of it.
    settings : TableSettings
        What the program says of it.
    rows : ibis Table
        The firm's own rows; without those that are the same in every column, when duplicates are left out.
    all_rows : ibis Table
        The firm's own rows, every one of them.
    files : TableFiles or None
        Its files; None for a table of the engine.
    columns : ColumnMap
        Where its columns come from.
    place : str
        The file, or the address and the name, without a password.
    """

    table: CustomerTable
    settings: TableSettings
    rows: ir.Table
    all_rows: ir.Table
    files: TableFiles | None
    columns: ColumnMap
    place: str

    @property
    def told(self) -> Told:
        """Tells what the engine refuses while it reads these rows."""
        if self.files is None or self.files.kind != "csv":
            return Told(self.place)
        return Told(self.place, partial(broken_line, self.files))

    def prepared(self) -> ir.Table:
        """The rows as declared, as `warehouse_columns.prepared` gives them; texts of attributes as what they are."""
        made = prepared(self.table, self.settings, self.rows, self.columns)
        return self._with_kinds(made) if self.files and self.files.kind == "csv" else made

    def of(self, rows: ir.Table) -> ir.Table:
        """Some of the firm's own rows, as declared."""
        return prepared(self.table, self.settings, rows, self.columns)

    def _with_kinds(self, made: ir.Table) -> ir.Table:
        """Attributes that are all numbers, or all days, as such: a CSV file does not say what its cells are."""
        texts = list(self.columns.attributes)
        if not texts:
            return made
        given = self.settings
        readings = {name: (_figure(made[name], given.decimal), day_of(made[name], given.dates)) for name in texts}
        asked = {}
        for index, name in enumerate(texts):
            there, (figure, moment) = made[name].strip().nullif("").notnull(), readings[name]
            asked[f"t{index}"] = made.count(where=there)
            asked[f"n{index}"] = made.count(where=there & figure.isnull())
            asked[f"d{index}"] = made.count(where=there & moment.isnull())
            asked[f"h{index}"] = made.count(where=moment != moment.truncate("D"))
        with self.told:
            counts = made.aggregate(**asked).to_pandas().iloc[0]
        kinds = {
            name: _kind(*readings[name], {kind: counts[f"{kind}{index}"] for kind in "ndh"})
            for index, name in enumerate(texts)
            if counts[f"t{index}"] > 0
        }
        return made.mutate(**{name: kind for name, kind in kinds.items() if kind is not None})


def _kind(figure: Any, moment: Any, counts: Mapping[str, int]) -> Any:
    """The reading that all texts of an attribute have: numbers, days, moments; None where they have none."""
    if not counts["n"]:
        return figure
    if counts["d"]:
        return None
    return moment if counts["h"] else moment.cast("date")


def _figure(text: Any, decimal: str) -> Any:
    """The number that a text writes, unless it begins as only an id does, with a 0 before another figure."""
    code = text.strip().re_search(r"^0\d")
    return ibis.ifelse(code, ibis.null("string"), text).pipe(number_of, decimal)


def sources(engine: Engine, settings: WarehouseSettings) -> dict[str, Source]:
    """Every customer table that there is, by its name.

    Raises
    ------
    DataError
        With everything that is wrong with their places and their column maps.
    """
    found: dict[str, Source] = {}
    problems: list[Problem] = []
    for name in CUSTOMER_TABLES:
        try:
            source = _source(engine, name, settings)
        except DataError as error:
            problems += error.problems
            continue
        if source:
            found[name] = source
            problems += source.columns.problems
    problems += [] if found or problems else [_none(engine)]
    if problems:
        raise DataError(problems)
    return found


def _none(engine: Engine) -> Problem:
    return Problem(
        _("There are no customer tables."),
        ", ".join(CUSTOMER_TABLES),
        _("Name their sources under warehouse in program.yaml."),
        Location(engine.shown),
    )


def _source(engine: Engine, name: str, settings: WarehouseSettings) -> Source | None:
    own, table = settings.of(name), CUSTOMER_TABLES[name]
    files = _files(engine, name, own)
    if files is not None:
        place, all_rows = str(files.paths[0]), engine.read(name, files)
    else:
        wanted = own.source or name
        place = f"{engine.shown}, {wanted}" if engine.kind != "files" else engine.shown
        with Told(place):
            is_there = engine.kind != "files" and engine.has(wanted)
            all_rows = engine.table(wanted) if is_there else None
    if all_rows is None:
        _refuse_if_named(engine, name, settings)
        return None
    found = column_map(table, own, all_rows, Location(place, name if files is None else ""))
    rows = all_rows.distinct() if own.duplicates == "leave_out" else all_rows
    return Source(table, own, rows, all_rows, files, found, place)


def _files(engine: Engine, name: str, own: TableSettings) -> TableFiles | None:
    if engine.kind in NO_FILES or (engine.kind == "spark" and own.source and not names_files(own.source)):
        return None
    return find(name, own.source, engine.folder, own.encoding) if engine.folder.is_dir() else None


def _refuse_if_named(engine: Engine, name: str, settings: WarehouseSettings) -> None:
    if name in map(str, settings.tables):
        told = _("There is nothing for the table {table}, which program.yaml names.").format(table=name)
        expected = settings.of(name).source or name
        raise DataError(Problem(told, expected, _("Correct its source under warehouse."), Location(engine.shown)))
