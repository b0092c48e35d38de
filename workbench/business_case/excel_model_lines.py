"""The cost and benefit lines of a spreadsheet model: what each one's cells hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.business_case.line_defaults import default_of
from workbench.program.columns import Column
from workbench.program.profiles import Profile
from workbench.program.tables import TABLES

Place = dict[str, str]
"""Where a line's cells are: by the names first, last, and figures (a range) or figure (its first cell), and month."""


@dataclass(frozen=True)
class ModelLine:
    """A cost or benefit line as its row of cells begins.

    Attributes
    ----------
    line_id, name, category, formula : str
        As in its table; a benefit's category is its stream.
    is_cost : bool
        Whether it is a cost.
    first : int
        First month.
    last : int or None
        Last month; None for the end of the horizon.
    profile : Profile
        How it develops.
    attribution : float
        Share that CRM causes; 1 for a cost.
    risk : float
        Its risk adjustment.
    """

    line_id: str
    name: str
    category: str
    formula: str
    is_cost: bool
    first: int
    last: int | None
    profile: Profile
    attribution: float
    risk: float


def model_lines(costs: pd.DataFrame, benefits: pd.DataFrame) -> list[ModelLine]:
    """The lines of both tables, costs first; what a column or cell leaves out has the table's default."""
    return [_line(row, "costs") for row in costs.to_dict("records")] + [
        _line(row, "benefits") for row in benefits.to_dict("records")
    ]


def _line(row: dict[Any, Any], table: str) -> ModelLine:
    cells = {column.name: _cell(row, column) for column in TABLES[table].columns}
    is_cost = table == "costs"
    last = cells["last_period"]
    return ModelLine(
        line_id=str(cells[TABLES[table].key[0]]),
        name=str(cells["name"]),
        category=str(cells["category" if is_cost else "stream"]),
        formula=str(cells["formula"]),
        is_cost=is_cost,
        first=int(cells["first_period"]),
        last=None if last is None else int(last),
        profile=Profile.parse(str(cells["profile"])),
        attribution=1.0 if is_cost else float(cells["attribution"]),
        risk=float(cells["risk_adjustment"]),
    )


def _cell(row: dict[Any, Any], column: Column) -> Any:
    value = row.get(column.name)
    if value is None or pd.isna(value) or value == "":
        return default_of(column)
    return value


def month_formula(kind: str, place: Place) -> str:
    """How many times its full amount a line gives in a month, from its first month on, as a spreadsheet's formula.

    Parameters
    ----------
    kind : str
        The profile's kind.
    place : dict of str to str
        Where its cells are.

    Examples
    --------
    >>> month_formula("growth", {"month": "R$4", "first": "$G5", "figure": "$J5"})
    '(1+$J5/100)^INT((R$4-$G5)/12)'
    """
    return _MULTIPLES[kind](place)


def _reached(place: Place) -> str:
    return f"MIN(({place['month']}-{place['first']}+1)/{place['figure']},1)"


def _year(place: Place) -> str:
    return f"INT(({place['month']}-{place['first']})/12)"


def _percentage(place: Place) -> str:
    return f"INDEX({place['figures']},1,MIN({_year(place)}+1,COUNT({place['figures']})))/100"


_MULTIPLES: dict[str, Callable[[Place], str]] = {
    "even": lambda place: "1",
    "one_off": lambda place: f"IF({place['month']}={place['first']},1,0)",
    "ramp": _reached,
    "s_curve": lambda place: f"{_reached(place)}^2*(3-2*{_reached(place)})",
    "percentages": _percentage,
    "growth": lambda place: f"(1+{place['figure']}/100)^{_year(place)}",
}
