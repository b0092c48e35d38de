"""Expressions kept under a name in the engine, so that the statements made of them stay short."""

from __future__ import annotations

import ibis.expr.types as ir

from workbench.program.warehouse_engines import Engine, own_name


def view(engine: Engine, name: str, rows: ir.Table) -> ir.Table:
    """The same rows by a name that lasts as long as the session; nothing is computed, and nothing is left behind.

    Parameters
    ----------
    engine : Engine
        Where the rows are.
    name : str
        What they are.
    rows : ibis Table
        The expression; the engine reads it anew whenever the view is used.
    """
    own = own_name(name)
    if engine.kind == "spark":
        return engine.backend.create_view(own, rows)
    if engine.kind == "postgres":
        return _on_server(engine, own, rows)
    # Not by Ibis: its views are part of the database, and this one may be open for reading alone.
    engine.backend.raw_sql(_statement(engine, own, rows))
    return engine.backend.table(own)


def table(engine: Engine, name: str, rows: ir.Table) -> ir.Table:
    """The same rows, computed once where they are files that DuckDB reads; elsewhere as `view`."""
    if engine.kind != "files":
        return view(engine, name, rows)
    return engine.backend.create_table(own_name(name), rows)


def _on_server(engine: Engine, own: str, rows: ir.Table) -> ir.Table:
    from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction

    try:
        with engine.backend.begin() as cursor:
            cursor.execute(_statement(engine, own, rows))
    except (InsufficientPrivilege, ReadOnlySqlTransaction):
        # Who may only read, or reads from a standby server, gets the long statements.
        return rows
    return engine.backend.table(own)


def _statement(engine: Engine, own: str, rows: ir.Table) -> str:
    return f'CREATE TEMP VIEW "{own}" AS {engine.backend.compile(rows)}'
