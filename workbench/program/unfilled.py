"""Assumptions that still wait for their figure: 0, and no source says why."""

from __future__ import annotations

from collections.abc import Mapping

from workbench import language
from workbench.errors import Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.program.reading import Record, Records

NAMED = 5


def notices(tables: Mapping[str, Records]) -> list[Problem]:
    """One notice for all assumptions that nobody seems to have filled in, since each makes its lines 0.

    Parameters
    ----------
    tables : mapping of str to Records
        The tables of a program, without problems.
    """
    records = tables.get("assumptions")
    waiting = [index for index, row in enumerate(records.rows) if _waits(row)] if records else []
    if records is None or not waiting:
        return []
    found = ngettext(
        "{count} assumption is 0 and has neither a range nor a source: {names}.",
        "{count} assumptions are 0 and have neither a range nor a source: {names}.",
        len(waiting),
    )
    told = found.format(count=len(waiting), names=named([records.rows[index] for index in waiting]))
    remedy = _("Fill in the figures, or name the source of a 0 that is meant; delete lines that do not apply.")
    return [Problem(told, remedy=remedy, where=records.at(waiting[0], "base"))]


def _waits(row: Record) -> bool:
    return row["base"] == 0 and row["low"] is None and row["high"] is None and not row["source"]


def named(rows: list[Record]) -> str:
    """The first few assumptions by their ids, and how many more there are."""
    names = [str(row["assumption_id"]) for row in rows[:NAMED]]
    if len(rows) > NAMED:
        names.append(_("{count} more").format(count=len(rows) - NAMED))
    return language.listed(names)
