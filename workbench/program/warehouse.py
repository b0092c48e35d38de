"""The customer tables of a program behind one engine: checked, counted, and ready for expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import warehouse_returns as returns
from workbench.program import warehouse_views as views
from workbench.program.customer_tables import CUSTOMER_TABLES, columns_of
from workbench.program.values import suggestion
from workbench.program.warehouse_counts import Counts, counted, repeated_keys, repeated_rows, unknown_ids
from workbench.program.warehouse_engines import Engine, connect
from workbench.program.warehouse_errors import Told
from workbench.program.warehouse_files import broken_line
from workbench.program.warehouse_findings import Finding, Findings
from workbench.program.warehouse_rules import RowRule, row_rules
from workbench.program.warehouse_settings import DEFAULT_FOLDER, WarehouseSettings, base_of
from workbench.program.warehouse_sources import Source, sources

if TYPE_CHECKING:
    import pandas as pd

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
        self._left: dict[str, ir.Table] = {}
        self._netted: ir.Table | None = None
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

    def fetch(self, rows: ir.Table) -> pd.DataFrame:
        """What the engine makes of an expression over the tables: the one door through which figures leave it.

        Parameters
        ----------
        rows : ibis Table
            An expression over `table`; what it has more rows of than a report shows belongs into the engine.

        Returns
        -------
        DataFrame
            With the columns of the expression.

        Raises
        ------
        DataError
            When the engine refuses, with what a person can do about it; no value of a customer is in it.
        """
        with Told(self.engine.shown, self._broken_line):
            found: pd.DataFrame = rows.to_pandas()
            return found

    def _broken_line(self) -> Problem | None:
        files = (source.files for source in self._sources.values())
        return next(filter(None, (broken_line(one) for one in files if one and one.kind == "csv")), None)

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
            keep = views.table if source.files and source.files.kind == "csv" else views.view
            with source.told:
                self._prepared[name] = keep(self.engine, name, source.prepared())
        return self._prepared[name]

    def _rules(self, name: str) -> tuple[RowRule, ...]:
        source = self._sources[name]
        settings = self._settings
        return row_rules(source.table, self._rows(name), source.settings, settings.as_of, settings.currency)

    def _sound(self, name: str) -> ir.Table:
        """The rows that are not left out."""
        if name not in self._left:
            source = self._sources[name]
            rows = returns.kept(self._set_off()) if self._nets(name) else self._rows_but(name)
            with source.told:
                chosen = rows.select(*source.table.headings, *source.columns.attributes)
                self._left[name] = views.view(self.engine, name, chosen)
        return self._left[name]

    def _nets(self, name: str) -> bool:
        return name == "transactions" and self._sources[name].settings.returns == "net"

    def _rows_but(self, name: str, *kept: str) -> ir.Table:
        """The rows but for those that are left out, for a reason that is not among these."""
        out = [rule for rule in self._rules(name) if rule.treatment == "left_out" and rule.kind not in kept]
        rows = self._rows(name)
        return rows.filter(*(~rule.broken for rule in out)) if out else rows

    def _set_off(self) -> ir.Table:
        """The transactions with their returns set off."""
        if self._netted is None:
            rows = self._rows_but("transactions", "returned").select(*CUSTOMER_TABLES["transactions"].headings)
            with self._sources["transactions"].told:
                self._netted = views.table(self.engine, "netted", returns.netted(rows))
        return self._netted

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
        if self._nets(name):
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
