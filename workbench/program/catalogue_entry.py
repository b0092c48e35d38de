"""One requirement added to the catalogue or changed in it, without losing what someone else did meanwhile."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import schema
from workbench.program.database import alone, append
from workbench.program.files import Sheet
from workbench.program.reading import read_records
from workbench.program.tables import TABLES
from workbench.program.values import Culture

NAME, KEY = "requirements", "requirement_id"
TABLE, KEPT = TABLES[NAME], schema.PLANNING[NAME]
FIRST_ID = "REQ-01"
_NUMBERED = re.compile(r"(.*?)(\d+)", re.DOTALL)


def next_id(connection: sa.Connection) -> str:
    """An id that no requirement has yet, in the manner of those that there are."""
    return following(connection.scalars(sa.select(KEPT.c[KEY]).order_by(KEPT.c[schema.POSITION])))


def following(ids: Iterable[str]) -> str:
    """The id after the highest of those with the most usual beginning.

    Examples
    --------
    >>> following(["REQ-08", "REQ-09", "X1"]), following([])
    ('REQ-10', 'REQ-01')
    """
    found = [match.groups() for match in map(_NUMBERED.fullmatch, ids) if match]
    if not found:
        return FIRST_ID
    beginning = Counter(start for start, _number in found).most_common(1)[0][0]
    numbers = [number for start, number in found if start == beginning]
    highest = max(numbers, key=int)
    return f"{beginning}{int(highest) + 1:0{len(highest)}}"


def save(
    connection: sa.Connection, values: Mapping[str, object], expected: Mapping[str, object] | None, culture: Culture
) -> None:
    """Add a requirement (nothing expected), or change the one that still is as expected.

    Raises
    ------
    DataError
        When a value is wrong, the id is taken or unknown, or the requirement has been changed meanwhile.
    """
    if expected is None:
        _add(connection, _checked(values, culture))
    else:
        _change(connection, values, expected, culture)


def _checked(values: Mapping[str, object], culture: Culture) -> dict[str, Any]:
    place = Location(str(values.get(KEY) or ""))
    cells = [None if _plain(value) == "" else value for value in values.values()]
    sheet = Sheet(place, tuple(values), 1, ((2, cells),))
    records = read_records(sheet, TABLE, culture)
    problems = [*records.problems, *records.notices]
    if problems:
        raise DataError(_without_row(problem) for problem in problems)
    return dict(records.rows[0])


def _without_row(problem: Problem) -> Problem:
    where = Location(problem.where.file, column=problem.where.column)
    return Problem(problem.found, problem.expected, problem.remedy, where)


def _add(connection: sa.Connection, row: dict[str, Any]) -> None:
    alone(connection)
    if connection.scalar(sa.select(KEPT.c[KEY]).where(KEPT.c[KEY] == row[KEY])) is not None:
        raise DataError(
            Problem(
                _("“{id}” is taken.").format(id=row[KEY]),
                _("an id that no other requirement has"),
                _("Take the next free one: {id}.").format(id=next_id(connection)),
                Location(column=KEY),
            )
        )
    append(connection, NAME, [row])


def _change(
    connection: sa.Connection, values: Mapping[str, object], expected: Mapping[str, object], culture: Culture
) -> None:
    key = str(values.get(KEY) or expected.get(KEY) or "")
    is_it = KEPT.c[KEY] == key
    found = connection.execute(sa.select(KEPT).where(is_it).with_for_update()).mappings().one_or_none()
    if found is None:
        raise DataError(_gone(key))
    current = {column.name: schema.decoded(found[column.name], column) for column in TABLE.columns}
    told = [name for name in {**expected, **values} if name in current]
    changed = [name for name in told if _plain(expected.get(name)) != _plain(current[name]) and name != KEY]
    if changed:
        raise DataError(_overtaken(key, name, current[name]) for name in changed)
    row = _checked({**current, **values, KEY: key}, culture)
    connection.execute(sa.update(KEPT).where(is_it).values(**schema.encoded(row, TABLE)))


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(value) or ""
    return "" if value is None or value != value else value  # NaN alone differs from itself


def _gone(key: str) -> Problem:
    return Problem(
        _("There is no requirement “{id}”.").format(id=key),
        _("a requirement of the program"),
        _("Load the requirements anew: it may have been removed."),
        Location(column=KEY),
    )


def _overtaken(key: str, column: str, value: Any) -> Problem:
    shown = "; ".join(value) if isinstance(value, tuple) else str(_plain(value))
    return Problem(
        _("Someone has changed it meanwhile: it is now “{value}”.").format(value=shown),
        "",
        _("Load the requirement anew and make your change again."),
        Location(key, column=column),
    )
