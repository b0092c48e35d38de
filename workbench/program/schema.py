"""The tables of a database, derived from the planning tables; and how a row is kept in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from workbench.program.columns import Column, Kind, Table
from workbench.program.tables import TABLES

VERSION = 3
"""Goes up whenever a table or column comes, goes or changes."""

POSITION = "position"
"""Column that keeps the order of a table's rows."""

METADATA = sa.MetaData()

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TYPES: Mapping[Kind, sa.types.TypeEngine[Any]] = {
    Kind.INTEGER: sa.BigInteger(),
    Kind.NUMBER: sa.Double(),
    Kind.BOOLEAN: sa.Boolean(),
    Kind.DATE: sa.DateTime(),
}


def _made(table: Table) -> sa.Table:
    # A table without a key only grows: the database numbers its rows.
    order = sa.Column(POSITION, _NUMBERED, primary_key=not table.key, autoincrement=not table.key, nullable=False)
    columns = [_column(column, table) for column in table.columns]
    return sa.Table(table.name, METADATA, order, *columns, sqlite_autoincrement=not table.key)


def _column(column: Column, table: Table) -> sa.Column[Any]:
    is_key = column.name in table.key
    return sa.Column(
        column.name,
        _TYPES.get(column.kind, sa.Text()),
        *_reference(column),
        primary_key=is_key,
        autoincrement=False,
        nullable=not (is_key or column.required),
    )


def _reference(column: Column) -> list[sa.ForeignKey]:
    if not column.refers_to or column.kind is Kind.LIST:
        return []
    target = f"{column.refers_to}.{TABLES[column.refers_to].key[0]}"
    return [sa.ForeignKey(target, deferrable=True, initially="DEFERRED")]


PLANNING = {name: _made(table) for name, table in TABLES.items()}
SETTINGS = sa.Table(
    "settings", METADATA, sa.Column("setting", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
SCHEMA_VERSION = sa.Table("schema_version", METADATA, sa.Column("version", sa.Integer, primary_key=True))
SECRETS = sa.Table(
    "secrets",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
BASELINES = sa.Table(
    "baselines",
    METADATA,
    sa.Column("gate_id", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
)
"""What was frozen at each gate, written once; it stays when somebody takes the gate out of its table."""
INVITATIONS = sa.Table(
    "invitations",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("rater_id", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("issued_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
)


def encoded(row: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """The values of a record as the database keeps them: lists as JSON, empty texts as nothing."""
    return {column.name: _encoded(row[column.name]) for column in table.columns if column.name in row}


def _encoded(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return json.dumps(list(value), ensure_ascii=False)
    return None if value == "" else value


def decoded(value: Any, column: Column) -> Any:
    """A raw cell of the database as a reader of cells takes it."""
    if column.kind is not Kind.LIST or not isinstance(value, str):
        return value
    try:
        given = json.loads(value)
    except ValueError:
        return value
    return tuple(map(str, given)) if isinstance(given, list) else value
