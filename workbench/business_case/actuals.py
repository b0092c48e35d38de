"""Actuals: what was really paid and gained, checked and laid out by line and month up to a gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.values import suggestion


@dataclass(frozen=True)
class Actuals:
    """What was really paid and gained up to a month.

    Attributes
    ----------
    amounts : ndarray, shape (lines, months + 1)
        NaN where the table has no figure, and after the gate's month.
    notes : mapping of str to str
        What the table notes of each line up to the month.
    later : int
        How many rows are of months after the gate's, and wait for the next.
    """

    amounts: NDArray[np.float64]
    notes: dict[str, str]
    later: int


def actuals_until(actuals: pd.DataFrame, line_ids: Sequence[str], month: int, horizon_months: int) -> Actuals:
    """Lay out the table ``actuals`` by line and month.

    Parameters
    ----------
    actuals : DataFrame
        line_id (of a cost or a benefit), period, amount; note where there is one. Costs and benefits are both positive,
        a benefit's amount what CRM caused; a correction may be negative.
    line_ids : sequence of str
        The lines that there are.
    month : int
        Month of the gate: the last that is past.
    horizon_months : int
        Last month that counts, not before the gate's. Actual amounts may be of later months, as where a program was
        extended; they wait as all do that are of months after the gate.

    Raises
    ------
    DataError
        With every row whose line, month or amount is wrong.

    Examples
    --------
    >>> paid = pd.DataFrame({"line_id": ["C-1", "C-1"], "period": [0, 2], "amount": [10.0, 20.0]})
    >>> found = actuals_until(paid, ["C-1"], 1, 3)
    >>> found.amounts.tolist(), found.later
    ([[10.0, nan, nan, nan]], 1)
    """
    table = actuals.reindex(columns=["line_id", "period", "amount", "note"])
    _check(table, line_ids)
    past = table[table["period"] <= month]
    amounts = np.full((len(line_ids), horizon_months + 1), np.nan)
    places = {line: place for place, line in enumerate(line_ids)}
    notes: dict[str, list[str]] = {}
    for line, period, amount, note in past.itertuples(index=False):
        amounts[places[line], int(period)] = amount
        if not pd.isna(note) and note != "":
            notes.setdefault(line, []).append(str(note))
    told = {line: " ".join(dict.fromkeys(texts)) for line, texts in notes.items()}
    return Actuals(amounts, told, len(table) - len(past))


def _check(table: pd.DataFrame, line_ids: Sequence[str]) -> None:
    problems = []
    seen: set[tuple[str, int]] = set()
    for line, period, amount, _note in table.itertuples(index=False):
        if line not in line_ids:
            found = _("An actual amount is of line {line}, which is neither a cost nor a benefit that counts.")
            told = found.format(line=language.quoted(str(line)))
            expected = _("the id of a cost or a benefit line; a vendor's lines count when that vendor is chosen")
            problems.append(Problem(told, expected, suggestion(str(line), list(line_ids))))
        if pd.isna(period) or period < 0:
            found = _("An actual amount of line {line} is of month {month}.").format(line=line, month=period)
            problems.append(Problem(found, _("a month from 0 on")))
        elif (line, int(period)) in seen:
            found = _("Line {line} has two actual amounts in month {month}.").format(line=line, month=period)
            problems.append(Problem(found, _("one amount a month"), _("Add them up in one row.")))
        else:
            seen.add((line, int(period)))
        if not np.isfinite(amount):
            found = _("The actual amount of line {line} in month {month} is no number.")
            problems.append(Problem(found.format(line=line, month=period), _("an amount; 0 where nothing flowed")))
    if problems:
        raise DataError(problems)
