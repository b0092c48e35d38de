"""The customer tables of a program behind one engine: checked, counted, and ready for expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import warehouse_returns as returns
from workbench.program.customer_tables import CUSTOMER_TABLES, columns_of
from workbench.program.values import suggestion
from workbench.program.warehouse_counts import Counts, counted, repeated_keys, repeated_rows, unknown_ids
from workbench.program.warehouse_engines import Engine, connect
from workbench.program.warehouse_findings import Finding, Findings
from workbench.program.warehouse_rules import RowRule, row_rules
from workbench.program.warehouse_settings import DEFAULT_FOLDER, WarehouseSettings
from workbench.program.warehouse_sources import Source, base_of, sources

if TYPE_CHECKING:
    from workbench.program.settings import Settings
    from workbench.program.store import Program

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how many steps are done, and of how many."""


def _silent(text: str, done: int, of: int) -> None:
    """Tells nobody."""


class Warehouse:
    """The customer tables of a program; `open` makes one.

    Tables are expressions: nothing is computed before an expression is executed, except what `table` counts once.

    Attributes
    ----------
    engine : Engine
        Where expressions are computed; ``engine.backend`` is the Ibis backend.
    """

    def __init__(self, engine: Engine, found: Mapping[str, Source], settings: Settings, tell: Tell) -> None:
        self.engine, self._sources, self._settings, self._tell = engine, found, settings, tell
        self._prepared: dict[str, ir.Table] = {}
        self._counts: dict[str, Counts] = {}

    @classmethod
    def open(cls, program: Program, tell: Tell | None = None) -> Warehouse:
        """Connect to the engine that a program names, and find its customer tables.

        Parameters
        ----------
        program : Program
            The section ``warehouse`` of its settings says where the tables are; without one they are in the folder
            ``customers`` beside its settings.
        tell : callable, optional
            Is told what is being read: a text, how many steps are done, and of how many.

        Raises
        ------
        DataError
            When nothing answers, or with everything that is wrong with the places and column maps of the tables.
        SettingsError
            When the address is of no known kind, or its engine is not installed.
        """
        settings = program.settings.warehouse or WarehouseSettings()
        engine = connect(settings.address or DEFAULT_FOLDER, base_of(program.path), settings.folder or DEFAULT_FOLDER)
        return cls(engine, sources(engine, settings), program.settings, tell or _silent)

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that there are."""
        return tuple(name for name in CUSTOMER_TABLES if name in self._sources)

    def has(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return name in self._sources

    def table(self, name: str) -> ir.Table:
        """A table as an expression: the declared columns, typed, then the attributes that its source has.

        Rows that break a rule are not in it; `excluded` counts them.

        Raises
        ------
        DataError
            When there is no such table, or what was found in it is fatal.
        """
        if not self.has(name):
            raise DataError(self._absent(name))
        fatal = [finding.to_problem() for finding in self._counted(name).findings if finding.fatal]
        if fatal:
            raise DataError(fatal)
        return self._sound(name)

    def tables(self, *names: str) -> tuple[ir.Table, ...]:
        """Tables that a report cannot do without.

        Raises
        ------
        DataError
            Naming every one that is missing.
        """
        missing = [name for name in names if not self.has(name)]
        if missing:
            raise DataError(map(self._absent, missing))
        return tuple(map(self.table, names))

    def check(self) -> Findings:
        """Everything that is wrong in the tables, counted by the engine."""
        found: list[Finding] = []
        for done, name in enumerate(self.names):
            self._tell(_("Checking {table} …").format(table=name), done, len(self.names))
            found += self._counted(name).findings
            found += self._slow(name)
        self._tell(_("Checked."), len(self.names), len(self.names))
        return Findings(tuple(found), {name: self._counts[name].rows for name in self.names}, self.excluded)

    @property
    def excluded(self) -> dict[str, int]:
        """``table: reason`` → rows that are left out for it, of all tables; each row is counted once."""
        return {
            f"{name}: {reason}": count
            for name in self.names
            for reason, count in self._counted(name).excluded.items()
            if count
        }

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.backend.disconnect()

    def _absent(self, name: str) -> Problem:
        known = tuple(CUSTOMER_TABLES)
        return Problem(
            _("There is no customer table {table}.").format(table=name),
            ", ".join(self.names),
            suggestion(name, known) or _("Add its file or name its source under warehouse in program.yaml."),
            Location(self.engine.shown),
        )

    def _rows(self, name: str) -> ir.Table:
        """The rows as declared, with the marks of what could not be read; what is text is read once."""
        if name not in self._prepared:
            source = self._sources[name]
            self._tell(_("Reading {table} …").format(table=name), len(self._prepared), len(self._sources))
            rows = source.prepared()
            if self.engine.kind == "files" and source.files and source.files.kind == "csv":
                with source.told:
                    rows = self.engine.backend.create_table(f"prepared_{name}", rows)
            self._prepared[name] = rows
        return self._prepared[name]

    def _rules(self, name: str) -> tuple[RowRule, ...]:
        source = self._sources[name]
        settings = self._settings
        return row_rules(source.table, self._rows(name), source.settings, settings.as_of, settings.currency)

    def _sound(self, name: str) -> ir.Table:
        source, rows, rules = self._sources[name], self._rows(name), self._rules(name)
        if name == "transactions" and source.settings.returns == "net":
            rows = returns.kept(self._set_off())
        else:
            rows = _without(rows, [rule for rule in rules if rule.treatment == "left_out"])
        return rows.select(*source.table.headings, *source.columns.attributes)

    def _set_off(self) -> ir.Table:
        """The transactions with their returns set off."""
        rules = self._rules("transactions")
        others = [rule for rule in rules if rule.treatment == "left_out" and rule.kind != "returned"]
        rows = _without(self._rows("transactions"), others)
        return returns.netted(rows.select(*CUSTOMER_TABLES["transactions"].headings))

    def _counted(self, name: str) -> Counts:
        """What the rules over rows and keys find; computed once."""
        if name not in self._counts:
            source = self._sources[name]
            rows, rules = self._rows(name), self._rules(name)
            with source.told:
                counts = counted(source.table, rows, rules)
                if not counts.is_fatal:
                    counts = counts.and_(*repeated_keys(source.table, self._sound(name), counts.rows))
                counts = self._left_out_too(name, counts)
            self._counts[name] = counts
        return self._counts[name]

    def _left_out_too(self, name: str, counts: Counts) -> Counts:
        source = self._sources[name]
        if source.settings.duplicates == "leave_out":
            counts = counts.with_duplicates(repeated_rows(source, "left_out"))
        if name == "transactions" and source.settings.returns == "net":
            counts = counts.with_returns(self._set_off())
        personal = (Finding("personal", name, column, 0, 0.0, (), "left_out") for column in source.columns.personal)
        return counts.and_(*personal)

    def _slow(self, name: str) -> Iterator[Finding]:
        """What takes a pass over all rows of its own: rows that stand twice, ids that are nowhere else."""
        source, rows = self._sources[name], self._counts[name].rows
        with source.told:
            if source.settings.duplicates != "leave_out" and not source.table.key:
                yield from repeated_rows(source, "fatal" if source.settings.duplicates == "refuse" else "noted")
            for column in columns_of(source.table):
                if column.name in source.columns.sources and self.has(column.refers_to):
                    yield from unknown_ids(source.table, column, self._sound(name), self._ids(column.refers_to), rows)

    def _ids(self, name: str) -> ir.Table:
        rows = self._sound(name)
        return rows.select(known=rows[CUSTOMER_TABLES[name].key[0]]).distinct()


def _without(rows: ir.Table, rules: Sequence[RowRule]) -> ir.Table:
    return rows.filter(*(~rule.broken for rule in rules)) if rules else rows
