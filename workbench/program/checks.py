"""What must hold between the cells, rows and tables of a program."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program import currencies, formula_circles, formulas
from workbench.program.columns import Kind
from workbench.program.reading import UNREAD, Record, Records
from workbench.program.tables import TABLES
from workbench.program.values import suggestion

ROWS_NAMED = 10
Tables = Mapping[str, Records]


def problems_of(tables: Tables, frozen_lines: Collection[str] = (), currency: str = "") -> list[Problem]:
    """Everything that is wrong in a program's tables, in the order of the tables and their rows.

    Parameters
    ----------
    tables : mapping of str to Records
        The tables that the program has.
    frozen_lines : collection of str
        Ids of the cost and benefit lines of the baselines that were frozen at its gates.
    currency : str
        ISO 4217 code of the program; "" where nobody knows it.
    """
    found = []
    for records in tables.values():
        told = [
            *records.problems,
            *_repeated_keys(records),
            *_unknown_ids(records, tables),
            *_unknown_lines(records, tables, frozen_lines),
            *_broken_rules(records, tables),
            *_bad_formulas(records, tables),
            *_other_currencies(records, currency),
        ]
        found += sorted(told, key=lambda problem: problem.where.row or 0)
    return found


def _repeated_keys(records: Records) -> Iterator[Problem]:
    key = records.table.key
    first: dict[tuple[Any, ...], int] = {}
    for index, row in enumerate(records.rows):
        value = tuple(row[name] for name in key)
        if not key or UNREAD in value:
            continue
        if value in first:
            yield Problem(
                _("“{key}” stands twice; it is in row {row} too.").format(
                    key=", ".join(map(_written, value)), row=records.at(first[value]).row
                ),
                _("each {columns} once").format(columns=", ".join(map(records.say, key))),
                _("Give one of them another id, or remove it.")
                if len(key) == 1
                else _("Correct or remove one of them."),
                records.at(index, key[0]),
            )
        first.setdefault(value, index)


def _written(part: Any) -> str:
    """A part of a key as people write it: a day without the hour that no cell gave."""
    return str(part).removesuffix(" 00:00:00") if isinstance(part, datetime) else str(part)


def _unknown_ids(records: Records, tables: Tables) -> Iterator[Problem]:
    for column in records.table.columns:
        if not column.refers_to or not records.rows:
            continue
        target = tables.get(column.refers_to)
        if target and not target.knows_its_ids:
            continue
        known = target.ids() if target else {}
        for item, indices in _uses(records, column.name).items():
            if item not in known:
                yield Problem(
                    _("“{id}” is not in the table {table}{rows}.").format(
                        id=item, table=records.say(column.refers_to), rows=_other_rows(records, indices)
                    ),
                    _("an id of the table {table}").format(table=records.say(column.refers_to)),
                    suggestion(item, tuple(known)) or _("Correct it, or add it to that table."),
                    records.at(indices[0], column.name),
                )


def _unknown_lines(records: Records, tables: Tables, frozen: Collection[str]) -> Iterator[Problem]:
    """Actual amounts of lines that there are not, and were not when a gate was frozen."""
    if records.table.name != "actuals":
        return
    plans = [tables[name] for name in ("costs", "benefits") if name in tables]
    if not all(plan.knows_its_ids for plan in plans):
        return
    known = {line for plan in plans for line in plan.ids()}.union(frozen)
    for line, indices in _uses(records, "line_id").items():
        if line not in known:
            rows = _other_rows(records, indices)
            yield Problem(
                _("“{id}” is no cost and no benefit line{rows}.").format(id=line, rows=rows),
                _("the id of a line, of now or of a plan that was frozen at a gate"),
                suggestion(line, sorted(known)) or _("Correct it, or add the line to the costs or benefits."),
                records.at(indices[0], "line_id"),
            )


def _uses(records: Records, column: str) -> dict[str, list[int]]:
    """The records that name each id."""
    uses: dict[str, list[int]] = {}
    for index, row in enumerate(records.rows):
        value = row[column]
        for item in value if isinstance(value, tuple) else (value,):
            if item is not None and item is not UNREAD:
                uses.setdefault(item, []).append(index)
    return uses


def _other_rows(records: Records, indices: list[int]) -> str:
    rows = [str(records.at(index).row) for index in indices[1:]]
    if not rows:
        return ""
    if len(rows) > ROWS_NAMED:
        rows = [*rows[:ROWS_NAMED], _("{count} more").format(count=len(rows) - ROWS_NAMED)]
    return " " + _("(so in row {rows} too)").format(rows=", ".join(rows))


def _broken_rules(records: Records, tables: Tables) -> Iterator[Problem]:
    positions = {name: table.ids() for name, table in tables.items() if len(table.table.key) == 1}

    def lookup(name: str, key: str) -> Record | None:
        index = positions.get(name, {}).get(key)
        return None if index is None else _read_cells(tables[name].rows[index])

    for index, row in enumerate(map(_read_cells, records.rows)):
        for rule in records.table.rules:
            if rule.broken(row, lookup):
                yield Problem(
                    _("“{value}” does not fit the rest of the row.").format(value=_plain(row[rule.column])),
                    _(rule.expected).format(**{name: _plain(value) for name, value in row.items()}),
                    _(rule.remedy),
                    records.at(index, rule.column),
                )


def _read_cells(row: Record) -> Record:
    """The row with nothing where a cell could not be read."""
    return {name: None if value is UNREAD else value for name, value in row.items()}


def _plain(value: Any) -> str:
    if value is None:
        return _("nothing")
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _bad_formulas(records: Records, tables: Tables) -> Iterator[Problem]:
    columns = [column.name for column in records.table.columns if column.kind is Kind.FORMULA]
    if not columns:
        return
    assumptions = tables.get("assumptions", Records(TABLES["assumptions"]))
    if not assumptions.knows_its_ids:
        return
    names = tuple(assumptions.ids())
    values = {row["assumption_id"]: row["base"] for row in assumptions.rows if row["base"] is not UNREAD}
    named = formula_circles.naming_lines(tables)
    for index, row in enumerate(records.rows):
        for column in columns:
            if row[records.table.key[0]] in named:
                told = formula_circles.told(row[records.table.key[0]], row[column], named)
                yield replace(told, where=records.at(index, column))
            elif row[column] is not UNREAD:
                for found, expected, remedy in _formula_problems(row[column], names, values):
                    yield Problem(found, expected, remedy, records.at(index, column))


def _other_currencies(records: Records, currency: str) -> Iterator[Problem]:
    """Assumptions whose unit names another currency, with which every sum would be wrong."""
    if records.table.name != "assumptions" or not currency:
        return
    for index, row in enumerate(records.rows):
        unit = row["unit"] if isinstance(row["unit"], str) else ""
        other = currencies.another_than(unit, currency)
        if other:
            yield Problem(
                _("The unit “{unit}” is in {other}; the program is in {currency}.").format(
                    unit=unit, other=other, currency=currency
                ),
                _("one currency throughout"),
                _("Convert the figures, or correct the unit or the setting currency."),
                records.at(index, "unit"),
            )


def _formula_problems(formula: str, names: tuple[str, ...], values: Mapping[str, float]) -> list[tuple[str, str, str]]:
    told = formulas.problems(formula, names)
    if told or not formulas.names(formula) <= values.keys():
        return told
    try:
        amount = formulas.evaluate(formula, values)
    except DataError as error:
        return [(problem.found, problem.expected, problem.remedy) for problem in error.problems]
    return [_negative(amount)] if amount < 0 else []


def _negative(amount: float) -> tuple[str, str, str]:
    found = _("The formula gives {amount} a month.").format(amount=_plain(amount))
    remedy = _("Enter costs and benefits as positive amounts; enter a lost benefit as a cost.")
    return found, _("an amount of 0 or more"), remedy
