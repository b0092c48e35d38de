"""Assumptions with a range that nothing is drawn from, because no distribution says how they are spread."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.program.reading import Record, Records
from workbench.program.unfilled import named


def notices(tables: Mapping[str, Records]) -> list[Problem]:
    """One notice for all assumptions whose range the simulation leaves aside, since the return then looks too sure.

    Parameters
    ----------
    tables : mapping of str to Records
        The tables of a program, without problems.
    """
    records = tables.get("assumptions")
    certain = [index for index, row in enumerate(records.rows) if _is_left_aside(row)] if records else []
    if records is None or not certain:
        return []
    found = ngettext(
        "{count} assumption has a low and a high value and no distribution: {names}.",
        "{count} assumptions have a low and a high value and no distribution: {names}.",
        len(certain),
    )
    told = found.format(count=len(certain), names=named([records.rows[index] for index in certain]))
    remedy = _("The simulation takes them as certain. Say how they are spread, for example triangular.")
    return [Problem(told, remedy=remedy, where=records.at(certain[0], "distribution"))]


def _is_left_aside(row: Record) -> bool:
    low, high = row["low"], row["high"]
    return not row["distribution"] and low is not None and high is not None and low < high
