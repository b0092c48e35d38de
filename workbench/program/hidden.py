"""What an open round still hides: its scores, and all preferences; nobody is to learn them from a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.program.reading import Record, Records

OPEN = "open"


def shown(records: Records, rounds: Records) -> Records:
    """The rows of a table that no open round hides.

    Parameters
    ----------
    records : Records
        Of any table.
    rounds : Records
        Of the table ``rounds``.
    """
    is_hidden = _rule(records.table.name, rounds)
    return replace(records, rows=tuple(row for row in records.rows if not is_hidden(row))) if is_hidden else records


def notices(tables: Mapping[str, Records]) -> list[Problem]:
    """How many rows are hidden, for each table that has such."""
    rounds = tables.get("rounds")
    if rounds is None:
        return []
    counts = {name: len(records.rows) - len(shown(records, rounds).rows) for name, records in tables.items()}
    return [_told(tables[name], count) for name, count in counts.items() if count]


def refusal(records: Records) -> Problem:
    """Why a report cannot be made of a table all of whose rows are hidden."""
    return Problem(
        _("All rows are hidden, because a round is still open."),
        _("scores that everybody may see"),
        _("Make the report once the facilitator shows the round."),
        _place(records),
    )


def _rule(name: str, rounds: Records) -> Callable[[Record], bool] | None:
    """Which rows of a table are hidden; None where none can be."""
    is_open = {row["round"] for row in rounds.rows if row["status"] == OPEN}
    if not is_open or name not in ("scores", "preferences"):
        return None
    return lambda row: name == "preferences" or row["round"] in is_open


def _told(records: Records, count: int) -> Problem:
    found = ngettext(
        "{count} row is hidden, because a round is still open.",
        "{count} rows are hidden, because a round is still open.",
        count,
    )
    remedy = _("Reports have them once the facilitator shows the round.")
    return Problem(found.format(count=count), "", remedy, _place(records))


def _place(records: Records) -> Location:
    return records.sheet.place if records.sheet else Location(records.table.name)
