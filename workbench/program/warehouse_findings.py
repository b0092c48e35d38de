"""What was found in the customer tables, counted; a table, and a sentence for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench import language
from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext
from workbench.program.warehouse_rules import Treatment
from workbench.results import Result

if TYPE_CHECKING:
    import pandas as pd

_WORDS: dict[str, str] = {
    "unreadable": N_("{column} cannot be read"),
    "missing": N_("without {column}"),
    "returned": N_("a return: quantity or amount below 0"),
    "negative": N_("{column} is below 0"),
    "out_of_bounds": N_("{column} is out of bounds"),
    "future": N_("{column} is after the date of the data"),
    "currency": N_("in another currency than the program's"),
    "duplicate_key": N_("{column} stands more than once"),
    "duplicate": N_("the same as another row in every column"),
    "unknown_id": N_("{column} is not in its table"),
    "cancelled": N_("wholly returned later"),
    "return_without_purchase": N_("more returned than had been bought"),
    "personal": N_("the column {column} names a person"),
    "nothing_left": N_("no row is left"),
}
_TREATMENTS: dict[str, str] = {"fatal": N_("fatal"), "left_out": N_("left out"), "noted": N_("kept")}


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes
    ----------
    kind : str
        One of `warehouse_rules.KINDS`.
    table, column : str
        Where.
    count : int
        How many rows; 0 for ``personal``, which is a column that is left out.
    share : float
        Of the table's rows.
    examples : tuple of str
        At most five ids: of the customers, or whose else the rows are; for ``unknown_id`` and ``duplicate_key`` the ids
        themselves.
    treatment : str
        ``fatal``: the tables cannot be used; ``left_out``: the rows are left out; ``noted``: they are kept.
    """

    kind: str
    table: str
    column: str
    count: int
    share: float
    examples: tuple[str, ...] = ()
    treatment: Treatment = "noted"

    @property
    def fatal(self) -> bool:
        """Whether the tables cannot be used with it."""
        return self.treatment == "fatal"

    @property
    def words(self) -> str:
        """What was found, in the language in use."""
        return _(_WORDS[self.kind]).format(column=self.column)

    @property
    def treated(self) -> str:
        """What becomes of the rows, in the language in use."""
        return _(_TREATMENTS[self.treatment])

    def __str__(self) -> str:
        if self.kind == "personal":
            return f"{self.table}: {self.words}; {self.treated}"
        told = ngettext("{table}: {count} row ({share}) {words}", "{table}: {count} rows ({share}) {words}", self.count)
        line = told.format(
            table=self.table, count=language.exact(self.count), share=language.percent(self.share), words=self.words
        )
        line += f"; {self.treated}"
        return line + (_("; for example {ids}").format(ids=", ".join(self.examples)) if self.examples else "")

    def to_problem(self) -> Problem:
        """The finding as a problem, for one that is fatal."""
        rows = ngettext("{count} row of {table} ({share})", "{count} rows of {table} ({share})", self.count)
        told = rows.format(count=language.exact(self.count), table=self.table, share=language.percent(self.share))
        ids = _(" For example {ids}.").format(ids=", ".join(self.examples)) if self.examples else ""
        return Problem(f"{told}: {self.words}.{ids}", "", self._remedy(), Location(self.table, column=self.column))

    def _remedy(self) -> str:
        remedies: dict[str, Callable[[], str]] = {
            "returned": lambda: _("Set returns to net or apart in program.yaml, or take them out."),
            "currency": lambda: _("Convert them into the program's currency, or take them out."),
            "duplicate_key": lambda: _("Keep one row of each; duplicates: leave_out does so where rows are equal."),
            "duplicate": lambda: _("Set duplicates to keep or leave_out in program.yaml, or take them out."),
            "nothing_left": lambda: _("Look at the columns, dates and decimal of the table in program.yaml."),
        }
        return remedies.get(self.kind, lambda: _("Mend the rows, or the column map in program.yaml."))()


@dataclass(frozen=True, eq=False)
class Findings(Result):
    """What was found in the customer tables.

    Attributes
    ----------
    findings : tuple of Finding
        In the order of the tables; a row can be in several.
    rows : mapping of str to int
        Table → rows of its source.
    excluded : mapping of str to int
        ``table: reason`` → rows that are left out for it; a row that is left out is counted once.
    """

    findings: tuple[Finding, ...]
    rows: Mapping[str, int]
    excluded: Mapping[str, int]

    @property
    def fatal(self) -> tuple[Finding, ...]:
        """Those with which the tables cannot be used."""
        return tuple(finding for finding in self.findings if finding.fatal)

    def to_frame(self) -> pd.DataFrame:
        """A row a finding: table, column, what, count, share, what becomes of it, examples."""
        import pandas as pd

        columns = ["kind", "table", "column", "count", "share", "treatment", "found", "examples"]
        rows = [
            (one.kind, one.table, one.column, one.count, one.share, one.treatment, one.words, ", ".join(one.examples))
            for one in self.findings
        ]
        return pd.DataFrame(rows, columns=columns)

    @property
    def conclusion(self) -> str:
        """How many rows were looked at, left out, and whether the tables can be used."""
        looked = ngettext("{count} row in {tables} was looked at", "{count} rows in {tables} were looked at", self._all)
        tables = ngettext("{count} customer table", "{count} customer tables", len(self.rows))
        told = looked.format(count=language.exact(self._all), tables=tables.format(count=len(self.rows)))
        out = sum(self.excluded.values())
        left = ngettext("{count} is left out", "{count} are left out", out).format(count=language.exact(out))
        return f"{told}; {left}. {self._verdict}"

    @property
    def _all(self) -> int:
        return sum(self.rows.values())

    @property
    def _verdict(self) -> str:
        count = len(self.fatal)
        if not count:
            return _("The customer tables can be used.")
        return ngettext(
            "{count} finding is fatal: the customer tables cannot be used.",
            "{count} findings are fatal: the customer tables cannot be used.",
            count,
        ).format(count=count)
