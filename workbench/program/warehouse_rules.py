"""What must hold in the rows of a customer table: each rule is a condition that the engine counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from workbench.program.columns import Kind
from workbench.program.customer_tables import CustomerColumn, CustomerTable, columns_of
from workbench.program.warehouse_columns import CURRENCY, UNREADABLE
from workbench.program.warehouse_settings import TableSettings

Treatment = Literal["fatal", "left_out", "noted"]
KINDS = (
    "unreadable",
    "missing",
    "returned",
    "negative",
    "out_of_bounds",
    "future",
    "currency",
    "duplicate_key",
    "duplicate",
    "unknown_id",
    "cancelled",
    "return_without_purchase",
    "personal",
    "nothing_left",
)


@dataclass(frozen=True)
class RowRule:
    """A condition that a row can break.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    column : str
        The column that is looked at.
    broken : ibis boolean value
        Never empty.
    treatment : str
        ``fatal``, ``left_out`` or ``noted``.
    """

    kind: str
    column: str
    broken: Any
    treatment: Treatment

    @property
    def reason(self) -> str:
        """A short name of the reason, for example ``missing customer_id``."""
        return f"{self.kind} {self.column}"


def row_rules(
    table: CustomerTable, rows: ir.Table, settings: TableSettings, as_of: date, currency: str
) -> tuple[RowRule, ...]:
    """The rules over the rows of a table; a row that is left out is so for the first one that it breaks."""
    usual: Treatment = "fatal" if table.strict else "left_out"
    rules: list[RowRule] = []
    for column in columns_of(table):
        rules += _reading_rules(column, rows, usual)
    if table.name == "transactions":
        treatment: Treatment = "fatal" if settings.returns == "refuse" else "left_out"
        rules.append(RowRule("returned", "amount", is_return(rows), treatment))
    for column in columns_of(table):
        rules += _bounds(column, rows, usual)
        rules += _future(column, rows, as_of, usual)
    if CURRENCY in rows.columns:
        other = rows[CURRENCY].upper() != currency
        rules.append(RowRule("currency", "currency", _sure(other), "fatal"))
        rules.append(RowRule("missing", "currency", rows[CURRENCY].isnull(), "noted"))
    return tuple(rules)


def _reading_rules(column: CustomerColumn, rows: ir.Table, usual: Treatment) -> Iterator[RowRule]:
    mark = UNREADABLE + column.name
    if mark in rows.columns:
        treatment = usual if column.required or usual == "fatal" else "noted"
        yield RowRule("unreadable", column.name, _sure(rows[mark]), treatment)
    if column.required:
        empty = rows[column.name].isnull()
        if mark in rows.columns:
            empty = empty & ~_sure(rows[mark])
        yield RowRule("missing", column.name, empty, usual)


def _bounds(column: CustomerColumn, rows: ir.Table, usual: Treatment) -> Iterator[RowRule]:
    if column.kind is not Kind.NUMBER:
        return
    if column.minimum is not None:
        yield RowRule("negative", column.name, _sure(rows[column.name] < column.minimum), usual)
    if column.maximum is not None:
        yield RowRule("out_of_bounds", column.name, _sure(rows[column.name] > column.maximum), usual)


def _future(column: CustomerColumn, rows: ir.Table, as_of: date, usual: Treatment) -> Iterator[RowRule]:
    if column.past:
        next_day = datetime(as_of.year, as_of.month, as_of.day) + timedelta(days=1)
        edge = ibis.literal(next_day, "timestamp") if column.moment else ibis.literal(next_day.date(), "date")
        yield RowRule("future", column.name, _sure(rows[column.name] >= edge), usual)


def is_return(rows: ir.Table) -> Any:
    """Whether a line of the transactions is a return or a cancellation: its quantity or its amount is below 0."""
    return _sure(rows.quantity < 0) | _sure(rows.amount < 0)


def _sure(condition: Any) -> Any:
    return condition.fill_null(False)
